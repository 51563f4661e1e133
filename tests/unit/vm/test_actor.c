/* SPDX-License-Identifier: MIT */
/* actor: its life, its state, and what it may do in its handlers. */
#include <stdlib.h>

#include "tests/unit/vm/world.h"
#include "vm/message/flat.h"

THS_MESSAGE(number, THS_FIELD(int64_t, value))
THS_MESSAGE(meet, THS_FIELD(ths_address, whom), THS_FIELD(int64_t, value))
THS_SIGNAL(leave)
THS_SIGNAL(fail)
THS_SIGNAL(look)
THS_SIGNAL(unknown)

/* What handlers of an inline VM noted, in the test's own thread. */
enum { NOTES_MAX = 64 };
static struct {
	int begun;
	int exited;
	ths_status status;
	ths_address me;
	ths_address sender;
	ths_address parent;
	ths_address child;
	int values_length;
	int64_t values[NOTES_MAX];
} notes;

static void
note_value(int64_t value)
{
	if (notes.values_length < NOTES_MAX)
		notes.values[notes.values_length++] = value;
}

static void
begin(struct world *world)
{
	memset(&notes, 0, sizeof(notes));
	world_begin_inline(world);
}

/* ------------------------------------------------------------- the recorder */

static ths_status
recorder_begin(ths_self *self, ths_nothing *state)
{
	(void)state;
	notes.begun++;
	notes.me = ths_me(self);
	notes.sender = ths_sender(self);
	notes.parent = ths_parent(self);
	return THS_OK;
}

static ths_status
recorder_number(ths_self *self, ths_nothing *state, const struct number *number)
{
	(void)state;
	notes.sender = ths_sender(self);
	note_value(number->value);
	return THS_OK;
}

static ths_status
recorder_leave(ths_self *self, ths_nothing *state, const struct leave *leave)
{
	(void)state, (void)leave;
	ths_exit(self);
	note_value(-1);
	return THS_OK;
}

static ths_status
recorder_fail(ths_self *self, ths_nothing *state, const struct fail *fail)
{
	(void)self, (void)state, (void)fail;
	return THS_FAILED;
}

static void
recorder_exit(ths_self *self, ths_nothing *state)
{
	(void)state;
	notes.exited++;
	notes.me = ths_me(self);
	notes.sender = ths_sender(self);
}

THS_ACTOR(recorder, ths_nothing,
    THS_INIT(recorder_begin),
    THS_ON(number, recorder_number),
    THS_ON(leave, recorder_leave),
    THS_ON(fail, recorder_fail),
    THS_EXIT(recorder_exit))

Test(actor, begins_before_its_first_message_and_exits_at_the_stop)
{
	struct world world;
	ths_address recorder;

	begin(&world);
	recorder = world_spawn(&world, &recorder_actor);
	cr_assert_eq(notes.begun, 0);
	cr_assert_eq(ths_tell(world.vm, recorder, number, .value = 5), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.begun, 1);
	cr_assert_eq(notes.values_length, 1);
	cr_assert_eq(notes.values[0], 5);
	cr_assert_eq(notes.exited, 0);
	cr_assert_eq(world_status(&world).actors, 1);
	world_end(&world);
	cr_assert_eq(notes.begun, 1);
	cr_assert_eq(notes.exited, 1);
}

Test(actor, knows_itself_its_sender_and_its_parent, .description = "T-044")
{
	struct world world;
	ths_address recorder;

	begin(&world);
	recorder = world_spawn(&world, &recorder_actor);
	ths_vm_run(world.vm, 0);
	/* T-044 */
	cr_assert(ths_address_equal(notes.me, recorder));
	cr_assert(ths_address_is_nobody(notes.sender));
	cr_assert(ths_address_is_nobody(notes.parent));
	cr_assert_eq(ths_tell(world.vm, recorder, number), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.sender.vm, recorder.vm);
	cr_assert_not(ths_address_equal(notes.sender, recorder));
	world_end(&world);
	cr_assert(ths_address_equal(notes.me, recorder));
	cr_assert(ths_address_is_nobody(notes.sender), "nobody during exit");
}

