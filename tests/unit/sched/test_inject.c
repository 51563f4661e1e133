/* SPDX-License-Identifier: MIT */
/* inject - order, limits and the look before parking, one thread at a time; the
 * races are in tests/stress/sched/stress_inject.c. */
#include "sched/inject.h"

#include "tests/harness.h"

enum { MANY = 64 };

/* Pushes tasks[from..to) as one chain. */
static void
push_chain(struct inject *inject, struct task *tasks, int from, int to)
{
	for (int i = from + 1; i < to; i++)
		tasks[i].next = &tasks[i - 1];
	inject_push_chain(inject, &tasks[to - 1], &tasks[from]);
}

/* Takes up to max and checks that they are tasks[first], the next, … */
static uint32_t
take_in_order(struct inject *inject, struct task *tasks, uint32_t first,
    uint32_t max)
{
	struct task *got[MANY];
	uint32_t count = inject_take(inject, got, max);

	for (uint32_t i = 0; i < count; i++)
		cr_assert_eq(got[i], &tasks[first + i]);
	return count;
}

Test(inject, gives_the_oldest_first)
{
	struct task tasks[MANY];
	struct inject inject;

	inject_init(&inject);
	for (int i = 0; i < 5; i++)
		inject_push(&inject, &tasks[i]);
	cr_assert_eq(take_in_order(&inject, tasks, 0, 2), 2);
	cr_assert_eq(take_in_order(&inject, tasks, 2, MANY), 3);
	cr_assert_eq(take_in_order(&inject, tasks, 5, MANY), 0);
}

Test(inject, keeps_the_order_of_chains_and_singles)
{
	struct task tasks[MANY];
	struct inject inject;

	inject_init(&inject);
	push_chain(&inject, tasks, 0, 10);
	inject_push(&inject, &tasks[10]);
	push_chain(&inject, tasks, 11, 12);
	push_chain(&inject, tasks, 12, 40);
	cr_assert_eq(take_in_order(&inject, tasks, 0, MANY), 40);
}

Test(inject, gives_what_came_later_after_what_was_there)
{
	struct task tasks[MANY];
	struct inject inject;

	inject_init(&inject);
	push_chain(&inject, tasks, 0, 10);
	cr_assert_eq(take_in_order(&inject, tasks, 0, 4), 4);
	push_chain(&inject, tasks, 10, 20);
	cr_assert_eq(take_in_order(&inject, tasks, 4, 6), 6);
	cr_assert_eq(take_in_order(&inject, tasks, 10, 1), 1);
	push_chain(&inject, tasks, 20, 30);
	cr_assert_eq(take_in_order(&inject, tasks, 11, MANY), 19,
	    "one take joins both parts");
	cr_assert(inject_is_empty(&inject));
}

Test(inject, is_not_empty_until_all_is_handed_out)
{
	struct task tasks[MANY];
	struct inject inject;

	inject_init(&inject);
	cr_assert(inject_is_empty(&inject));
	inject_push(&inject, &tasks[0]);
	cr_assert_not(inject_is_empty(&inject), "in arrivals");
	inject_push(&inject, &tasks[1]);
	cr_assert_eq(take_in_order(&inject, tasks, 0, 1), 1);
	cr_assert_not(inject_is_empty(&inject), "in ordered");
	cr_assert_eq(inject_taken(&inject), 1);
	cr_assert_eq(take_in_order(&inject, tasks, 1, 1), 1);
	cr_assert(inject_is_empty(&inject));
	cr_assert_eq(inject_taken(&inject), 2);
}

Test(inject, lets_nobody_wait_for_the_token)
{
	struct task tasks[MANY];
	struct inject inject;

	inject_init(&inject);
	push_chain(&inject, tasks, 0, 3);
	atomic_store_explicit(&inject.token, true, memory_order_relaxed);
	cr_assert_eq(take_in_order(&inject, tasks, 0, MANY), 0);
	cr_assert_not(inject_is_empty(&inject));
	inject_push(&inject, &tasks[3]);
	atomic_store_explicit(&inject.token, false, memory_order_relaxed);
	cr_assert_eq(take_in_order(&inject, tasks, 0, MANY), 4);
}

Test(inject, takes_nothing_when_nothing_is_asked)
{
	struct task tasks[MANY];
	struct inject inject;

	inject_init(&inject);
	inject_push(&inject, &tasks[0]);
	cr_assert_eq(take_in_order(&inject, tasks, 0, 0), 0);
	cr_assert_not(inject_is_empty(&inject));
	cr_assert_eq(take_in_order(&inject, tasks, 0, 1), 1);
}
