/* SPDX-License-Identifier: MIT */
/*
 * wait - what outside threads wait for beside mail: that an actor has begun,
 * has met a message, or has ended.
 *
 * Each wait takes a slot of its own, as a call does, and sends a witness from
 * there (vm/actor/witness.h), which comes back as soon as there is something to
 * tell.  When the wait is over the slot's generation is raised, so neither a
 * late witness nor other mail can end another wait, and the client's own mail
 * stays where it is.
 *
 * The thread's default client waits, whoever sends: nobody else uses that one,
 * so a wait holds up no other.
 */
#include <stdio.h>

#include "thespis/life.h"
#include "vm/actor/dead.h"
#include "vm/actor/spawn.h"
#include "vm/actor/witness.h"
#include "vm/admin/creation.h"
#include "vm/endpoint/client.h"
#include "vm/vm.h"

/* One wait, by the thread that waits. */
struct wait {
	struct ths_client *client;
	struct slot *slot;
	struct envelope *witness; /* of no meaning but where it lies, once it
				   * is under way */
	uint64_t deadline_ns;
};

/* Takes a slot and a witness; the caller sits at the desk, and has what must be
 * given back by leave(). */
static enum ths_status
prepare(struct wait *wait, enum witness_of what)
{
	struct ths_client *client = wait->client;
	enum ths_status status = slots_take(&client->vm->slots,
	    &client->crew.free_slots, &wait->slot);

	if (status != THS_OK) {
		if (status == THS_LIMIT)
			counts_add(&client->crew.counts.limited, 1);
		return status;
	}
	client_take_slot(client, wait->slot);
	wait->slot->flags = SLOT_REPLY;
	wait->witness = witness_new(wait->slot, what);
	if (wait->witness != NULL)
		return THS_OK;
	client_leave_slot(client, wait->slot, THS_DEAD_LATE);
	return THS_NO_MEMORY;
}

/* Begins a wait of this thread: THS_OK, sitting at the desk with a witness in
 * hand and the receiving side taken; or why not. */
static enum ths_status
begin(ths_vm *vm, uint64_t deadline_ns, enum witness_of what, struct wait *wait)
{
	enum ths_status status;

	wait->client = NULL;
	wait->deadline_ns = deadline_ns;
	status = client_enter(vm, &wait->client);
	if (status != THS_OK)
		return status;
	if (!gate_enter(&wait->client->receiving, vm->ports.parker,
	    vm->ports.clock, deadline_ns))
		return THS_TIMEOUT;
	wait->client->awaited = 0;
	if (client_try_sit(wait->client)) {
		status = prepare(wait, what);
		if (status == THS_OK)
			return THS_OK;
		client_stand(wait->client);
	} else {
		status = THS_STOPPED;
	}
	gate_leave(&wait->client->receiving);
	return status;
}

/* Ends a wait; at the desk. */
static void
end(struct wait *wait)
{
	client_leave_slot(wait->client, wait->slot, THS_DEAD_LATE);
	client_stand(wait->client);
	gate_leave(&wait->client->receiving);
}

/* Gets up, waits, and sits down again with what has come: the witness or a
 * refusal, to be absorbed.  THS_OK, THS_TIMEOUT or THS_STOPPED. */
static enum ths_status
await(struct wait *wait, struct envelope **come)
{
	enum ths_status status;

	for (;;) {
		client_stand(wait->client);
		status = client_wait(wait->client, wait->slot,
		    wait->deadline_ns, come);
		client_sit(wait->client);
		if (status != THS_OK || (*come)->kind != ENVELOPE_MAIL)
			return status;
		/* Nobody was told this address. */
		dead_letter_at(wait->slot, *come, THS_DEAD_LATE);
	}
}

/* --------------------------------------------------------------- an end */

ths_status
ths_wait(ths_vm *vm, ths_address whom, ths_duration timeout,
    ths_exit_reason *reason)
{
	struct wait wait;
	struct envelope *come;
	enum ths_exit_reason why = THS_EXIT_UNKNOWN;
	enum ths_status status;

	if (vm == NULL)
		return THS_BAD_ARGUMENT;
	status = begin(vm, clock_after(vm_now(vm), timeout), WITNESS_OF_END,
	    &wait);
	if (status != THS_OK)
		return status;
	if (!witness_watch(wait.slot, whom, wait.witness)) {
		pool_give(&wait.client->crew.cache, wait.witness);
	} else if ((status = await(&wait, &come)) == THS_OK) {
		why = witness_read(come).reason;
		dead_absorb(&wait.client->crew, come);
	} else if (status == THS_TIMEOUT) {
		witness_unwatch(wait.slot, whom, wait.witness);
	}
	end(&wait);
	if (status == THS_OK && reason != NULL)
		*reason = why;
	return status;
}

/* ------------------------------------------------------------ a message met */

/* Sends from `teller`'s address; who waits sits at the desk of another client,
 * or of the same. */
static enum ths_status
tell_from(struct ths_client *teller, const struct wait *wait, ths_address to,
    const ths_type *type, const void *message)
{
	/* The desk of who waits is taken, and its crew as good as any. */
	const struct sender sender = { &wait->client->crew,
		teller->slot->index, teller->generation };

	return send_told(&sender, to, type, message, wait->slot);
}

/* What has come says whether the message was met: a refusal comes before
 * the witness. */
