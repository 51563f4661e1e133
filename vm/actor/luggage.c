/* SPDX-License-Identifier: MIT */
/* luggage - what an actor brings along; see luggage.h. */
#include "vm/actor/luggage.h"

#include "vm/actor/seal.h"
#include "vm/actor/slot.h"
#include "vm/admin/fit.h"
#include "vm/message/flat.h"
#include "vm/vm.h"

/* Seals the start message, if this kind of actor wants one. */
static enum ths_status
seal_start(struct crew *crew, const struct behaviour *behaviour,
    const ths_spawn_options *options, struct envelope **start)
{
	const ths_type *type = options == NULL ? NULL : options->start.type;
	enum ths_status status;

	if (LIKELY(behaviour->start_type == 0))
		return type == NULL ? THS_OK : THS_BAD_ARGUMENT;
	if (type == NULL)
		return THS_BAD_ARGUMENT;
	status = seal_message(crew, SLOT_NONE, type, options->start.message,
	    false, start);
	if (status != THS_OK)
		return status;
	if ((*start)->type == behaviour->start_type) {
		(*start)->kind = ENVELOPE_START;
		(*start)->from_slot = SLOT_NONE;
		return THS_OK;
	}
	pool_give(&crew->cache, *start);
	*start = NULL;
	return THS_BAD_ARGUMENT;
}

static enum ths_status
seal_requirements(struct crew *crew, ths_map requirements,
    struct envelope **sealed)
{
	const struct capability_map content = { requirements };
	uint32_t size;
	enum ths_status status = flat_measure(&capability_map_type, &content,
	    &size);

	if (status != THS_OK)
		return status;
	*sealed = pool_take(&crew->cache, size);
	if (*sealed == NULL)
		return THS_NO_MEMORY;
	flat_write(&capability_map_type, &content, (*sealed)->message, size);
	return THS_OK;
}

enum ths_status
luggage_pack(struct crew *crew, const struct behaviour *behaviour,
    const ths_spawn_options *options, struct luggage *luggage)
{
	enum ths_status status;

	*luggage = (struct luggage){ NULL, NULL };
	status = seal_start(crew, behaviour, options, &luggage->start);
	if (LIKELY(status != THS_OK || options == NULL ||
	    options->requirements.length == 0))
		return status;
	status = seal_requirements(crew, options->requirements,
	    &luggage->requirements);
	if (status != THS_OK)
		luggage_give(crew, luggage);
	return status;
}
