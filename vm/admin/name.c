/* SPDX-License-Identifier: MIT */
/* name - names for programs; see thespis/name.h. */
#include "thespis/name.h"

#include "vm/actor/annex.h"
#include "vm/actor/init.h"
#include "vm/vm.h"

ths_status
ths_name_register(ths_self *self, const char *name)
{
	struct slot *slot = slot_of_self(self);
	struct crew *crew = slot->crew;
	enum ths_status status;

	if (init_refuses(slot, "ths_name_register"))
		return THS_NOT_READY;
	status = annex_need(crew, slot) == NULL ? THS_NO_MEMORY :
	    names_add(&crew->vm->names, crew, slot, name);
	if (status == THS_LIMIT)
		counts_add(&crew->counts.limited, 1);
	return status;
}

ths_status
ths_name_unregister(ths_self *self, const char *name)
{
	struct slot *slot = slot_of_self(self);

	if (init_refuses(slot, "ths_name_unregister"))
		return THS_NOT_READY;
	return names_remove(&slot->crew->vm->names, slot, name) ? THS_OK :
	    THS_UNKNOWN;
}

ths_status
ths_name_find(const ths_vm *vm, const char *name, ths_address *address)
{
	uint32_t slot, generation;

	if (vm == NULL || name == NULL || address == NULL)
		return THS_BAD_ARGUMENT;
	if (!names_find(&vm->names, name, &slot, &generation))
		return THS_UNKNOWN;
	*address = vm_address(vm, slot, generation);
	return THS_OK;
}

const char *
ths_my_name(const ths_self *self)
{
	return names_oldest(slot_of_self(self));
}
