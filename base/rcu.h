/* SPDX-License-Identifier: MIT */
/*
 * rcu - the only door to liburcu (QSBR flavour): read-mostly tables that
 * workers read without a lock.
 *
 * A worker is a reader: it registers when it starts, says that it is quiescent
 * after each slice and is offline while parked.  A foreign thread, an inline or
 * a simulated pump never enters (a host may use the same library itself, and to
 * register twice aborts).
 *
 * A domain is one VM's reclaimer, a thread of its own: workers never wait for a
 * grace period, and nothing of a domain outlives it.
 *
 * Threads: each reader call by the reader itself; rcu_retire() by any thread,
 * which may be reading.
 */
#ifndef BASE_RCU_H
#define BASE_RCU_H

#include "base/memory.h"

/*
 * What is freed one grace period after it was retired.  To be embedded; from
 * rcu_retire() on the domain owns it, until reclaim is called with it, once, by
 * the domain's thread, which is no reader.  reclaim may retire more.
 */
struct rcu_retired {
	struct rcu_retired *next;
	void (*reclaim)(struct rcu_retired *retired);
};

/* One VM's reclaimer. */
struct rcu_domain;

/* Makes a reclaimer.  NULL when there is no memory or no thread. */
struct rcu_domain *rcu_domain_new(struct memory *memory);

/*
 * Ends a reclaimer: waits until everything retired has been reclaimed and the
 * thread has ended.  NULL is fine.  While something waits for reclaim it blocks
 * for as long as any reader in the process is neither quiescent nor offline.
 * A caller that is a reader itself, of ours or of its own, counts as offline
 * meanwhile and holds no reference across the call.
 */
void rcu_domain_free(struct rcu_domain *domain);

/* The calling thread becomes a reader, online; stops being one.  Not nested. */
void rcu_reader_start(void);
void rcu_reader_stop(void);

/* No reference into a table is held across this call. */
void rcu_quiescent(void);

/* Around parking: an offline reader holds nobody up, and no reference. */
void rcu_offline(void);
void rcu_online(void);

/*
 * Reclaims retired after every reader has been quiescent or offline once.  No
 * new reader may be able to find it any more.  In the order of retirement.
 */
void rcu_retire(struct rcu_domain *domain, struct rcu_retired *retired);

#endif
