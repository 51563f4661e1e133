/* SPDX-License-Identifier: MIT */
/* send: what becomes of a message that cannot be placed, in both ways. */
#include "tests/unit/vm/world.h"

THS_MESSAGE(number, THS_FIELD(int64_t, value))
THS_MESSAGE(text, THS_FIELD(ths_string, line), THS_FIELD(ths_bytes, bytes))
THS_SIGNAL(go)
THS_MESSAGE(wrapped, THS_FIELD(ths_any, content))

/* Bytes begin at a multiple of 16 behind the struct. */
enum { BYTES_MAX = THS_FLAT_SIZE_MAX - 32 };

/* What the sender's handler is to do, and what it saw. */
static struct {
	ths_address to;
	const ths_type *type;
	const void *message;
	int times;
	bool is_trying;
	ths_status statuses[16];
	int64_t sum;
	char line[64];
	const void *line_at;
	uint32_t alignment_lost;
} notes;

static ths_status
sender_go(ths_self *self, ths_nothing *state, const struct go *go)
{
	(void)state, (void)go;
	for (int i = 0; i < notes.times; i++)
		notes.statuses[i] = notes.is_trying ?
		    ths_try_send_message(self, notes.to, notes.type,
		    notes.message) : ths_send_message(self, notes.to,
		    notes.type, notes.message);
	return THS_OK;
}

THS_ACTOR(sender, ths_nothing, THS_ON(go, sender_go))

static ths_status
sink_number(ths_self *self, ths_nothing *state, const struct number *number)
{
	(void)self, (void)state;
	notes.sum += number->value;
	return THS_OK;
}

static ths_status
sink_text(ths_self *self, ths_nothing *state, const struct text *text)
{
	(void)self, (void)state;
	snprintf(notes.line, sizeof(notes.line), "%s",
	    text->line != NULL ? text->line : "");
	notes.line_at = text->line;
	notes.alignment_lost = (uintptr_t)text->bytes.data % 16;
	notes.sum += (int64_t)text->bytes.size;
	return THS_OK;
}

THS_ACTOR(sink, ths_nothing, THS_ON(number, sink_number),
    THS_ON(text, sink_text))

struct fixture {
	struct world world;
	ths_address sender;
	ths_address sink;
};

static void
begin(struct fixture *fixture, ths_vm_config config)
{
	memset(&notes, 0, sizeof(notes));
	config.mode = THS_MODE_INLINE;
	world_begin_with(&fixture->world, config);
	fixture->sender = world_spawn(&fixture->world, &sender_actor);
	fixture->sink = world_spawn(&fixture->world, &sink_actor);
	ths_vm_run(fixture->world.vm, 0);
}

/* Lets the sender send, and then everybody handle what they have. */
static ths_status
let_send(struct fixture *fixture, int times, bool is_trying, ths_address to,
    const ths_type *type, const void *message)
{
	notes.to = to;
	notes.type = type;
	notes.message = message;
	notes.times = times;
	notes.is_trying = is_trying;
	cr_assert_eq(ths_tell(fixture->world.vm, fixture->sender, go), THS_OK);
	ths_vm_run(fixture->world.vm, 0);
	return notes.statuses[0];
}

#define SEND(fixture, to, ...) \
	let_send((fixture), 1, false, (to), THS_PAYLOAD(__VA_ARGS__))
#define TRY_SEND(fixture, to, ...) \
	let_send((fixture), 1, true, (to), THS_PAYLOAD(__VA_ARGS__))

Test(send, brings_the_message_and_what_it_points_to, .description = "T-033")
{
	char line[] = "to be or not to be";
	struct fixture fixture;

	begin(&fixture, (ths_vm_config){ 0 });
	cr_assert_eq(SEND(&fixture, fixture.sink, number, .value = 9), THS_OK);
	cr_assert_eq(notes.sum, 9);
	cr_assert_eq(SEND(&fixture, fixture.sink, text, .line = line,
	    .bytes = { "abc", 3 }), THS_OK);
	cr_assert_str_eq(notes.line, line);
	/* T-033 */
	cr_assert_neq(notes.line_at, line);
	cr_assert_eq(notes.alignment_lost, 0);
	cr_assert_eq(notes.sum, 12);
	cr_assert_eq(TRY_SEND(&fixture, fixture.sink, number, .value = 1),
	    THS_OK);
	cr_assert_eq(notes.sum, 13);
	world_end(&fixture.world);
}

