/* SPDX-License-Identifier: MIT */
/*
 * linear: histories that are known to be linearizable or not, the words for
 * those that are not, its limits; and random small ones, compared with a judge
 * that tries every order.
 */
#include "tests/sim/linear_models.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "tests/harness.h"

static struct linear_history history;
static struct linear_result result;

/* Tests may run in one process. */
static void
begin(void)
{
	memset(&history, 0, sizeof(history));
}

/* Notes an operation of client `number`, pending. */
static struct linear_operation *
call(uint32_t number, uint32_t what, uint64_t argument)
{
	return linear_call(&history, (struct linear_operation){
		.who = "client", .number = number, .what = what,
		.argument = argument });
}

/* One that nobody else's is beside. */
static void
alone(uint32_t number, uint32_t what, uint64_t argument, uint64_t answer)
{
	linear_answer(call(number, what, argument), answer);
}

static enum linear_verdict
verdict_of(const struct linear_model *model)
{
	linear_check(&history, model, &result);
	cr_assert_eq(result.verdict == LINEAR_YES, result.why[0] == '\0');
	return result.verdict;
}

/* ----------------------------------------------------------------- register */

Test(linear, an_empty_history_is_linearizable)
{
	begin();
	cr_assert_eq(verdict_of(&linear_register), LINEAR_YES);
	cr_assert_eq(result.operations, 0);
}

Test(linear, a_read_gives_what_was_written_last)
{
	begin();
	alone(1, REGISTER_WRITE, 3, 0);
	alone(2, REGISTER_READ, 0, 3);
	cr_assert_eq(verdict_of(&linear_register), LINEAR_YES);
	cr_assert_eq(result.operations, 2);
	alone(1, REGISTER_WRITE, 4, 0);
	alone(2, REGISTER_READ, 0, 3); /* stale */
	cr_assert_eq(verdict_of(&linear_register), LINEAR_NO);
}

Test(linear, a_read_beside_a_write_gives_either)
{
	struct linear_operation *write;

	begin();
	write = call(1, REGISTER_WRITE, 3);
	alone(2, REGISTER_READ, 0, 0);
	alone(3, REGISTER_READ, 0, 3);
	linear_answer(write, 0);
	cr_assert_eq(verdict_of(&linear_register), LINEAR_YES);
}

Test(linear, a_later_read_does_not_go_back)
{
	struct linear_operation *write;

	begin();
	write = call(1, REGISTER_WRITE, 3);
	alone(2, REGISTER_READ, 0, 3);
	alone(3, REGISTER_READ, 0, 0);
	linear_answer(write, 0);
	cr_assert_eq(verdict_of(&linear_register), LINEAR_NO);
}

Test(linear, of_two_swaps_of_one_value_one_succeeds)
{
	begin();
	for (uint64_t second = 0; second < 2; second++) {
		struct linear_operation *one, *other;

		begin();
		one = call(1, REGISTER_SWAP, 7);
		other = call(2, REGISTER_SWAP, 8);
		linear_answer(one, 1);
		linear_answer(other, second);
		cr_assert_eq(verdict_of(&linear_register), second == 0 ?
		    LINEAR_YES : LINEAR_NO);
	}
}

Test(linear, what_is_pending_may_have_happened_or_not)
{
	begin();
	(void)call(1, REGISTER_WRITE, 3);
	alone(2, REGISTER_READ, 0, 0);
	alone(2, REGISTER_READ, 0, 0);
	cr_assert_eq(verdict_of(&linear_register), LINEAR_YES);
	alone(2, REGISTER_READ, 0, 3);
	cr_assert_eq(verdict_of(&linear_register), LINEAR_YES);
	alone(2, REGISTER_READ, 0, 0); /* it happens once */
	cr_assert_eq(verdict_of(&linear_register), LINEAR_NO);
}

Test(linear, what_is_pending_does_not_happen_before_its_call)
{
	begin();
	alone(2, REGISTER_READ, 0, 3);
	(void)call(1, REGISTER_WRITE, 3);
	cr_assert_eq(verdict_of(&linear_register), LINEAR_NO);
}

Test(linear, what_was_refused_has_not_happened)
{
	begin();
	linear_forget(call(1, REGISTER_WRITE, 3));
	alone(2, REGISTER_READ, 0, 0);
	cr_assert_eq(verdict_of(&linear_register), LINEAR_YES);
	alone(2, REGISTER_READ, 0, 3);
	cr_assert_eq(verdict_of(&linear_register), LINEAR_NO);
}

Test(linear, each_key_is_a_thing_by_itself)
{
	begin();
	alone(1, REGISTER_WRITE, 3, 0);
	call(1, REGISTER_READ, 0)->key = 7;
	linear_answer(&history.operations[1], 0);
	cr_assert_eq(verdict_of(&linear_register), LINEAR_YES);
	alone(1, REGISTER_READ, 0, 0);
	cr_assert_eq(verdict_of(&linear_register), LINEAR_NO);
}

