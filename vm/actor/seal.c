/* SPDX-License-Identifier: MIT */
/* seal - puts a message into an envelope; see seal.h. */
#include "vm/actor/seal.h"

#include "vm/actor/heavy.h"
#include "vm/actor/slot.h"
#include "vm/message/flat.h"
#include "vm/vm.h"

/* What a large message may share parts with: the one that its sender handles,
 * or the one that it tells of.  SLOT_NONE: nobody sends it. */
static const struct burden *
lender_to(const struct crew *crew, uint32_t from)
{
	const struct slot *slot;

	if (crew->lender != NULL)
		return burden_of(crew->lender);
	if (crew->worker == NULL || from == SLOT_NONE)
		return NULL;
	slot = slots_at(&crew->vm->slots, from);
	return slot->crew == crew && slot->current != NULL ?
	    burden_of(slot->current) : NULL;
}

/* Writes a message into an envelope; sets nothing else of it. */
static inline enum ths_status
enclose(struct crew *crew, uint32_t from, const ths_type *type,
    const void *message, struct envelope **sealed)
{
	struct flat_need need;
	enum ths_status status = flat_weigh(type, message, NULL,
	    crew->vm->config.message_max, &need);

	if (UNLIKELY(status != THS_OK))
		return status;
	if (UNLIKELY(heavy_is(&need)))
		return heavy_seal(crew, lender_to(crew, from), type, message,
		    need, sealed);
	*sealed = pool_take(&crew->cache, (uint32_t)need.size);
	if (UNLIKELY(*sealed == NULL))
		return THS_NO_MEMORY;
	flat_write(type, message, (*sealed)->message, (uint32_t)need.size);
	return THS_OK;
}

enum ths_status
seal_message(struct crew *crew, uint32_t from, const ths_type *type,
    const void *message, bool is_own, struct envelope **sealed)
{
	struct envelope *envelope;
	enum ths_status status;
	uint32_t number;

	if (UNLIKELY(type == NULL))
		return THS_BAD_ARGUMENT;
	/* First: a descriptor is looked at when its number is given. */
	status = crew_type(crew, type, &number);
	if (UNLIKELY(status != THS_OK))
		return status;
	if (UNLIKELY(system_is_reserved(number) && !is_own))
		return THS_BAD_ARGUMENT;
	status = enclose(crew, from, type, message, &envelope);
	if (UNLIKELY(status != THS_OK))
		return status;
	envelope->type = number;
	envelope->from_vm = 0;
	envelope->kind = seal_kind(number);
	envelope->flags = 0;
	*sealed = envelope;
	return THS_OK;
}
