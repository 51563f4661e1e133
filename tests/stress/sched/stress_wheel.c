/* SPDX-License-Identifier: MIT */
/*
 * stress_wheel - one owner sets timers and advances its wheel; a thief advances
 * it too whenever it gets the hold; the workers cancel timers at random and are
 * the receivers of what fires.
 *
 * If the wheel is wrong, a cancelled time-out still strikes, a wake-up is lost
 * and its actor waits for ever, or a cancel hits somebody else's timer.  Here
 * each timer has a cell that counts how often its end was claimed: by a cancel
 * that said true, or by a done that said true.  Every count must be exactly 1;
 * a round that never gets there has lost one.  The wheel must be empty after a
 * round, fire nothing early, nothing twice, and hand over what was put in.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/random.h"
#include "sched/wheel.h"
#include "tests/stress/options.h"

#define TICK (UINT64_C(1) << WHEEL_TICK_SHIFT)

#define PATIENCE_NS UINT64_C(60000000000) /* for one round */

enum { CELLS = 4096, WORKERS_MAX = 64 };

struct cell {
	_Atomic uint64_t handle;    /* set by the owner */
	_Atomic uint64_t delivered; /* by fire(), taken by a worker */
	_Atomic uint32_t ends;      /* claims of its end in this round */
	uint32_t fires;             /* under the hold */
	uint64_t due;
};

struct stage {
	struct options options;
	struct wheel *wheel;
	_Atomic uint64_t now;
	_Atomic uint32_t ended;  /* in this round */
	_Atomic uint32_t hot;    /* the cell that fired last */
	_Atomic bool is_over;
	_Atomic uint64_t cancels, dones, steals;
	uint64_t advancing_to;   /* under the hold */
	struct random fire_random; /* under the hold */
	struct cell cells[CELLS];
};

struct actor {
	struct stage *stage;
	struct random random;
	pthread_t thread;
};

static bool
fire(void *context, wheel_handle handle, const struct wheel_load *load)
{
	struct stage *stage = context;
	struct cell *cell = &stage->cells[load->words[0]];

	STRESS_CHECK(load->words[1] == cell->due);
	STRESS_CHECK(load->words[2] == ~cell->due);
	STRESS_CHECK(cell->due <= stage->advancing_to);
	atomic_store_explicit(&stage->hot, (uint32_t)load->words[0],
	    memory_order_relaxed);
	if (random_below(&stage->fire_random, 8) == 0)
		return false;
	STRESS_CHECK(cell->fires++ == 0);
	STRESS_CHECK(atomic_exchange(&cell->delivered, handle) == 0);
	return true;
}

static void
claim(struct stage *stage, struct cell *cell)
{
	STRESS_CHECK(atomic_fetch_add(&cell->ends, 1) == 0);
	atomic_fetch_add(&stage->ended, 1);
}

static void
receive(struct stage *stage, struct cell *cell)
{
	uint64_t handle;

	if (atomic_load(&cell->delivered) == 0)
		return;
	handle = atomic_exchange(&cell->delivered, 0);
	if (handle != 0 && wheel_done(stage->wheel, handle)) {
		atomic_fetch_add(&stage->dones, 1);
		claim(stage, cell);
	}
}

static void
cancel(struct stage *stage, struct cell *cell)
{
	uint64_t handle = atomic_load(&cell->handle);
	struct wheel_load load;

	if (handle != 0 && wheel_look(stage->wheel, handle, &load)) {
		STRESS_CHECK(&stage->cells[load.words[0]] == cell);
		STRESS_CHECK(load.words[2] == ~load.words[1]);
	}
	if (handle != 0 && wheel_cancel(stage->wheel, handle)) {
		atomic_fetch_add(&stage->cancels, 1);
		claim(stage, cell);
	}
}

static void *
work(void *argument)
{
	struct actor *worker = argument;
	struct stage *stage = worker->stage;

	while (!atomic_load(&stage->is_over)) {
		uint32_t i = random_below(&worker->random, CELLS);

		for (uint32_t n = 0; n < 64; n++)
			receive(stage, &stage->cells[(i + n) % CELLS]);
		if (random_below(&worker->random, 2) == 0)
			cancel(stage, &stage->cells[i]);
		/* Those just about to fire, which were set with the last. */
		for (uint32_t n = 1; n < 4; n++)
			cancel(stage, &stage->cells[(atomic_load(&stage->hot)
			    + n) % CELLS]);
		if (random_below(&worker->random, 256) == 0)
			sched_yield();
	}
	return NULL;
}

