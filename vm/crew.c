/* SPDX-License-Identifier: MIT */
/* crew - what one worker, or one client, works with; see crew.h. */
#include "vm/crew.h"

#include <string.h>

#include "vm/actor/seal.h"
#include "vm/vm.h"

void
crew_init(struct crew *crew, struct ths_vm *vm, struct worker *worker)
{
	memset(crew, 0, sizeof(*crew));
	crew->vm = vm;
	crew->worker = worker;
	crew->free_slots.keeps_one = worker == NULL;
	pool_cache_init(&crew->cache, vm->pool);
	/* One without a type might be asked for by NULL. */
	for (uint32_t i = 0; i < LOOKUPS; i++)
		crew->types[i].list = &crew->none;
}

void
crew_fini(struct crew *crew)
{
	pool_cache_fini(&crew->cache);
	slots_flush(&crew->vm->slots, &crew->free_slots);
}

/* The header of an envelope with a plain message of this type. */
static uint64_t
plain_header(const ths_type *type, uint32_t number)
{
	struct envelope envelope = {
		.size = (uint16_t)type->size,
		.kind = seal_kind(number),
		.size_class = (uint8_t)envelope_class(type->size),
	};

	return envelope.header;
}

enum ths_status
crew_learn_type(struct crew *crew, const ths_type *type, uint32_t *number)
{
	struct type_lookup *lookup = crew_type_lookup(crew, type);
	enum ths_status status = types_number(&crew->vm->types, type, number);

	if (status != THS_OK)
		return status;
	*lookup = (struct type_lookup){
		.type = type,
		.list = &crew->none,
		.number = *number,
	};
	if (type->dynamic_length == 0 && type->size <= ENVELOPE_MESSAGE_MAX &&
	    !system_is_reserved(*number) && !system_is_answered(*number)) {
		lookup->is_plain = true;
		lookup->header = plain_header(type, *number);
		lookup->size = (uint16_t)type->size;
		lookup->list = pool_list(&crew->cache,
		    envelope_class(type->size));
	}
	return THS_OK;
}

enum ths_status
crew_learn_behaviour(struct crew *crew, const ths_actor *actor,
    const struct behaviour **behaviour)
{
	enum ths_status status = behaviours_of(&crew->vm->behaviours, actor,
	    behaviour);

	if (status == THS_OK)
		crew->behaviours[crew_lookup_index(actor)] =
		    (struct behaviour_lookup){ actor, *behaviour };
	return status;
}