Test(send, to_nobody_is_a_dead_letter)
{
	struct fixture fixture;
	ths_address beyond, index_zero;

	begin(&fixture, (ths_vm_config){ 0 });
	beyond = index_zero = fixture.sink;
	beyond.slot = 1 << 30;
	index_zero.slot = 0;
	cr_assert_eq(SEND(&fixture, THS_NOBODY, number), THS_OK);
	cr_assert_eq(SEND(&fixture, beyond, number), THS_OK);
	cr_assert_eq(SEND(&fixture, index_zero, number), THS_OK);
	cr_assert_eq(world_dead(&fixture.world, THS_DEAD_NOBODY), 3);
	world_end(&fixture.world);
}

Test(send, to_another_vm_is_a_dead_letter)
{
	struct fixture fixture;
	ths_address foreign;

	begin(&fixture, (ths_vm_config){ 0 });
	foreign = fixture.sink;
	foreign.vm ^= 1;
	cr_assert_eq(SEND(&fixture, foreign, number, .value = 5), THS_OK);
	cr_assert_eq(world_dead(&fixture.world, THS_DEAD_FOREIGN), 1);
	cr_assert_eq(notes.sum, 0);
	world_end(&fixture.world);
}

Test(send, to_a_former_life_is_a_dead_letter)
{
	struct fixture fixture;
	ths_address former;

	begin(&fixture, (ths_vm_config){ 0 });
	former = fixture.sink;
	former.generation += 7;
	cr_assert_eq(SEND(&fixture, former, number, .value = 5), THS_OK);
	cr_assert_eq(TRY_SEND(&fixture, former, number, .value = 5), THS_OK,
	    "only the receiving side knows");
	cr_assert_eq(world_dead(&fixture.world, THS_DEAD_STALE), 2);
	cr_assert_eq(notes.sum, 0);
	world_end(&fixture.world);
}

Test(send, into_a_full_mailbox_is_a_dead_letter)
{
	struct fixture fixture;
	struct number number = { 1 };

	begin(&fixture, (ths_vm_config){ .mailbox_max = 5 });
	let_send(&fixture, 8, false, fixture.sink, &number_type, &number);
	for (int i = 0; i < 8; i++)
		cr_assert_eq(notes.statuses[i], THS_OK);
	cr_assert_eq(notes.sum, 5);
	cr_assert_eq(world_dead(&fixture.world, THS_DEAD_FULL), 3);
	cr_assert_eq(world_status(&fixture.world).limits_hit, 3);
	world_end(&fixture.world);
}

Test(send, that_is_only_tried_says_full_and_counts_nothing)
{
	struct fixture fixture;
	struct number number = { 1 };
	uint64_t accepted;

	begin(&fixture, (ths_vm_config){ .mailbox_max = 5 });
	accepted = world_status(&fixture.world).accepted;
	let_send(&fixture, 8, true, fixture.sink, &number_type, &number);
	for (int i = 0; i < 8; i++)
		cr_assert_eq(notes.statuses[i], i < 5 ? THS_OK : THS_FULL);
	cr_assert_eq(notes.sum, 5);
	cr_assert_eq(world_dead(&fixture.world, THS_DEAD_FULL), 0);
	cr_assert_eq(world_status(&fixture.world).accepted, accepted + 6,
	    "five, and the go");
	world_end(&fixture.world);
}

Test(send, heeds_an_actors_own_mailbox_limit)
{
	struct fixture fixture;
	struct number number = { 1 };
	ths_address narrow;

	begin(&fixture, (ths_vm_config){ .mailbox_max = 1000 });
	cr_assert_eq(ths_spawn(fixture.world.vm, &narrow, &sink_actor,
	    &(ths_spawn_options){ .mailbox_max = 2 }), THS_OK);
	ths_vm_run(fixture.world.vm, 0);
	let_send(&fixture, 8, true, narrow, &number_type, &number);
	cr_assert_eq(notes.sum, 2);
	cr_assert_eq(notes.statuses[2], THS_FULL);
	let_send(&fixture, 8, true, fixture.sink, &number_type, &number);
	cr_assert_eq(notes.sum, 10);
	world_end(&fixture.world);
}

Test(send, knows_no_mailbox_limit_beyond_what_an_inbox_counts)
{
	struct fixture fixture;
	ths_address narrow;

	begin(&fixture, (ths_vm_config){ 0 });
	cr_assert_eq(ths_spawn(fixture.world.vm, &narrow, &sink_actor,
	    &(ths_spawn_options){ .mailbox_max = INBOX_COUNT_MAX }),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_spawn(fixture.world.vm, &narrow, &sink_actor,
	    &(ths_spawn_options){ .mailbox_max = INBOX_COUNT_MAX - 1 }),
	    THS_OK);
	world_end(&fixture.world);
}

