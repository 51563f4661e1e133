/* SPDX-License-Identifier: MIT */
/*
 * names - which actor has which name; see names.h.
 *
 * Ordering.
 *   [B] buckets: store release by the first add -> load acquire by find
 *       The reader sees the buckets empty, not wild.
 *   [C] first, next: store release -> load acquire
 *       Who reaches a record sees the text and the place of its present name.
 *   [V] version: store release by remove, when the record is out of the chain
 *       and before it can be used again -> load acquire by find, first of all
 *       Who begins with that version no longer reaches the record.
 *   [R] text, place, next of a record that is used again: store release -> load
 *       acquire, then version once more
 *       Who reads any of the new life sees that the version has changed, for
 *       that came before; behind the gate each change follows the former one.
 */
#include "vm/admin/names.h"

#include <stdalign.h>
#include <string.h>

#include "base/check.h"
#include "base/machine.h"
#include "base/sched_point.h"
#include "vm/actor/annex.h"

enum {
	NAMES_PER_BUCKET = 4, /* when as many are held as may be */
	BUCKETS_MIN = 64,
};

/*
 *   field     written by         read by
 *   next      behind the gate    any, [C] [R]
 *   place     behind the gate    any, [R]; 0: of nobody
 *   text      behind the gate    any, [R]; the actor that has the name: plainly
 *   hash      behind the gate    behind the gate
 *   younger   the slot's consumer, behind the gate; the same
 */
struct name {
	_Atomic(struct name *) next; /* in its chain; [C] */
	_Atomic uint64_t place;      /* {slot:32, generation:32} */
	_Atomic uint64_t text[NAME_KEY_WORDS];
	uint32_t hash;
	struct name *younger;   /* of the same actor; or the next free one */
	struct name *next_made;
};

struct name_bucket {
	_Atomic(struct name *) first; /* [C] */
	_Atomic uint32_t version;     /* [V] removed from here so far */
};

/* ------------------------------------------------------------------- texts */

/* The number of the bucket of a name with this hash. */
static uint32_t
bucket_of(const struct names *names, uint32_t hash)
{
	return hash & (names->buckets_length - 1);
}

static bool
has_text(const struct name *name, const struct name_key *key)
{
	for (uint32_t i = 0; i < key->used; i++) {
		/* [R] */
		if (atomic_load_explicit(&name->text[i],
		    memory_order_acquire) != key->words[i])
			return false;
		sched_point(SCHED_SITE_NAME);
	}
	return true;
}

/* Its text, for who keeps it from changing: its actor, or who is behind
 * the gate. */
static const char *
text_of(const struct name *name)
{
	return (const char *)name->text;
}

/* ------------------------------------------------------------------ reading */

static struct name *
first_of(const struct name_bucket *bucket)
{
	/* [C] */
	return atomic_load_explicit(&bucket->first, memory_order_acquire);
}

static struct name *
next_of(const struct name *name)
{
	/* [C] [R] */
	return atomic_load_explicit(&name->next, memory_order_acquire);
}

/* True when nothing was removed from the bucket since. */
static bool
is_undisturbed(const struct name_bucket *bucket, uint32_t version)
{
	sched_point(SCHED_SITE_NAME);
	/* [R]; relaxed: what was read before it was acquired. */
	return atomic_load_explicit(&bucket->version, memory_order_relaxed) ==
	    version;
}

/* Looks for a name; false: disturbed, and nothing is known.  *place is 0 when
 * it is nobody's. */
static bool
try_look(const struct name_bucket *bucket, const struct name_key *key,
    uint64_t *place)
{
	/* [V] */
	uint32_t version = atomic_load_explicit(&bucket->version,
	    memory_order_acquire);
	const struct name *name;

	*place = 0;
	/* Ends: in an undisturbed chain no record comes twice. */
	for (name = first_of(bucket); name != NULL; name = next_of(name)) {
		if (!is_undisturbed(bucket, version))
			return false;
		if (has_text(name, key)) {
			/* [R] */
			*place = atomic_load_explicit(&name->place,
			    memory_order_acquire);
			break;
		}
	}
	return is_undisturbed(bucket, version);
}

/* The record of a name; behind the gate. */
static struct name *
look_locked(const struct names *names, const struct name_key *key)
{
	struct name_bucket *buckets = atomic_load_explicit(&names->buckets,
	    memory_order_acquire); /* [B] */
	struct name *name;

	if (buckets == NULL)
		return NULL;
	name = first_of(&buckets[bucket_of(names, key->hash)]);
	while (name != NULL && !has_text(name, key))
		name = next_of(name);
	return name;
}

/* The gate changes also for who only reads. */
void
names_enter(const struct names *names)
{
	gate_enter((struct gate *)(uintptr_t)&names->gate, names->parker,
	    names->clock, CLOCK_NEVER);
}

