/* SPDX-License-Identifier: MIT */
/* referee_slots - where the slots of a VM are that is about to be freed; see
 * referee.h. */
#include <inttypes.h>

#include "sim/referee_parts.h"
#include "vm/endpoint/client.h"

/* A list of free slots is walked. */
static bool
walk(struct referee *referee, const struct slots *slots, struct shelf *seen,
    uint32_t index)
{
	unsigned char *marks = seen->items;

	while (index != SLOT_NONE) {
		if (marks[index] != 0) {
			REFEREE_BREACH(referee, "slot %" PRIu32 " is free "
			    "twice", index);
			return false;
		}
		marks[index] = 1;
		index = slots_at(slots, index)->next_free;
	}
	return true;
}

/* The depot's batches. */
static bool
walk_depot(struct referee *referee, const struct slots *slots,
    struct shelf *seen)
{
	/* Relaxed, here and below: nobody else runs. */
	uint32_t batch = (uint32_t)atomic_load_explicit(&slots->depot,
	    memory_order_relaxed);

	while (batch != SLOT_NONE) {
		if (!walk(referee, slots, seen, batch))
			return false;
		batch = atomic_load_explicit(
		    &slots_at(slots, batch)->next_batch,
		    memory_order_relaxed);
	}
	return true;
}

/* All lists there are. */
static bool
walk_all(struct referee *referee, const ths_vm *vm, struct shelf *seen)
{
	const struct ths_client *client = client_first(vm);

	for (uint32_t i = 0; i < vm->crews_count; i++) {
		if (!walk(referee, &vm->slots, seen,
		    vm->crews[i].free_slots.newest))
			return false;
	}
	for (; client != NULL; client = client->next) {
		if (!walk(referee, &vm->slots, seen,
		    client->crew.free_slots.newest))
			return false;
	}
	return walk_depot(referee, &vm->slots, seen);
}

/* True for one that is in nobody's hands: not retired, nor a client's. */
static bool
is_lost(const struct slot *slot)
{
	return slot->generation != 0 && atomic_load_explicit(&slot->waiter,
	    memory_order_relaxed) == NULL;
}

void
referee_check_slots(struct referee *referee, const ths_vm *vm)
{
	uint32_t used = slots_used(&vm->slots);
	const unsigned char *marks;
	struct shelf seen;

	shelf_init(&seen, &referee->sim->memory, 1);
	shelf_need(&seen, used);
	marks = seen.items;
	/* When the stopper's time is over slots stay as they are. */
	if (walk_all(referee, vm, &seen) && vm->stop_status == THS_OK) {
		for (uint32_t i = 1; i < used; i++) {
			if (marks[i] == 0 && is_lost(slots_at(&vm->slots, i)))
				REFEREE_BREACH(referee, "slot %" PRIu32
				    " has not come back: the VM is freed", i);
		}
	}
	shelf_fini(&seen);
}
