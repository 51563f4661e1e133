/* SPDX-License-Identifier: MIT */
/*
 * system - the message types that the runtime itself knows; each has the same
 * number in every VM.
 */
#ifndef VM_MESSAGE_SYSTEM_H
#define VM_MESSAGE_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/message/types.h"

/* In the order of the table in system.c. */
enum system_type {
	SYSTEM_WAKEUP = 1,
	SYSTEM_EXIT_REQUEST,
	SYSTEM_ACTOR_EXITED,
	SYSTEM_POISON,
	SYSTEM_DEAD_LETTER,
	SYSTEM_DOWN,
	SYSTEM_LINK_ENDED,
	SYSTEM_NAME_CHANGED,
	SYSTEM_END,
};

/* Takes them in; the first that `types` meets.  THS_OK or THS_NO_MEMORY. */
enum ths_status system_init(struct types *types);

/* True for a type that only the runtime may send. */
static inline bool
system_is_reserved(uint32_t type)
{
	return type < SYSTEM_END && type != SYSTEM_EXIT_REQUEST;
}

/* True for what an actor that does not handle it need not hear of. */
static inline bool
system_may_be_ignored(uint32_t type)
{
	return system_is_reserved(type) && type != SYSTEM_WAKEUP;
}

/* True for what still reaches the handlers of an actor that waits for its
 * children. */
static inline bool
system_is_of_exit(uint32_t type)
{
	return type == SYSTEM_EXIT_REQUEST || type == SYSTEM_ACTOR_EXITED;
}

#endif
