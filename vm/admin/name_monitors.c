/* SPDX-License-Identifier: MIT */
/* name_monitors - who wants to be told of whoever has a name; see
 * name_monitors.h. */
#include "vm/admin/name_monitors.h"

#include <stdalign.h>
#include <string.h>

#include "vm/actor/annex.h"
#include "vm/actor/dead.h"
#include "vm/actor/handling.h"
#include "vm/actor/init.h"
#include "vm/actor/send.h"
#include "vm/vm.h"

/*
 * The message of the envelope, until it is handled.
 *
 *   field       written by            read by
 *   slot, key   at the beginning      any
 *   older       its actor             its actor
 *   next, back  behind the gate       behind the gate
 *   the others  behind the gate       behind the gate
 */
struct name_monitor {
	struct envelope *older;  /* of the same actor */
	struct envelope *next;   /* in its chain */
	struct envelope **back;  /* what points at it there */
	struct name_change last; /* only the latest loss keeps its reason */
	uint32_t slot;           /* its actor's */
	bool has_changed;        /* since its actor was told */
	bool is_out;             /* the envelope is under way, or handled */
	bool is_over;            /* taken back while it was out */
	struct name_key key;
};

static struct name_monitor *
monitor_of(struct envelope *envelope)
{
	return (struct name_monitor *)(void *)envelope->message;
}

/* ------------------------------------------------------------------ changes */

static struct envelope **
chain_of(struct name_monitors *monitors, uint32_t hash)
{
	return &monitors->chains[hash & (monitors->chains_length - 1)];
}

static void
note(struct name_monitor *monitor, const struct name_change *change)
{
	struct name_change *last = &monitor->last;

	if (change->why != NULL) {
		*last = *change;
	} else {
		if (!monitor->has_changed) {
			last->reason = THS_EXIT_UNKNOWN;
			last->why = "nobody had it";
		}
		last->slot = change->slot;
		last->generation = change->generation;
	}
	monitor->has_changed = true;
}

void
name_monitors_note(struct name_monitors *monitors, uint32_t hash,
    const char *text, const struct name_change *change, struct envelope **told)
{
	struct envelope *envelope;

	if (LIKELY(monitors->chains == NULL))
		return;
	envelope = *chain_of(monitors, hash);
	for (; envelope != NULL; envelope = monitor_of(envelope)->next) {
		struct name_monitor *monitor = monitor_of(envelope);

		if (strcmp(name_key_text(&monitor->key), text) != 0)
			continue;
		note(monitor, change);
		if (monitor->is_out)
			continue;
		monitor->is_out = true;
		envelope->next = *told;
		*told = envelope;
	}
}

/* Sends an envelope that is out. */
static void
send_off(struct crew *crew, struct envelope *envelope)
{
	envelope->from_slot = SLOT_NONE;
	envelope->from_generation = 0;
	envelope->from_vm = 0;
	envelope->type = SYSTEM_NAME_CHANGED;
	envelope->kind = ENVELOPE_NAME;
	envelope->flags = ENVELOPE_OWN;
	send_own(crew, slots_at(&crew->vm->slots, monitor_of(envelope)->slot),
	    envelope);
}

void
name_monitors_tell(struct crew *crew, struct envelope *told)
{
	while (told != NULL) {
		struct envelope *next = told->next;

		send_off(crew, told);
		told = next;
	}
}

/* ---------------------------------------------------- beginning and the end */

/* Puts a new monitor into its chain; behind the gate. */
static enum ths_status
add_locked(struct name_monitors *monitors, struct envelope *envelope)
{
	struct name_monitor *monitor = monitor_of(envelope);
	struct envelope **chain;

	if (name_monitors_length(monitors) >= monitors->monitors_max)
		return THS_LIMIT;
	if (monitors->chains == NULL)
		monitors->chains = memory_take(monitors->memory,
		    monitors->chains_length * sizeof(*monitors->chains),
		    alignof(struct envelope *));
	if (monitors->chains == NULL)
		return THS_NO_MEMORY;
	chain = chain_of(monitors, monitor->key.hash);
	monitor->next = *chain;
	monitor->back = chain;
	if (*chain != NULL)
		monitor_of(*chain)->back = &monitor->next;
	*chain = envelope;
	/* Relaxed: behind the gate; others read a number of a moment. */
	atomic_store_explicit(&monitors->length,
	    name_monitors_length(monitors) + 1, memory_order_relaxed);
	return THS_OK;
}

/* Takes a monitor back; behind the gate.  True: its envelope is the caller's to
 * free. */
static bool
remove_locked(struct name_monitors *monitors, struct name_monitor *monitor)
{
	*monitor->back = monitor->next;
	if (monitor->next != NULL)
		monitor_of(monitor->next)->back = monitor->back;
	/* Relaxed: as above. */
	atomic_store_explicit(&monitors->length,
	    name_monitors_length(monitors) - 1, memory_order_relaxed);
	monitor->is_over = true;
	return !monitor->is_out;
}

