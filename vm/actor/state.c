/* SPDX-License-Identifier: MIT */
/* state - the memory of an actor's state; see state.h. */
#include "vm/actor/state.h"

#include "vm/message/flat.h"
#include "vm/vm.h"

void *
state_take_block(struct crew *crew, uint32_t size)
{
	struct envelope *block;

	if (size > ENVELOPE_MESSAGE_MAX)
		return memory_take(&crew->vm->memory, size, FLAT_ALIGNMENT);
	block = pool_take(&crew->cache, size);
	if (block == NULL)
		return NULL;
	return memset(block->message, 0, size);
}

void
state_give_block(struct crew *crew, void *state, uint32_t size)
{
	if (size > ENVELOPE_MESSAGE_MAX)
		memory_give(&crew->vm->memory, state, size, FLAT_ALIGNMENT);
	else
		pool_give(&crew->cache, CONTAINER_OF(state, struct envelope,
		    message));
}
