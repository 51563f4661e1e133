/* SPDX-License-Identifier: MIT */
/* capabilities - what a VM can offer; see capabilities.h. */
#include "vm/actor/init.h"
#include "vm/admin/capabilities.h"

#include <stdalign.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/sched_point.h"
#include "thespis/version.h"
#include "vm/actor/send.h"
#include "vm/admin/inspect.h"
#include "vm/endpoint/client.h"
#include "vm/message/flat.h"
#include "vm/vm.h"

#define NUMBER_TEXT_(number) #number
#define NUMBER_TEXT(number) NUMBER_TEXT_(number)
#define GENERATION \
	NUMBER_TEXT(THS_VERSION_MAJOR) "." NUMBER_TEXT(THS_VERSION_MINOR)

enum {
	ABI = 1,        /* changes when compiled actors no longer fit */
	WHY_SIZE = 200, /* bytes of a reason */
	KINDS_WORDS = BEHAVIOURS_MAX / 64 + 1,
};

/* One set, with its map behind it in the same block. */
struct ths_capabilities {
	struct capabilities *owner;
	size_t size;      /* of the block */
	uint32_t holders; /* under the owner's mutex */
	alignas(FLAT_ALIGNMENT) struct capability_map content;
};

/* A map being put together; `pairs` point where they come from. */
struct draft {
	size_t length;
	ths_pair pairs[THS_MAP_MAX];
};

/* ------------------------------------------------------------------- values */

bool
ths_variant_is_true(const ths_variant *value)
{
	if (value == NULL)
		return false;
	switch ((int)value->kind) {
	case THS_KIND_INTEGER:
		return value->integer != 0;
	case THS_KIND_UNSIGNED:
		return value->natural != 0;
	case THS_KIND_BOOL:
		return value->truth;
	case THS_KIND_FLOAT:
		return value->number < 0 || value->number > 0;
	case THS_KIND_STRING:
		return value->string != NULL && value->string[0] != '\0';
	case THS_KIND_BYTES:
		return value->bytes.size > 0;
	}
	return false;
}

static bool
is_whole(const ths_variant *value)
{
	return value->kind == THS_KIND_INTEGER ||
	    value->kind == THS_KIND_UNSIGNED;
}

/* Below zero there is no unsigned like it. */
static bool
whole_equal(const ths_variant *a, const ths_variant *b)
{
	if (a->kind != b->kind &&
	    (a->kind == THS_KIND_INTEGER ? a : b)->integer < 0)
		return false;
	return a->natural == b->natural;
}

static bool
text_equal(ths_string a, ths_string b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

bool
ths_variant_equal(const ths_variant *a, const ths_variant *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	if (is_whole(a) && is_whole(b))
		return whole_equal(a, b);
	if (a->kind != b->kind)
		return false;
	switch ((int)a->kind) {
	case THS_KIND_BOOL:
		return a->truth == b->truth;
	case THS_KIND_FLOAT:
		return a->number <= b->number && a->number >= b->number;
	case THS_KIND_STRING:
		return text_equal(a->string, b->string);
	case THS_KIND_BYTES:
		return a->bytes.size == b->bytes.size && (a->bytes.size == 0 ||
		    memcmp(a->bytes.data, b->bytes.data, a->bytes.size) == 0);
	}
	return false;
}

/* --------------------------------------------------------------------- drafts */

static const char *
arch(void)
{
#if defined(__x86_64__)
	return "x86_64";
#elif defined(__aarch64__)
	return "aarch64";
#else
	return "unknown";
#endif
}

/* The common ones begin every set. */
static void
draft_common(struct draft *draft, ths_mode mode)
{
	const ths_pair common[] = {
		THS_PAIR_STRING(THS_CAPABILITY_GENERATION, GENERATION),
		THS_PAIR_STRING(THS_CAPABILITY_VERSION, THS_VERSION),
		THS_PAIR_STRING(THS_CAPABILITY_VM_VERSION, THS_VERSION),
		THS_PAIR_STRING(THS_CAPABILITY_SYSTEM_NAME,
		    mode == THS_MODE_INLINE ? "simpleSystemBase" :
		    "multiprocQueueBase"),
		THS_PAIR_INTEGER(THS_CAPABILITY_SYSTEM_VERSION,
		    mode == THS_MODE_INLINE ? 2 : 1),
		THS_PAIR_BOOL(THS_CAPABILITY_WATCH, false),
		THS_PAIR_INTEGER(THS_CAPABILITY_ABI, ABI),
		THS_PAIR_STRING(THS_CAPABILITY_ARCH, arch()),
	};

	draft->length = sizeof(common) / sizeof(common[0]);
	memcpy(draft->pairs, common, sizeof(common));
}

static bool
is_common(const char *name)
{
	static const char *const common[] = {
		THS_CAPABILITY_GENERATION, THS_CAPABILITY_VERSION,
		THS_CAPABILITY_VM_VERSION, THS_CAPABILITY_SYSTEM_NAME,
		THS_CAPABILITY_SYSTEM_VERSION, THS_CAPABILITY_WATCH,
		THS_CAPABILITY_ABI, THS_CAPABILITY_ARCH,
	};

	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
		if (strcmp(common[i], name) == 0)
			return true;
	}
	return false;
}

