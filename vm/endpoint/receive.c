/* SPDX-License-Identifier: MIT */
/*
 * receive - how a client waits for mail.
 *
 * Whoever receives is the consumer of the slot.  To sleep it takes a ticket,
 * makes the inbox awaited and waits; the sender that opens the inbox wakes it.
 * It stays the consumer throughout: when its time is over it just goes on.
 *
 * It spins for a while before it sleeps; how long adapts to whether spinning
 * has paid, from SPIN_MIN looks to the VM's spin_max.
 */
#include "base/sched_point.h"
#include "thespis/failure.h"
#include "vm/actor/dead.h"
#include "vm/actor/pack.h"
#include "vm/actor/strays.h"
#include "vm/actor/witness.h"
#include "vm/endpoint/client.h"
#include "vm/vm.h"

enum {
	SPIN_MIN = 16,
	PUMP_LOOK = 64, /* slices between looks at the clock */
};

/* True for what stays inside although it comes as mail: what the runtime sends,
 * but for an actor's status, and poison that is not about that either. */
static __attribute__((noinline)) bool
is_inner(const struct ths_client *client, const struct envelope *envelope)
{
	const struct ths_poison *poison = (const struct ths_poison *)
	    (const void *)envelope->message;

	if (envelope->type == SYSTEM_STATUS_REPORT)
		return false;
	if (envelope->type != SYSTEM_POISON)
		return true;
	for (uint32_t i = 1; i < SYSTEM_END; i++) {
		if (poison->message.type ==
		    types_entry(&client->vm->types, i)->type)
			return true;
	}
	return false;
}

/* True for what a caller is to see, of the slot's present life. */
static inline bool
is_wanted(const struct ths_client *client, const struct slot *slot,
    const struct envelope *envelope)
{
	if (UNLIKELY(envelope->to_generation != slot->generation))
		return false;
	if (LIKELY(envelope->kind == ENVELOPE_MAIL))
		return LIKELY(envelope->type >= SYSTEM_END) ||
		    !is_inner(client, envelope);
	if (envelope->kind == ENVELOPE_REFUSAL)
		return envelope->correlation >> DEAD_REASON_BITS ==
		    client->awaited;
	return envelope->kind == ENVELOPE_DOWN; /* a witness has come back */
}

/* The oldest of the pack that is to be met next: its sender did not know yet
 * that this is a client. */
static struct envelope *
open_pack(struct ths_client *client, struct slot *slot)
{
	struct envelope *envelope;

	client_sit(client);
	envelope = pack_take(&client->crew, slot, &slot->taken);
	client_stand(client);
	return envelope;
}

/* The oldest mail of the slot's present life, or NULL. */
static struct envelope *
take_mail(struct ths_client *client, struct slot *slot)
{
	struct envelope *envelope;

	if (slot->taken == NULL)
		slot->taken = inbox_take(&slot->inbox);
	while ((envelope = slot->taken) != NULL) {
		if (UNLIKELY(envelope->kind == ENVELOPE_PACK))
			envelope = open_pack(client, slot);
		else
			slot->taken = envelope->next;
		if (LIKELY(is_wanted(client, slot, envelope)))
			return envelope;
		client_sit(client);
		/* Nobody asks a client to exit. */
		if (envelope->to_generation != slot->generation)
			strays_end_stale(slot, envelope);
		else if (!witness_meet(slot, envelope))
			dead_absorb(&client->crew, envelope);
		client_stand(client);
	}
	return NULL;
}

/* Looks for mail a number of times; true when there is some. */
static bool
spin(struct ths_client *client, const struct slot *slot)
{
	uint32_t max = client->vm->config.spin_max;

	for (uint32_t i = 0; i < client->spin; i++) {
		if (inbox_has_mail(&slot->inbox)) {
			client->spin = client->spin * 2 + SPIN_MIN;
			if (client->spin > max)
				client->spin = max;
			return true;
		}
		machine_pause();
		sched_point(SCHED_SITE_SPIN);
	}
	client->spin /= 2;
	if (client->spin < SPIN_MIN)
		client->spin = SPIN_MIN < max ? SPIN_MIN : max;
	return false;
}

