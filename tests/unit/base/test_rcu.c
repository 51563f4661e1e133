/* SPDX-License-Identifier: MIT */
/*
 * rcu: what its users are promised.  Readers against a writer are the business
 * of tests/stress/base/stress_rcu.c.
 */
#include "base/rcu.h"

#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>

#include "tests/harness.h"

enum { OBJECTS = 100, WAIT_MS_MAX = 10000 };

static _Atomic int reclaimed_count;

struct object {
	struct rcu_retired retired;
	struct rcu_domain *domain;
	struct object *child; /* retired by the reclaim of this one */
	int place; /* in the order of reclaim, from 1 */
};

static void
reclaim_object(struct rcu_retired *retired)
{
	struct object *object = CONTAINER_OF(retired, struct object, retired);

	if (object->child != NULL)
		rcu_retire(object->domain, &object->child->retired);
	object->place = atomic_fetch_add(&reclaimed_count, 1) + 1;
}

static void
object_retire(struct object *object, struct rcu_domain *domain)
{
	object->retired.reclaim = reclaim_object;
	object->domain = domain;
	rcu_retire(domain, &object->retired);
}

static void
nap_ms(long ms)
{
	struct timespec nap = { .tv_nsec = ms * 1000000 };

	nanosleep(&nap, NULL);
}

static int
thread_count(void)
{
	DIR *tasks = opendir("/proc/self/task");
	int count = 0;

	cr_assert_not_null(tasks);
	while (readdir(tasks) != NULL)
		count++;
	closedir(tasks);
	return count - 2; /* . and .. */
}

/* A joined thread may stand in /proc for a moment more. */
static bool
thread_count_becomes(int count)
{
	for (int ms = 0; ms < WAIT_MS_MAX; ms++) {
		if (thread_count() == count)
			return true;
		nap_ms(1);
	}
	return false;
}

static bool
reclaims_become(int count)
{
	for (int ms = 0; ms < WAIT_MS_MAX; ms++) {
		if (atomic_load(&reclaimed_count) == count)
			return true;
		nap_ms(1);
	}
	return false;
}

static struct rcu_domain *
begin(struct memory *memory)
{
	struct rcu_domain *domain;

	atomic_store(&reclaimed_count, 0);
	memory_init(memory, NULL, 0);
	domain = rcu_domain_new(memory);
	cr_assert_not_null(domain);
	return domain;
}

Test(rcu, reclaims_by_itself_where_nobody_reads)
{
	struct object object = { 0 };
	struct memory memory;
	struct rcu_domain *domain = begin(&memory);

	object_retire(&object, domain);
	cr_assert(reclaims_become(1));
	rcu_domain_free(domain);
	rcu_domain_free(NULL);
	cr_assert_eq(atomic_load(&reclaimed_count), 1);
	memory_fini(&memory);
}

Test(rcu, waits_for_a_reader_that_is_not_quiescent)
{
	struct object object = { 0 };
	struct memory memory;
	struct rcu_domain *domain = begin(&memory);

	rcu_reader_start();
	object_retire(&object, domain);
	nap_ms(100);
	cr_assert_eq(atomic_load(&reclaimed_count), 0);
	/* The grace period began in that time: once is enough. */
	rcu_quiescent();
	cr_assert(reclaims_become(1));
	rcu_reader_stop();
	rcu_domain_free(domain);
	memory_fini(&memory);
}

Test(rcu, does_not_wait_for_a_reader_that_is_offline)
{
	struct object objects[2] = { 0 };
	struct memory memory;
	struct rcu_domain *domain = begin(&memory);

	rcu_reader_start();
	rcu_offline();
	object_retire(&objects[0], domain);
	cr_assert(reclaims_become(1));
	rcu_online();
	object_retire(&objects[1], domain);
	nap_ms(50);
	cr_assert_eq(atomic_load(&reclaimed_count), 1);
	rcu_reader_stop();
	cr_assert(reclaims_become(2));
	rcu_domain_free(domain);
	memory_fini(&memory);
}

Test(rcu, reclaims_everything_in_order_before_it_ends)
{
	static struct object objects[OBJECTS];
	static struct object child;
	static struct object grandchild;
	struct memory memory;
	struct rcu_domain *domain = begin(&memory);

	child.retired.reclaim = reclaim_object;
	child.domain = domain;
	child.child = &grandchild;
	grandchild.retired.reclaim = reclaim_object;
	objects[OBJECTS - 1].child = &child;
	for (int i = 0; i < OBJECTS; i++)
		object_retire(&objects[i], domain);
	rcu_domain_free(domain);
	for (int i = 0; i < OBJECTS; i++)
		cr_assert_eq(objects[i].place, i + 1);
	cr_assert_eq(child.place, OBJECTS + 1);
	cr_assert_eq(grandchild.place, OBJECTS + 2);
	memory_fini(&memory);
}

Test(rcu, may_be_ended_by_a_reader)
{
	struct object object = { 0 };
	struct memory memory;
	struct rcu_domain *domain = begin(&memory);

	rcu_reader_start();
	object_retire(&object, domain);
	rcu_domain_free(domain);
	cr_assert_eq(atomic_load(&reclaimed_count), 1);
	rcu_quiescent();
	rcu_reader_stop();
	memory_fini(&memory);
}

Test(rcu, keeps_domains_apart)
{
	struct object objects[2] = { 0 };
	struct memory memory;
	struct rcu_domain *one = begin(&memory);
	struct rcu_domain *other = rcu_domain_new(&memory);

	cr_assert_not_null(other);
	object_retire(&objects[0], one);
	rcu_domain_free(one);
	cr_assert_eq(atomic_load(&reclaimed_count), 1);
	object_retire(&objects[1], other);
	cr_assert(reclaims_become(2));
	rcu_domain_free(other);
	memory_fini(&memory);
}

Test(rcu, has_one_thread_a_domain_and_leaves_none)
{
	struct object objects[2] = { 0 };
	struct memory memory;
	struct rcu_domain *one = begin(&memory);
	int with_one = thread_count();
	struct rcu_domain *other = rcu_domain_new(&memory);

	cr_assert_not_null(other);
	object_retire(&objects[0], one);
	object_retire(&objects[1], other);
	cr_assert(reclaims_become(2));
	cr_assert_eq(thread_count(), with_one + 1);
	rcu_domain_free(other);
	cr_assert(thread_count_becomes(with_one));
	rcu_domain_free(one);
	cr_assert(thread_count_becomes(with_one - 1));
	memory_fini(&memory);
}

Test(rcu, says_so_when_there_is_no_memory)
{
	struct memory memory;

	memory_init(&memory, NULL, 0);
	memory_fault_at(&memory, 1);
	cr_assert_null(rcu_domain_new(&memory));
	memory_fini(&memory);
}
