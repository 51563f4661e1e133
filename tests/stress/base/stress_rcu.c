/* SPDX-License-Identifier: MIT */
/*
 * stress_rcu - workers read a table while another thread replaces its entries.
 *
 * If this fails, a worker follows a name or a route into memory that has been
 * given back.  Noticed: a reclaim poisons the entry before it is freed, and a
 * reader that still holds it reads the poison (or the sanitizer stops it); at
 * the end every entry ever made must have been reclaimed, in two domains.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/random.h"
#include "base/rcu.h"
#include "tests/stress/options.h"

enum { WORKERS_MAX = 64, ENTRIES = 16, ALIVE = 0x600d, POISON = 0xbad };

struct entry {
	struct rcu_retired retired;
	struct table *table;
	int mark;    /* plain on purpose: only rcu guards it */
	int inverse; /* always ~mark */
};

struct table {
	struct memory memory;
	struct rcu_domain *domain;
	_Atomic(struct entry *) entries[ENTRIES];
	uint64_t made; /* the writer's */
	_Atomic uint64_t reclaimed;
};

struct worker {
	struct table *tables;
	_Atomic bool *is_over;
	pthread_t thread;
	struct random random;
	uint64_t reads;
};

static void
entry_reclaim(struct rcu_retired *retired)
{
	struct entry *entry = CONTAINER_OF(retired, struct entry, retired);
	struct table *table = entry->table;

	STRESS_CHECK(entry->mark == ALIVE);
	entry->mark = POISON;
	entry->inverse = ~POISON;
	atomic_fetch_add_explicit(&table->reclaimed, 1, memory_order_relaxed);
	memory_give(&table->memory, entry, sizeof(*entry),
	    alignof(struct entry));
}

/* Puts a fresh entry, or none, in place and retires the former one. */
static void
table_replace(struct table *table, uint32_t place, bool is_last)
{
	struct entry *fresh = NULL;
	struct entry *former;

	if (!is_last) {
		fresh = memory_take(&table->memory, sizeof(*fresh),
		    alignof(struct entry));
		STRESS_CHECK(fresh != NULL);
		fresh->retired.reclaim = entry_reclaim;
		fresh->table = table;
		fresh->mark = ALIVE;
		fresh->inverse = ~ALIVE;
		table->made++;
	}
	/* Publishes fresh to the readers' acquire. */
	former = atomic_exchange_explicit(&table->entries[place], fresh,
	    memory_order_acq_rel);
	if (former != NULL)
		rcu_retire(table->domain, &former->retired);
}

/* Holds several references across one slice, as a handler would. */
static void
read_slice(struct worker *worker)
{
	struct entry *held[8];
	struct table *table;

	for (int i = 0; i < 8; i++) {
		table = &worker->tables[random_below(&worker->random, 2)];
		held[i] = atomic_load_explicit(
		    &table->entries[random_below(&worker->random, ENTRIES)],
		    memory_order_acquire);
	}
	if (random_below(&worker->random, 64) == 0)
		sched_yield();
	for (int i = 0; i < 8; i++) {
		if (held[i] == NULL)
			continue;
		STRESS_CHECK(held[i]->mark == ALIVE);
		STRESS_CHECK(held[i]->inverse == ~ALIVE);
		worker->reads++;
	}
}

static void *
worker_run(void *argument)
{
	struct worker *worker = argument;

	rcu_reader_start();
	while (!atomic_load_explicit(worker->is_over, memory_order_relaxed)) {
		read_slice(worker);
		rcu_quiescent();
		if (random_below(&worker->random, 100) == 0) {
			rcu_offline();
			sched_yield();
			rcu_online();
		}
		if (random_below(&worker->random, 1000) == 0) {
			rcu_reader_stop();
			rcu_reader_start();
		}
	}
	rcu_reader_stop();
	return NULL;
}

static void
write_all(const struct options *options, struct table *tables)
{
	struct random random;

	random_init(&random, options->seed);
	while (!options_over(options)) {
		for (int i = 0; i < 100; i++)
			table_replace(&tables[random_below(&random, 2)],
			    random_below(&random, ENTRIES), false);
		sched_yield(); /* the reclaimers live on the same cores */
	}
}

static void
table_close(struct table *table)
{
	for (uint32_t i = 0; i < ENTRIES; i++)
		table_replace(table, i, true);
	rcu_domain_free(table->domain);
	STRESS_CHECK(atomic_load_explicit(&table->reclaimed,
	    memory_order_relaxed) == table->made);
	memory_fini(&table->memory);
}

int
main(int argc, char **argv)
{
	struct options options = options_read(argc, argv,
	    "Readers of a table against a writer that retires its entries.");
	static struct worker workers[WORKERS_MAX];
	static struct table tables[2];
	_Atomic bool is_over = false;
	uint64_t reads = 0;

	for (int i = 0; i < 2; i++) {
		memory_init(&tables[i].memory, NULL, 0);
		tables[i].domain = rcu_domain_new(&tables[i].memory);
		STRESS_CHECK(tables[i].domain != NULL);
	}
	for (uint32_t i = 0; i < options.workers; i++) {
		workers[i].tables = tables;
		workers[i].is_over = &is_over;
		random_init(&workers[i].random, options.seed + 1 + i);
		STRESS_CHECK(pthread_create(&workers[i].thread, NULL,
		    worker_run, &workers[i]) == 0);
	}
	write_all(&options, tables);
	/* Half of the entries go while the workers still read. */
	table_close(&tables[0]);
	atomic_store_explicit(&is_over, true, memory_order_relaxed);
	for (uint32_t i = 0; i < options.workers; i++) {
		pthread_join(workers[i].thread, NULL);
		reads += workers[i].reads;
	}
	table_close(&tables[1]);
	printf("%llu reads, %llu entries\n", (unsigned long long)reads,
	    (unsigned long long)(tables[0].made + tables[1].made));
	return 0;
}
