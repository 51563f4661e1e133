/* SPDX-License-Identifier: MIT */
/* envelope - what its layout must be for the inbox and the pool; no code. */
#include "mailbox/envelope.h"

#include <assert.h>
#include <stddef.h>

#include "mailbox/inbox.h"

#define AT(field, bytes) \
	static_assert(offsetof(struct envelope, field) == (bytes), \
	    "the table in envelope.h is wrong about " #field)

AT(next, 0);
AT(to_generation, 8);
AT(from_generation, 12);
AT(from_slot, 16);
AT(type, 20);
AT(size, 24);
AT(from_vm, 26);
AT(kind, 28);
AT(size_class, 29);
AT(flags, 30);
AT(correlation, 32);
AT(deadline_ms, 40);
AT(trace, 44);
AT(message, ENVELOPE_HEADER_SIZE);

static_assert(sizeof(struct envelope) == ENVELOPE_HEADER_SIZE,
    "no padding behind the header");
static_assert(ENVELOPE_HEADER_SIZE + 16 <= ENVELOPE_SIZE_MIN,
    "the smallest block holds 16 bytes of message");
static_assert(ENVELOPE_MESSAGE_MAX <= UINT16_MAX, "its size fits `size`");
static_assert(ENVELOPE_HEADER_SIZE + ENVELOPE_MESSAGE_MAX <=
    ENVELOPE_SIZE_MIN << (ENVELOPE_CLASSES - 1),
    "the largest block holds the largest message");
static_assert(ENVELOPE_HEADER_SIZE + ENVELOPE_MESSAGE_MAX >
    ENVELOPE_SIZE_MIN << (ENVELOPE_CLASSES - 2), "no class is in vain");

static_assert((INBOX_COUNT_MASK & INBOX_STATE_MASK) == 0 &&
    (INBOX_COUNT_MASK | INBOX_STATE_MASK) ==
    ((uint64_t)ENVELOPE_SIZE_MIN << INBOX_POINTER_SHIFT) - 1,
    "state, count and pointer share the inbox's word without gap or overlap");