Test(actor, that_exits_handles_nothing_more, .description = "T-096")
{
	struct world world;
	ths_address recorder;

	begin(&world);
	recorder = world_spawn(&world, &recorder_actor);
	cr_assert_eq(ths_tell(world.vm, recorder, number, .value = 1), THS_OK);
	cr_assert_eq(ths_tell(world.vm, recorder, leave), THS_OK);
	cr_assert_eq(ths_tell(world.vm, recorder, number, .value = 2), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.exited, 1);
	cr_assert_eq(notes.values_length, 2, "1, and the handler's end");
	cr_assert_eq(world_status(&world).actors, 0);
	/* T-096 */
	cr_assert_eq(world_dead(&world, THS_DEAD_EXITED), 1);
	cr_assert_eq(ths_tell(world.vm, recorder, number, .value = 3), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_dead(&world, THS_DEAD_STALE), 1);
	cr_assert_eq(notes.values_length, 2);
	world_end(&world);
	cr_assert_eq(notes.exited, 1);
}

Test(actor, whose_handler_fails_lives_on_and_the_failure_is_logged)
{
	struct world world;
	ths_address recorder;

	begin(&world);
	recorder = world_spawn(&world, &recorder_actor);
	cr_assert_eq(ths_tell(world.vm, recorder, fail), THS_OK);
	cr_assert_eq(ths_tell(world.vm, recorder, number, .value = 7), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.values_length, 1);
	cr_assert_eq(world_status(&world).failed, 1);
	cr_assert_eq(world_status(&world).handled, 2);
	cr_assert_eq(world_logged(&world, "recorder"), 2);
	cr_assert_eq(world_logged(&world, "handler of fail failed"), 2);
	cr_assert_eq(atomic_load(&world_slot(&world, recorder)->failed), 1);
	world_end(&world);
}

Test(actor, without_a_handler_for_a_type_leaves_a_dead_letter,
    .description = "T-061")
{
	struct world world;
	ths_address recorder;

	begin(&world);
	recorder = world_spawn(&world, &recorder_actor);
	cr_assert_eq(ths_tell(world.vm, recorder, unknown), THS_OK);
	ths_vm_run(world.vm, 0);
	/* T-061 */
	cr_assert_eq(world_dead(&world, THS_DEAD_UNHANDLED), 1);
	cr_assert_eq(world_status(&world).handled, 0);
	cr_assert_eq(world_status(&world).actors, 1);
	world_end(&world);
}

/* ---------------------------------------------------------- start messages */

static ths_status
starter_begin(ths_self *self, ths_nothing *state, const struct number *number)
{
	(void)state;
	note_value(number->value);
	notes.sender = ths_sender(self);
	notes.begun++;
	return THS_OK;
}

THS_ACTOR(starter, ths_nothing, THS_START(number, starter_begin))

Test(actor, is_given_the_start_message_it_asks_for)
{
	struct world world;
	ths_address address;

	begin(&world);
	cr_assert_eq(ths_spawn(world.vm, &address, &starter_actor,
	    &(ths_spawn_options){ .start = THS_ANY(number, .value = 42) }),
	    THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.begun, 1);
	cr_assert_eq(notes.values[0], 42);
	cr_assert(ths_address_is_nobody(notes.sender));
	cr_assert_eq(world_status(&world).accepted, 0, "it is no mail");
	world_end(&world);
}

