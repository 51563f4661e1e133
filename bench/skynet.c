/* SPDX-License-Identifier: MIT */
/*
 * skynet - a tree of actors, ten children each, whose leaves send their numbers
 * up to be summed.  The peak of memory says in which order a runtime walks it.
 */
#include "bench/workloads.h"

#include <inttypes.h>

enum { CHILDREN = 10 };

THS_MESSAGE(grow,
    THS_FIELD(int64_t, first), /* number of the leftmost leaf below */
    THS_FIELD(int64_t, leaves))

THS_MESSAGE(subtotal,
    THS_FIELD(int64_t, value))

struct node {
	ths_address above;
	int64_t sum;
	int children_left;
};

/* A node starts nodes; defined below its handlers. */
static const ths_actor node_actor;

static ths_status
grow_child(ths_self *self, int64_t first, int64_t leaves)
{
	ths_address child;
	ths_status status = ths_spawn_child(self, &child, &node_actor, NULL);

	if (status != THS_OK)
		return status;
	return ths_send(self, child, grow, .first = first, .leaves = leaves);
}

static ths_status
on_grow(ths_self *self, struct node *node, const struct grow *grow)
{
	const int64_t leaves = grow->leaves / CHILDREN;

	if (grow->leaves == 1) {
		ths_exit(self);
		return ths_reply(self, subtotal, .value = grow->first);
	}
	node->above = ths_sender(self);
	node->children_left = CHILDREN;
	for (int i = 0; i < CHILDREN; i++) {
		ths_status status = grow_child(self, grow->first + i * leaves,
		    leaves);

		if (status != THS_OK)
			return status;
	}
	return THS_OK;
}

static ths_status
on_subtotal(ths_self *self, struct node *node, const struct subtotal *subtotal)
{
	node->sum += subtotal->value;
	if (--node->children_left != 0)
		return THS_OK;
	ths_exit(self);
	return ths_send(self, node->above, subtotal, .value = node->sum);
}

THS_ACTOR(node, struct node,
    THS_ON(grow, on_grow),
    THS_ON(subtotal, on_subtotal))

/* Starts the tree and returns the sum that comes out of its root. */
static int64_t
grow_tree(struct bench *bench, int64_t leaves)
{
	ths_address root = bench_spawn(bench, &node_actor, NULL);
	const struct subtotal *subtotal;
	ths_mail *mail;
	int64_t sum;

	bench_tell(bench, root, grow, .first = 0, .leaves = leaves);
	mail = bench_listen(bench);
	subtotal = ths_mail_as(mail, subtotal);
	if (subtotal == NULL)
		bench_fail(bench, "unexpected mail: %s", ths_mail_why(mail));
	sum = subtotal->value;
	ths_mail_free(mail);
	return sum;
}

static void
run(struct bench *bench)
{
	const int64_t leaves = bench->values[0];
	const uint64_t nodes = ((uint64_t)leaves * 10 - 1) / 9;
	int64_t begin, sum;

	bench_label(bench, "leaves=%" PRId64, leaves);
	begin = bench_clock_ns();
	sum = grow_tree(bench, leaves);
	bench_row(bench, (double)(bench_clock_ns() - begin) / 1e6, "ms");
	bench_row_peak(bench, "skynet");
	bench_check(bench, "sum", sum, leaves * (leaves - 1) / 2);
	bench_expect(bench, nodes, 2 * nodes); /* `grow` down, a sum up */
}

static const char *
refuse(const int64_t *values)
{
	int64_t leaves = values[0];

	while (leaves % CHILDREN == 0)
		leaves /= CHILDREN;
	return leaves != 1 ? "leaves must be a power of ten" : NULL;
}

const struct workload workload_skynet = {
	.name = "skynet",
	.what = "a tree of actors, ten children each, sums its leaves' numbers",
	.parameters = { { "leaves", 1000000, 1, 1000000000 } },
	.refuse = refuse,
	.run = run,
};
