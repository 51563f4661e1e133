/* SPDX-License-Identifier: MIT */
/*
 * kinds - tables by name; see kinds.h.
 *
 *   [K] a chain's beginning: add by compare-exchange, release -> find, and the
 *       next add: load acquire
 *         Who meets a record sees all of it, and those behind it.
 */
#include "vm/admin/kinds.h"

#include <stdalign.h>
#include <string.h>

struct kind {
	struct kind *next; /* constant once it is in a chain */
	const ths_actor *actor;
	size_t size; /* bytes of all this */
	char name[];
};

/* FNV-1a, folded. */
static uint32_t
chain_of(const char *name)
{
	uint32_t hash = UINT32_C(2166136261);

	for (; *name != '\0'; name++)
		hash = (hash ^ (unsigned char)*name) * UINT32_C(16777619);
	return (hash ^ hash >> 16) & (KINDS_CHAINS - 1);
}

/* The record of this name from `kind` on. */
static struct kind *
find_from(struct kind *kind, const char *name)
{
	while (kind != NULL && strcmp(kind->name, name) != 0)
		kind = kind->next;
	return kind;
}

void
kinds_init(struct kinds *kinds, struct memory *memory, uint32_t kinds_max)
{
	kinds->memory = memory;
	kinds->kinds_max = kinds_max;
	atomic_init(&kinds->length, 0);
	atomic_init(&kinds->limited, 0);
	for (size_t i = 0; i < KINDS_CHAINS; i++)
		atomic_init(&kinds->chains[i], NULL);
}

static void
record_free(struct kinds *kinds, struct kind *kind)
{
	memory_give(kinds->memory, kind, kind->size, alignof(struct kind));
}

void
kinds_fini(struct kinds *kinds)
{
	for (size_t i = 0; i < KINDS_CHAINS; i++) {
		/* Relaxed: nobody else is here any more. */
		struct kind *kind = atomic_load_explicit(&kinds->chains[i],
		    memory_order_relaxed);

		while (kind != NULL) {
			struct kind *next = kind->next;

			record_free(kinds, kind);
			kind = next;
		}
	}
}

bool
kinds_is_qualified(const char *name)
{
	size_t parts = 0;

	for (;;) {
		size_t length = strcspn(name, ".");

		if (length == 0)
			return false;
		parts++;
		name += length;
		if (*name == '\0')
			return parts > 1;
		name++;
	}
}

/* Relaxed, here and below: a count. */
static void
uncount(struct kinds *kinds)
{
	atomic_fetch_sub_explicit(&kinds->length, 1, memory_order_relaxed);
}

/* False: there are as many as there may be. */
static bool
try_count(struct kinds *kinds)
{
	if (atomic_fetch_add_explicit(&kinds->length, 1,
	    memory_order_relaxed) < kinds->kinds_max)
		return true;
	uncount(kinds);
	return false;
}

/* Makes a record, counted. */
static enum ths_status
record_new(struct kinds *kinds, const char *name, const ths_actor *actor,
    struct kind **made)
{
	size_t length = strlen(name);
	struct kind *kind;

	if (length > THS_KIND_LENGTH_MAX || !try_count(kinds)) {
		/* Relaxed: a count. */
		atomic_fetch_add_explicit(&kinds->limited, 1,
		    memory_order_relaxed);
		return THS_LIMIT;
	}
	kind = memory_take(kinds->memory, sizeof(*kind) + length + 1,
	    alignof(struct kind));
	if (kind == NULL) {
		uncount(kinds);
		return THS_NO_MEMORY;
	}
	kind->actor = actor;
	kind->size = sizeof(*kind) + length + 1;
	memcpy(kind->name, name, length + 1);
	*made = kind;
	return THS_OK;
}

enum ths_status
kinds_add(struct kinds *kinds, const char *name, const ths_actor *actor)
{
	_Atomic(struct kind *) *chain = &kinds->chains[chain_of(name)];
	struct kind *newest = atomic_load_explicit(chain,
	    memory_order_acquire); /* [K] */
	struct kind *found = find_from(newest, name);
	struct kind *made = NULL;
	enum ths_status status;

	if (found == NULL) {
		status = record_new(kinds, name, actor, &made);
		if (status != THS_OK)
			return status;
	}
	while (found == NULL) {
		made->next = newest;
		/* [K]; fails when another name has come into the chain, which
		 * may be this one. */
		if (atomic_compare_exchange_weak_explicit(chain, &newest, made,
		    memory_order_release, memory_order_acquire))
			return THS_OK;
		found = find_from(newest, name);
	}
	if (made != NULL) {
		record_free(kinds, made);
		uncount(kinds);
	}
	return found->actor == actor ? THS_OK : THS_TAKEN;
}

const ths_actor *
kinds_find(const struct kinds *kinds, const char *name)
{
	/* [K] */
	const struct kind *kind = find_from(atomic_load_explicit(
	    &kinds->chains[chain_of(name)], memory_order_acquire), name);

	return kind == NULL ? NULL : kind->actor;
}