Test(actor, is_not_started_with_the_wrong_start_message_or_without_it)
{
	const ths_spawn_options other = {
		.start = { &leave_type, &(const struct leave){ 0 } }
	};
	ths_spawn_options given = { .start = THS_ANY(number) };
	struct world world;
	ths_address address = { 1, 2, 3 };

	begin(&world);
	cr_assert_eq(ths_spawn(world.vm, &address, &starter_actor, NULL),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_spawn(world.vm, &address, &starter_actor,
	    &(ths_spawn_options){ 0 }), THS_BAD_ARGUMENT);
	cr_assert_eq(ths_spawn(world.vm, &address, &starter_actor, &other),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_spawn(world.vm, &address, &recorder_actor, &given),
	    THS_BAD_ARGUMENT, "this one wants none");
	given.start.message = NULL;
	cr_assert_eq(ths_spawn(world.vm, &address, &starter_actor, &given),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_spawn(world.vm, NULL, &recorder_actor, NULL),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_spawn(world.vm, &address, NULL, NULL),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(address.generation, 3, "untouched");
	cr_assert_eq(world_status(&world).spawned, 0);
	world_end(&world);
}

Test(actor, that_is_never_run_gives_its_start_message_back)
{
	struct world world;
	ths_address address;

	begin(&world);
	cr_assert_eq(ths_spawn(world.vm, &address, &starter_actor,
	    &(ths_spawn_options){ .start = THS_ANY(number) }), THS_OK);
	world_end_within(&world, 0);
	cr_assert_eq(notes.begun, 0);
}

/* ------------------------------------------------------------ failed inits */

static ths_status
failing_begin(ths_self *self, ths_nothing *state)
{
	(void)state;
	notes.begun++;
	notes.me = ths_me(self);
	return THS_GONE;
}

THS_ACTOR(failing, ths_nothing, THS_INIT(failing_begin),
    THS_ON(number, recorder_number), THS_EXIT(recorder_exit))

static ths_status
leaving_begin(ths_self *self, ths_nothing *state)
{
	(void)state;
	notes.begun++;
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(leaving, ths_nothing, THS_INIT(leaving_begin),
    THS_ON(number, recorder_number), THS_EXIT(recorder_exit))

Test(actor, whose_init_fails_handles_nothing_and_has_no_exit)
{
	struct world world;
	ths_address address;

	begin(&world);
	address = world_spawn(&world, &failing_actor);
	cr_assert_eq(ths_tell(world.vm, address, number), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.begun, 1);
	cr_assert_eq(notes.exited, 0);
	cr_assert_eq(notes.values_length, 0);
	cr_assert_eq(world_dead(&world, THS_DEAD_EXITED), 1);
	cr_assert_eq(world_status(&world).exited, 1);
	cr_assert_eq(world_logged(&world, "init failed"), 1);
	cr_assert_eq(world_logged(&world, ths_status_text(THS_GONE)), 1);
	world_end(&world);
}

Test(actor, that_exits_in_its_init_ends_the_same_way_without_a_complaint)
{
	struct world world;
	ths_address address;

	begin(&world);
	address = world_spawn(&world, &leaving_actor);
	cr_assert_eq(ths_tell(world.vm, address, number), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.begun, 1);
	cr_assert_eq(notes.exited, 0);
	cr_assert_eq(notes.values_length, 0);
	cr_assert_eq(world_status(&world).exited, 1);
	cr_assert_eq(world.lines_length, 0);
	world_end(&world);
}

/* ------------------------------------------------------------------- state */

#define STATE_TEST(size) \
	struct state_##size { unsigned char bytes[size]; }; \
	static ths_status \
	state_##size##_begin(ths_self *self, struct state_##size *state) \
	{ \
		(void)self; \
		notes.begun++; \
		for (size_t i = 0; i < sizeof(state->bytes); i++) { \
			if (state->bytes[i] != 0) \
				note_value((int64_t)i); \
			state->bytes[i] = 0xee; \
		} \
		if ((uintptr_t)state % FLAT_ALIGNMENT != 0) \
			note_value(-2); \
		return THS_OK; \
	} \
	static ths_status \
	state_##size##_leave(ths_self *self, struct state_##size *state, \
	    const struct leave *leave) \
	{ \
		(void)leave; \
		for (size_t i = 0; i < sizeof(state->bytes); i++) { \
			if (state->bytes[i] != 0xee) \
				note_value((int64_t)i); \
		} \
		ths_exit(self); \
		return THS_OK; \
	} \
	THS_ACTOR(state_##size, struct state_##size, \
	    THS_INIT(state_##size##_begin), \
	    THS_ON(leave, state_##size##_leave))

STATE_TEST(1)
STATE_TEST(32)
STATE_TEST(33)
STATE_TEST(4000)
STATE_TEST(16384)
STATE_TEST(16385)
STATE_TEST(1048576)

Test(actor, finds_its_state_zeroed_whatever_its_size_and_history)
{
	static const ths_actor *const actors[] = {
		&state_1_actor, &state_32_actor, &state_33_actor,
		&state_4000_actor, &state_16384_actor, &state_16385_actor,
		&state_1048576_actor,
	};
	enum { COUNT = sizeof(actors) / sizeof(actors[0]) };
	struct world world;

	begin(&world);
	for (int round = 0; round < 3; round++) {
		ths_address addresses[COUNT];

		for (int i = 0; i < COUNT; i++)
			addresses[i] = world_spawn(&world, actors[i]);
		for (int i = 0; i < COUNT; i++)
			cr_assert_eq(ths_tell(world.vm, addresses[i], leave),
			    THS_OK);
		ths_vm_run(world.vm, 0);
	}
	cr_assert_eq(notes.begun, 3 * COUNT);
	cr_assert_eq(world_status(&world).exited, 3 * COUNT);
	cr_assert_eq(notes.values_length, 0, "byte %lld",
	    (long long)notes.values[0]);
	world_end(&world);
}

Test(actor, of_large_state_needs_memory_and_says_so_when_there_is_none)
{
	struct world world;
	ths_address address;

	begin(&world);
	world_spawn(&world, &state_16385_actor);
	ths_vm_run(world.vm, 0);
	memory_fault_at(&world.vm->memory, 1);
	cr_assert_eq(ths_spawn(world.vm, &address, &state_16385_actor, NULL),
	    THS_NO_MEMORY);
	ths_vm_run(world.vm, 0);
	world_spawn(&world, &state_16385_actor);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_status(&world).actors, 2);
	world_end(&world);
}

/* ---------------------------------------------------------------- children */

static ths_status
parent_look(ths_self *self, ths_nothing *state, const struct look *look)
{
	(void)state, (void)look;
	notes.status = ths_spawn_child(self, &notes.child, &recorder_actor,
	    NULL);
	if (notes.status != THS_OK)
		return notes.status;
	return ths_send(self, notes.child, number, .value = 11);
}

static void
parent_exit(ths_self *self, ths_nothing *state)
{
	ths_address child;

	(void)state;
	notes.status = ths_spawn_child(self, &child, &recorder_actor, NULL);
}

THS_ACTOR(parent, ths_nothing, THS_ON(look, parent_look),
    THS_EXIT(parent_exit))

Test(actor, starts_children_that_know_their_parent)
{
	struct world world;
	ths_address parent;

	begin(&world);
	parent = world_spawn(&world, &parent_actor);
	cr_assert_eq(ths_tell(world.vm, parent, look), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.status, THS_OK);
	cr_assert_eq(notes.begun, 1);
	cr_assert(ths_address_equal(notes.me, notes.child));
	cr_assert(ths_address_equal(notes.parent, parent));
	cr_assert(ths_address_equal(notes.sender, parent));
	cr_assert_eq(notes.values[0], 11);
	world_end(&world);
	cr_assert_eq(notes.status, THS_STOPPED, "no child during the stop");
	cr_assert_eq(notes.exited, 1);
}

static ths_status
null_child_begin(ths_self *self, ths_nothing *state)
{
	(void)state;
	notes.status = ths_spawn_child(self, NULL, &recorder_actor, NULL);
	return THS_OK;
}

THS_ACTOR(null_child, ths_nothing, THS_START(null_child_begin))

Test(actor, needs_a_place_for_its_childs_address)
{
	struct world world;

	begin(&world);
	world_spawn(&world, &null_child_actor);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.status, THS_BAD_ARGUMENT);
	world_end(&world);
}

/* ------------------------------------------------------- order and fairness */

enum { RUNS = 2000 };

static _Atomic int disorder;
static _Atomic int arrived;

struct counter { int64_t last[4]; };

static ths_status
counter_meet(ths_self *self, struct counter *counter, const struct meet *meet)
{
	int64_t *last = &counter->last[meet->whom.slot % 4];

	(void)self;
	if (meet->value != *last + 1)
		atomic_fetch_add(&disorder, 1);
	*last = meet->value;
	atomic_fetch_add(&arrived, 1);
	return THS_OK;
}

THS_ACTOR(counter, struct counter, THS_ON(meet, counter_meet))

struct source { int64_t sent; };

/* Tells itself to go on; sends its target one number each time. */
static ths_status
source_meet(ths_self *self, struct source *source, const struct meet *meet)
{
	ths_address me = ths_me(self);

	if (source->sent == RUNS)
		return THS_OK;
	ths_send(self, meet->whom, meet, .whom = { 0, (uint32_t)meet->value,
	    0 }, .value = ++source->sent);
	return ths_send(self, me, meet, .whom = meet->whom,
	    .value = meet->value);
}

THS_ACTOR(source, struct source, THS_ON(meet, source_meet))

Test(actor, gets_the_mail_of_each_sender_in_order, .description = "T-048")
{
	struct world world;
	ths_address counter;

	atomic_store(&disorder, 0);
	atomic_store(&arrived, 0);
	world_begin_local(&world, 4);
	counter = world_spawn(&world, &counter_actor);
	for (int i = 0; i < 4; i++)
		cr_assert_eq(ths_tell(world.vm, world_spawn(&world,
		    &source_actor), meet, .whom = counter, .value = i),
		    THS_OK);
	cr_assert(world_await(&arrived, 4 * RUNS));
	/* T-048 */
	cr_assert_eq(atomic_load(&disorder), 0);
	world_end(&world);
	cr_assert_eq(atomic_load(&arrived), 4 * RUNS);
}

static _Atomic int turns;

static ths_status
endless_number(ths_self *self, ths_nothing *state, const struct number *number)
{
	(void)state;
	atomic_fetch_add(&turns, 1);
	return ths_send(self, ths_me(self), number, .value = number->value);
}

THS_ACTOR(endless, ths_nothing, THS_ON(number, endless_number))

Test(actor, that_writes_to_itself_shares_its_worker)
{
	struct world world;
	ths_address counter;

	atomic_store(&turns, 0);
	atomic_store(&disorder, 0);
	atomic_store(&arrived, 0);
	world_begin_local(&world, 1);
	for (int i = 0; i < 3; i++)
		cr_assert_eq(ths_tell(world.vm, world_spawn(&world,
		    &endless_actor), number), THS_OK);
	cr_assert(world_await(&turns, 100));
	counter = world_spawn(&world, &counter_actor);
	for (int i = 1; i <= 100; i++)
		cr_assert_eq(ths_tell(world.vm, counter, meet, .value = i),
		    THS_OK);
	cr_assert(world_await(&arrived, 100));
	cr_assert_eq(atomic_load(&disorder), 0);
	world_end(&world);
}

/* ----------------------------------------------------------------- its slot */

Test(actor, that_is_gone_is_never_confused_with_the_next_one_in_its_slot,
    .description = "T-095")
{
	struct world world;
	ths_address old, fresh;

	begin(&world);
	old = world_spawn(&world, &recorder_actor);
	cr_assert_eq(ths_tell(world.vm, old, leave), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(ths_tell(world.vm, world_spawn(&world, &parent_actor),
	    look), THS_OK);
	ths_vm_run(world.vm, 0);
	fresh = notes.child;
	cr_assert_eq(fresh.slot, old.slot, "the worker's newest free slot");
	cr_assert_eq(fresh.generation, old.generation + 1);
	notes.values_length = 0;
	cr_assert_eq(ths_tell(world.vm, old, number, .value = 1), THS_OK);
	cr_assert_eq(ths_tell(world.vm, fresh, number, .value = 2), THS_OK);
	ths_vm_run(world.vm, 0);
	/* T-095 */
	cr_assert_eq(notes.values_length, 1);
	cr_assert_eq(notes.values[0], 2);
	cr_assert_eq(world_dead(&world, THS_DEAD_STALE), 1);
	world_end(&world);
}

Test(actor, that_is_not_yet_born_gets_no_mail)
{
	struct world world;
	ths_address unborn, never;

	begin(&world);
	unborn = world_spawn(&world, &recorder_actor);
	cr_assert_eq(ths_tell(world.vm, unborn, leave), THS_OK);
	ths_vm_run(world.vm, 0);
	unborn.generation++;
	never = unborn;
	never.slot = 3; /* never handed out */
	never.generation = 1;
	cr_assert_eq(ths_tell(world.vm, unborn, number), THS_OK);
	cr_assert_eq(ths_tell(world.vm, never, number), THS_GONE);
	unborn.generation = 0;
	cr_assert_eq(ths_tell(world.vm, unborn, number), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_dead(&world, THS_DEAD_STALE), 2);
	cr_assert_eq(world_dead(&world, THS_DEAD_NOBODY), 1);
	world_end(&world);
}

Test(actor, that_used_up_a_slots_generations_retires_the_slot,
    .description = "T-095")
{
	struct world world;
	ths_address last;
	struct slot *slot;

	begin(&world);
	last = world_spawn(&world, &recorder_actor);
	cr_assert_eq(ths_tell(world.vm, last, leave), THS_OK);
	ths_vm_run(world.vm, 0);
	slot = world_slot(&world, last);
	slot->generation = UINT32_MAX;
	cr_assert_eq(ths_tell(world.vm, world_spawn(&world, &parent_actor),
	    look), THS_OK);
	ths_vm_run(world.vm, 0);
	last = notes.child;
	cr_assert_eq(world_slot(&world, last), slot);
	cr_assert_eq(last.generation, UINT32_MAX);
	cr_assert_eq(ths_tell(world.vm, last, leave), THS_OK);
	cr_assert_eq(ths_tell(world.vm, last, number), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(slot->generation, 0);
	last.generation = 0;
	cr_assert_eq(ths_tell(world.vm, last, number), THS_OK);
	ths_vm_run(world.vm, 0);
	for (int i = 0; i < 300; i++)
		/* T-095 */
		cr_assert_neq(world_spawn(&world, &parent_actor).slot,
		    last.slot);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_dead(&world, THS_DEAD_EXITED) +
	    world_dead(&world, THS_DEAD_STALE), 2);
	world_end(&world);
}

/* The exit request of a stop may find an actor that has just gone by itself. */
Test(actor, that_retires_its_slot_before_the_stop_asks_it_to_exit_is_gone)
{
	struct world world;
	ths_address last;

	begin(&world);
	last = world_spawn(&world, &recorder_actor);
	world_slot(&world, last)->generation = UINT32_MAX;
	ths_vm_run(world.vm, 0);
	last.generation = UINT32_MAX;
	cr_assert_eq(ths_tell(world.vm, last, leave), THS_OK);
	world_end(&world);
	cr_assert_eq(notes.exited, 1);
}

/* --------------------------------------------------------------------- log */

static ths_status
talker_begin(ths_self *self, ths_nothing *state)
{
	(void)state;
	ths_self_log(self, THS_LOG_WARNING, "number %d", 5);
	ths_self_log(self, THS_LOG_INFO, "not wanted");
	ths_self_log(self, THS_LOG_DEFAULT, "no level");
	ths_self_log(self, THS_LOG_NONE, "no level");
	ths_self_log(self, (ths_log_level)77, "no level");
	notes.begun++;
	return THS_OK;
}

THS_ACTOR(talker, ths_nothing, THS_INIT(talker_begin))

Test(actor, logs_under_its_name_and_only_at_a_level)
{
	struct world world;

	begin(&world);
	world_spawn(&world, &talker_actor);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.begun, 1);
	cr_assert_eq(world_logged(&world, "talker"), 1);
	cr_assert_eq(world_logged(&world, "number 5"), 1);
	cr_assert_eq(world_logged(&world, "not wanted"), 0);
	cr_assert_eq(world_logged(&world, "no level"), 0);
	world_end(&world);
}
