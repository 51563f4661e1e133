/* SPDX-License-Identifier: MIT */
/*
 * draft - a message that a client builds in place; see thespis/draft.h.
 *
 * A client's drafts hang on it, the newest first, chained by `next`.  What a
 * program calls a draft is believed only when it is found there.
 *
 * Threads: any; all of it happens at the client's desk.
 */
#include "vm/actor/draft.h"

#include "vm/actor/send.h"
#include "vm/endpoint/client.h"
#include "vm/vm.h"

/* To the desk of the client, the default one for NULL. */
static enum ths_status
come(struct ths_vm *vm, struct ths_client **client)
{
	enum ths_status status = client_enter(vm, client);

	if (status == THS_OK && !client_try_sit(*client))
		status = THS_STOPPED;
	return status;
}

/* Where a draft of this client's hangs, or NULL; at the desk. */
static struct envelope **
find(struct ths_client *client, const void *message)
{
	struct envelope **link = &client->drafts;

	while (*link != NULL && (*link)->message != message)
		link = &(*link)->next;
	return *link == NULL ? NULL : link;
}

static struct envelope *
take_off(struct ths_client *client, struct envelope **link)
{
	struct envelope *draft = *link;

	*link = draft->next;
	client->drafts_length--;
	draft->flags = 0;
	return draft;
}

void
client_drop_drafts(struct ths_client *client)
{
	while (client->drafts != NULL)
		pool_give(&client->crew.cache,
		    take_off(client, &client->drafts));
}

static void *
begin(struct ths_client *client, const ths_type *type, size_t extra)
{
	struct envelope *draft;

	if (client->drafts_length >= client->vm->config.kept_max) {
		counts_add(&client->crew.counts.limited, 1);
		return NULL;
	}
	draft = draft_new(&client->crew, type, extra);
	if (draft == NULL)
		return NULL;
	draft->next = client->drafts;
	client->drafts = draft;
	client->drafts_length++;
	return draft->message;
}

void *
ths_client_new_message(ths_vm *vm, ths_client *client, const ths_type *type,
    size_t extra)
{
	void *message;

	if (come(vm, &client) != THS_OK)
		return NULL;
	message = begin(client, type, extra);
	client_stand(client);
	return message;
}

void *
ths_client_new_part(ths_vm *vm, ths_client *client, void *message, size_t size)
{
	struct envelope **link;
	void *part;

	if (come(vm, &client) != THS_OK)
		return NULL;
	link = find(client, message);
	part = link == NULL ? NULL : draft_part(&client->crew, *link, size);
	client_stand(client);
	return part;
}

static enum ths_status
send_draft(struct ths_client *client, ths_address to, const void *message)
{
	struct envelope **link = find(client, message);
	struct envelope *draft;
	enum ths_status status;

	if (link == NULL)
		return THS_BAD_ARGUMENT;
	status = draft_seal(&client->crew, *link);
	if (status != THS_OK)
		return status;
	draft = take_off(client, link);
	draft->from_slot = client->slot->index;
	draft->from_generation = client->generation;
	send_on(&client->crew, to, draft);
	return THS_OK;
}

ths_status
ths_client_send_new(ths_vm *vm, ths_client *client, ths_address to,
    void *message)
{
	enum ths_status status = come(vm, &client);

	if (status != THS_OK)
		return status;
	status = send_draft(client, to, message);
	client_stand(client);
	return status;
}

ths_status
ths_client_drop(ths_vm *vm, ths_client *client, void *message)
{
	enum ths_status status;
	struct envelope **link;

	if (message == NULL)
		return THS_OK;
	status = come(vm, &client);
	if (status != THS_OK)
		return status;
	link = find(client, message);
	if (link != NULL)
		pool_give(&client->crew.cache, take_off(client, link));
	client_stand(client);
	return link == NULL ? THS_BAD_ARGUMENT : THS_OK;
}
