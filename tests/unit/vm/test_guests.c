/* SPDX-License-Identifier: MIT */
/* guests: the scenes of tests/scenes/guests.h, played with real workers and
 * inline.  tests/sim/sim_guests.c plays them, too. */
#include "tests/unit/vm/player.h"

#define GUESTS_MANY 100
#include "tests/scenes/guests.h"

enum { MODES = 2 };

static void
begin(struct world *world, int mode)
{
	world_begin_with(world, (ths_vm_config){
	    .mode = mode == 0 ? THS_MODE_LOCAL : THS_MODE_INLINE,
	    .workers = mode == 0 ? 2 : 0 });
}

static void
play(void (*scene)(ths_vm *vm))
{
	for (int mode = 0; mode < MODES; mode++) {
		struct world world;

		begin(&world, mode);
		scene(world.vm);
		world_end(&world);
	}
}

Test(guests, wait_for_the_clerk, .description = "T-010 A-08", .timeout = 60)
{
	play(guests_wait_for_the_clerk);
}

Test(guests, leave_nothing_behind, .description = "T-078 B-12 B-18",
    .timeout = 60)
{
	play(guests_leave_nothing_behind);
}

Test(guests, have_a_limit, .description = "T-077 B-20", .timeout = 60)
{
	play(guests_have_a_limit);
}

Test(guests, may_ask_for_a_status, .description = "B-08", .timeout = 60)
{
	play(guests_may_ask_for_a_status);
}

Test(guests, do_not_obey, .description = "D-28", .timeout = 60)
{
	play(guests_do_not_obey);
}

/* ------------------------------------------------------------- many threads */

struct guest {
	pthread_t thread;
	ths_vm *vm;
	int64_t number;
};

static void *
visit(void *argument)
{
	const struct guest *guest = argument;

	guests_keep_their_mail_apart(guest->vm, guest->number);
	return NULL;
}

Test(guests, keep_their_mail_apart, .description = "B-10",
    .timeout = 100)
{
	static const int counts[] = { 1, 2, 5, 10, GUESTS_MANY };

	for (int mode = 0; mode < MODES; mode++)
		for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]);
		    k++) {
			struct guest guests[GUESTS_MANY];
			struct world world;

			begin(&world, mode);
			for (int i = 0; i < counts[k]; i++) {
				guests[i].vm = world.vm;
				guests[i].number = i;
				cr_assert_eq(pthread_create(&guests[i].thread,
				    NULL, visit, &guests[i]), 0);
			}
			for (int i = 0; i < counts[k]; i++)
				pthread_join(guests[i].thread, NULL);
			cr_assert_eq(world_status(&world).clients, 0);
			world_end(&world);
		}
}
