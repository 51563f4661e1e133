/* SPDX-License-Identifier: MIT */
/* creation - why an actor could not be started; see creation.h. */
#include "vm/admin/creation.h"

#include <stdio.h>
#include <string.h>

#include "thespis/capability.h"
#include "thespis/name.h"
#include "vm/vm.h"

enum { WHY_SIZE = 200 }; /* bytes of a line in the log */

static const char *
name_of(const ths_actor *actor)
{
	return actor == NULL || actor->name == NULL ? "?" : actor->name;
}

/* What is wrong with the start message; it is known that something is wrong
 * with the spawn, but not with the table or the name. */
static const char *
wrong_start(const ths_actor *actor, const ths_any *start)
{
	const ths_row *row = NULL;

	for (size_t i = 0; i < actor->rows_length; i++) {
		if (actor->rows[i].kind == THS_ROW_START &&
		    actor->rows[i].type != NULL)
			row = &actor->rows[i];
	}
	if (row == NULL)
		return start != NULL && start->type != NULL ?
		    "it takes no start message" : "the options make no sense";
	if (start == NULL || start->type == NULL)
		return "its start message is missing";
	return strcmp(start->type->name, row->type->name) != 0 ?
	    "the start message is of another type" :
	    "the start message makes no sense";
}

static const char *
wrong_name(const char *name)
{
	if (name[0] == '\0')
		return "the name is empty";
	for (; *name != '\0'; name++) {
		if ((unsigned char)*name < ' ' || *name == 0x7f)
			return "the name has a control character";
	}
	return NULL;
}

static const char *
why_bad(struct ths_vm *vm, const ths_actor *actor,
    const ths_spawn_options *options)
{
	const struct behaviour *behaviour;
	const char *wrong = NULL;

	if (actor == NULL)
		return "there is no actor's table";
	if (behaviours_of(&vm->behaviours, actor, &behaviour) != THS_OK)
		return "the actor's table makes no sense";
	if (options == NULL)
		return wrong_start(actor, NULL);
	if (options->mailbox_max >= INBOX_COUNT_MAX)
		return "mailbox_max is too large";
	if (options->name != NULL)
		wrong = wrong_name(options->name);
	return wrong != NULL ? wrong : wrong_start(actor, &options->start);
}

static const char *
why_limit(const struct ths_vm *vm, const ths_spawn_options *options)
{
	if (options == NULL || options->name == NULL)
		return "actors_max is reached";
	if (strlen(options->name) > THS_NAME_LENGTH_MAX)
		return "the name is too long";
	return names_length(&vm->names) >= vm->config.names_max ?
	    "names_max is reached" : "actors_max is reached";
}

void
creation_explain(struct ths_vm *vm, const ths_actor *actor,
    const ths_spawn_options *options, ths_status status, char *why,
    size_t size)
{
	const ths_map none = { NULL, 0 };
	char unfit[WHY_SIZE];
	const char *text = ths_status_text(status);

	if (status == THS_BAD_ARGUMENT)
		text = why_bad(vm, actor, options);
	else if (status == THS_LIMIT)
		text = why_limit(vm, options);
	else if (status == THS_UNFIT && ths_actor_fits(vm, actor,
	    options == NULL ? none : options->requirements, unfit,
	    sizeof(unfit)) == THS_UNFIT)
		text = unfit;
	snprintf(why, size, "%s", text);
}

void
creation_explain_timeout(ths_address address, ths_address client, char *why,
    size_t size)
{
	char actor_text[THS_ADDRESS_TEXT_SIZE];
	char client_text[THS_ADDRESS_TEXT_SIZE];

	snprintf(why, size, "VM %016llx has not begun %s in the time that %s "
	    "gave it", (unsigned long long)address.vm,
	    ths_address_print(address, actor_text),
	    ths_address_print(client, client_text));
}

ths_status
creation_report(struct ths_vm *vm, const ths_actor *actor,
    const ths_spawn_options *options, ths_status status)
{
	char why[WHY_SIZE];

	if (status != THS_BAD_ARGUMENT)
		return status;
	creation_explain(vm, actor, options, status, why, sizeof(why));
	log_write(&vm->log, THS_LOG_WARNING, "actor %s is not started: %s",
	    name_of(actor), why);
	return status;
}