/* Sleeps until there is mail, or a wake since ticket was taken; false when the
 * deadline came first. */
static bool
park(struct ths_client *client, struct slot *slot, uint32_t ticket,
    uint64_t deadline_ns)
{
	bool in_time = true;

	sched_point(SCHED_SITE_CLIENT);
	if (!inbox_try_await(&slot->inbox))
		return true;
	/* The stopper changes the state, then wakes everybody. */
	if (vm_state(client->vm) == VM_RUNNING)
		in_time = parker_wait(&client->parker, ticket, deadline_ns);
	sched_point(SCHED_SITE_CLIENT);
	inbox_end_await(&slot->inbox);
	return in_time;
}

/* What a client pumps for. */
struct pumping {
	const struct ths_vm *vm;
	const struct slot *slot;
	uint64_t deadline_ns;
	uint32_t looks; /* until the next one at the clock; 0: time is over */
};

/* True when the client has mail, or may not wait for it any longer. */
static bool
is_enough(void *context)
{
	struct pumping *pumping = context;

	if (inbox_has_mail(&pumping->slot->inbox) ||
	    vm_state(pumping->vm) != VM_RUNNING)
		return true;
	if (pumping->looks > 1) {
		pumping->looks--;
		return false;
	}
	pumping->looks = vm_now(pumping->vm) < pumping->deadline_ns ?
	    PUMP_LOOK : 0;
	return pumping->looks == 0;
}

/* Pumps an inline VM until there is mail; parks while another pumps or nothing
 * is ready.  False when the deadline came first, or it is vain to wait: nothing
 * will happen inside before it, and the host has no `wake`, by which it would
 * say that work comes from elsewhere. */
static bool
pump(struct ths_client *client, struct slot *slot, uint64_t deadline_ns)
{
	struct ths_vm *vm = client->vm;
	struct pumping pumping = { vm, slot, deadline_ns, PUMP_LOOK };
	bool is_vain = false;
	uint32_t ticket;
	uint64_t next;

	/* Who pumps wakes the others when it leaves; were they to pump then,
	 * though there is nothing to do, they would never sleep. */
	if (pump_deadline(vm) <= vm_now(vm))
		pump_run(vm, 0, is_enough, &pumping);
	if (inbox_has_mail(&slot->inbox))
		return true;
	/* Before anybody can count on this thread: a wake from then
	 * on counts. */
	ticket = parker_ticket(&client->parker);
	/* [P] of vm/pump.h */
	atomic_store_explicit(&client->is_waiting, 1, memory_order_seq_cst);
	/* Who sits at a desk may be about to bring work.  The mail last: who
	 * pumped meanwhile has brought it. */
	if (vm->config.wake == NULL && pump_deadline(vm) != 0)
		client_clear_desks(vm);
	is_vain = vm->config.wake == NULL && pump_is_quiet(vm, deadline_ns) &&
	    !inbox_has_mail(&slot->inbox);
	next = pump_deadline(vm);
	if (next > deadline_ns)
		next = deadline_ns;
	if (!is_vain && next > vm_now(vm))
		park(client, slot, ticket, next);
	atomic_store_explicit(&client->is_waiting, 0, memory_order_seq_cst);
	/* Somebody may have counted on this thread to pump. */
	if (is_vain || inbox_has_mail(&slot->inbox) ||
	    vm_now(vm) >= deadline_ns)
		pump_pass_on(vm);
	return !is_vain && vm_now(vm) < deadline_ns;
}

enum ths_status
client_wait(struct ths_client *client, struct slot *slot, uint64_t deadline_ns,
    struct envelope **envelope)
{
	bool in_time = true;

	for (;;) {
		*envelope = take_mail(client, slot);
		if (*envelope != NULL)
			return THS_OK;
		if (vm_state(client->vm) != VM_RUNNING)
			return THS_STOPPED;
		if (!in_time)
			return THS_TIMEOUT;
		if (client->vm->config.mode == THS_MODE_INLINE)
			in_time = pump(client, slot, deadline_ns);
		else if (!spin(client, slot))
			in_time = park(client, slot,
			    parker_ticket(&client->parker), deadline_ns);
	}
}