/* ------------------------------------------------------------ queue and set */

Test(linear, a_queue_gives_the_oldest_first)
{
	begin();
	alone(1, QUEUE_PUT, 3, 0);
	alone(2, QUEUE_PUT, 4, 0);
	alone(1, QUEUE_TAKE, 0, 3);
	alone(2, QUEUE_TAKE, 0, 4);
	alone(2, QUEUE_TAKE, 0, 0);
	cr_assert_eq(verdict_of(&linear_queue), LINEAR_YES);
	alone(1, QUEUE_PUT, 5, 0);
	alone(2, QUEUE_PUT, 6, 0);
	alone(1, QUEUE_TAKE, 0, 6);
	cr_assert_eq(verdict_of(&linear_queue), LINEAR_NO);
}

Test(linear, what_is_put_at_once_comes_in_one_order_for_all)
{
	struct linear_operation *one, *other;

	begin();
	one = call(1, QUEUE_PUT, 3);
	other = call(2, QUEUE_PUT, 4);
	linear_answer(one, 0);
	linear_answer(other, 0);
	alone(1, QUEUE_TAKE, 0, 4);
	alone(2, QUEUE_TAKE, 0, 3);
	cr_assert_eq(verdict_of(&linear_queue), LINEAR_YES);
	alone(2, QUEUE_TAKE, 0, 3); /* twice */
	cr_assert_eq(verdict_of(&linear_queue), LINEAR_NO);
}

Test(linear, a_queue_with_something_in_it_is_not_empty)
{
	begin();
	alone(1, QUEUE_PUT, 3, 0);
	alone(2, QUEUE_TAKE, 0, 0);
	cr_assert_eq(verdict_of(&linear_queue), LINEAR_NO);
}

Test(linear, a_take_without_answer_may_have_taken)
{
	begin();
	alone(1, QUEUE_PUT, 3, 0);
	alone(1, QUEUE_PUT, 4, 0);
	(void)call(2, QUEUE_TAKE, 0);
	alone(1, QUEUE_TAKE, 0, 4);
	cr_assert_eq(verdict_of(&linear_queue), LINEAR_YES);
	alone(1, QUEUE_TAKE, 0, 3);
	cr_assert_eq(verdict_of(&linear_queue), LINEAR_NO);
}

Test(linear, a_set_has_each_member_once)
{
	struct linear_operation *one, *other;

	begin();
	one = call(1, SET_ADD, 5);
	other = call(2, SET_ADD, 5);
	linear_answer(one, 0);
	linear_answer(other, 1);
	alone(1, SET_HAS, 5, 1);
	alone(1, SET_REMOVE, 5, 1);
	alone(2, SET_HAS, 5, 0);
	cr_assert_eq(verdict_of(&linear_set), LINEAR_YES);
	alone(2, SET_REMOVE, 5, 1);
	cr_assert_eq(verdict_of(&linear_set), LINEAR_NO);
}

Test(linear, a_name_has_one_holder)
{
	struct linear_operation *first;

	begin();
	alone(1, NAME_REGISTER, 7, NAME_DONE);
	alone(1, NAME_REGISTER, 7, NAME_DONE); /* has it already */
	alone(2, NAME_REGISTER, 8, NAME_TAKEN);
	alone(3, NAME_FIND, 0, 7);
	alone(3, NAME_CREATE, 0, 7);
	alone(2, NAME_GIVE_UP, 8, NAME_UNKNOWN);
	first = call(1, NAME_END, 7);
	alone(3, NAME_FIND, 0, 7);
	alone(3, NAME_CREATE, 0, 9);
	linear_answer(first, 0);
	alone(3, NAME_FIND, 0, 9);
	alone(9, NAME_GIVE_UP, 9, NAME_DONE);
	alone(2, NAME_REGISTER, 8, NAME_NO_ROOM);
	cr_assert_eq(verdict_of(&linear_name), LINEAR_YES);
	alone(3, NAME_FIND, 0, 8); /* seen before it was decided */
	cr_assert_eq(verdict_of(&linear_name), LINEAR_NO);
}

Test(linear, who_has_ended_is_found_under_no_name)
{
	begin();
	alone(3, NAME_CREATE, 0, 7);
	(void)call(7, NAME_END, 7);
	alone(3, NAME_FIND, 0, 7); /* nobody has heard of it yet */
	cr_assert_eq(verdict_of(&linear_name), LINEAR_YES);
	linear_answer(&history.operations[1], 0);
	alone(3, NAME_FIND, 0, 7);
	cr_assert_eq(verdict_of(&linear_name), LINEAR_NO);
	cr_assert_str_eq(result.why, "name 0 is not linearizable: it was "
	    "nobody's, and then there is no order for\n"
	    "  client 3 from point 0 to 0: find, which gave 0.7");
}

