/* SPDX-License-Identifier: MIT */
/* ring - what its owner and its thieves may rely on, one thread at a time; the
 * races are in tests/stress/sched/stress_ring.c. */
#include "sched/ring.h"

#include <string.h>

#include "base/random.h"
#include "tests/harness.h"

enum { MANY = RING_SIZE + 1 };

/* Makes a ring with tasks[0..count) in it, its oldest at index `start`. */
static void
ring_fill(struct ring *ring, struct task *tasks, uint32_t start,
    uint32_t count)
{
	ring_init(ring);
	for (uint32_t i = 0; i < start; i++) {
		(void)ring_try_push(ring, &tasks[0]);
		(void)ring_take_oldest(ring);
	}
	for (uint32_t i = 0; i < count; i++)
		cr_assert(ring_try_push(ring, &tasks[i]));
}

Test(ring, gives_the_newest_or_the_oldest)
{
	struct task tasks[4];
	struct ring ring;

	ring_fill(&ring, tasks, 0, 4);
	cr_assert_eq(ring_length(&ring), 4);
	cr_assert_eq(ring_take_oldest(&ring), &tasks[0]);
	cr_assert_eq(ring_take_newest(&ring), &tasks[3]);
	cr_assert_eq(ring_take_newest(&ring), &tasks[2]);
	cr_assert_eq(ring_take_oldest(&ring), &tasks[1]);
	cr_assert_null(ring_take_oldest(&ring));
	cr_assert_null(ring_take_newest(&ring));
	cr_assert_eq(ring_length(&ring), 0);
}

Test(ring, says_when_it_is_full_wherever_it_starts)
{
	static const uint32_t starts[] = { 0, 1, 100, RING_SIZE - 1 };
	static struct task tasks[MANY];
	struct ring ring;

	for (size_t s = 0; s < sizeof(starts) / sizeof(starts[0]); s++) {
		ring_fill(&ring, tasks, starts[s], RING_SIZE);
		cr_assert_eq(ring_length(&ring), RING_SIZE);
		cr_assert_not(ring_try_push(&ring, &tasks[RING_SIZE]));
		cr_assert_eq(ring_take_newest(&ring), &tasks[RING_SIZE - 1]);
		cr_assert(ring_try_push(&ring, &tasks[RING_SIZE]));
		for (uint32_t i = 0; i < RING_SIZE - 1; i++)
			cr_assert_eq(ring_take_oldest(&ring), &tasks[i]);
		cr_assert_eq(ring_take_oldest(&ring), &tasks[RING_SIZE]);
		cr_assert_null(ring_take_oldest(&ring));
	}
}

Test(ring, lets_a_thief_take_the_older_half_rounded_up)
{
	static struct task tasks[MANY];
	struct task *got[MANY];
	struct ring ring;

	for (uint32_t length = 1; length <= RING_SIZE; length++) {
		uint32_t half = (length + 1) / 2;

		ring_fill(&ring, tasks, RING_SIZE - 3, length);
		cr_assert_eq(ring_steal(&ring, got, MANY, 1), half);
		for (uint32_t i = 0; i < half; i++)
			cr_assert_eq(got[i], &tasks[i]);
		cr_assert_eq(ring_length(&ring), length - half);
		if (length > half)
			cr_assert_eq(ring_take_oldest(&ring), &tasks[half]);
	}
}

Test(ring, keeps_from_a_thief_what_it_may_not_take)
{
	struct task tasks[8];
	struct task *got[8];
	struct ring ring;

	ring_init(&ring);
	cr_assert_eq(ring_steal(&ring, got, 8, 0), 0);
	ring_fill(&ring, tasks, 0, 1);
	cr_assert_eq(ring_steal(&ring, got, 8, 2), 0, "the only one of a pair");
	cr_assert_eq(ring_length(&ring), 1);
	ring_fill(&ring, tasks, 0, 8);
	cr_assert_eq(ring_steal(&ring, got, 3, 2), 3);
	cr_assert_eq(got[2], &tasks[2]);
	cr_assert_eq(ring_length(&ring), 5);
	cr_assert_eq(ring_steal(&ring, got, 0, 1), 0);
	cr_assert_eq(ring_length(&ring), 5);
}