Test(send, that_is_only_tried_says_gone_where_nobody_can_be)
{
	struct fixture fixture;
	ths_address foreign;
	uint64_t accepted;

	begin(&fixture, (ths_vm_config){ 0 });
	foreign = fixture.sink;
	foreign.vm ^= 1;
	accepted = world_status(&fixture.world).accepted;
	cr_assert_eq(TRY_SEND(&fixture, THS_NOBODY, number), THS_GONE);
	cr_assert_eq(TRY_SEND(&fixture, foreign, number), THS_GONE);
	cr_assert_eq(world_status(&fixture.world).accepted, accepted + 2,
	    "the two that made it try");
	cr_assert_eq(world_dead(&fixture.world, THS_DEAD_NOBODY), 0);
	world_end(&fixture.world);
}

Test(send, refuses_what_is_not_well_formed)
{
	static char data[THS_FLAT_SIZE_MAX];
	struct fixture fixture;
	uint64_t accepted;

	begin(&fixture, (ths_vm_config){ .message_max = sizeof(data) });
	accepted = world_status(&fixture.world).accepted;
	for (int is_trying = 0; is_trying < 2; is_trying++) {
		cr_assert_eq(let_send(&fixture, 1, is_trying, fixture.sink,
		    THS_PAYLOAD(text, .bytes = { data, sizeof(data) })),
		    THS_TOO_LARGE);
		cr_assert_eq(let_send(&fixture, 1, is_trying, fixture.sink,
		    THS_PAYLOAD(text, .bytes = { NULL, 1 })),
		    THS_BAD_ARGUMENT);
		cr_assert_eq(let_send(&fixture, 1, is_trying, fixture.sink,
		    NULL, data), THS_BAD_ARGUMENT);
		cr_assert_eq(let_send(&fixture, 1, is_trying, fixture.sink,
		    &number_type, NULL), THS_BAD_ARGUMENT);
	}
	cr_assert_eq(world_status(&fixture.world).accepted, accepted + 8);
	world_end(&fixture.world);
}

Test(send, of_the_largest_message_arrives)
{
	static char data[BYTES_MAX];
	struct fixture fixture;

	begin(&fixture, (ths_vm_config){ 0 });
	cr_assert_eq(SEND(&fixture, fixture.sink, text,
	    .bytes = { data, sizeof(data) }), THS_OK);
	cr_assert_eq(notes.sum, (int64_t)sizeof(data));
	world_end(&fixture.world);
}

/* With the class of the largest message nothing is cached yet. */
Test(send, without_memory_is_a_dead_letter_or_refused)
{
	static char data[BYTES_MAX];
	struct text text = { NULL, { data, sizeof(data) } };
	struct fixture fixture;

	begin(&fixture, (ths_vm_config){ 0 });
	SEND(&fixture, fixture.sink, number, .value = 0);
	fixture.world.vm->memory.bytes_max =
	    atomic_load(&fixture.world.vm->memory.bytes);
	cr_assert_eq(let_send(&fixture, 1, false, fixture.sink, &text_type,
	    &text), THS_OK);
	cr_assert_eq(world_dead(&fixture.world, THS_DEAD_NO_MEMORY), 1);
	cr_assert_eq(let_send(&fixture, 1, true, fixture.sink, &text_type,
	    &text), THS_NO_MEMORY);
	cr_assert_eq(world_dead(&fixture.world, THS_DEAD_NO_MEMORY), 1);
	fixture.world.vm->memory.bytes_max = 0;
	cr_assert_eq(let_send(&fixture, 1, true, fixture.sink, &text_type,
	    &text), THS_OK);
	cr_assert_eq(notes.sum, (int64_t)sizeof(data));
	world_end(&fixture.world);
}

/* A same-named message with another layout, as another unit might have it. */
static const ths_field other_fields[] = {
	{ "value", 0, 4, THS_KIND_INTEGER },
};
static const ths_type other_type = { "number", 4, 1, 0, other_fields };

Test(send, of_a_namesake_with_another_layout_is_never_misread)
{
	struct fixture fixture;
	int32_t value = 5;

	begin(&fixture, (ths_vm_config){ 0 });
	cr_assert_eq(let_send(&fixture, 1, false, fixture.sink, &other_type,
	    &value), THS_OK);
	cr_assert_eq(notes.sum, 0);
	cr_assert_eq(world_dead(&fixture.world, THS_DEAD_UNHANDLED), 1);
	cr_assert_eq(world_logged(&fixture.world, "of another layout: number: "
	    "field 1 is value (integer of 8 at byte 0) here and "
	    "value (integer of 4 at byte 0) there"), 1);
	world_end(&fixture.world);
}