/* ------------------------------------------------------------ words, limits */

Test(linear, the_window_is_the_shortest_in_words)
{
	static const uint64_t points = 12;

	begin();
	history.points = &points;
	alone(1, REGISTER_WRITE, 3, 0);
	alone(2, REGISTER_READ, 0, 3);
	(void)call(4, REGISTER_SWAP, 9);
	alone(1, REGISTER_WRITE, 4, 0);
	alone(2, REGISTER_READ, 0, 3); /* the first that nothing explains */
	alone(2, REGISTER_READ, 0, 4);
	alone(2, REGISTER_READ, 0, 8);
	cr_assert_eq(verdict_of(&linear_register), LINEAR_NO);
	cr_assert_str_eq(result.why, "register 0 is not linearizable: it was "
	    "4, and then there is no order for\n"
	    "  client 4 from point 12, unanswered: swap 0 for 9\n"
	    "  client 2 from point 12 to 12: read, which gave 3");
}

Test(linear, the_window_begins_when_nothing_is_under_way)
{
	struct linear_operation *long_one;

	begin();
	alone(1, QUEUE_PUT, 3, 0);
	long_one = call(1, QUEUE_PUT, 4);
	alone(2, QUEUE_TAKE, 0, 3);
	alone(2, QUEUE_TAKE, 0, 0);
	linear_answer(long_one, 0);
	alone(2, QUEUE_TAKE, 0, 0);
	cr_assert_eq(verdict_of(&linear_queue), LINEAR_NO);
	cr_assert_str_eq(result.why, "queue 0 is not linearizable: it was 4, "
	    "and then there is no order for\n"
	    "  client 2 from point 0 to 0: take, which gave 0");
	begin();
	alone(1, QUEUE_PUT, 3, 0);
	long_one = call(1, QUEUE_PUT, 4);
	alone(2, QUEUE_TAKE, 0, 4);
	linear_answer(long_one, 0);
	cr_assert_eq(verdict_of(&linear_queue), LINEAR_NO);
	cr_assert_str_eq(result.why, "queue 0 is not linearizable: it was 3, "
	    "and then there is no order for\n"
	    "  client 1 from point 0, unanswered: put 4\n"
	    "  client 2 from point 0 to 0: take, which gave 4");
}

Test(linear, a_check_that_gives_up_says_so)
{
	begin();
	for (uint32_t i = 0; i < 12; i++)
		(void)call(i, QUEUE_PUT, i + 1);
	alone(1, QUEUE_TAKE, 0, 20);
	linear_check_within(&history, &linear_queue, 1000, &result);
	cr_assert_eq(result.verdict, LINEAR_GAVE_UP);
	cr_assert(result.configurations > 1000);
	cr_assert_str_eq(result.why,
	    "queue 0 was not checked: too many configurations");
}

/* Of seven that were put in at once only one order gives the takes. */
Test(linear, a_hint_shortens_the_search_and_changes_no_verdict)
{
	enum { PUTS = 7 };
	struct linear_operation *puts[PUTS];

	begin();
	for (uint32_t i = 0; i < PUTS; i++)
		puts[i] = call(i, QUEUE_PUT, i + 1);
	for (uint32_t i = PUTS; i-- > 0;)
		linear_answer(puts[i], 0);
	for (uint32_t i = 0; i < PUTS; i++)
		alone(1, QUEUE_TAKE, 0, i + 1);
	linear_check_within(&history, &linear_queue, 100, &result);
	cr_assert_eq(result.verdict, LINEAR_GAVE_UP);
	for (uint32_t i = 0; i < 2 * PUTS; i++)
		linear_hint(&history, i);
	linear_check_within(&history, &linear_queue, 100, &result);
	cr_assert_eq(result.verdict, LINEAR_YES);
	cr_assert_eq(result.configurations, 2 * PUTS);
	history.operations[PUTS].result = 2; /* comes once more */
	cr_assert_eq(verdict_of(&linear_queue), LINEAR_NO);
}

Test(linear, a_history_has_limits)
{
	begin();
	for (uint32_t i = 0; i <= LINEAR_KEY_MAX; i++)
		alone(1, SET_HAS, 1, 0);
	cr_assert_eq(verdict_of(&linear_set), LINEAR_GAVE_UP);
	cr_assert_str_eq(result.why,
	    "set 0 was not checked: too many operations");
	for (uint32_t i = LINEAR_KEY_MAX + 1; i < LINEAR_HISTORY_MAX; i++)
		cr_assert_not_null(call(1, SET_HAS, 1));
	cr_assert_null(call(1, SET_HAS, 1));
	cr_assert_eq(verdict_of(&linear_set), LINEAR_GAVE_UP);
}

