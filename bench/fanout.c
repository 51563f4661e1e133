/* SPDX-License-Identifier: MIT */
/*
 * fanout - one master keeps 64 actors supplied, 64 tasks under way for each:
 * what a runtime makes of work that is spread and gathered again.
 */
#include "bench/workloads.h"

#include <inttypes.h>

enum {
	HANDS = 64,  /* actors that do the tasks */
	WINDOW = 64, /* tasks under way for each */
};

THS_MESSAGE(task,
    THS_FIELD(int64_t, number))

THS_MESSAGE(result,
    THS_FIELD(int64_t, hand)) /* who asks for more */

THS_MESSAGE(hire,
    THS_FIELD(int64_t, hand),
    THS_FIELD(int64_t, work_ns))

THS_MESSAGE(supply,
    THS_FIELD(ths_address, gate),
    THS_FIELD(int64_t, tasks),
    THS_FIELD(int64_t, work_ns))

struct hand {
	int64_t index;
	int64_t work_ns;
};

static ths_status
on_hire(ths_self *self, struct hand *hand, const struct hire *hire)
{
	(void)self;
	hand->index = hire->hand;
	hand->work_ns = hire->work_ns;
	return THS_OK;
}

static ths_status
on_task(ths_self *self, struct hand *hand, const struct task *task)
{
	(void)task;
	bench_spin(hand->work_ns);
	return ths_reply(self, result, .hand = hand->index);
}

THS_ACTOR(hand, struct hand,
    THS_START(hire, on_hire),
    THS_ON(task, on_task))

struct master {
	ths_address gate;
	ths_address hands[HANDS];
	int64_t tasks;
	int64_t tasks_sent;
	int64_t results;
};

static ths_status
send_task(ths_self *self, struct master *master, int64_t hand)
{
	if (master->tasks_sent == master->tasks)
		return THS_OK;
	return ths_send(self, master->hands[hand], task,
	    .number = master->tasks_sent++);
}

static ths_status
hire_hands(ths_self *self, struct master *master, int64_t work_ns)
{
	ths_status status = THS_OK;

	for (int64_t i = 0; i < HANDS && status == THS_OK; i++) {
		const ths_spawn_options options = {
			.start = THS_ANY(hire, .hand = i,
			    .work_ns = work_ns),
		};

		status = ths_spawn_child(self, &master->hands[i], &hand_actor,
		    &options);
	}
	return status;
}

static ths_status
on_supply(ths_self *self, struct master *master, const struct supply *supply)
{
	ths_status status;

	master->gate = supply->gate;
	master->tasks = supply->tasks;
	status = hire_hands(self, master, supply->work_ns);
	for (int i = 0; i < HANDS * WINDOW && status == THS_OK; i++)
		status = send_task(self, master, i % HANDS);
	return status;
}

static ths_status
on_result(ths_self *self, struct master *master, const struct result *result)
{
	if (++master->results == master->tasks)
		return ths_send(self, master->gate, finished,
		    .value = master->results);
	return send_task(self, master, result->hand);
}

THS_ACTOR(master, struct master,
    THS_START(supply, on_supply),
    THS_ON(result, on_result))

static void
run(struct bench *bench)
{
	const int64_t work_ns = bench->values[0], n = bench->values[1];
	int64_t begin, results;

	bench_label(bench, "workers=%d;n=%" PRId64 ";work_ns=%" PRId64, HANDS,
	    n, work_ns);
	begin = bench_clock_ns();
	bench_spawn(bench, &master_actor, &THS_ANY(supply,
	    .gate = bench_gate(bench), .tasks = n, .work_ns = work_ns));
	results = bench_wait(bench);
	bench_row(bench, (double)(bench_clock_ns() - begin) / (double)n,
	    "ns/task");
	bench_check(bench, "number of results", results, n);
	bench_expect(bench, 1 + HANDS, 2 * (uint64_t)n);
}

const struct workload workload_fanout = {
	.name = "fanout",
	.what = "64 actors do n tasks of work_ns, 64 under way for each",
	.parameters = {
		{ "work_ns", 0, 0, 1000000000 },
		{ "n", 5000000, 1, INT64_C(1000000000000) },
	},
	.run = run,
};
