/* SPDX-License-Identifier: MIT */
/*
 * blob - bytes of any size that are shared between messages instead of copied.
 *
 *     THS_MESSAGE(frame, THS_FIELD(uint32_t, number), THS_BLOB(pixels))
 *
 *     ths_blob pixels;
 *     ths_status status = ths_blob_new(ths_self_vm(self), NULL, size, &pixels);
 *
 *     if (status != THS_OK)
 *         return status;
 *     paint(ths_blob_fill(pixels), size);
 *     for (int i = 0; i < show->viewers_length; i++)
 *         ths_send(self, show->viewers[i], frame, .pixels = pixels);
 *     ths_blob_drop(pixels);
 *
 * A blob lives as long as somebody holds it: who made it, every message it is
 * in, whoever has called ths_blob_hold().  A receiver that wants it for longer
 * than its handler holds it:
 *
 *     viewer->last = ths_blob_hold(frame->pixels);
 *
 * Who sends a blob must hold it, or have it from the message being handled.
 * Its bytes may be written only before it is sent for the first time.
 *
 * Threads: any, also inside handlers; who fills a blob on one thread and sends
 * it on another orders the two.  The last to drop it frees it, wherever it
 * runs.
 *
 * Ownership: a blob is its VM's memory.  What is still held when the VM is
 * freed is freed with it, and logged.  Sent to another VM of this process it is
 * copied.
 *
 * Limits: message_max bytes each, blob_bytes_max bytes of all the VM's blobs,
 * those of large messages included; see thespis/vm.h.  `blobs` and `blob_bytes`
 * of ths_vm_status tell what there is.
 */
#ifndef THESPIS_BLOB_H
#define THESPIS_BLOB_H

#include "thespis/vm.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Makes a blob with a copy of these bytes, or of zeros when bytes is NULL.  The
 * caller holds it.  Takes time in proportion to its size.
 * Returns THS_OK, THS_BAD_ARGUMENT, THS_TOO_LARGE (than a message may be),
 * THS_LIMIT (blob_bytes_max; counted in limits_hit) or THS_NO_MEMORY.
 */
THS_NODISCARD THS_PUBLIC ths_status ths_blob_new(ths_vm *vm, const void *bytes,
    size_t size, ths_blob *blob);

/* Where the bytes may be written, by who made it; NULL once it has been sent,
 * and for what is no blob of a VM's. */
THS_PUBLIC void *ths_blob_fill(ths_blob blob);

/* Holds a blob once more, to be dropped once more.  Returns it.  What has no
 * block is returned as it is, and is not held. */
THS_PUBLIC ths_blob ths_blob_hold(ths_blob blob);

/* Gives up one holding.  What has no block is left alone. */
THS_PUBLIC void ths_blob_drop(ths_blob blob);

#ifdef __cplusplus
}
#endif
#endif
