/* SPDX-License-Identifier: MIT */
/*
 * count - many producers, one consumer that adds up: the price of a message
 * when all of them go to one mailbox.
 */
#include "bench/workloads.h"

#include <inttypes.h>

THS_MESSAGE(item,
    THS_FIELD(int64_t, value))

THS_MESSAGE(consume,
    THS_FIELD(ths_address, gate),
    THS_FIELD(int64_t, total))

THS_MESSAGE(produce,
    THS_FIELD(ths_address, consumer),
    THS_FIELD(int64_t, items))

THS_SIGNAL(go_on)

struct consumer {
	ths_address gate;
	int64_t sum;
	int64_t total;
};

static ths_status
on_consume(ths_self *self, struct consumer *consumer,
    const struct consume *consume)
{
	(void)self;
	consumer->gate = consume->gate;
	consumer->total = consume->total;
	return THS_OK;
}

static ths_status
on_item(ths_self *self, struct consumer *consumer, const struct item *item)
{
	consumer->sum += item->value;
	if (consumer->sum != consumer->total)
		return THS_OK;
	return ths_send(self, consumer->gate, finished,
	    .value = consumer->sum);
}

THS_ACTOR(consumer, struct consumer,
    THS_START(consume, on_consume),
    THS_ON(item, on_item))

struct producer {
	ths_address consumer;
	int64_t items_left;
};

static ths_status
on_produce(ths_self *self, struct producer *producer,
    const struct produce *produce)
{
	producer->consumer = produce->consumer;
	producer->items_left = produce->items;
	return ths_send(self, ths_me(self), go_on);
}

static ths_status
on_go_on(ths_self *self, struct producer *producer, const struct go_on *go_on)
{
	(void)go_on;
	for (int i = 0; i < BENCH_CHUNK && producer->items_left > 0; i++) {
		ths_status status = ths_send(self, producer->consumer, item,
		    .value = 1);

		if (status != THS_OK)
			return status;
		producer->items_left--;
	}
	if (producer->items_left == 0) {
		ths_exit(self);
		return THS_OK;
	}
	return ths_send(self, ths_me(self), go_on);
}

THS_ACTOR(producer, struct producer,
    THS_START(produce, on_produce),
    THS_ON(go_on, on_go_on))

static void
run(struct bench *bench)
{
	const int64_t producers = bench->values[0], n = bench->values[1];
	const int64_t items = n / producers;
	int64_t begin, sum;
	ths_address consumer;

	bench_label(bench, "producers=%" PRId64 ";n=%" PRId64, producers, n);
	begin = bench_clock_ns();
	consumer = bench_spawn(bench, &consumer_actor, &THS_ANY(consume,
	    .gate = bench_gate(bench), .total = items * producers));
	for (int64_t i = 0; i < producers; i++)
		bench_spawn(bench, &producer_actor, &THS_ANY(produce,
		    .consumer = consumer, .items = items));
	sum = bench_wait(bench);
	bench_row(bench, (double)(bench_clock_ns() - begin) / (double)n,
	    "ns/msg");
	bench_row_peak(bench, "count");
	bench_check(bench, "sum", sum, items * producers);
	bench_expect(bench, 1 + (uint64_t)producers,
	    (uint64_t)(items * producers));
}

static const char *
refuse(const int64_t *values)
{
	return values[0] > values[1] ? "n must not be less than producers"
	                             : NULL;
}

const struct workload workload_count = {
	.name = "count",
	.what = "many producers send n messages to one consumer, which adds up",
	.parameters = {
		{ "producers", 2, 1, 1000000 },
		{ "n", 5000000, 1, INT64_C(1000000000000) },
	},
	.refuse = refuse,
	.run = run,
};
