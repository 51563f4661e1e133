/* SPDX-License-Identifier: MIT */
/*
 * scarce: the same small world again and again, in which once one allocation
 * fails, and once all from one on; whichever it is, everybody ends, and all
 * messages add up.
 */
#include <stdlib.h>

#include "tests/unit/vm/world.h"

enum { ROUNDS = 80, WIDTH = 20 };

THS_MESSAGE(grow, THS_FIELD(int32_t, depth))
THS_MESSAGE(page, THS_FIELD(ths_bytes, text))
THS_SIGNAL(fail)

/* -------------------------------------------------------------- the allocator */

struct purse {
	int calls;
	int fails_at;    /* the number of the call that fails; 0: none */
	bool stays_poor; /* and all after it */
	bool is_spared;  /* nothing fails while a VM starts */
};

static void *
take(void *context, size_t size, size_t alignment)
{
	struct purse *purse = context;
	void *memory = NULL;

	if (!purse->is_spared) {
		purse->calls++;
		if (purse->calls == purse->fails_at ||
		    (purse->stays_poor && purse->fails_at > 0 &&
		    purse->calls > purse->fails_at))
			return NULL;
	}
	return posix_memalign(&memory, alignment < sizeof(void *) ?
	    sizeof(void *) : alignment, size) == 0 ? memory : NULL;
}

static void
give(void *context, void *memory, size_t size, size_t alignment)
{
	(void)context, (void)size, (void)alignment;
	free(memory);
}

/* ------------------------------------------------------------------ the world */

struct large { unsigned char bytes[THS_FLAT_SIZE_MAX + 4096]; };

static ths_status kin_grow(ths_self *self, struct large *kin,
    const struct grow *grow);

static ths_status
kin_fail(ths_self *self, struct large *kin, const struct fail *fail)
{
	(void)kin, (void)fail;
	return ths_fail(self, "as asked");
}

static ths_status
kin_told(ths_self *self, struct large *kin,
    const struct ths_actor_exited *exited)
{
	(void)self, (void)kin, (void)exited;
	return THS_OK;
}

static ths_status
kin_letter(ths_self *self, struct large *kin,
    const struct ths_dead_letter *letter)
{
	(void)self, (void)kin, (void)letter;
	return THS_OK;
}

static void
kin_exit(ths_self *self, struct large *kin)
{
	(void)kin;
	(void)ths_send(self, ths_parent(self), fail);
}

THS_ACTOR(kin, struct large,
    THS_ON(grow, kin_grow),
    THS_ON(fail, kin_fail),
    THS_ON(ths_actor_exited, kin_told),
    THS_ON(ths_dead_letter, kin_letter),
    THS_EXIT(kin_exit))

static ths_status
kin_grow(ths_self *self, struct large *kin, const struct grow *grow)
{
	static const char text[3000];
	ths_address child;

	(void)kin;
	ths_handle_dead_letters(self, true);
	for (int i = 0; i < WIDTH && grow->depth > 0; i++) {
		if (ths_spawn_child(self, &child, &kin_actor, NULL) != THS_OK)
			continue;
		if (i % 3 == 0 && ths_monitor(self, child) == THS_OK &&
		    i % 6 == 0)
			(void)ths_demonitor(self, child);
		if (i % 5 == 0)
			ths_send(self, child, grow,
			    .depth = grow->depth - 1);
		ths_send(self, child, fail);
		/* It does not handle that. */
		ths_send(self, child, page, .text = { text, sizeof(text) });
		if (i % 4 == 0)
			ths_send(self, child, ths_exit_request);
	}
	return THS_OK;
}

/* One life of a VM; how often it asked for memory. */
static int
live(int fails_at, bool stays_poor)
{
	struct purse purse = { .fails_at = fails_at, .stays_poor = stays_poor,
		.is_spared = true };
	ths_allocator allocator = { take, give, &purse };
	struct world world;
	ths_address root;

	world_begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
	    .allocator = &allocator });
	purse.is_spared = false;
	if (ths_spawn(world.vm, &root, &kin_actor, NULL) == THS_OK) {
		(void)ths_tell(world.vm, root, grow, .depth = 2);
		ths_vm_run(world.vm, 20);
		(void)ths_tell(world.vm, root, ths_exit_request);
		ths_vm_run(world.vm, 0);
	}
	/* With no memory to ask them, they are ended without being asked. */
	(void)world_end_within(&world, THS_SECONDS(5));
	return purse.calls;
}

Test(scarce, memory_that_is_missing_once_costs_no_account, .timeout = 60)
{
	int calls = live(0, false);

	cr_assert_gt(calls, 10);
	for (int i = 1; i <= calls; i += 1 + calls / ROUNDS)
		live(i, false);
}

Test(scarce, memory_that_is_gone_for_good_costs_no_account, .timeout = 60)
{
	int calls = live(0, false);

	for (int i = 1; i <= calls; i += 1 + calls / ROUNDS)
		live(i, true);
}
