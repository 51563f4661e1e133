/* SPDX-License-Identifier: MIT */
/*
 * slab - the regions of memory that blocks are carved from, and which block
 * lies in which of them.
 *
 * A slab serves one size class at a time and is carved from its start to its
 * end, a batch at a time.  The first slab of a class is small and each further
 * one twice the last, so that a small VM stays small and a large one gets
 * regions that huge pages can serve: size and alignment are the same.  A slab
 * whose blocks have all come back may be retired: its pages go back to the
 * system and it waits, blank, to be carved again for any class.
 *
 *   new --> open (being carved) --> full --.
 *             ^                            | slabs_retire
 *             '---------- blank <----------'
 *
 * Threads: one at a time, under the pool's lock, but for what the table below
 * says.  Errors: NULL when memory refuses; nothing has changed.
 * Ownership: the slabs own every region and table until slabs_fini().
 */
#ifndef MAILBOX_SLAB_H
#define MAILBOX_SLAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "mailbox/depot.h"
#include "mailbox/envelope.h"

#define SLAB_SIZE_MIN ((size_t)(64 * KiB))
#define SLAB_SIZE_MAX ((size_t)(2 * MiB))
#define SLAB_BATCH_SIZE_MIN ((size_t)(4 * KiB)) /* of the smallest class */

/*
 *   field         written by               read by
 *   pages, size   slabs_carve, once        any
 *   size_class,   who holds the lock       who holds the lock
 *   carved, next
 *   returned      who trims                who trims
 *   is_retired    who trims, with lock     who trims; who holds the lock
 */
struct slab {
	unsigned char *pages;
	size_t size;
	size_t carved;     /* bytes handed out since it was opened */
	size_t returned;   /* of those, bytes that a trim has found free */
	struct slab *next; /* blank, or retired in the same trim */
	unsigned size_class;
	bool is_retired;
	struct depot_ticket tickets[]; /* in the depot's hand */
};

struct slabs {
	struct memory *memory;
	struct depot *depot;  /* gets the tickets */
	struct slab **table;  /* all of them, by address */
	uint32_t count;
	uint32_t capacity;
	struct slab *blank;
	struct slab *open[ENVELOPE_CLASSES]; /* NULL: none yet */
	size_t next_size[ENVELOPE_CLASSES];
	uint64_t bytes;       /* of all slabs */
	uint64_t blank_bytes; /* of those, blank */
};

void slabs_init(struct slabs *slabs, struct memory *memory,
    struct depot *depot);

/* Gives everything back to memory. */
void slabs_fini(struct slabs *slabs);

/* `size` bytes, a batch of this class, aligned to its blocks; or NULL. */
void *slabs_carve(struct slabs *slabs, unsigned size_class, size_t size);

/* The slab this block lies in.  The block is from here. */
struct slab *slabs_find(const struct slabs *slabs, const void *block);

static inline bool
slab_holds(const struct slab *slab, const void *block)
{
	return (uintptr_t)block - (uintptr_t)slab->pages < slab->size;
}

/* Closes the slabs of a class whose carved bytes have all returned and clears
 * `returned` in the others.  Returns the closed ones, chained. */
struct slab *slabs_retire(struct slabs *slabs, unsigned size_class);

/* Makes a retired slab blank, its pages purged. */
void slabs_add_blank(struct slabs *slabs, struct slab *slab);

#endif