static bool
makes_sense(const char *name, const ths_variant *value)
{
	return name != NULL && name[0] != '\0' && (value == NULL ||
	    flat_is_variant(value->kind));
}

/* Adds a pair unless there is one of that name; false: no room. */
static bool
draft_add(struct draft *draft, const ths_pair *pair)
{
	const ths_map so_far = { draft->pairs, draft->length };

	if (ths_map_get(so_far, pair->key) != NULL)
		return true;
	if (draft->length == THS_MAP_MAX)
		return false;
	draft->pairs[draft->length++] = *pair;
	return true;
}

/* Makes a set, of nobody's yet. */
static enum ths_status
seal(struct capabilities *capabilities, const struct draft *draft,
    struct ths_capabilities **sealed)
{
	const struct capability_map content = {
		.pairs = { draft->pairs, draft->length },
	};
	struct ths_capabilities *set;
	uint32_t flat_size;
	size_t size;
	enum ths_status status = flat_measure(&capability_map_type, &content,
	    &flat_size);

	if (status != THS_OK)
		return status;
	size = offsetof(struct ths_capabilities, content) + flat_size;
	if (size < sizeof(*set))
		size = sizeof(*set);
	set = memory_take(capabilities->memory, size, FLAT_ALIGNMENT);
	if (set == NULL)
		return THS_NO_MEMORY;
	set->owner = capabilities;
	set->size = size;
	set->holders = 1;
	flat_write(&capability_map_type, &content, &set->content, flat_size);
	*sealed = set;
	return THS_OK;
}

/* ----------------------------------------------------------------------- life */

enum ths_status
capabilities_init(struct capabilities *capabilities, struct memory *memory,
    const ths_vm_config *config, const struct parker_port *parker,
    const struct clock *clock)
{
	const ths_map wanted = config->capabilities;
	struct draft draft;

	capabilities->memory = memory;
	capabilities->parker = parker;
	capabilities->clock = clock;
	capabilities->current = NULL;
	gate_init(&capabilities->gate);
	pthread_mutex_init(&capabilities->mutex, NULL);
	if (wanted.length > 0 && wanted.pairs == NULL)
		return THS_BAD_ARGUMENT;
	draft_common(&draft, config->mode);
	for (size_t i = 0; i < wanted.length; i++) {
		const ths_pair *pair = &wanted.pairs[i];

		if (!makes_sense(pair->key, &pair->value))
			return THS_BAD_ARGUMENT;
		if (!draft_add(&draft, pair))
			return THS_LIMIT;
	}
	return seal(capabilities, &draft, &capabilities->current);
}

void
capabilities_fini(struct capabilities *capabilities)
{
	if (capabilities->current != NULL)
		ths_capabilities_drop(capabilities->current);
	pthread_mutex_destroy(&capabilities->mutex);
	gate_fini(&capabilities->gate);
}

const ths_capabilities *
ths_capabilities_hold(const ths_vm *vm)
{
	struct capabilities *capabilities;
	struct ths_capabilities *set;

	if (vm == NULL)
		return NULL;
	/* Who reads changes no more than the number of holders. */
	capabilities = (struct capabilities *)(uintptr_t)&vm->capabilities;
	sched_point(SCHED_SITE_NAME);
	pthread_mutex_lock(&capabilities->mutex);
	set = capabilities->current;
	set->holders++;
	pthread_mutex_unlock(&capabilities->mutex);
	return set;
}

ths_map
ths_capabilities_map(const ths_capabilities *capabilities)
{
	return capabilities == NULL ? (ths_map){ NULL, 0 } :
	    capabilities->content.pairs;
}

/* Drops a set; true: it was the present one. */
static bool
drop(const struct ths_capabilities *dropped)
{
	struct ths_capabilities *set =
	    (struct ths_capabilities *)(uintptr_t)dropped;
	struct capabilities *owner = set->owner;
	bool is_current, is_last;

	sched_point(SCHED_SITE_NAME);
	pthread_mutex_lock(&owner->mutex);
	is_current = set == owner->current;
	is_last = --set->holders == 0;
	pthread_mutex_unlock(&owner->mutex);
	if (is_last)
		memory_give(owner->memory, set, set->size, FLAT_ALIGNMENT);
	return is_current;
}

