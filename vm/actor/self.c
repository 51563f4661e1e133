/* SPDX-License-Identifier: MIT */
/* self - what an actor may do inside its handlers; see thespis/actor.h. */
#include <stdarg.h>
#include <stdio.h>

#include "thespis/life.h"
#include "vm/actor/init.h"
#include "vm/actor/send.h"
#include "vm/actor/spawn.h"
#include "vm/admin/creation.h"
#include "vm/vm.h"

ths_status
ths_try_send_message(ths_self *self, ths_address to, const ths_type *type,
    const void *message)
{
	struct slot *slot = slot_of_self(self);
	struct sender sender = send_from(self);

	if (init_refuses(slot, "ths_try_send"))
		return THS_NOT_READY;
	return send_try_message(&sender, to, type, message);
}

ths_status
ths_spawn_child(ths_self *self, ths_address *address, const ths_actor *actor,
    const ths_spawn_options *options)
{
	struct slot *slot = slot_of_self(self);
	enum ths_status status;

	if (address == NULL)
		return THS_BAD_ARGUMENT;
	if (slot->flags & (SLOT_NEW | SLOT_LEAVING | SLOT_EXITING))
		return init_refusal(slot, "ths_spawn_child",
		    vm_state(slot->crew->vm) == VM_RUNNING ?
		    THS_WRONG_PLACE : THS_STOPPED);
	status = spawn_actor(slot->crew, slot, address, actor, options);
	return LIKELY(status == THS_OK) ? THS_OK :
	    creation_report(slot->crew->vm, actor, options, status);
}

ths_address
ths_me(const ths_self *self)
{
	const struct slot *slot = slot_of_self(self);

	return vm_address(slot->crew->vm, slot->index, slot->generation);
}

ths_address
ths_sender(const ths_self *self)
{
	return send_asker(slot_of_self(self));
}

ths_address
ths_parent(const ths_self *self)
{
	const struct slot *slot = slot_of_self(self);

	if (slot_parent(slot) == SLOT_NONE)
		return THS_NOBODY;
	return vm_address(slot->crew->vm, slot_parent(slot),
	    slot_parent_generation(slot));
}

void
ths_exit(ths_self *self)
{
	slot_of_self(self)->flags |= SLOT_LEAVING;
}

void
ths_exit_alone(ths_self *self)
{
	slot_of_self(self)->flags |= SLOT_LEAVING | SLOT_ALONE;
}

ths_vm *
ths_self_vm(const ths_self *self)
{
	return slot_of_self(self)->crew->vm;
}

void
ths_self_log(const ths_self *self, ths_log_level level, const char *format, ...)
{
	const struct slot *slot = slot_of_self(self);
	struct log *log = &slot->crew->vm->log;
	char text[LOG_LINE_MAX];
	va_list arguments;

	if (level < THS_LOG_DEBUG || level > THS_LOG_ERROR ||
	    !log_wants(log, level))
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	log_write(log, level, "%s %u.%u: %s", slot->behaviour->name,
	    slot->index, slot->generation, text);
}
