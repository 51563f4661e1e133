/* SPDX-License-Identifier: MIT */
/* pack - many messages in one envelope; see pack.h. */
#include "vm/actor/pack.h"

#include "vm/actor/dead.h"
#include "vm/crew.h"
#include "vm/observe.h"
#include "vm/vm.h"

/* What the messages of one sender have in common. */
static void
copy_head(struct envelope *to, const struct envelope_head *head,
    enum envelope_kind kind)
{
	uint8_t size_class = to->size_class;

	to->head = *head;
	to->kind = (uint8_t)kind;
	to->size_class = size_class;
}

struct envelope *
pack_new(struct pool_cache *cache, const struct envelope_head *head,
    uint32_t room)
{
	const struct envelope one = { .head = *head };
	struct envelope *pack = pool_take(cache, room * one.size);

	if (pack == NULL)
		return NULL;
	copy_head(pack, head, ENVELOPE_PACK);
	pack_set(pack, 0, 0);
	return pack;
}

/* Makes a pack of one message that message. */
static void
unwrap(struct envelope *pack)
{
	memmove(pack->message,
	    pack->message + (size_t)pack_next(pack) * pack->size, pack->size);
	pack->kind = ENVELOPE_MAIL;
}

/* Nobody can handle the oldest message. */
static void
drop_one(struct crew *crew, const struct slot *slot, struct envelope *pack)
{
	dead_message(crew, types_entry(&crew->vm->types, pack->type)->type,
	    vm_address(crew->vm, slot->index, pack->to_generation),
	    THS_DEAD_NO_MEMORY);
	observe_dropped(crew, pack);
	pack->correlation++;
}

struct envelope *
pack_take(struct crew *crew, const struct slot *slot, struct envelope **pack)
{
	struct envelope *from = *pack;

	while (pack_next(from) + 1 < pack_end(from)) {
		struct envelope *single = pool_take(&crew->cache, from->size);

		if (LIKELY(single != NULL)) {
			copy_head(single, &from->head, ENVELOPE_MAIL);
			pack_copy(from, pack_next(from), single);
			from->correlation++;
			observe_unpacked(crew, from, single);
			return single;
		}
		drop_one(crew, slot, from);
	}
	*pack = from->next;
	unwrap(from);
	return from;
}