Test(ring, has_another_word_after_each_change)
{
	struct task tasks[2];
	struct task *got[2];
	struct ring ring;
	uint64_t stale;

	ring_fill(&ring, tasks, 0, 1);
	stale = ring_load(&ring);
	/* Round to the same index and the same length. */
	for (uint32_t i = 0; i < RING_SIZE; i++) {
		cr_assert_eq(ring_take_oldest(&ring), &tasks[i % 2]);
		cr_assert(ring_try_push(&ring, &tasks[(i + 1) % 2]));
	}
	cr_assert_eq((stale ^ ring_load(&ring)) & (RING_VERSION_ONE - 1), 0,
	    "the same shape");
	cr_assert_not(ring_try_change(&ring, &stale,
	    ring_word_without_oldest(stale, 1)), "a thief that overslept");
	cr_assert_eq(ring_steal(&ring, got, 2, 1), 1);
}

Test(ring, survives_the_wrap_of_its_version)
{
	struct task tasks[3];
	struct task *got[3];
	struct ring ring;

	ring_init(&ring);
	atomic_store_explicit(&ring.word,
	    ~(RING_VERSION_ONE - 1) | (RING_SIZE - 1), memory_order_relaxed);
	for (int i = 0; i < 3; i++)
		cr_assert(ring_try_push(&ring, &tasks[i]));
	cr_assert_eq(ring_length(&ring), 3);
	cr_assert_eq(ring_steal(&ring, got, 3, 1), 2);
	cr_assert_eq(got[1], &tasks[1]);
	cr_assert_eq(ring_take_newest(&ring), &tasks[2]);
	cr_assert_eq(ring_length(&ring), 0);
}

/* A plain array that does the same. */
struct model {
	struct task *tasks[RING_SIZE];
	uint32_t length;
};

static void
model_drop_oldest(struct model *model, uint32_t count)
{
	model->length -= count;
	memmove(model->tasks, model->tasks + count,
	    model->length * sizeof(model->tasks[0]));
}

static void
push_to_both(struct ring *ring, struct model *model, struct task *task)
{
	cr_assert_eq(ring_try_push(ring, task), model->length < RING_SIZE);
	if (model->length < RING_SIZE)
		model->tasks[model->length++] = task;
}

static void
take_from_both(struct ring *ring, struct model *model, bool newest)
{
	struct task *task = newest ? ring_take_newest(ring) :
	    ring_take_oldest(ring);

	if (model->length == 0) {
		cr_assert_null(task);
		return;
	}
	cr_assert_eq(task, model->tasks[newest ? model->length - 1 : 0]);
	if (newest)
		model->length--;
	else
		model_drop_oldest(model, 1);
}

static void
steal_from_both(struct ring *ring, struct model *model)
{
	struct task *got[8];
	uint32_t half = (model->length + 1) / 2;
	uint32_t count = ring_steal(ring, got, 8, 1);

	cr_assert_eq(count, half < 8 ? half : 8);
	for (uint32_t i = 0; i < count; i++)
		cr_assert_eq(got[i], model->tasks[i]);
	model_drop_oldest(model, count);
}

Test(ring, does_what_a_plain_array_does)
{
	static struct task tasks[1000];
	static struct model model;
	struct random random;
	struct ring ring;

	random_init(&random, 1);
	ring_init(&ring);
	model.length = 0;
	for (uint32_t i = 0; i < 100000; i++) {
		uint32_t choice = random_below(&random, 32);

		if (choice == 0)
			steal_from_both(&ring, &model);
		else if (choice < 16)
			take_from_both(&ring, &model, choice < 8);
		else
			push_to_both(&ring, &model, &tasks[i % 1000]);
		cr_assert_eq(ring_length(&ring), model.length);
	}
}