static bool
try_advance(struct stage *stage, struct random *random)
{
	if (!wheel_try_hold(stage->wheel))
		return false;
	/* Read under the hold: the wheel's time does not go back. */
	stage->advancing_to = atomic_load(&stage->now);
	wheel_advance(stage->wheel, stage->advancing_to,
	    random_below(random, 64));
	wheel_release(stage->wheel);
	return true;
}

static void *
steal(void *argument)
{
	struct actor *thief = argument;
	struct stage *stage = thief->stage;

	while (!atomic_load(&stage->is_over)) {
		if (wheel_deadline(stage->wheel) <= atomic_load(&stage->now)
		    && try_advance(stage, &thief->random))
			atomic_fetch_add(&stage->steals, 1);
		else
			sched_yield();
	}
	return NULL;
}

static void
set(struct stage *stage, struct random *random, uint32_t i)
{
	static const uint64_t spans[] = { 1, 8 * TICK, 200 * TICK,
		10000 * TICK };
	struct cell *cell = &stage->cells[i];
	uint64_t span = spans[random_below(random, 4)];
	wheel_handle handle;

	cell->fires = 0;
	cell->due = i > 0 && random_below(random, 8) != 0
	    ? stage->cells[i - 1].due
	    : atomic_load(&stage->now) + random_next(random) % span;
	atomic_store(&cell->ends, 0);
	STRESS_CHECK(wheel_set(stage->wheel, cell->due, (struct wheel_load)
	    { { i, cell->due, ~cell->due } }, &handle) == THS_OK);
	atomic_store(&cell->handle, handle);
}

static bool
is_empty(struct stage *stage)
{
	uint32_t length;

	if (!wheel_try_hold(stage->wheel))
		return false;
	length = wheel_length(stage->wheel);
	wheel_release(stage->wheel);
	return length == 0;
}

static void
pass(struct stage *stage, struct random *random)
{
	uint64_t jump = random_below(random, 100) == 0 ? 5000 : 2;

	atomic_fetch_add(&stage->now, random_next(random) % (jump * TICK));
	if (random_below(random, 2) == 0)
		try_advance(stage, random);
	else if (random_below(random, 8) == 0)
		sched_yield();
}

/* One life for each cell. */
static void
round_play(struct stage *stage, struct random *random)
{
	struct clock clock;

	clock_init_system(&clock);
	atomic_store(&stage->ended, 0);
	for (uint32_t i = 0; i < CELLS; i++) {
		set(stage, random, i);
		if (random_below(random, 4) == 0)
			pass(stage, random);
	}
	while (atomic_load(&stage->ended) < CELLS || !is_empty(stage)) {
		pass(stage, random);
		STRESS_CHECK(clock_now(&clock) < PATIENCE_NS);
	}
	STRESS_CHECK(wheel_deadline(stage->wheel) == CLOCK_NEVER);
	for (uint32_t i = 0; i < CELLS; i++)
		STRESS_CHECK(atomic_load(&stage->cells[i].ends) == 1);
}

static void
actor_start(struct actor *actor, struct stage *stage, uint64_t salt,
    void *(*body)(void *))
{
	actor->stage = stage;
	random_init(&actor->random, stage->options.seed + salt);
	STRESS_CHECK(pthread_create(&actor->thread, NULL, body, actor) == 0);
}

int
main(int argc, char **argv)
{
	static struct stage stage;
	static struct actor actors[WORKERS_MAX + 1];
	struct memory memory;
	struct random random;
	uint32_t count, rounds = 0;

	stage.options = options_read(argc, argv,
	    "one owner, one thief, many who cancel: each timer ends once");
	count = stage.options.workers;
	random_init(&random, stage.options.seed);
	random_init(&stage.fire_random, stage.options.seed + 1);
	memory_init(&memory, NULL, 0);
	atomic_init(&stage.now, 1);
	stage.wheel = wheel_new(&memory, 3, CELLS, 1, fire, &stage);
	STRESS_CHECK(stage.wheel != NULL);
	actor_start(&actors[0], &stage, 2, steal);
	for (uint32_t i = 1; i <= count; i++)
		actor_start(&actors[i], &stage, 2 + i, work);
	for (; !options_over(&stage.options); rounds++)
		round_play(&stage, &random);
	atomic_store(&stage.is_over, true);
	for (uint32_t i = 0; i <= count; i++)
		pthread_join(actors[i].thread, NULL);
	printf("%u rounds of %d timers: %llu cancelled, %llu done, %llu "
	    "advances by the thief\n", rounds, CELLS,
	    (unsigned long long)stage.cancels,
	    (unsigned long long)stage.dones,
	    (unsigned long long)stage.steals);
	wheel_free(stage.wheel);
	memory_fini(&memory);
	return 0;
}
