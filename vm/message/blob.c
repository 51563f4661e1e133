/* SPDX-License-Identifier: MIT */
/*
 * blob - counted bytes; see blob.h.
 *
 *   [H] holders: drop, release -> the last drop, acquire (one
 *       read-modify-write) who frees a blob does so after all that others read
 *       of it.  A hold is relaxed: who holds more already knows of one holder,
 *       and how the bytes reach another thread is the business of what brings
 *       them.
 */
#include "vm/message/blob.h"

#include <string.h>

#include "base/sched_point.h"
#include "vm/vm.h"

void
blobs_init(struct blobs *blobs, struct memory *memory, size_t size_max,
    size_t bytes_max)
{
	blobs->memory = memory;
	blobs->size_max = size_max;
	blobs->bytes_max = bytes_max;
	blobs->youngest = NULL;
	pthread_mutex_init(&blobs->mutex, NULL);
	atomic_init(&blobs->length, 0);
	atomic_init(&blobs->bytes, 0);
	atomic_init(&blobs->limited, 0);
}

/* Under the mutex, or alone. */
static void
count(struct blobs *blobs, size_t length, size_t bytes)
{
	atomic_store_explicit(&blobs->length, atomic_load_explicit(
	    &blobs->length, memory_order_relaxed) + length,
	    memory_order_relaxed);
	atomic_store_explicit(&blobs->bytes, atomic_load_explicit(
	    &blobs->bytes, memory_order_relaxed) + bytes,
	    memory_order_relaxed);
}

/* Counts one more of this size, unless that is too many bytes. */
static bool
reserve(struct blobs *blobs, size_t size)
{
	bool is_in;

	pthread_mutex_lock(&blobs->mutex);
	is_in = blobs->bytes_max == 0 || size <= blobs->bytes_max -
	    atomic_load_explicit(&blobs->bytes, memory_order_relaxed);
	if (is_in)
		count(blobs, 1, size);
	else
		atomic_fetch_add_explicit(&blobs->limited, 1,
		    memory_order_relaxed);
	pthread_mutex_unlock(&blobs->mutex);
	return is_in;
}

static void
unreserve(struct blobs *blobs, size_t size)
{
	pthread_mutex_lock(&blobs->mutex);
	count(blobs, (size_t)-1, -size);
	pthread_mutex_unlock(&blobs->mutex);
}

static void
list(struct blobs *blobs, struct blob *blob)
{
	pthread_mutex_lock(&blobs->mutex);
	blob->older = blobs->youngest;
	if (blob->older != NULL)
		blob->older->younger = blob;
	blobs->youngest = blob;
	pthread_mutex_unlock(&blobs->mutex);
}

static void
unlist(struct blobs *blobs, struct blob *blob)
{
	pthread_mutex_lock(&blobs->mutex);
	if (blob->older != NULL)
		blob->older->younger = blob->younger;
	if (blob->younger != NULL)
		blob->younger->older = blob->older;
	else
		blobs->youngest = blob->older;
	count(blobs, (size_t)-1, -blob->size);
	pthread_mutex_unlock(&blobs->mutex);
}

static void
give(struct blobs *blobs, struct blob *blob)
{
	memory_give(blobs->memory, blob, sizeof(*blob) + blob->size,
	    BLOB_ALIGNMENT);
}

size_t
blobs_fini(struct blobs *blobs)
{
	size_t length = 0;

	while (blobs->youngest != NULL) {
		struct blob *blob = blobs->youngest;

		blobs->youngest = blob->older;
		give(blobs, blob);
		length++;
	}
	pthread_mutex_destroy(&blobs->mutex);
	return length;
}

enum ths_status
blob_new(struct blobs *blobs, const void *bytes, size_t size,
    struct blob **made)
{
	struct blob *blob;

	if (size > blobs->size_max)
		return THS_TOO_LARGE;
	if (!reserve(blobs, size))
		return THS_LIMIT;
	blob = memory_take(blobs->memory, sizeof(*blob) + size,
	    BLOB_ALIGNMENT);
	if (blob == NULL) {
		unreserve(blobs, size);
		return THS_NO_MEMORY;
	}
	blob->blobs = blobs;
	blob->size = size;
	blob->younger = NULL;
	atomic_init(&blob->holders, 1);
	atomic_init(&blob->is_sealed, false);
	if (bytes != NULL && size > 0)
		memcpy(blob->bytes, bytes, size);
	list(blobs, blob);
	*made = blob;
	return THS_OK;
}

void
blob_hold(struct blob *blob)
{
	/* Relaxed: [H]. */
	atomic_fetch_add_explicit(&blob->holders, 1, memory_order_relaxed);
}

void
blob_drop(struct blob *blob)
{
	struct blobs *blobs = blob->blobs;

	sched_point(SCHED_SITE_POOL);
	/* [H] */
	if (atomic_fetch_sub_explicit(&blob->holders, 1,
	    memory_order_acq_rel) > 1)
		return;
	unlist(blobs, blob);
	give(blobs, blob);
}

/* ------------------------------------------------------------------- public */

ths_status
ths_blob_new(ths_vm *vm, const void *bytes, size_t size, ths_blob *made)
{
	struct blob *blob;
	enum ths_status status;

	if (vm == NULL || made == NULL)
		return THS_BAD_ARGUMENT;
	status = blob_new(&vm->blobs, bytes, size, &blob);
	if (status == THS_OK)
		*made = blob_value(blob);
	return status;
}

void *
ths_blob_fill(ths_blob value)
{
	struct blob *blob = blob_of(value);

	if (blob == NULL || atomic_load_explicit(&blob->is_sealed,
	    memory_order_relaxed))
		return NULL;
	return blob->bytes;
}

ths_blob
ths_blob_hold(ths_blob value)
{
	if (blob_of(value) != NULL)
		blob_hold(blob_of(value));
	return value;
}

void
ths_blob_drop(ths_blob value)
{
	if (blob_of(value) != NULL)
		blob_drop(blob_of(value));
}
