/* SPDX-License-Identifier: MIT */
/* crew - what one worker, or one client, works with; see crew.h. */
#include "vm/crew.h"

#include <string.h>

#include "vm/vm.h"

void
crew_init(struct crew *crew, struct ths_vm *vm, struct worker *worker)
{
	memset(crew, 0, sizeof(*crew));
	crew->vm = vm;
	crew->worker = worker;
	pool_cache_init(&crew->cache, vm->pool);
}

void
crew_fini(struct crew *crew)
{
	pool_cache_fini(&crew->cache);
	slots_flush(&crew->vm->slots, &crew->free_slots);
}

enum ths_status
crew_learn_type(struct crew *crew, const ths_type *type, uint32_t *number)
{
	struct lookup *lookup = crew_lookup(crew->types, type);
	enum ths_status status = types_number(&crew->vm->types, type, number);

	if (status == THS_OK) {
		lookup->descriptor = type;
		lookup->type = *number;
	}
	return status;
}

enum ths_status
crew_behaviour(struct crew *crew, const ths_actor *actor,
    const struct behaviour **behaviour)
{
	struct lookup *lookup = crew_lookup(crew->behaviours, actor);
	enum ths_status status;

	if (LIKELY(lookup->descriptor == actor && actor != NULL)) {
		*behaviour = lookup->behaviour;
		return THS_OK;
	}
	status = behaviours_of(&crew->vm->behaviours, actor, behaviour);
	if (status == THS_OK) {
		lookup->descriptor = actor;
		lookup->behaviour = *behaviour;
	}
	return status;
}