Test(linear, a_failure_counts_more_than_giving_up)
{
	begin();
	for (uint32_t i = 0; i <= LINEAR_KEY_MAX; i++)
		alone(1, SET_HAS, 1, 0);
	call(1, SET_HAS, 1)->key = 2;
	linear_answer(&history.operations[LINEAR_KEY_MAX + 1], 1);
	cr_assert_eq(verdict_of(&linear_set), LINEAR_NO);
}

Test(linear, as_many_operations_as_a_key_may_have_are_checked)
{
	begin();
	for (uint32_t i = 0; i < LINEAR_KEY_MAX; i++)
		alone(1, i % 2 == 0 ? QUEUE_PUT : QUEUE_TAKE, i % 2 == 0 ?
		    i + 1 : 0, i % 2 == 0 ? 0 : i);
	cr_assert_eq(verdict_of(&linear_queue), LINEAR_YES);
	cr_assert_eq(result.operations, LINEAR_KEY_MAX);
	history.operations[LINEAR_KEY_MAX - 1].result = 1;
	cr_assert_eq(verdict_of(&linear_queue), LINEAR_NO);
}

/* ---------------------------------------------------------------- the judge */

enum { SMALL_MAX = 6, ROUNDS = 20000 };

/* True when there is an order; tries all of them, one operation after the
 * other, of which those in `done` have been. */
static bool
judge(const struct linear_model *model, uint32_t done, const void *state)
{
	uint32_t length = history.length;
	bool is_all = true;

	for (uint32_t i = 0; i < length; i++) {
		const struct linear_operation *next = &history.operations[i];
		_Alignas(uint64_t) unsigned char after[LINEAR_STATE_MAX];
		bool may = (done >> i & 1) == 0;

		is_all &= !may || linear_is_pending(next);
		for (uint32_t k = 0; k < length; k++)
			may &= (done >> k & 1) != 0 ||
			    history.operations[k].answered > next->called;
		memcpy(after, state, sizeof(after));
		if (may && model->step(after, next) &&
		    judge(model, done | 1u << i, after))
			return true;
	}
	return is_all;
}

/* A history of up to three clients, of answers that are right for some order,
 * or nearly so. */
static void
make_history(const struct linear_model *model, struct random *random)
{
	_Alignas(uint64_t) unsigned char state[LINEAR_STATE_MAX] = { 0 };
	struct linear_operation *under_way[3] = { NULL };
	uint32_t length = SMALL_MAX - random_below(random, 4);

	begin();
	while (history.length < length || random_below(random, 4) != 0) {
		uint32_t client = random_below(random, 3);
		uint64_t answer = 0;

		if (under_way[client] == NULL && history.length < length) {
			under_way[client] = call(client,
			    random_below(random, 3),
			    1 + random_below(random, 2));
			under_way[client]->expected = random_below(random, 3);
			if (model == &linear_queue)
				under_way[client]->what %= 2;
			continue;
		}
		if (under_way[client] == NULL)
			continue;
		/* The answer that is right now, or any. */
		for (; answer < 3; answer++) {
			_Alignas(uint64_t) unsigned char
			    after[LINEAR_STATE_MAX];
			struct linear_operation said = *under_way[client];

			said.answered = 1;
			said.result = answer;
			memcpy(after, state, sizeof(after));
			if (!model->step(after, &said))
				continue;
			memcpy(state, after, sizeof(after));
			break;
		}
		if (random_below(random, 3) == 0)
			answer = random_below(random, 3);
		linear_answer(under_way[client], answer);
		under_way[client] = NULL;
	}
}

static void
compare_with_judge(const struct linear_model *model, uint64_t seed)
{
	static const unsigned char zero[LINEAR_STATE_MAX];
	uint32_t good = 0;
	struct random random;

	random_init(&random, seed);
	for (int i = 0; i < ROUNDS; i++) {
		bool is_good;

		make_history(model, &random);
		is_good = judge(model, 0, zero);
		cr_assert_eq(verdict_of(model), is_good ? LINEAR_YES :
		    LINEAR_NO, "round %d of seed %" PRIu64, i, seed);
		good += is_good;
	}
	/* Both kinds were there. */
	cr_assert(good > ROUNDS / 8 && good < ROUNDS - ROUNDS / 8, "%u good",
	    good);
}

Test(linear, agrees_with_who_tries_every_order_of_a_register)
{
	compare_with_judge(&linear_register, 1);
}

Test(linear, agrees_with_who_tries_every_order_of_a_queue)
{
	compare_with_judge(&linear_queue, 2);
}

Test(linear, agrees_with_who_tries_every_order_of_a_set)
{
	compare_with_judge(&linear_set, 3);
}
