/* SPDX-License-Identifier: MIT */
/*
 * rcu - the only door to liburcu; see rcu.h.
 *
 * liburcu finds the grace periods; the list of what waits for one and the
 * thread that waits are our own.  Its call_rcu would do the same, but it ends
 * the process when there is no thread to be had, takes memory past our port,
 * leaves its thread unjoined, and its barrier waits for the host's as well.
 *
 * The reclaimer takes the whole list, waits for one grace period, reclaims in
 * order, and begins again; it sleeps while the list is empty.  It ends when it
 * was told to stop and the list is empty, so that what a reclaim retires is
 * reclaimed as well.
 *
 * Ordering.
 *   [L] retire: unlock          -> reclaimer: lock
 *       The reclaimer sees the object as the retiring thread left it.
 *   [G] reader: quiescent, offline, stop -> reclaimer: after the grace period
 *       All that a reader did with an object comes before its reclaim.
 *
 * Edge [G] is liburcu's, made of inline assembly that ThreadSanitizer cannot
 * see; grace_leave() and grace_enter() tell it.  Readers only release and the
 * reclaimer only acquires, so that workers are not ordered among themselves and
 * no race between two of them is hidden.
 */
#include "base/rcu.h"

#include <pthread.h>
#include <signal.h>
#include <urcu/urcu-qsbr.h>

#include "base/check.h"

/*
 *   field        written by            read by
 *   memory       new                   free
 *   thread       new                   free
 *   lock         any                   any
 *   filled       retire, free          the reclaimer sleeps on it
 *   oldest       under lock: all       under lock: all
 *   end          under lock: all       under lock: all
 *   is_stopping  under lock: free      under lock: the reclaimer
 */
struct rcu_domain {
	struct memory *memory;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct rcu_retired *oldest; /* NULL: nothing waits */
	struct rcu_retired **end;   /* where the next one is linked */
	bool is_stopping;
};

#if defined(__SANITIZE_THREAD__)
#define RCU_TELLS_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define RCU_TELLS_TSAN 1
#endif
#endif

#ifdef RCU_TELLS_TSAN
extern void __tsan_acquire(void *address);
extern void __tsan_release(void *address);

/* Only its address is used, as the name of edge [G]. */
static char grace;

static void
grace_leave(void)
{
	__tsan_release(&grace);
}

static void
grace_enter(void)
{
	__tsan_acquire(&grace);
}
#else
static inline void
grace_leave(void)
{
}

static inline void
grace_enter(void)
{
}
#endif

/* Waits until something is retired and takes it all; NULL: time to end. */
static struct rcu_retired *
take_all(struct rcu_domain *domain)
{
	struct rcu_retired *oldest;

	pthread_mutex_lock(&domain->lock); /* [L] */
	while (domain->oldest == NULL && !domain->is_stopping)
		pthread_cond_wait(&domain->filled, &domain->lock);
	oldest = domain->oldest;
	domain->oldest = NULL;
	domain->end = &domain->oldest;
	pthread_mutex_unlock(&domain->lock);
	return oldest;
}

static void
reclaim_all(struct rcu_retired *retired)
{
	struct rcu_retired *next;

	for (; retired != NULL; retired = next) {
		next = retired->next; /* reclaim ends the object */
		retired->reclaim(retired);
	}
}

static void *
reclaimer(void *argument)
{
	struct rcu_domain *domain = argument;
	struct rcu_retired *oldest;

	while ((oldest = take_all(domain)) != NULL) {
		urcu_qsbr_synchronize_rcu();
		grace_enter(); /* [G] */
		reclaim_all(oldest);
	}
	return NULL;
}

/* With every signal blocked: the host's signals are for the host's threads. */
static bool
thread_start(struct rcu_domain *domain)
{
	sigset_t all;
	sigset_t former;
	int error;

	sigfillset(&all);
	CHECK(pthread_sigmask(SIG_SETMASK, &all, &former) == 0);
	error = pthread_create(&domain->thread, NULL, reclaimer, domain);
	CHECK(pthread_sigmask(SIG_SETMASK, &former, NULL) == 0);
	return error == 0;
}

struct rcu_domain *
rcu_domain_new(struct memory *memory)
{
	struct rcu_domain *domain = memory_take(memory, sizeof(*domain),
	    alignof(struct rcu_domain));

	if (domain == NULL)
		return NULL;
	domain->memory = memory;
	domain->end = &domain->oldest;
	if (pthread_mutex_init(&domain->lock, NULL) != 0)
		goto give;
	if (pthread_cond_init(&domain->filled, NULL) != 0)
		goto destroy_lock;
	if (!thread_start(domain))
		goto destroy_filled;
	return domain;

destroy_filled:
	pthread_cond_destroy(&domain->filled);
destroy_lock:
	pthread_mutex_destroy(&domain->lock);
give:
	memory_give(memory, domain, sizeof(*domain),
	    alignof(struct rcu_domain));
	return NULL;
}

/* Returns when the list is empty and the thread has ended. */
static void
thread_stop(struct rcu_domain *domain)
{
	pthread_mutex_lock(&domain->lock);
	domain->is_stopping = true;
	pthread_cond_signal(&domain->filled);
	pthread_mutex_unlock(&domain->lock);
	CHECK(pthread_join(domain->thread, NULL) == 0);
}

void
rcu_domain_free(struct rcu_domain *domain)
{
	bool was_online;

	if (domain == NULL)
		return;
	was_online = urcu_qsbr_read_ongoing();
	if (was_online)
		rcu_offline(); /* else it would wait for itself */
	thread_stop(domain);
	if (was_online)
		rcu_online();
	pthread_cond_destroy(&domain->filled);
	pthread_mutex_destroy(&domain->lock);
	memory_give(domain->memory, domain, sizeof(*domain),
	    alignof(struct rcu_domain));
}

void
rcu_reader_start(void)
{
	urcu_qsbr_register_thread();
}

void
rcu_reader_stop(void)
{
	grace_leave(); /* [G] */
	urcu_qsbr_unregister_thread();
}

void
rcu_quiescent(void)
{
	grace_leave(); /* [G] */
	urcu_qsbr_quiescent_state();
}

void
rcu_offline(void)
{
	grace_leave(); /* [G] */
	urcu_qsbr_thread_offline();
}

void
rcu_online(void)
{
	urcu_qsbr_thread_online();
}

void
rcu_retire(struct rcu_domain *domain, struct rcu_retired *retired)
{
	retired->next = NULL;
	pthread_mutex_lock(&domain->lock);
	if (domain->oldest == NULL)
		pthread_cond_signal(&domain->filled);
	*domain->end = retired;
	domain->end = &retired->next;
	pthread_mutex_unlock(&domain->lock); /* [L] */
}
