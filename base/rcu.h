/* SPDX-License-Identifier: MIT */
/*
 * rcu - the only door to liburcu (QSBR flavour): read-mostly tables that workers
 * read without a lock.
 *
 * A worker is a reader: it registers when it starts, says that it is quiescent
 * after each slice and is offline while parked.  A foreign thread, an inline or a
 * simulated pump never enters (a host may use the same library itself, and to
 * register twice aborts).
 *
 * Threads: each reader call by the reader itself; rcu_retire() by any
 * registered reader or by a thread that holds the table's own write lock.
 */
#ifndef BASE_RCU_H
#define BASE_RCU_H

#include "base/memory.h"

struct rcu_head_node;

/* What is freed one grace period after it was retired. */
struct rcu_retired {
	struct rcu_retired *next;
	void (*reclaim)(struct rcu_retired *retired);
};

/* One VM's reclaimer. */
struct rcu_domain;

/* Makes / ends a reclaimer; ending waits until everything retired has been
 * reclaimed.  NULL when there is no memory or no thread. */
struct rcu_domain *rcu_domain_new(struct memory *memory);
void rcu_domain_free(struct rcu_domain *domain);

/* The calling thread becomes / stops being a reader. */
void rcu_reader_start(void);
void rcu_reader_stop(void);

/* No reference into a table is held across this call. */
void rcu_quiescent(void);

/* Around parking: an offline reader holds nobody up. */
void rcu_offline(void);
void rcu_online(void);

/* Reclaims retired after every reader has been quiescent once. */
void rcu_retire(struct rcu_domain *domain, struct rcu_retired *retired);

#endif
