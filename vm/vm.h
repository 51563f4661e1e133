/* SPDX-License-Identifier: MIT */
/*
 * vm - one running instance, from the inside: what all rooms of this floor
 * share.
 *
 * Ownership: ths_vm_start() makes everything here, ths_vm_free() frees it in
 * the reverse order.
 */
#ifndef VM_VM_H
#define VM_VM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "mailbox/pool.h"
#include "sched/gate.h"
#include "sched/scheduler.h"
#include "sched/threads.h"
#include "thespis/vm.h"
#include "vm/actor/behaviour.h"
#include "vm/actor/last_words.h"
#include "vm/actor/obituaries.h"
#include "vm/actor/slots.h"
#include "vm/admin/capabilities.h"
#include "vm/admin/kinds.h"
#include "vm/admin/names.h"
#include "vm/crew.h"
#include "vm/message/blob.h"
#include "vm/message/types.h"
#include "vm/pump.h"

/*
 *            ths_vm_stop                 actors gone, workers ended
 *   RUNNING -------------> STOPPING -------------------------------> STOPPED
 *
 * In STOPPING nothing new comes in from outside and nothing is spawned; actors
 * still send to each other.
 */
enum vm_state {
	VM_RUNNING,
	VM_STOPPING,
	VM_STOPPED,
};

struct observer;

/* What a VM takes from outside itself; a simulator gives its own. */
struct vm_ports {
	const struct clock *clock;         /* NULL: the system's */
	const struct parker_port *parker;  /* NULL: the system's */
	uint32_t (*choose)(void *context, enum choice what, uint32_t n,
	    uint32_t usual);
	/* Starts / joins whatever drives the workers; NULL: threads. */
	enum ths_status (*drive)(void *context, struct scheduler *scheduler);
	/* Starts what drives a spare; with `drive` only. */
	enum ths_status (*recruit)(void *context, struct worker *spare);
	void (*join)(void *context, struct scheduler *scheduler);
	/* Where the calling thread keeps its default client; NULL: a
	 * pthread key of the VM's. */
	struct ths_client **(*default_client)(void *context);
	struct memory_keeper *keeper; /* base/memory.h; NULL: none */
#ifdef THS_SIM_POINTS
	const struct observer *observer; /* vm/observe.h; NULL: none */
#endif
	void *context;
};

/*
 *   [C] clients: store release under the mutex -> load acquire
 *       Who follows the chain from there sees each client made; none leaves
 *       it before the VM is freed.
 */
struct ths_vm {
	uint64_t id;
	ths_vm_config config; /* defaults filled in */
	struct vm_ports ports;
	struct memory memory;
	struct clock clock;
	struct log log;
	struct pool *pool;
	struct blobs blobs;
	struct types types;
	struct behaviours behaviours;
	struct slots slots;
	struct names names;
	struct kinds kinds;
	struct last_words last_words;
	struct capabilities capabilities;
	_Atomic uint64_t undertaker; /* vm/actor/dead.h */
	struct obituaries obituaries;
	_Atomic uint32_t mailbox_max; /* of new mailboxes; relaxed: a setting */
	struct scheduler scheduler;
	struct threads threads;
	struct crew *crews; /* one per worker, spares and the sentinel included */
	uint32_t crews_count;
	_Atomic uint64_t long_handlers; /* relaxed: a count */
	struct pump pump;   /* inline mode */

	_Atomic uint32_t state;       /* enum vm_state */
	struct gate stop_gate;        /* one stopper at a time */
	enum ths_status stop_status;  /* of the first stop; under the gate */
	struct parker stopper;        /* the stopper waits for stillness */
	struct ths_client *door;      /* whose crew the stopper sends by */

	pthread_mutex_t clients_mutex;
	_Atomic(struct ths_client *) clients; /* [C] all ever made */
	struct ths_client *closed;  /* to be used again; under the mutex */
	pthread_key_t client_key;   /* default client of a thread */
	_Atomic uint32_t clients_open; /* relaxed: a count */
};

/* As ths_vm_start(), with ports. */
enum ths_status vm_start(ths_vm **vm, const ths_vm_config *config,
    const struct vm_ports *ports);

/* Where the VM stands.  Any thread. */
static inline enum vm_state
vm_state(const struct ths_vm *vm)
{
	/* Acquire: who sees STOPPED sees what the stopper left. */
	return (enum vm_state)atomic_load_explicit(&vm->state,
	    memory_order_acquire);
}

/* The limit of mailboxes that are made now; 0: none. */
static inline uint32_t
vm_mailbox_max(const struct ths_vm *vm)
{
	/* Relaxed: a setting, which acts soon. */
	return atomic_load_explicit(&vm->mailbox_max, memory_order_relaxed);
}

/* The VM's time. */
static inline uint64_t
vm_now(const struct ths_vm *vm)
{
	return clock_now(vm->ports.clock);
}

/* The date, by the VM's wall clock. */
static inline ths_time
vm_wall(const struct ths_vm *vm)
{
	return clock_wall(vm->ports.clock);
}

/* The address of a slot's present life. */
static inline ths_address
vm_address(const struct ths_vm *vm, uint32_t slot, uint32_t generation)
{
	return (ths_address){ vm->id, slot, generation };
}

#endif
