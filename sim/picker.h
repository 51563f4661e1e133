/* SPDX-License-Identifier: MIT */
/*
 * picker - who goes on in a world, and what a worker chooses; one of those in
 * thespis/sim.h, each a table of functions with a file of its own.
 *
 * A thread that is entered stays until a point that the picker names, `stay`;
 * until it spins, for whoever waits for another thread must let it run; or,
 * with ranks, until somebody of a higher one is woken.  So a point costs the
 * thread that passes it a comparison, and a draw only where it is left.
 *
 * Threads: one.  Draws: one a statement, from the seed alone.
 */
#ifndef SIM_PICKER_H
#define SIM_PICKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"
#include "base/sched_point.h"
#include "thespis/sim.h"

#define PICKER_NEVER UINT64_MAX

/* What a picker knows of a thread. */
struct picker_thread {
	uint32_t number;  /* 0: home */
	int64_t rank;     /* with has_ranks: the highest that can run goes on */
	uint64_t steps;   /* points that it has passed, waits included */
	uint64_t choices; /* that it has made */
};

/* Why a thread was left. */
enum picker_cause {
	PICKER_STAYED, /* it has stayed for as long as it was to */
	PICKER_SPINS,  /* it waits for another by looking again and again */
	PICKER_CALLED, /* home wants to look, or a higher rank was woken */
	PICKER_WAITS,  /* it cannot go on, or is done */
};

struct picker;

struct picker_ops {
	const char *name;
	void (*begin)(struct picker *picker, const ths_sim_config *config);
	/* A new thread. */
	void (*join)(struct picker *picker, struct picker_thread *thread);
	/* The thread is entered: at which of the world's points to leave it. */
	uint64_t (*stay)(struct picker *picker,
	    const struct picker_thread *thread);
	/* It was left, and is still there. */
	void (*leave)(struct picker *picker, struct picker_thread *thread,
	    enum picker_cause cause);
	/* Which of count > 0 threads, in the order of their starts, goes on;
	 * usual is the one that usually would. */
	uint32_t (*pick)(struct picker *picker, const struct picker_thread *left,
	    struct picker_thread *const *able, uint32_t count, uint32_t usual);
	/* A worker's choice, a number below n. */
	uint32_t (*choose)(struct picker *picker,
	    const struct picker_thread *thread, uint32_t n, uint32_t usual);
};

/* What only THS_SIM_RANDOM has. */
struct picker_walk {
	uint32_t stay_log; /* a thread stays for 2 to the power of it at most */
	bool has_freezes;
	uint32_t frozen;  /* the number of the thread, 0: none */
	uint64_t thaw_at; /* points */
};

/* What only THS_SIM_PCT has. */
enum { PICKER_DEPTH_MAX = 16 };

struct picker_pct {
	uint64_t changes[PICKER_DEPTH_MAX]; /* points, ascending */
	uint64_t fair_at; /* points; who runs then falls */
	uint32_t length;
	uint32_t next;
};

/*
 *   field      written by
 *   ops        picker_init()
 *   random     the ops
 *   points     the world, before each call: points passed so far
 *   has_ranks  begin
 */
struct picker {
	const struct picker_ops *ops;
	struct random random;
	uint64_t points;
	bool has_ranks;
	int64_t rank_lowest; /* handed out so far */
	union {
		struct picker_walk walk;
		struct picker_pct pct;
		uint32_t turn; /* THS_SIM_ROUND_ROBIN: points */
		ths_sim_schedule schedule; /* THS_SIM_REPLAY */
	};
};

extern const struct picker_ops picker_random;
extern const struct picker_ops picker_pct;
extern const struct picker_ops picker_round_robin;
extern const struct picker_ops picker_replay;

/* config->picker is one that there is. */
void picker_init(struct picker *picker, const ths_sim_config *config);

/* The ops of a picker; NULL when there is none of this number. */
const struct picker_ops *picker_ops(ths_sim_picker picker);

/* For ops: the one of the highest rank. */
uint32_t picker_highest(struct picker_thread *const *able, uint32_t count);

/* For ops: a rank below all others. */
int64_t picker_bottom(struct picker *picker);

/* For ops: a new thread gets any rank, or none; and one that was left stays as
 * it is. */
void picker_join_ranked(struct picker *picker, struct picker_thread *thread);
void picker_join_unranked(struct picker *picker, struct picker_thread *thread);
void picker_leave_as_is(struct picker *picker, struct picker_thread *thread,
    enum picker_cause cause);

/* For ops: mostly the usual choice, now and then any. */
uint32_t picker_choose_any(struct picker *picker,
    const struct picker_thread *thread, uint32_t n, uint32_t usual);

#endif