void
ths_capabilities_drop(const ths_capabilities *capabilities)
{
	if (capabilities != NULL)
		(void)drop(capabilities);
}

/* ------------------------------------------------------------------- looking */

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
	status = look(actor, set->content.pairs, requirements,
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
capabilities_admit(struct crew *crew, const struct behaviour *behaviour,
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
	if (look(behaviour->actor, set->content.pairs, requirements,
	    (struct why){ why, sizeof(why) }) == THS_OK) {
		*admitted = set;
		return THS_OK;
	}
	ths_capabilities_drop(set);
	log_write(&crew->vm->log, THS_LOG_WARNING,
	    "actor %s does not fit: %s", behaviour->name, why);
	return THS_UNFIT;
}

/* ------------------------------------------------------------------- changing */

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
capabilities_settle(struct crew *crew, const struct behaviour *behaviour,
    ths_address actor, const struct ths_capabilities *admitted)
{
	const struct ths_capabilities *set;

	sched_point(SCHED_SITE_NAME);
	if (drop(admitted) || ths_address_is_nobody(actor))
		return;
	/* Who changed it may have looked too early. */
	set = ths_capabilities_hold(crew->vm);
	if (look(behaviour->actor, set->content.pairs, (ths_map){ NULL, 0 },
	    (struct why){ NULL, 0 }) != THS_OK)
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

/* Asks everybody to exit who no longer fits. */
static void
ask_unfit(struct crew *crew, ths_map map)
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

/* The present set with one pair changed; value NULL: without it. */
static enum ths_status
redraft(const struct ths_capabilities *current, const char *name,
    const ths_variant *value, struct draft *draft)
{
	const ths_map map = current->content.pairs;
	bool is_set = value == NULL;

	draft->length = 0;
	for (size_t i = 0; i < map.length; i++) {
		ths_pair pair = map.pairs[i];

		if (strcmp(pair.key, name) == 0) {
			if (value == NULL)
				continue;
			pair.value = *value;
			is_set = true;
		}
		draft->pairs[draft->length++] = pair;
	}
	if (is_set)
		return THS_OK;
	if (draft->length == THS_MAP_MAX)
		return THS_LIMIT;
	draft->pairs[draft->length++] = (ths_pair){ name, *value };
	return THS_OK;
}

/* Puts another set in the place of the present one; behind the gate. */
static __attribute__((noinline)) enum ths_status
replace(struct capabilities *capabilities, const char *name,
    const ths_variant *value)
{
	struct ths_capabilities *former = capabilities->current;
	struct ths_capabilities *set;
	struct draft draft;
	enum ths_status status = redraft(former, name, value, &draft);

	if (status == THS_OK)
		status = seal(capabilities, &draft, &set);
	if (status != THS_OK)
		return status;
	pthread_mutex_lock(&capabilities->mutex);
	capabilities->current = set;
	pthread_mutex_unlock(&capabilities->mutex);
	ths_capabilities_drop(former);
	return THS_OK;
}

static enum ths_status
change(struct crew *crew, const char *name, const ths_variant *value)
{
	struct ths_vm *vm = crew->vm;
	struct capabilities *capabilities = &vm->capabilities;
	enum ths_status status = THS_OK;

	if (!makes_sense(name, value) || is_common(name))
		return THS_BAD_ARGUMENT;
	if (vm_state(vm) != VM_RUNNING)
		return THS_STOPPED;
	gate_enter(&capabilities->gate, capabilities->parker,
	    capabilities->clock, CLOCK_NEVER);
	if (!ths_variant_equal(ths_map_get(capabilities->current->content.pairs,
	    name), value)) {
		status = replace(capabilities, name, value);
		if (status == THS_OK)
			ask_unfit(crew, capabilities->current->content.pairs);
	}
	gate_leave(&capabilities->gate);
	if (status == THS_LIMIT)
		counts_add(&crew->counts.limited, 1);
	return status;
}

ths_status
ths_capability_set(ths_vm *vm, const char *name, const ths_variant *value)
{
	ths_client *client = NULL;
	enum ths_status status = client_enter(vm, &client);

	if (status != THS_OK)
		return status;
	if (!client_try_sit(client))
		return THS_STOPPED;
	status = change(&client->crew, name, value);
	client_stand(client);
	return status;
}

ths_status
ths_self_capability_set(ths_self *self, const char *name,
    const ths_variant *value)
{
	const struct slot *slot = slot_of_self(self);

	if (init_refuses(slot, "ths_self_capability_set"))
		return THS_NOT_READY;
	return change(slot->crew, name, value);
}