#define WORDS(x) WORDS_(x)
#define WORDS_(x) #x

/* No kind is known for a handle, so no macro can declare such a field; and a
 * descriptor made by hand, which calls it something else, is not believed. */
Test(send, of_a_handle_is_refused_wherever_it_is_tried,
    .description = "T-085 B-22")
{
	static const ths_field fields[] = {
		{ "vm", 0, sizeof(ths_vm *), 99 },
	};
	static const ths_type handle = { "handle", sizeof(ths_vm *), 1, 0,
		fields };
	struct fixture fixture;
	ths_any any;

	begin(&fixture, (ths_vm_config){ 0 });
	cr_assert_str_eq(WORDS(THS_KIND_OF_ths_vm), "THS_KIND_OF_ths_vm");
	cr_assert_str_eq(WORDS(THS_KIND_OF_ths_self), "THS_KIND_OF_ths_self");
	cr_assert_str_eq(WORDS(THS_KIND_OF_ths_client),
	    "THS_KIND_OF_ths_client");
	cr_assert_eq(let_send(&fixture, 1, false, fixture.sink, &handle,
	    &fixture.world.vm), THS_BAD_ARGUMENT);
	any = (ths_any){ &handle, &fixture.world.vm };
	cr_assert_eq(SEND(&fixture, fixture.sink, wrapped, .content = any),
	    THS_BAD_ARGUMENT);
	world_end(&fixture.world);
}

THS_MESSAGE(counted, THS_BASE(number), THS_FIELD(ths_string, by))
THS_MESSAGE(recounted, THS_BASE(counted), THS_FIELD(int64_t, before))
THS_MESSAGE(spoken, THS_BASE(text), THS_FIELD(bool, loudly))

Test(send, of_a_child_type_reaches_the_handler_of_its_nearest_ancestor)
{
	struct fixture fixture;

	begin(&fixture, (ths_vm_config){ 0 });
	cr_assert_eq(SEND(&fixture, fixture.sink, counted, .base = { 7 },
	    .by = "ann"), THS_OK);
	cr_assert_eq(notes.sum, 7);
	cr_assert_eq(SEND(&fixture, fixture.sink, recounted,
	    .base = { .base = { 20 } }), THS_OK);
	cr_assert_eq(notes.sum, 27);
	cr_assert_eq(SEND(&fixture, fixture.sink, spoken,
	    .base = { .line = "aloud", .bytes = { "a", 1 } }), THS_OK);
	cr_assert_str_eq(notes.line, "aloud");
	cr_assert_eq(notes.sum, 28);
	cr_assert_eq(world_dead(&fixture.world, THS_DEAD_UNHANDLED), 0);
	cr_assert_eq(world_logged(&fixture.world, "layout"), 0);
	world_end(&fixture.world);
}

static ths_status
guard_exit_request(ths_self *self, ths_nothing *state,
    const struct ths_exit_request *request)
{
	(void)self, (void)state, (void)request;
	notes.sum++;
	return THS_OK;
}

THS_ACTOR(guard, ths_nothing, THS_ON(ths_exit_request, guard_exit_request))
THS_MESSAGE(kind_request, THS_BASE(ths_exit_request), THS_FIELD(bool, please))

Test(send, of_a_child_of_what_the_runtime_sends_is_no_such_message)
{
	struct fixture fixture;
	ths_address guard;

	begin(&fixture, (ths_vm_config){ 0 });
	guard = world_spawn(&fixture.world, &guard_actor);
	cr_assert_eq(SEND(&fixture, guard, kind_request), THS_OK);
	cr_assert_eq(notes.sum, 0);
	cr_assert_eq(world_dead(&fixture.world, THS_DEAD_UNHANDLED), 1);
	cr_assert_eq(SEND(&fixture, guard, ths_exit_request), THS_OK);
	cr_assert_eq(notes.sum, 1);
	world_end(&fixture.world);
}

Test(send, logs_its_dead_letters_when_asked_to)
{
	struct fixture fixture;

	begin(&fixture, (ths_vm_config){ .log_level = THS_LOG_DEBUG });
	SEND(&fixture, THS_NOBODY, number);
	SEND(&fixture, fixture.sink, go);
	cr_assert_eq(world_logged(&fixture.world, "dead letter: number"), 1);
	cr_assert_eq(world_logged(&fixture.world, "dead letter: go"), 1);
	cr_assert_eq(world_logged(&fixture.world,
	    ths_dead_reason_text(THS_DEAD_UNHANDLED)), 1);
	world_end(&fixture.world);
}