static enum ths_status
read_met(struct wait *wait, struct envelope *come)
{
	enum ths_status status = THS_OK;

	if (come->kind == ENVELOPE_REFUSAL)
		status = mail_status_of((enum ths_dead_reason)
		    (come->correlation & ((1u << DEAD_REASON_BITS) - 1)));
	dead_absorb(&wait->client->crew, come);
	return status;
}

static enum ths_status
tell_and_wait(struct wait *wait, struct ths_client *teller, ths_address to,
    const ths_type *type, const void *message)
{
	struct envelope *come;
	enum ths_status status = tell_from(teller, wait, to, type, message);

	/* Behind the message: that has been met when the witness is. */
	if (status != THS_OK || !witness_watch(wait->slot, to, wait->witness))
		pool_give(&wait->client->crew.cache, wait->witness);
	if (status == THS_OK)
		status = await(wait, &come);
	return status == THS_OK ? read_met(wait, come) : status;
}

ths_status
ths_tell_wait_message(ths_vm *vm, ths_client *client, ths_address to,
    ths_duration timeout, const ths_type *type, const void *message)
{
	struct wait wait;
	enum ths_status status;

	if (vm == NULL || (client != NULL && client->vm != vm))
		return THS_BAD_ARGUMENT;
	status = begin(vm, clock_after(vm_now(vm), timeout),
	    WITNESS_OF_BEGINNING, &wait);
	if (status != THS_OK)
		return status;
	if (ths_address_is_nobody(to)) {
		pool_give(&wait.client->crew.cache, wait.witness);
		status = client_mistake(vm, MISTAKE_NOBODY_TO_TELL_WAIT);
	} else {
		status = tell_and_wait(&wait, client != NULL ? client :
		    wait.client, to, type, message);
	}
	end(&wait);
	return status;
}

/* -------------------------------------------------------------- a beginning */

/* The time was over: nobody is left behind whose address nobody knows. */
static void
give_up(const struct wait *wait, ths_address address,
    const ths_spawn_options *options)
{
	struct crew *crew = &wait->client->crew;
	struct envelope *request;

	if (options != NULL && options->name != NULL)
		return;
	request = send_exit_request(crew);
	if (request == NULL)
		return;
	request->to_generation = address.generation;
	send_own(crew, slots_at(&crew->vm->slots, address.slot), request);
}

/* What has come says whether the actor has begun. */
static enum ths_status
read_begun(struct wait *wait, struct envelope *come, char *why, size_t size)
{
	const struct witnessed seen = witness_read(come);
	enum ths_status status = THS_OK;

	if (!seen.has_begun) {
		/* Unknown: who had the name has ended meanwhile. */
		status = seen.reason == THS_EXIT_UNKNOWN ? THS_GONE :
		    seen.reason == THS_EXIT_STOPPED ? THS_STOPPED : THS_UNBORN;
		snprintf(why, size, "%s", seen.why);
	}
	dead_absorb(&wait->client->crew, come);
	return status;
}

/* Spawns, or finds who has the name, and waits for the beginning.  THS_GONE:
 * the one who had the name has ended meanwhile. */
static enum ths_status
spawn_and_wait(struct wait *wait, ths_address *address,
    const ths_actor *actor, const ths_spawn_options *options, char *why,
    size_t size)
{
	struct crew *crew = &wait->client->crew;
	struct envelope *come;
	enum ths_status status;

	crew->witness = wait->witness;
	status = spawn_actor(crew, NULL, address, actor, options);
	if (crew->witness != NULL && (status != THS_OK ||
	    !witness_watch(wait->slot, *address, wait->witness)))
		pool_give(&crew->cache, wait->witness);
	crew->witness = NULL;
	if (status != THS_OK) {
		creation_explain(crew->vm, actor, options, status, why, size);
		return creation_report(crew->vm, actor, options, status);
	}
	status = await(wait, &come);
	if (status == THS_OK)
		return read_begun(wait, come, why, size);
	if (status == THS_TIMEOUT) {
		creation_explain_timeout(*address,
		    ths_client_address(wait->client), why, size);
		give_up(wait, *address, options);
	} else {
		snprintf(why, size, "%s", ths_status_text(status));
	}
	return status;
}

ths_status
ths_spawn_wait(ths_vm *vm, ths_address *address, const ths_actor *actor,
    const ths_spawn_options *options, ths_duration timeout, char *why,
    size_t size)
{
	ths_address made = THS_NOBODY;
	enum ths_status status;
	uint64_t deadline_ns;
	struct wait wait;
	char nowhere[1];

	if (why == NULL || size == 0) {
		why = nowhere;
		size = sizeof(nowhere);
	}
	if (vm == NULL || address == NULL) {
		snprintf(why, size, "ths_spawn_wait: no VM, or no place for "
		    "the address");
		return THS_BAD_ARGUMENT;
	}
	deadline_ns = clock_after(vm_now(vm), timeout);
	do {
		status = begin(vm, deadline_ns, WITNESS_OF_BEGINNING, &wait);
		if (status != THS_OK) {
			snprintf(why, size, "%s", ths_status_text(status));
			return status;
		}
		status = spawn_and_wait(&wait, &made, actor, options, why,
		    size);
		end(&wait);
	} while (status == THS_GONE);
	if (status == THS_OK)
		*address = made;
	return status;
}
