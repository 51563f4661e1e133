/* SPDX-License-Identifier: MIT */
/* talk - tell, ask, call and listen, and spawning from outside; see
 * thespis/client.h. */
#include "base/fault.h"
#include "vm/actor/dead.h"
#include "vm/actor/send.h"
#include "vm/actor/spawn.h"
#include "vm/admin/creation.h"
#include "vm/endpoint/client.h"
#include "vm/vm.h"

static struct sender
sender_of(struct ths_client *client)
{
	return (struct sender){ &client->crew, client->slot->index,
		client->generation };
}

ths_status
ths_spawn(ths_vm *vm, ths_address *address, const ths_actor *actor,
    const ths_spawn_options *options)
{
	ths_client *client = NULL;
	enum ths_status status;

	if (address == NULL)
		return THS_BAD_ARGUMENT;
	status = client_enter(vm, &client);
	if (status != THS_OK)
		return status;
	if (!client_try_sit(client))
		return THS_STOPPED;
	status = spawn_actor(&client->crew, NULL, address, actor, options);
	client_stand(client);
	return LIKELY(status == THS_OK) ? THS_OK :
	    creation_report(vm, actor, options, status);
}

/* Sends from the client's own address; question as for send_question(),
 * or 0. */
static enum ths_status
tell(struct ths_client *client, ths_address to, const ths_type *type,
    const void *message, uint64_t question)
{
	enum ths_status status;
	struct sender sender = sender_of(client);

	if (!client_try_sit(client))
		return THS_STOPPED;
	status = question == 0 ? send_tell(&sender, to, type, message) :
	    send_question(&sender, to, type, message, question);
	client_stand(client);
	return status;
}

ths_status
ths_tell_message(ths_vm *vm, ths_client *client, ths_address to,
    const ths_type *type, const void *message)
{
	enum ths_status status = client_enter(vm, &client);

	if (status != THS_OK)
		return status;
	return ths_address_is_nobody(to) ?
	    client_mistake(vm, MISTAKE_NOBODY_TO_TELL) :
	    tell(client, to, type, message, 0);
}

/* Waits at slot, whose receiving side the caller has. */
static ths_mail *
receive_at(struct ths_client *client, struct slot *slot, uint64_t deadline_ns)
{
	struct envelope *envelope;
	enum ths_status status = client_wait(client, slot, deadline_ns,
	    &envelope);
	ths_mail *mail;

	if (status != THS_OK)
		return mail_refused(status);
	client_sit(client);
	if (UNLIKELY(envelope->kind == ENVELOPE_REFUSAL)) {
		mail = mail_dead((enum ths_dead_reason)(envelope->correlation &
		    ((1u << DEAD_REASON_BITS) - 1)));
		dead_absorb(&client->crew, envelope);
	} else {
		mail = mail_of(client, slot, envelope);
	}
	client_stand(client);
	return mail;
}

/* No mail, because a call was not begun. */
static ths_mail *
refused(enum ths_status status, enum mistake mistake)
{
	return status == THS_BAD_ARGUMENT ? mail_mistake(mistake) :
	    mail_refused(status);
}

/*
 * What every call that waits begins with, when it has a client: the deadline,
 * and the receiving side, to be given back with gate_leave().  THS_OK or
 * THS_TIMEOUT.
 */
static enum ths_status
begin_receiving(struct ths_client *client, ths_duration timeout,
    uint64_t *deadline_ns)
{
	const struct ths_vm *vm = client->vm;

	*deadline_ns = clock_after(vm_now(vm), timeout);
	return gate_enter(&client->receiving, vm->ports.parker,
	    vm->ports.clock, *deadline_ns) ? THS_OK : THS_TIMEOUT;
}

ths_mail *
ths_listen(ths_vm *vm, ths_client *client, ths_duration timeout)
{
	enum ths_status status = client_enter(vm, &client);
	uint64_t deadline_ns;
	ths_mail *mail;

	if (status == THS_OK)
		status = begin_receiving(client, timeout, &deadline_ns);
	if (status != THS_OK)
		return refused(status, MISTAKE_IN_LISTEN);
	client->awaited = 0;
	mail = receive_at(client, client->slot, deadline_ns);
	gate_leave(&client->receiving);
	return mail;
}

ths_mail *
ths_ask_message(ths_vm *vm, ths_client *client, ths_address to,
    ths_duration timeout, const ths_type *type, const void *message)
{
	enum ths_status status = client_enter(vm, &client);
	uint64_t deadline_ns;
	ths_mail *mail;

	if (status == THS_OK && ths_address_is_nobody(to))
		return mail_mistake(MISTAKE_NOBODY_TO_ASK);
	if (status == THS_OK)
		status = begin_receiving(client, timeout, &deadline_ns);
	if (status != THS_OK)
		return refused(status, MISTAKE_IN_ASK);
	client->awaited = ++client->questions;
	status = tell(client, to, type, message, client->awaited);
	mail = status == THS_OK ?
	    receive_at(client, client->slot, deadline_ns) :
	    refused(status, MISTAKE_IN_ASK);
	gate_leave(&client->receiving);
	return mail;
}

/* Takes a slot for the answer and sends the question from there. */
static enum ths_status
call_out(struct ths_client *client, ths_address to, const ths_type *type,
    const void *message, struct slot **reply)
{
	struct ths_vm *vm = client->vm;
	enum ths_status status;
	struct sender sender;

	if (!client_try_sit(client))
		return THS_STOPPED;
	status = fault_strikes(FAULT_CALL, client) ? THS_NO_MEMORY :
	    slots_take(&vm->slots, &client->crew.free_slots, reply);
	if (status == THS_OK) {
		client_take_slot(client, *reply);
		(*reply)->flags = SLOT_REPLY;
		sender = (struct sender){ &client->crew, (*reply)->index,
			(*reply)->generation };
		client->awaited = ++client->questions;
		status = send_question(&sender, to, type, message,
		    client->awaited);
		if (status != THS_OK)
			client_leave_slot(client, *reply, THS_DEAD_LATE);
	} else if (status == THS_LIMIT) {
		counts_add(&client->crew.counts.limited, 1);
	}
	client_stand(client);
	return status;
}

ths_mail *
ths_call_message(ths_vm *vm, ths_client *client, ths_address to,
    ths_duration timeout, const ths_type *type, const void *message)
{
	enum ths_status status = client_enter(vm, &client);
	uint64_t deadline_ns;
	struct slot *reply;
	ths_mail *mail;

	if (status == THS_OK && ths_address_is_nobody(to))
		return mail_mistake(MISTAKE_NOBODY_TO_CALL);
	if (status == THS_OK)
		status = begin_receiving(client, timeout, &deadline_ns);
	if (status != THS_OK)
		return refused(status, MISTAKE_IN_CALL);
	status = call_out(client, to, type, message, &reply);
	if (status == THS_OK) {
		mail = receive_at(client, reply, deadline_ns);
		client_sit(client);
		client_leave_slot(client, reply, THS_DEAD_LATE);
		client_stand(client);
	} else {
		mail = refused(status, MISTAKE_IN_CALL);
	}
	gate_leave(&client->receiving);
	return mail;
}
