/* SPDX-License-Identifier: MIT */
/* capabilities - what a VM can offer; see capabilities.h. */
#include "vm/admin/capabilities.h"

#include <stdalign.h>
#include <string.h>

#include "base/sched_point.h"
#include "thespis/version.h"
#include "vm/actor/init.h"
#include "vm/admin/fit.h"
#include "vm/endpoint/client.h"
#include "vm/message/flat.h"
#include "vm/vm.h"

#define NUMBER_TEXT_(number) #number
#define NUMBER_TEXT(number) NUMBER_TEXT_(number)
#define GENERATION \
	NUMBER_TEXT(THS_VERSION_MAJOR) "." NUMBER_TEXT(THS_VERSION_MINOR)

enum { ABI = 1 }; /* changes when compiled actors no longer fit */

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

/* ------------------------------------------------------------------ drafts */

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

/* -------------------------------------------------------------------- life */

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

bool
capabilities_drop(const struct ths_capabilities *dropped)
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
		(void)capabilities_drop(capabilities);
}

/* ---------------------------------------------------------------- changing */

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
			fit_ask_unfit(crew,
			    capabilities->current->content.pairs);
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
