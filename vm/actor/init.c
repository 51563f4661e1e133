/* SPDX-License-Identifier: MIT */
/* init - what an actor's init may not do; see init.h. */
#include "vm/actor/init.h"

#include "vm/vm.h"

void
init_complain(const struct slot *slot, const char *what)
{
	log_write(&slot->crew->vm->log, THS_LOG_WARNING,
	    "actor %s %u.%u: %s() is refused in its init",
	    slot->behaviour->name, slot->index, slot->generation, what);
}
