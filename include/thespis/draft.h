/* SPDX-License-Identifier: MIT */
/*
 * draft - a message that an actor, or a thread of the host, builds where it
 * will lie, so that nothing is copied when it is sent.
 *
 *     struct picture *picture = ths_new(self, picture, width * height);
 *
 *     if (picture == NULL)
 *         return THS_NO_MEMORY;
 *     picture->pixels.size = width * height;
 *     picture->pixels.data = ths_new_part(self, picture, width * height);
 *     ...
 *     return ths_send_new(self, to, picture);
 *
 * A blob in a draft (thespis/blob.h) is held when the draft is sent; until then
 * it is who builds the draft that must hold it.
 *
 * Threads: the actor's own handlers; those of a client any thread outside of
 * handlers, one at a time for each draft.
 *
 * Ownership: a draft is the actor's, also after the handler, until it is sent
 * or dropped; what is left when the actor ends is freed.  A client's is freed
 * when it is closed, or with the VM when that stops first.
 *
 * Limits: those of a message, message_max bytes of the VM in all, the struct
 * THS_FLAT_SIZE_MAX; more than THS_FLAT_SIZE_MAX in all counts in
 * blob_bytes_max.  Drafts count with the mail that an actor keeps, kept_max; a
 * client may have as many.  A draft is looked for among those, from the newest
 * on.
 */
#ifndef THESPIS_DRAFT_H
#define THESPIS_DRAFT_H

#include "thespis/actor.h"
#include "thespis/client.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A message of this type, all zero, with `extra` bytes for what it points to:
 *     struct total *total = ths_new(self, total, 0);
 * NULL when that is larger than a message may be, for a type that makes no
 * sense, that only the runtime sends or that it answers itself, at a limit
 * (counted in limits_hit), or without memory.
 */
#define ths_new(self, message, extra) \
	((struct message *)ths_new_message((self), &message##_type, (extra)))
THS_NODISCARD THS_PUBLIC void *ths_new_message(ths_self *self,
    const ths_type *type, size_t extra);

/*
 * Takes `size` bytes of the extra ones, for a string (its NUL included), bytes,
 * items of a list, and so on; each part begins at a multiple of
 * THS_STATE_ALIGNMENT bytes, and holds anything.  NULL when there are not so
 * many left, or message is no draft of this actor's.
 */
THS_NODISCARD THS_PUBLIC void *ths_new_part(ths_self *self, void *message,
    size_t size);

/*
 * Sends a draft as ths_send() does, which takes it.
 * Returns THS_OK; or, and then the draft is still the actor's, THS_BAD_ARGUMENT
 * (message is no draft of this actor's, or points to something outside itself,
 * or has a blob that is not of this VM, or is not well-formed) or THS_TOO_LARGE
 * (it points to the same part, or holds the same blob, too often).
 */
THS_PUBLIC ths_status ths_send_new(ths_self *self, ths_address to,
    void *message);

/* Frees a draft.  Returns THS_OK, also for NULL; or THS_BAD_ARGUMENT when
 * message is no draft of this actor's. */
THS_PUBLIC ths_status ths_drop(ths_self *self, void *message);

/* ------------------------------------------------------------------ outside */

/*
 * The same for a client, the calling thread's default one where client is NULL:
 *     struct picture *picture = ths_client_new(vm, NULL, picture, size);
 * NULL also where ths_tell() would answer THS_STOPPED or THS_WRONG_PLACE.
 */
#define ths_client_new(vm, client, message, extra) \
	((struct message *)ths_client_new_message((vm), (client), \
	    &message##_type, (extra)))
THS_NODISCARD THS_PUBLIC void *ths_client_new_message(ths_vm *vm,
    ths_client *client, const ths_type *type, size_t extra);

/* As ths_new_part(). */
THS_NODISCARD THS_PUBLIC void *ths_client_new_part(ths_vm *vm,
    ths_client *client, void *message, size_t size);

/* Sends a draft as ths_tell() does, which takes it.  Returns as ths_send_new(),
 * and THS_STOPPED, THS_WRONG_PLACE: then the draft is still the client's. */
THS_PUBLIC ths_status ths_client_send_new(ths_vm *vm, ths_client *client,
    ths_address to, void *message);

/* Frees a draft.  Returns THS_OK, also for a NULL message; THS_BAD_ARGUMENT, as
 * ths_drop(), THS_STOPPED or THS_WRONG_PLACE. */
THS_PUBLIC ths_status ths_client_drop(ths_vm *vm, ths_client *client,
    void *message);

#ifdef __cplusplus
}
#endif
#endif
