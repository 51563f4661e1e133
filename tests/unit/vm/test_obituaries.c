/* SPDX-License-Identifier: MIT */
/* obituaries: the last dead letters, seen from outside. */
#include "tests/unit/vm/world.h"
#include "thespis/inspect.h"

THS_MESSAGE(number, THS_FIELD(int64_t, value))
THS_SIGNAL(leave)

enum { FAR_VM = 77, KEPT = THS_DEAD_LETTERS_KEPT };

static ths_status
pawn_leave(ths_self *self, ths_nothing *nothing, const struct leave *leave)
{
	(void)nothing, (void)leave;
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(pawn, ths_nothing, THS_ON(leave, pawn_leave))

static ths_address
far(uint32_t number)
{
	return (ths_address){ FAR_VM, number, number };
}

Test(obituaries, tell_what_died_the_newest_first, .description = "T-170")
{
	ths_dead_status letters[KEPT];
	struct world world;
	ths_client *client;
	ths_address pawn;

	world_begin_inline(&world);
	cr_assert_eq(ths_vm_dead_letters(world.vm, letters, KEPT), 0);
	pawn = world_spawn(&world, &pawn_actor);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	(void)ths_tell(world.vm, pawn, leave);
	ths_vm_run(world.vm, 0);
	(void)ths_tell_message(world.vm, client, pawn, THS_PAYLOAD(number));
	ths_vm_run(world.vm, 0);
	(void)ths_tell_message(world.vm, client, far(5), THS_PAYLOAD(leave));
	cr_assert_eq(ths_vm_dead_letters(world.vm, NULL, 0), 2);
	/* T-170 */
	cr_assert_eq(ths_vm_dead_letters(world.vm, letters, KEPT), 2);
	cr_assert_eq(letters[0].type, &leave_type);
	cr_assert_eq(letters[0].reason, THS_DEAD_FOREIGN);
	cr_assert(ths_address_equal(letters[0].to, far(5)));
	cr_assert_eq(letters[1].type, &number_type);
	cr_assert_eq(letters[1].reason, THS_DEAD_STALE);
	cr_assert(ths_address_equal(letters[1].to, pawn));
	cr_assert(ths_address_equal(letters[1].from,
	    ths_client_address(client)));
	cr_assert_geq(letters[1].age, letters[0].age);
	cr_assert_geq(letters[0].age, 0);
	ths_client_close(client);
	world_end(&world);
}

Test(obituaries, keep_the_last_of_many)
{
	ths_dead_status letters[KEPT];
	struct world world;

	world_begin_inline(&world);
	for (uint32_t i = 1; i <= 100; i++)
		(void)ths_tell(world.vm, far(i), number);
	cr_assert_eq(ths_vm_dead_letters(world.vm, letters, KEPT), KEPT);
	for (uint32_t i = 0; i < KEPT; i++)
		cr_assert(ths_address_equal(letters[i].to, far(100 - i)));
	cr_assert_eq(ths_vm_dead_letters(world.vm, letters, 1), KEPT);
	world_end(&world);
}

Test(obituaries, stand_in_the_reports)
{
	const ths_report_options json = { .form = THS_REPORT_JSON };
	char to[THS_ADDRESS_TEXT_SIZE];
	struct world world;
	char text[16384];
	char line[256];

	world_begin_inline(&world);
	ths_vm_report(world.vm, &json, text, sizeof(text));
	cr_assert_not_null(strstr(text, "\"last_dead_letters\":[]"));
	(void)ths_tell(world.vm, far(5), number);
	ths_vm_report(world.vm, &json, text, sizeof(text));
	snprintf(line, sizeof(line), "\"to\":\"%s\",\"why\":\"%s\",\"age_ns\":",
	    ths_address_print(far(5), to),
	    ths_dead_reason_text(THS_DEAD_FOREIGN));
	cr_assert_not_null(strstr(text, line), "%s", text);
	cr_assert_not_null(strstr(text, "{\"message\":\"number\",\"from\":\""));
	ths_vm_report(world.vm, NULL, text, sizeof(text));
	cr_assert_not_null(strstr(text, "the last  1 of them\n"), "%s", text);
	snprintf(line, sizeof(line), " to %s, ", to);
	cr_assert_not_null(strstr(text, line), "%s", text);
	world_end(&world);
}

/* ------------------------------------------------- written and read at once */

enum { WRITERS = 3, LETTERS = 3000, RECORDS = 1000000 };

static _Atomic int written;

static void *
write_many(void *vm)
{
	for (uint32_t i = 1; i <= LETTERS; i++)
		(void)ths_tell(vm, far(i), number);
	atomic_fetch_add(&written, 1);
	return NULL;
}

/* The ring by itself, as quickly as can be. */
static struct obituaries ring;

static void *
write_records(void *argument)
{
	uint32_t first = (uint32_t)(uintptr_t)argument * RECORDS;

	for (uint32_t i = first; i < first + RECORDS; i++)
		obituaries_add(&ring, &(ths_dead_status){
		    .type = i % 2 == 0 ? &number_type : &leave_type,
		    .to = far(i), .from = { i, i, i }, .age = i });
	atomic_fetch_add(&written, 1);
	return NULL;
}

/* False: it is not there any more. */
static bool
check_record(uint64_t number)
{
	ths_dead_status letter;
	uint32_t i;

	if (!obituaries_read(&ring, number, &letter))
		return false;
	i = letter.to.slot;
	cr_assert_eq(letter.type, i % 2 == 0 ? &number_type : &leave_type);
	cr_assert_eq(letter.to.generation, i);
	cr_assert_eq(letter.from.vm, i);
	cr_assert_eq(letter.from.slot, i);
	cr_assert_eq(letter.age, (ths_duration)i);
	return true;
}

Test(obituaries, are_whole_or_not_there, .timeout = 60)
{
	pthread_t threads[WRITERS];
	uint64_t newest = 0;
	int seen = 0;

	memset(&ring, 0, sizeof(ring));
	atomic_store(&written, 0);
	for (uintptr_t i = 0; i < WRITERS; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, write_records,
		    (void *)i), 0);
	while (atomic_load(&written) < WRITERS) {
		newest = atomic_load(&ring.newest);
		for (uint64_t i = 0; i < KEPT && i < newest; i++)
			seen += check_record(newest - i);
	}
	for (int i = 0; i < WRITERS; i++)
		pthread_join(threads[i], NULL);
	newest = atomic_load(&ring.newest);
	for (uint64_t i = 0; i < KEPT; i++)
		seen += check_record(newest - i);
	cr_assert_eq(newest, (uint64_t)WRITERS * RECORDS);
	cr_assert_gt(seen, 0);
}

Test(obituaries, are_never_mixed, .timeout = 60)
{
	ths_dead_status letters[KEPT];
	pthread_t threads[WRITERS];
	struct world world;

	atomic_store(&written, 0);
	world_begin_local(&world, 2);
	for (int i = 0; i < WRITERS; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, write_many,
		    world.vm), 0);
	while (atomic_load(&written) < WRITERS) {
		size_t length = ths_vm_dead_letters(world.vm, letters, KEPT);

		for (size_t i = 0; i < length; i++) {
			cr_assert_eq(letters[i].to.slot,
			    letters[i].to.generation);
			cr_assert_eq(letters[i].to.vm, FAR_VM);
			cr_assert_eq(letters[i].type, &number_type);
			cr_assert_eq(letters[i].reason, THS_DEAD_FOREIGN);
		}
	}
	for (int i = 0; i < WRITERS; i++)
		pthread_join(threads[i], NULL);
	cr_assert_geq(ths_vm_dead_letters(world.vm, letters, KEPT), 1);
	world_end(&world);
}
