/* SPDX-License-Identifier: MIT */
/* fit - which actors can live with which capabilities; see fit.h. */
#include "vm/admin/fit.h"

#include <stdio.h>
#include <string.h>

#include "base/sched_point.h"
#include "vm/actor/send.h"
#include "vm/admin/inspect.h"
#include "vm/message/flat.h"
#include "vm/vm.h"

enum {
	WHY_SIZE = 200, /* bytes of a reason */
	KINDS_WORDS = BEHAVIOURS_MAX / 64 + 1,
};

/* --------------------------------------------------------------- looking */

/* Why an actor does not fit; size 0: nobody asks. */
struct why {
	char *text;
	size_t size;
};

static void
explain(struct why why, const char *reason, const char *name)
{
	if (why.size > 0)
		snprintf(why.text, why.size, "%s%s", reason, name);
}

static bool
has_needs(const ths_row *row, ths_map map, struct why why)
{
	for (size_t i = 0; i < row->needs_length; i++) {
		const ths_pair *need = &row->needs[i];
		const ths_variant *value = ths_map_get(map, need->key);

		if (value == NULL) {
			explain(why, "the VM has no ", need->key);
			return false;
		}
		if (need->value.kind == THS_KIND_ANY ?
		    !ths_variant_is_true(value) :
		    !ths_variant_equal(value, &need->value)) {
			explain(why, "the VM has another ", need->key);
			return false;
		}
	}
	return true;
}

/* What the actor's table asks, all of it. */
static enum ths_status
look(const ths_actor *actor, ths_map map, ths_map requirements, struct why why)
{
	for (size_t i = 0; i < actor->rows_length; i++) {
		const ths_row *row = &actor->rows[i];
		enum ths_status status;

		if (row->kind == THS_ROW_NEEDS && !has_needs(row, map, why))
			return THS_UNFIT;
		if (row->kind != THS_ROW_CHECK)
			continue;
		status = row->check(map, requirements);
		if (status != THS_OK) {
			explain(why, "its own check says: ",
			    ths_status_text(status));
			return THS_UNFIT;
		}
	}
	return THS_OK;
}

ths_status
ths_actor_fits(const ths_vm *vm, const ths_actor *actor, ths_map requirements,
    char *why, size_t size)
{
	const struct capability_map asked = { requirements };
	const struct behaviour *behaviour;
	const struct ths_capabilities *set;
	enum ths_status status;
	uint32_t flat_size;

	if (vm == NULL || (why == NULL && size > 0) || flat_measure(
	    &capability_map_type, &asked, &flat_size) != THS_OK)
		return THS_BAD_ARGUMENT;
	/* Says whether the table makes sense. */
	status = behaviours_of((struct behaviours *)(uintptr_t)
	    &vm->behaviours, actor, &behaviour);
	if (status != THS_OK)
		return status;
	set = ths_capabilities_hold(vm);
	status = look(actor, ths_capabilities_map(set), requirements,
	    (struct why){ why, size });
	ths_capabilities_drop(set);
	return status;
}

ths_map
ths_requirements(const ths_self *self)
{
	const struct slot *slot = slot_of_self(self);

	if (!(slot->flags & (SLOT_NEW | SLOT_STARTING)) || slot->taken == NULL)
		return (ths_map){ NULL, 0 };
	return ((const struct capability_map *)(const void *)
	    slot->taken->message)->pairs;
}

enum ths_status
fit_admit(struct crew *crew, const struct behaviour *behaviour,
    ths_map requirements, const struct ths_capabilities **admitted)
{
	const struct capability_map asked = { requirements };
	const struct ths_capabilities *set;
	char why[WHY_SIZE];
	uint32_t size;
	enum ths_status status = flat_measure(&capability_map_type, &asked,
	    &size);

	if (status != THS_OK)
		return status;
	set = ths_capabilities_hold(crew->vm);
	if (look(behaviour->actor, ths_capabilities_map(set), requirements,
	    (struct why){ why, sizeof(why) }) == THS_OK) {
		*admitted = set;
		return THS_OK;
	}
	ths_capabilities_drop(set);
	log_write(&crew->vm->log, THS_LOG_WARNING,
	    "actor %s does not fit: %s", behaviour->name, why);
	return THS_UNFIT;
}

/* ------------------------------------------------ asking who does not fit */

/* Asks an actor to exit, as if by itself. */
static void
ask(struct crew *crew, ths_address actor)
{
	struct envelope *request = send_exit_request(crew);

	if (request == NULL) {
		log_write(&crew->vm->log, THS_LOG_ERROR, "actor %u.%u does not "
		    "fit any more: no memory to ask it to exit", actor.slot,
		    actor.generation);
		return;
	}
	request->to_generation = actor.generation;
	request->from_slot = actor.slot;
	request->from_generation = actor.generation;
	send_own(crew, slots_at(&crew->vm->slots, actor.slot), request);
}

void
fit_settle(struct crew *crew, const struct behaviour *behaviour,
    ths_address actor, const struct ths_capabilities *admitted)
{
	const struct ths_capabilities *set;

	sched_point(SCHED_SITE_NAME);
	if (capabilities_drop(admitted) || ths_address_is_nobody(actor))
		return;
	/* Who changed it may have looked too early. */
	set = ths_capabilities_hold(crew->vm);
	if (look(behaviour->actor, ths_capabilities_map(set),
	    (ths_map){ NULL, 0 }, (struct why){ NULL, 0 }) != THS_OK)
		ask(crew, actor);
	ths_capabilities_drop(set);
}

/* Marks the kinds that do not fit; false: all do. */
static bool
mark_unfit(const struct ths_vm *vm, ths_map map, uint64_t marks[KINDS_WORDS])
{
	const struct behaviour *behaviour = behaviours_newest(&vm->behaviours);
	bool found = false;

	memset(marks, 0, KINDS_WORDS * sizeof(marks[0]));
	for (; behaviour != NULL; behaviour = behaviour->next) {
		if (!behaviour->has_rules || look(behaviour->actor, map,
		    (ths_map){ NULL, 0 }, (struct why){ NULL, 0 }) == THS_OK)
			continue;
		marks[behaviour->number / 64] |=
		    UINT64_C(1) << behaviour->number % 64;
		found = true;
	}
	return found;
}

void
fit_ask_unfit(struct crew *crew, ths_map map)
{
	const struct ths_vm *vm = crew->vm;
	uint32_t used = slots_used(&vm->slots);
	uint64_t marks[KINDS_WORDS];

	if (!mark_unfit(vm, map, marks))
		return;
	for (uint32_t i = 1; i < used; i++) {
		struct inspected seen;

		if (inspect_slot(slots_at(&vm->slots, i), &seen) &&
		    marks[seen.kind / 64] >> seen.kind % 64 & 1)
			ask(crew, vm_address(vm, i, seen.life));
	}
}
