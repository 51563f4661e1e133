/* SPDX-License-Identifier: MIT */
/* kind - kinds of actors by name, for programs; see thespis/kind.h. */
#include "thespis/kind.h"

#include "vm/vm.h"

ths_status
ths_kind_register(ths_vm *vm, const char *name, const ths_actor *actor)
{
	const struct behaviour *behaviour;
	enum ths_status status;

	if (vm == NULL || name == NULL || !kinds_is_qualified(name))
		return THS_BAD_ARGUMENT;
	/* So that a table that makes no sense is found now. */
	status = behaviours_of(&vm->behaviours, actor, &behaviour);
	return status != THS_OK ? status : kinds_add(&vm->kinds, name, actor);
}

/* Tells why a spawn, of the table that was found or of none, had no success. */
static enum ths_status
explain(ths_vm *vm, const char *name, const ths_actor *actor,
    enum ths_status status)
{
	if (actor != NULL || status != THS_BAD_ARGUMENT || name == NULL)
		return status;
	if (!kinds_is_qualified(name)) {
		log_write(&vm->log, THS_LOG_WARNING,
		    "spawn: \"%s\" is not the qualified name of a kind", name);
		return THS_BAD_ARGUMENT;
	}
	log_write(&vm->log, THS_LOG_WARNING,
	    "spawn: no kind has the name \"%s\"", name);
	return THS_UNKNOWN;
}

ths_status
ths_spawn_kind(ths_vm *vm, ths_address *address, const char *name,
    const ths_spawn_options *options)
{
	const ths_actor *actor;

	if (vm == NULL || address == NULL)
		return THS_BAD_ARGUMENT;
	actor = name == NULL ? NULL : kinds_find(&vm->kinds, name);
	return explain(vm, name, actor, ths_spawn(vm, address, actor,
	    options));
}

ths_status
ths_spawn_child_kind(ths_self *self, ths_address *address, const char *name,
    const ths_spawn_options *options)
{
	ths_vm *vm = ths_self_vm(self);
	const ths_actor *actor = name == NULL ? NULL :
	    kinds_find(&vm->kinds, name);

	if (address == NULL)
		return THS_BAD_ARGUMENT;
	return explain(vm, name, actor, ths_spawn_child(self, address, actor,
	    options));
}