void
names_leave(const struct names *names)
{
	gate_leave((struct gate *)(uintptr_t)&names->gate);
}

/* As try_look(), for who was disturbed. */
static uint64_t
look_behind_gate(const struct names *names, const struct name_key *key)
{
	const struct name *name;
	uint64_t place;

	names_enter(names);
	name = look_locked(names, key);
	/* Relaxed: behind the gate. */
	place = name == NULL ? 0 : atomic_load_explicit(&name->place,
	    memory_order_relaxed);
	names_leave(names);
	return place;
}

bool
names_find(const struct names *names, const char *text, uint32_t *slot,
    uint32_t *generation)
{
	const struct name_bucket *buckets = atomic_load_explicit(
	    &names->buckets, memory_order_acquire); /* [B] */
	struct name_key key;
	uint64_t place;

	if (buckets == NULL || name_key_make(&key, text) != THS_OK)
		return false;
	if (!try_look(&buckets[bucket_of(names, key.hash)], &key, &place))
		place = look_behind_gate(names, &key);
	if (place == 0)
		return false;
	*slot = (uint32_t)(place >> 32);
	*generation = (uint32_t)place;
	return true;
}

/* ----------------------------------------------------------------- changing */

static void
length_set(struct names *names, uint32_t length)
{
	/* Relaxed: behind the gate; others read a number of a moment. */
	atomic_store_explicit(&names->length, length, memory_order_relaxed);
}

/* The buckets, made if there are none; NULL: no memory. */
static struct name_bucket *
buckets_need(struct names *names)
{
	/* Relaxed: behind the gate. */
	struct name_bucket *buckets = atomic_load_explicit(&names->buckets,
	    memory_order_relaxed);

	if (buckets != NULL)
		return buckets;
	buckets = memory_take(names->memory, names->buckets_length *
	    sizeof(*buckets), CACHE_LINE);
	/* [B] */
	atomic_store_explicit(&names->buckets, buckets, memory_order_release);
	return buckets;
}

/* A record nobody uses; NULL: no memory. */
static struct name *
record_take(struct names *names)
{
	struct name *name = names->free;

	if (name != NULL) {
		names->free = name->younger;
		return name;
	}
	name = memory_take(names->memory, sizeof(*name), alignof(struct name));
	if (name == NULL)
		return NULL;
	name->next_made = names->made;
	names->made = name;
	return name;
}

/* Hangs a record on its actor, as the youngest. */
static void
own(struct slot *slot, struct name *name)
{
	struct name **last = &slot->annex->names;

	while (*last != NULL)
		last = &(*last)->younger;
	name->younger = NULL;
	*last = name;
}

static void
record_write(struct name *name, const struct name_key *key,
    const struct slot *slot)
{
	for (int i = 0; i < NAME_KEY_WORDS; i++) { /* [R] */
		atomic_store_explicit(&name->text[i], key->words[i],
		    memory_order_release);
		sched_point(SCHED_SITE_NAME);
	}
	atomic_store_explicit(&name->place, (uint64_t)slot->index << 32 |
	    slot->generation, memory_order_release); /* [R] */
	name->hash = key->hash;
}

/* Puts a record into the chain of its name. */
static void
link_in(struct name_bucket *bucket, struct name *name)
{
	/* [R] */
	atomic_store_explicit(&name->next, first_of(bucket),
	    memory_order_release);
	sched_point(SCHED_SITE_NAME);
	/* [C] */
	atomic_store_explicit(&bucket->first, name, memory_order_release);
}

static enum ths_status
add_locked(struct names *names, struct slot *slot, const struct name_key *key,
    struct envelope **told)
{
	const struct name_change change = { .slot = slot->index,
		.generation = slot->generation };
	struct name_bucket *buckets = buckets_need(names);
	struct name *name;

	if (buckets == NULL)
		return THS_NO_MEMORY;
	name = look_locked(names, key);
	if (name != NULL) {
		/* Relaxed: behind the gate. */
		uint64_t place = atomic_load_explicit(&name->place,
		    memory_order_relaxed);

		return place >> 32 == slot->index ? THS_OK : THS_TAKEN;
	}
	if (names_length(names) >= names->names_max)
		return THS_LIMIT;
	name = record_take(names);
	if (name == NULL)
		return THS_NO_MEMORY;
	record_write(name, key, slot);
	own(slot, name);
	link_in(&buckets[bucket_of(names, key->hash)], name);
	length_set(names, names_length(names) + 1);
	name_monitors_note(&names->monitors, key->hash, name_key_text(key),
	    &change, told);
	return THS_OK;
}

