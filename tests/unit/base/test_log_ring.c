/* SPDX-License-Identifier: MIT */
/*
 * log_ring: what its users are promised.  Interleavings are the business of
 * tests/stress/base/stress_log_ring.c, tests/sim/sim_log_ring.c and
 * tests/models/log_ring.pml.
 */
#include "base/log_ring.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>

#include "tests/harness.h"

enum { HEARD_MAX = 64 };

/* A sink that remembers, and does `then` after each line. */
struct fixture {
	struct memory memory;
	struct log_ring ring;
	uint32_t heard;
	ths_log_level levels[HEARD_MAX];
	char lines[HEARD_MAX][LOG_LINE_MAX]; /* the first ones */
	int depth;
	bool is_entered_twice;
	void (*then)(struct fixture *fixture, const char *text);
	sem_t is_inside, may_leave;
};

static void
hear(void *context, ths_log_level level, const char *text)
{
	struct fixture *fixture = context;

	fixture->is_entered_twice |= fixture->depth++ > 0;
	if (fixture->heard < HEARD_MAX) {
		fixture->levels[fixture->heard] = level;
		strcpy(fixture->lines[fixture->heard], text);
	}
	fixture->heard++;
	if (fixture->then != NULL)
		fixture->then(fixture, text);
	fixture->depth--;
}

static void
begin(struct fixture *fixture, uint32_t length,
    void (*then)(struct fixture *fixture, const char *text))
{
	memset(fixture, 0, sizeof(*fixture));
	fixture->then = then;
	memory_init(&fixture->memory, NULL, 0);
	cr_assert_eq(log_ring_init(&fixture->ring, &fixture->memory, length,
	    hear, fixture), THS_OK);
}

static void
end(struct fixture *fixture)
{
	log_ring_fini(&fixture->ring, &fixture->memory);
	cr_assert_not(fixture->is_entered_twice);
	memory_fini(&fixture->memory);
}

static bool
say(struct fixture *fixture, const char *text)
{
	bool is_put = log_ring_put(&fixture->ring, THS_LOG_INFO, text);

	log_ring_call(&fixture->ring);
	return is_put;
}

Test(log_ring, gives_a_line_out_at_once)
{
	struct fixture fixture;

	begin(&fixture, 4, NULL);
	cr_assert(log_ring_put(&fixture.ring, THS_LOG_DEBUG, "one"));
	cr_assert_eq(fixture.heard, 0);
	log_ring_call(&fixture.ring);
	cr_assert_eq(fixture.heard, 1);
	cr_assert_eq(fixture.levels[0], THS_LOG_DEBUG);
	cr_assert_str_eq(fixture.lines[0], "one");
	log_ring_call(&fixture.ring);
	cr_assert_eq(fixture.heard, 1);
	end(&fixture);
}

Test(log_ring, gives_the_oldest_first_in_every_round)
{
	struct fixture fixture;
	char text[16];

	for (uint32_t length = 1; length <= 3; length++) {
		begin(&fixture, length, NULL);
		for (uint32_t i = 0; i < 20; i++) {
			for (uint32_t k = 0; k < length; k++) {
				snprintf(text, sizeof(text), "%u.%u", i, k);
				cr_assert(log_ring_put(&fixture.ring,
				    THS_LOG_INFO, text));
			}
			log_ring_call(&fixture.ring);
		}
		cr_assert_eq(fixture.heard, 20 * length);
		for (uint32_t i = 0; i < 20 * length; i++) {
			snprintf(text, sizeof(text), "%u.%u", i / length,
			    i % length);
			cr_assert_str_eq(fixture.lines[i], text);
		}
		end(&fixture);
	}
}

Test(log_ring, cuts_a_line_at_its_limit)
{
	struct fixture fixture;
	char text[2 * LOG_LINE_MAX];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	begin(&fixture, 1, NULL);
	cr_assert(say(&fixture, text));
	cr_assert_eq(strlen(fixture.lines[0]), LOG_LINE_MAX - 1);
	end(&fixture);
}

/* The second line has found one place free when it was heard. */
static void
say_fourth(struct fixture *fixture, const char *text)
{
	if (strcmp(text, "two") == 0)
		cr_assert(say(fixture, "four"));
}

Test(log_ring, tells_of_lost_lines_where_they_are_missing)
{
	struct fixture fixture;

	begin(&fixture, 2, say_fourth);
	cr_assert(log_ring_put(&fixture.ring, THS_LOG_INFO, "one"));
	cr_assert(log_ring_put(&fixture.ring, THS_LOG_INFO, "two"));
	cr_assert_not(log_ring_put(&fixture.ring, THS_LOG_INFO, "three"));
	cr_assert_not(log_ring_put(&fixture.ring, THS_LOG_INFO, "three"));
	cr_assert_eq(fixture.ring.lost, 2);
	log_ring_call(&fixture.ring);
	cr_assert_eq(fixture.heard, 4);
	cr_assert_str_eq(fixture.lines[1], "two");
	cr_assert_eq(fixture.levels[2], THS_LOG_ERROR);
	cr_assert_str_eq(fixture.lines[2],
	    "lines of the log lost: 2; log_lines_max is 2");
	cr_assert_str_eq(fixture.lines[3], "four");
	end(&fixture);
	cr_assert_eq(fixture.heard, 4);
}

