/* SPDX-License-Identifier: MIT */
/* behaviour: the handler of a type in one look, and no table without sense. */
#include "vm/actor/behaviour.h"

#include <stdio.h>

#include "tests/harness.h"

THS_SIGNAL(go)
THS_SIGNAL(stay)
THS_MESSAGE(begin, THS_FIELD(int, at))

struct fixture {
	struct memory memory;
	struct types types;
	struct behaviours behaviours;
};

static void
fixture_init(struct fixture *fixture)
{
	memory_init(&fixture->memory, NULL, 0);
	types_init(&fixture->types, &fixture->memory);
	behaviours_init(&fixture->behaviours, &fixture->memory,
	    &fixture->types);
}

static void
fixture_fini(struct fixture *fixture)
{
	behaviours_fini(&fixture->behaviours);
	types_fini(&fixture->types);
	cr_assert_eq(atomic_load(&fixture->memory.bytes), 0);
	memory_fini(&fixture->memory);
}

static ths_status
handler_a(ths_self *self, void *state, const void *message)
{
	(void)self, (void)state, (void)message;
	return THS_OK;
}

static ths_status
handler_b(ths_self *self, void *state, const void *message)
{
	(void)self, (void)state, (void)message;
	return THS_FAILED;
}

static void
at_exit(ths_self *self, void *state)
{
	(void)self, (void)state;
}

static ths_status
status_of(struct fixture *fixture, const ths_actor *actor)
{
	const struct behaviour *behaviour;

	return behaviours_of(&fixture->behaviours, actor, &behaviour);
}

static ths_handler
handler_of(struct fixture *fixture, const struct behaviour *behaviour,
    const ths_type *type)
{
	uint32_t number;

	cr_assert_eq(types_number(&fixture->types, type, &number), THS_OK);
	return behaviour_handler(behaviour, number);
}

Test(behaviour, finds_init_start_exit_and_handlers_in_any_order)
{
	static const ths_row rows[] = {
		{ THS_ROW_EXIT, NULL, NULL, at_exit },
		{ THS_ROW_ON, &go_type, handler_a, NULL },
		{ THS_ROW_START, &begin_type, handler_b, NULL },
		{ THS_ROW_ON, &stay_type, handler_b, NULL },
		{ THS_ROW_INIT, &begin_type, handler_a, NULL },
	};
	static const ths_actor actor = { "worker", 12, rows, 5 };
	const struct behaviour *behaviour;
	struct fixture fixture;
	uint32_t begin;

	fixture_init(&fixture);
	cr_assert_eq(behaviours_of(&fixture.behaviours, &actor, &behaviour),
	    THS_OK);
	cr_assert_str_eq(behaviour->name, "worker");
	cr_assert_eq(behaviour->state_size, 12);
	cr_assert(behaviour->begins);
	cr_assert_eq(behaviour->init, handler_a);
	cr_assert_eq(behaviour->start, handler_b);
	cr_assert_eq(behaviour->exit, at_exit);
	cr_assert_eq(types_number(&fixture.types, &begin_type, &begin), THS_OK);
	cr_assert_eq(behaviour->start_type, begin);
	cr_assert_eq(handler_of(&fixture, behaviour, &go_type), handler_a);
	cr_assert_eq(handler_of(&fixture, behaviour, &stay_type), handler_b);
	cr_assert_null(handler_of(&fixture, behaviour, &begin_type));
	fixture_fini(&fixture);
}

Test(behaviour, of_an_actor_is_made_once)
{
	static const ths_actor actor = { "nobody", 0, NULL, 0 };
	const struct behaviour *first;
	const struct behaviour *second;
	struct fixture fixture;

	fixture_init(&fixture);
	cr_assert_eq(behaviours_of(&fixture.behaviours, &actor, &first),
	    THS_OK);
	cr_assert_eq(behaviours_of(&fixture.behaviours, &actor, &second),
	    THS_OK);
	cr_assert_eq(first, second);
	cr_assert_eq(first->mask, 0);
	cr_assert_not(first->begins);
	cr_assert_null(handler_of(&fixture, first, &go_type));
	fixture_fini(&fixture);
}

Test(behaviour, has_a_place_of_its_own_for_each_of_thirty_two_types)
{
	static char names[3 * BEHAVIOUR_ROWS_MAX][16];
	static ths_type types[3 * BEHAVIOUR_ROWS_MAX];
	static ths_row rows[BEHAVIOUR_ROWS_MAX];
	static const ths_actor actor = { "wide", 0, rows, BEHAVIOUR_ROWS_MAX };
	const struct behaviour *behaviour;
	struct fixture fixture;
	uint32_t number;

	fixture_init(&fixture);
	for (int i = 0; i < 3 * BEHAVIOUR_ROWS_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "t%d", i);
		types[i] = (ths_type){ .name = names[i] };
		cr_assert_eq(types_number(&fixture.types, &types[i], &number),
		    THS_OK);
	}
	for (int i = 0; i < BEHAVIOUR_ROWS_MAX; i++)
		rows[i] = (ths_row){ THS_ROW_ON, &types[3 * i],
			i % 2 == 0 ? handler_a : handler_b, NULL };
	cr_assert_eq(behaviours_of(&fixture.behaviours, &actor, &behaviour),
	    THS_OK);
	for (int i = 0; i < 3 * BEHAVIOUR_ROWS_MAX; i++) {
		ths_handler wanted = i % 3 != 0 ? NULL :
		    i / 3 % 2 == 0 ? handler_a : handler_b;

		cr_assert_eq(handler_of(&fixture, behaviour, &types[i]),
		    wanted, "type %d", i);
	}
	cr_assert_leq(behaviour->mask, 127);
	fixture_fini(&fixture);
}

