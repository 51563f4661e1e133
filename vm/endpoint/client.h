/* SPDX-License-Identifier: MIT */
/*
 * client - a thread of the host, talking to actors, from the inside.
 *
 * A client owns a slot whose consumer is whoever receives: `waiter` of that
 * slot names the client, so a sender that finds the inbox awaited wakes it.  A
 * call takes a slot more, for its one-shot reply address: when the call is over
 * the slot's generation is raised, and a late answer finds nobody.
 *
 * Two gates: `desk` around everything that uses the client's crew (short), and
 * `receiving` around everything that takes mail (as long as a wait).  Who holds
 * both took `receiving` first.
 *
 * Clients are type-stable: a closed one is kept for the next ths_client_open(),
 * so a late wake-up meets a client, though maybe another's.
 */
#ifndef VM_ENDPOINT_CLIENT_H
#define VM_ENDPOINT_CLIENT_H

#include <stdbool.h>

#include "sched/gate.h"
#include "sched/parker.h"
#include "thespis/client.h"
#include "vm/actor/send.h"
#include "vm/actor/slot.h"
#include "vm/crew.h"

struct ths_client {
	struct ths_vm *vm;
	struct crew crew;      /* at the desk */
	struct gate desk;
	struct gate receiving;
	struct parker parker;  /* of who receives */
	struct slot *slot;     /* NULL: closed, or a deputy */
	uint32_t generation;   /* of slot; constant while open */
	struct slot *principal; /* a deputy's: whose generation that is */
	const char *kind;      /* the same: what kind of actor that is */
	uint32_t spin;         /* looks before parking; who receives */
	uint64_t questions;    /* asked so far; who receives */
	struct envelope *drafts; /* newest; at the desk */
	uint32_t drafts_length;  /* the same */
	uint64_t awaited;      /* which may be refused now; 0: none */
	_Atomic uint32_t is_waiting; /* parked in an inline VM; seq_cst */
	struct ths_client *next;        /* of the VM's */
	struct ths_client *next_closed;
};

/* The last one made; `next` leads to the others.  NULL: there is none. */
struct ths_client *client_first(const struct ths_vm *vm);

/* Wakes whoever receives.  Any thread. */
void client_wake(struct ths_client *client);

/*
 * What every call from outside begins with: the client to use, the thread's
 * default one for NULL.  THS_OK, THS_BAD_ARGUMENT, THS_WRONG_PLACE,
 * THS_STOPPED, THS_NO_MEMORY or THS_LIMIT.
 */
enum ths_status client_enter(ths_vm *vm, ths_client **client);

/*
 * A client that was closed before, or a new one: it has a desk and no address.
 * NULL: no memory.  For the stopper, which must not need a free slot.
 */
struct ths_client *client_new(struct ths_vm *vm);

/* Keeps a client, which nobody uses any more, for the next client_new(). */
void client_retire(struct ths_client *client);

/* At the desk the crew is the caller's alone. */
void client_sit(struct ths_client *client);
void client_stand(struct ths_client *client);

/* The same for who brings something in from outside: false, and not sat down,
 * when the VM no longer takes it. */
bool client_try_sit(struct ths_client *client);

/*
 * Waits until `deadline_ns` for the oldest mail at slot, which the caller
 * consumes, be it the refusal of the question that client->awaited names.
 * THS_OK, THS_TIMEOUT or THS_STOPPED.
 */
enum ths_status client_wait(struct ths_client *client, struct slot *slot,
    uint64_t deadline_ns, struct envelope **envelope);

/* Ends a slot's present life as a mailbox of this client's; at the desk.  Mail
 * that waits there is dead for this reason. */
void client_leave_slot(struct ths_client *client, struct slot *slot,
    enum ths_dead_reason reason);

/* Makes slot, claimed, a mailbox of this client's. */
void client_take_slot(struct ths_client *client, struct slot *slot);

/* A thread with a default client has ended; the destructor of client_key. */
void client_thread_ended(void *client);

/* Frees what it has not sent; at the desk.  vm/endpoint/draft.c */
void client_drop_drafts(struct ths_client *client);

/* Wakes all clients that are parked in an inline VM; false if none was. */
bool client_wake_waiting(struct ths_vm *vm);

/* Wakes all clients, for the stop. */
void client_wake_all(struct ths_vm *vm);

/* For the stop: waits for whoever sits at a desk; who sits down later finds the
 * VM stopping. */
void client_clear_desks(struct ths_vm *vm);

/*
 * For the stop: visits each client, behind whoever is inside, and ends its
 * mail.  Afterwards nothing comes in through any of them.
 */
void client_settle_all(struct ths_vm *vm);

/* Frees all clients; no other thread is inside. */
void client_free_all(struct ths_vm *vm);

/* Mail made of an envelope, counted as handled; at the desk. */
ths_mail *mail_of(struct ths_client *client, struct slot *slot,
    struct envelope *envelope);

/* Mail that says why there is none. */
ths_mail *mail_refused(enum ths_status status);

/* The same for a question that has become a dead letter. */
ths_mail *mail_dead(enum ths_dead_reason reason);

/* What is wrong with a call, which its words name. */
enum mistake {
	MISTAKE_IN_ASK,
	MISTAKE_IN_CALL,
	MISTAKE_IN_LISTEN,
	MISTAKE_NOBODY_TO_TELL,
	MISTAKE_NOBODY_TO_TELL_WAIT,
	MISTAKE_NOBODY_TO_ASK,
	MISTAKE_NOBODY_TO_CALL,
	MISTAKE_COUNT
};

/* The same for such a call. */
ths_mail *mail_mistake(enum mistake mistake);

/* For one that gives no mail: logs it and returns THS_BAD_ARGUMENT. */
enum ths_status client_mistake(struct ths_vm *vm, enum mistake mistake);

/* What a caller is told whose message is dead for this reason. */
enum ths_status mail_status_of(enum ths_dead_reason reason);

/* True for mail with a message, also for poison. */
bool mail_has_message(const ths_mail *mail);

#endif