Test(log_ring, tells_of_lost_lines_when_none_follows)
{
	struct fixture fixture;

	begin(&fixture, 1, NULL);
	cr_assert(log_ring_put(&fixture.ring, THS_LOG_INFO, "one"));
	cr_assert_not(say(&fixture, "two"));
	cr_assert_eq(fixture.heard, 2);
	cr_assert_str_eq(fixture.lines[1],
	    "lines of the log lost: 1; log_lines_max is 1");
	cr_assert(say(&fixture, "three"));
	cr_assert_eq(fixture.heard, 3);
	end(&fixture);
}

static void
echo_twice(struct fixture *fixture, const char *text)
{
	if (strcmp(text, "word") == 0) {
		cr_assert(say(fixture, "echo"));
		cr_assert(say(fixture, "echo of the echo"));
	}
}

Test(log_ring, gives_what_the_sink_says_once_it_has_returned)
{
	struct fixture fixture;

	begin(&fixture, 4, echo_twice);
	cr_assert(say(&fixture, "word"));
	cr_assert_eq(fixture.heard, 3);
	cr_assert_str_eq(fixture.lines[1], "echo");
	cr_assert_str_eq(fixture.lines[2], "echo of the echo");
	end(&fixture);
}

static void
echo_always(struct fixture *fixture, const char *text)
{
	(void)text;
	(void)say(fixture, "echo");
	(void)say(fixture, "echo");
}

/* Each call is bounded, and the ring is as good as before. */
Test(log_ring, comes_to_an_end_with_a_sink_that_always_says_something)
{
	enum { LENGTH = 4, ROUNDS = 5 };
	struct fixture fixture;

	begin(&fixture, LENGTH, echo_always);
	for (uint32_t i = 0; i < ROUNDS; i++) {
		uint32_t before = fixture.heard;

		cr_assert(say(&fixture, "word"));
		cr_assert_geq(fixture.heard - before, LOG_STAYS * LENGTH);
		/* Each of the last ones may come with lost ones told. */
		cr_assert_leq(fixture.heard - before,
		    (LOG_STAYS + 2) * LENGTH);
	}
	fixture.then = NULL;
	cr_assert(say(&fixture, "last"));
	cr_assert_eq(fixture.ring.told, fixture.ring.lost);
	end(&fixture);
}

static void
wait_inside(struct fixture *fixture, const char *text)
{
	if (strcmp(text, "slow") != 0)
		return;
	sem_post(&fixture->is_inside);
	sem_wait(&fixture->may_leave);
}

static void *
say_slow(void *argument)
{
	cr_assert(say(argument, "slow"));
	return NULL;
}

static void *
flush(void *argument)
{
	struct fixture *fixture = argument;

	log_ring_flush(&fixture->ring);
	cr_assert_eq(fixture->heard, 3);
	return NULL;
}

Test(log_ring, waits_for_no_sink_but_in_a_flush, .timeout = 20)
{
	struct fixture fixture;
	pthread_t sayer, flusher;

	begin(&fixture, 4, wait_inside);
	sem_init(&fixture.is_inside, 0, 0);
	sem_init(&fixture.may_leave, 0, 0);
	cr_assert_eq(pthread_create(&sayer, NULL, say_slow, &fixture), 0);
	sem_wait(&fixture.is_inside);
	cr_assert(say(&fixture, "second")); /* returns */
	cr_assert(say(&fixture, "third"));
	cr_assert_eq(fixture.heard, 1);
	cr_assert_eq(pthread_create(&flusher, NULL, flush, &fixture), 0);
	sem_post(&fixture.may_leave);
	pthread_join(flusher, NULL);
	pthread_join(sayer, NULL);
	cr_assert_str_eq(fixture.lines[1], "second");
	cr_assert_str_eq(fixture.lines[2], "third");
	sem_destroy(&fixture.is_inside);
	sem_destroy(&fixture.may_leave);
	end(&fixture);
}

Test(log_ring, gives_what_is_left_when_it_ends)
{
	struct fixture fixture;

	begin(&fixture, 2, NULL);
	cr_assert(log_ring_put(&fixture.ring, THS_LOG_INFO, "one"));
	end(&fixture);
	cr_assert_eq(fixture.heard, 1);
}

Test(log_ring, needs_memory_only_at_its_beginning)
{
	struct fixture fixture;
	struct memory memory;
	struct log_ring ring;
	uint64_t calls;

	memory_init(&memory, NULL, 0);
	memory_fault_at(&memory, 1);
	cr_assert_eq(log_ring_init(&ring, &memory, 8, hear, NULL),
	    THS_NO_MEMORY);
	cr_assert_eq(atomic_load(&memory.bytes), 0);
	memory_fini(&memory);

	begin(&fixture, 8, NULL);
	calls = memory_calls(&fixture.memory);
	for (int i = 0; i < 100; i++)
		cr_assert(say(&fixture, "line"));
	cr_assert_eq(memory_calls(&fixture.memory), calls);
	end(&fixture);
}