static void
end(struct crew *crew, struct envelope *envelope)
{
	struct names *names = &crew->vm->names;
	bool is_home;

	names_enter(names);
	is_home = remove_locked(&names->monitors, monitor_of(envelope));
	names_leave(names);
	if (is_home)
		pool_give(&crew->cache, envelope);
}

void
name_monitors_end(struct crew *crew, struct annex *annex)
{
	while (annex->name_monitors != NULL) {
		struct envelope *envelope = annex->name_monitors;

		annex->name_monitors = monitor_of(envelope)->older;
		end(crew, envelope);
	}
}

/* Where an actor's list points at its monitor of this name, or at its end. */
static struct envelope **
find(struct annex *annex, const char *text)
{
	struct envelope **link = &annex->name_monitors;

	while (*link != NULL &&
	    strcmp(name_key_text(&monitor_of(*link)->key), text) != 0)
		link = &monitor_of(*link)->older;
	return link;
}

static enum ths_status
begin(struct crew *crew, struct slot *slot, const struct name_key *key)
{
	struct names *names = &crew->vm->names;
	struct envelope *envelope = pool_take(&crew->cache,
	    sizeof(struct name_monitor));
	struct name_monitor *monitor;
	enum ths_status status;

	if (envelope == NULL)
		return THS_NO_MEMORY;
	envelope->to_generation = slot->generation;
	monitor = monitor_of(envelope);
	*monitor = (struct name_monitor){ .older = slot->annex->name_monitors,
		.slot = slot->index, .key = *key };
	names_enter(names);
	status = add_locked(&names->monitors, envelope);
	names_leave(names);
	if (status == THS_OK)
		slot->annex->name_monitors = envelope;
	else
		pool_give(&crew->cache, envelope);
	return status;
}

ths_status
ths_monitor_name(ths_self *self, const char *name)
{
	struct slot *slot = slot_of_self(self);
	struct crew *crew = slot->crew;
	struct name_key key;
	enum ths_status status;

	if (init_refuses(slot, "ths_monitor_name"))
		return THS_NOT_READY;
	if (vm_state(crew->vm) != VM_RUNNING)
		return THS_STOPPED;
	status = name_key_make(&key, name);
	if (status == THS_OK && annex_need(crew, slot) == NULL)
		status = THS_NO_MEMORY;
	if (status == THS_OK && *find(slot->annex, name) == NULL)
		status = begin(crew, slot, &key);
	if (status == THS_LIMIT)
		counts_add(&crew->counts.limited, 1);
	return status;
}

bool
ths_demonitor_name(ths_self *self, const char *name)
{
	struct slot *slot = slot_of_self(self);
	struct envelope **link;
	struct envelope *envelope;

	if (name == NULL || slot->annex == NULL)
		return false;
	link = find(slot->annex, name);
	envelope = *link;
	if (envelope == NULL)
		return false;
	*link = monitor_of(envelope)->older;
	end(slot->crew, envelope);
	return true;
}

/* ------------------------------------------------------------------ meeting */

/* Reads what is to be told; false: the monitor was taken back. */
static bool
read(struct names *names, struct name_monitor *monitor,
    struct name_change *change)
{
	bool is_over;

	names_enter(names);
	is_over = monitor->is_over;
	monitor->has_changed = false;
	*change = monitor->last;
	names_leave(names);
	return !is_over;
}

/* The envelope was handled: frees it, sends it once more, or keeps it. */
static void
come_home(struct crew *crew, struct envelope *envelope)
{
	struct names *names = &crew->vm->names;
	struct name_monitor *monitor = monitor_of(envelope);
	bool is_over, has_changed;

	names_enter(names);
	is_over = monitor->is_over;
	has_changed = monitor->has_changed;
	monitor->is_out = is_over || has_changed;
	names_leave(names);
	if (is_over)
		pool_give(&crew->cache, envelope);
	else if (has_changed)
		send_off(crew, envelope);
}

void
name_monitors_meet(struct slot *slot, struct envelope *envelope)
{
	struct crew *crew = slot->crew;
	struct name_monitor *monitor = monitor_of(envelope);
	struct ths_name_changed content = {
		.name = name_key_text(&monitor->key),
	};
	struct name_change change;

	if (!read(&crew->vm->names, monitor, &change)) {
		dead_absorb(crew, envelope);
		return;
	}
	content.reason = change.reason;
	content.why = change.why;
	if (change.slot != SLOT_NONE)
		content.holder = vm_address(crew->vm, change.slot,
		    change.generation);
	if (!handling_show(slot, envelope, &content))
		dead_count_absorbed(crew, envelope);
	come_home(crew, envelope);
}

/* -------------------------------------------------------------------- table */

void
name_monitors_init(struct name_monitors *monitors, struct memory *memory,
    uint32_t monitors_max, uint32_t chains_length)
{
	monitors->memory = memory;
	monitors->monitors_max = monitors_max;
	monitors->chains_length = chains_length;
	monitors->chains = NULL;
	atomic_init(&monitors->length, 0);
}

void
name_monitors_fini(struct name_monitors *monitors)
{
	memory_give(monitors->memory, monitors->chains,
	    monitors->chains_length * sizeof(*monitors->chains),
	    alignof(struct envelope *));
}