/* Takes a record out of its chain. */
static void
link_out(struct name_bucket *bucket, struct name *name)
{
	_Atomic(struct name *) *link = &bucket->first;
	struct name *at;

	/* Relaxed: behind the gate. */
	while ((at = atomic_load_explicit(link, memory_order_relaxed)) != name)
		link = &at->next;
	/* [C] */
	atomic_store_explicit(link, next_of(name), memory_order_release);
	sched_point(SCHED_SITE_NAME);
	/* [V] */
	atomic_store_explicit(&bucket->version, atomic_load_explicit(
	    &bucket->version, memory_order_relaxed) + 1, memory_order_release);
	sched_point(SCHED_SITE_NAME);
}

/* Takes a name away, and puts its record to the free ones. */
static void
remove_locked(struct names *names, struct name *name,
    const struct name_change *change, struct envelope **told)
{
	/* Relaxed: behind the gate. */
	struct name_bucket *buckets = atomic_load_explicit(&names->buckets,
	    memory_order_relaxed);

	link_out(&buckets[bucket_of(names, name->hash)], name);
	/* [R] */
	atomic_store_explicit(&name->place, 0, memory_order_release);
	name->younger = names->free;
	names->free = name;
	length_set(names, names_length(names) - 1);
	name_monitors_note(&names->monitors, name->hash, text_of(name), change,
	    told);
}

enum ths_status
names_add(struct names *names, struct crew *crew, struct slot *slot,
    const char *text)
{
	struct envelope *told = NULL;
	struct name_key key;
	enum ths_status status = name_key_make(&key, text);

	if (status != THS_OK)
		return status;
	names_enter(names);
	status = add_locked(names, slot, &key, &told);
	names_leave(names);
	name_monitors_tell(crew, told);
	return status;
}

bool
names_remove(struct names *names, struct slot *slot, const char *text)
{
	const struct name_change change = { .slot = SLOT_NONE,
		.reason = THS_EXIT_UNKNOWN, .why = "its holder gave it up" };
	struct envelope *told = NULL;
	struct name **link;
	struct name *name;
	struct name_key key;

	if (slot->annex == NULL || name_key_make(&key, text) != THS_OK)
		return false;
	link = &slot->annex->names;
	while (*link != NULL && !has_text(*link, &key))
		link = &(*link)->younger;
	name = *link;
	if (name == NULL)
		return false;
	*link = name->younger;
	names_enter(names);
	remove_locked(names, name, &change, &told);
	names_leave(names);
	name_monitors_tell(slot->crew, told);
	return true;
}

void
names_forget(struct names *names, struct slot *slot,
    enum ths_exit_reason reason)
{
	const struct name_change change = { .slot = SLOT_NONE,
		.reason = reason, .why = ths_exit_reason_text(reason) };
	struct name *name = slot->annex->names;
	struct envelope *told = NULL;

	CHECK(name != NULL);
	slot->annex->names = NULL;
	names_enter(names);
	while (name != NULL) {
		struct name *younger = name->younger;

		remove_locked(names, name, &change, &told);
		name = younger;
	}
	names_leave(names);
	name_monitors_tell(slot->crew, told);
}

/* --------------------------------------------------------------- the others */

const char *
names_oldest(const struct slot *slot)
{
	return slot->annex == NULL || slot->annex->names == NULL ? "" :
	    text_of(slot->annex->names);
}

void
names_each(const struct names *names, void (*visit)(void *context,
    const char *text, uint32_t slot, uint32_t generation), void *context)
{
	const struct name *name;

	names_enter(names);
	for (name = names->made; name != NULL; name = name->next_made) {
		/* Relaxed: behind the gate. */
		uint64_t place = atomic_load_explicit(&name->place,
		    memory_order_relaxed);

		if (place != 0)
			visit(context, text_of(name), (uint32_t)(place >> 32),
			    (uint32_t)place);
	}
	names_leave(names);
}

void
names_init(struct names *names, struct memory *memory, uint32_t names_max,
    uint32_t monitors_max, const struct parker_port *parker,
    const struct clock *clock)
{
	names->memory = memory;
	names->parker = parker;
	names->clock = clock;
	names->names_max = names_max;
	names->buckets_length = BUCKETS_MIN;
	while (names->buckets_length < names_max / NAMES_PER_BUCKET)
		names->buckets_length *= 2;
	gate_init(&names->gate);
	atomic_init(&names->buckets, NULL);
	atomic_init(&names->length, 0);
	names->free = NULL;
	names->made = NULL;
	name_monitors_init(&names->monitors, memory, monitors_max,
	    names->buckets_length);
}

void
names_fini(struct names *names)
{
	/* Relaxed: nobody else is here any more. */
	memory_give(names->memory, atomic_load_explicit(&names->buckets,
	    memory_order_relaxed), names->buckets_length *
	    sizeof(struct name_bucket), CACHE_LINE);
	while (names->made != NULL) {
		struct name *name = names->made;

		names->made = name->next_made;
		memory_give(names->memory, name, sizeof(*name),
		    alignof(struct name));
	}
	name_monitors_fini(&names->monitors);
	gate_fini(&names->gate);
}