Test(behaviour, that_handles_one_type_twice_is_refused)
{
	static const ths_type again = { "go", 0, 0, 0, NULL };
	static const ths_row rows[] = {
		{ THS_ROW_ON, &go_type, handler_a, NULL },
		{ THS_ROW_ON, &stay_type, handler_a, NULL },
		{ THS_ROW_ON, &again, handler_b, NULL },
	};
	static const ths_actor actor = { "doubled", 0, rows, 3 };
	struct fixture fixture;

	fixture_init(&fixture);
	cr_assert_eq(status_of(&fixture, &actor), THS_BAD_ARGUMENT);
	cr_assert_eq(status_of(&fixture, NULL), THS_BAD_ARGUMENT);
	fixture_fini(&fixture);
}

Test(behaviour, of_a_table_that_makes_no_sense_is_refused)
{
	static ths_row many[BEHAVIOUR_ROWS_MAX + 1];
	static const ths_row two_starts[] = {
		{ THS_ROW_START, NULL, handler_a, NULL },
		{ THS_ROW_START, &begin_type, handler_a, NULL },
	};
	static const ths_row two_inits[] = {
		{ THS_ROW_INIT, NULL, handler_a, NULL },
		{ THS_ROW_INIT, NULL, handler_a, NULL },
	};
	static const ths_row two_minds[] = {
		{ THS_ROW_INIT, &go_type, handler_a, NULL },
		{ THS_ROW_START, &begin_type, handler_a, NULL },
	};
	static const ths_row two_exits[] = {
		{ THS_ROW_EXIT, NULL, NULL, at_exit },
		{ THS_ROW_EXIT, NULL, NULL, at_exit },
	};
	static const ths_row no_handler = { THS_ROW_ON, &go_type, NULL, NULL };
	static const ths_row no_type = { THS_ROW_ON, NULL, handler_a, NULL };
	static const ths_row no_exit = { THS_ROW_EXIT, NULL, handler_a, NULL };
	static const ths_row no_start = { THS_ROW_START, NULL, NULL, at_exit };
	static const ths_row no_init = { THS_ROW_INIT, NULL, NULL, at_exit };
	static const ths_row no_kind = { (ths_row_kind)(THS_ROW_CHECK + 1),
		&go_type, handler_a, at_exit };
	static const ths_row no_needs = { .kind = THS_ROW_NEEDS,
		.needs_length = 1 };
	static const ths_row no_check = { .kind = THS_ROW_CHECK };
	static const ths_actor wrong[] = {
		{ NULL, 0, NULL, 0 },
		{ "rows missing", 0, NULL, 1 },
		{ "too many rows", 0, many, BEHAVIOUR_ROWS_MAX + 1 },
		{ "too much state", THS_STATE_SIZE_MAX + 1, NULL, 0 },
		{ "two starts", 0, two_starts, 2 },
		{ "two inits", 0, two_inits, 2 },
		{ "two start messages", 0, two_minds, 2 },
		{ "two exits", 0, two_exits, 2 },
		{ "no handler", 0, &no_handler, 1 },
		{ "no type", 0, &no_type, 1 },
		{ "no exit", 0, &no_exit, 1 },
		{ "no init", 0, &no_init, 1 },
		{ "no start", 0, &no_start, 1 },
		{ "no kind", 0, &no_kind, 1 },
		{ "no needs", 0, &no_needs, 1 },
		{ "no check", 0, &no_check, 1 },
	};
	struct fixture fixture;

	fixture_init(&fixture);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_assert_eq(status_of(&fixture, &wrong[i]), THS_BAD_ARGUMENT,
		    "%s", wrong[i].name == NULL ? "no name" : wrong[i].name);
	fixture_fini(&fixture);
}

Test(behaviour, does_not_take_the_type_of_an_exit_row_for_a_handler)
{
	static const ths_row rows[] = {
		{ THS_ROW_EXIT, &stay_type, NULL, at_exit },
		{ THS_ROW_ON, &go_type, handler_a, NULL },
	};
	static const ths_actor actor = { "odd", 0, rows, 2 };
	const struct behaviour *behaviour;
	struct fixture fixture;

	fixture_init(&fixture);
	cr_assert_eq(behaviours_of(&fixture.behaviours, &actor, &behaviour),
	    THS_OK);
	cr_assert_eq(handler_of(&fixture, behaviour, &go_type), handler_a);
	cr_assert_null(handler_of(&fixture, behaviour, &stay_type));
	fixture_fini(&fixture);
}

Test(behaviour, survives_a_lack_of_memory_at_every_call)
{
	static const ths_row row = { THS_ROW_ON, &go_type, handler_a, NULL };
	static const ths_actor actor = { "poor", 0, &row, 1 };
	uint64_t nth = 0;
	ths_status status;

	do {
		struct fixture fixture;

		fixture_init(&fixture);
		memory_fault_at(&fixture.memory, ++nth);
		status = status_of(&fixture, &actor);
		cr_assert_eq(status_of(&fixture, &actor), THS_OK);
		fixture_fini(&fixture);
		cr_assert(status == THS_OK || status == THS_NO_MEMORY);
	} while (status != THS_OK);
	cr_assert_eq(nth, 4, "a chunk, a name and the behaviour");
}
