/* SPDX-License-Identifier: MIT */
/* annex - what few actors have; see annex.h. */
#include "vm/actor/annex.h"

#include <string.h>

#include "vm/actor/calls.h"
#include "vm/actor/keep.h"
#include "vm/actor/stash.h"
#include "vm/admin/name_monitors.h"

struct annex *
annex_need(struct crew *crew, struct slot *slot)
{
	struct envelope *block;
	struct annex *annex;

	if (slot->annex != NULL)
		return slot->annex;
	block = pool_take(&crew->cache, sizeof(*annex));
	if (block == NULL)
		return NULL;
	annex = memset(block->message, 0, sizeof(*annex));
	annex->vm = crew->vm;
	annex->slot = slot;
	slot->annex = annex;
	return annex;
}

void
annex_end(struct crew *crew, struct slot *slot)
{
	struct annex *annex = slot->annex;

	if (annex == NULL)
		return;
	name_monitors_end(crew, annex);
	calls_end(crew, annex);
	stash_end(annex);
	keep_end(crew, annex);
	slot->annex = NULL;
	pool_give(&crew->cache, CONTAINER_OF((unsigned char (*)[])(void *)annex,
	    struct envelope, message));
}
