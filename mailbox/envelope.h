/* SPDX-License-Identifier: MIT */
/*
 * envelope - a message in flight: a header, and the message as one flat block
 * behind it.
 *
 * Ownership: exactly one place owns an envelope at every moment: the sender's
 * hand, an inbox, the running actor, a free list.  `next` belongs to the owner.
 *
 * The message starts at `message`; struct and dynamic parts together are `size`
 * bytes.  The whole envelope is a block of 64 << size_class bytes, aligned to
 * 64 and below the address 2^48, so that an inbox can keep 22 bits beside a
 * pointer to it.
 */
#ifndef MAILBOX_ENVELOPE_H
#define MAILBOX_ENVELOPE_H

#include <stdalign.h>
#include <stdint.h>

#include "base/machine.h"

enum envelope_kind {
	ENVELOPE_MAIL,   /* from an actor or a client */
	ENVELOPE_START,  /* the start message of a spawn; in no inbox */
	ENVELOPE_WAKEUP, /* a timer came due */
	ENVELOPE_EXIT,   /* asks the actor to end, in the order of mail */
	ENVELOPE_REFUSAL, /* tells who asks that the question is dead */
	ENVELOPE_CHILD,  /* a child has ended; it lies in the child's slot and
			  * belongs to no pool */
	ENVELOPE_ANSWER, /* ends a call of the actor's; vm/actor/calls.h */
	ENVELOPE_DROP,   /* nobody waits for the answer any more */
	ENVELOPE_PACK,   /* many messages; vm/actor/pack.h */
	/* From here on: between two sides; vm/actor/relations.h */
	ENVELOPE_MONITOR,     /* stays with whom it meets */
	ENVELOPE_UNMONITOR,   /* takes that back */
	ENVELOPE_UNMONITORED, /* and the answer */
	ENVELOPE_UNLINK,      /* asks its maker to take a link back */
	ENVELOPE_DOWN,        /* the one monitored, or linked to, has ended */
	ENVELOPE_NAME,        /* a name that is monitored has changed hands;
			       * vm/admin/name_monitors.h */
};

enum envelope_flag {
	ENVELOPE_RUN_END = 1, /* the newest of a run; see mailbox/inbox.h */
	ENVELOPE_AHEAD = 2,   /* correlation is one that comes soon after it, to
			       * be fetched early */
	ENVELOPE_PERIODIC = 4, /* a wake-up whose timer goes on */
	ENVELOPE_QUESTION = 8, /* its sender waits, and wants a refusal */
	ENVELOPE_OWN = 16,    /* the runtime's: absorbed where nobody is met */
	ENVELOPE_KEPT = 32,   /* in no inbox: the receiver keeps it, */
	ENVELOPE_DRAFT = 64,  /* or the sender, who has not sent it yet */
	ENVELOPE_TOLD = 128,  /* somebody outside waits until it is met; its
			       * correlation is where */
};

/* What the sender writes of a header, in one piece. */
struct envelope_head {
	uint64_t words[3];
};

enum {
	ENVELOPE_SIZE_MIN = 64,     /* bytes of the smallest block */
	ENVELOPE_HEADER_SIZE = 48,
	ENVELOPE_CLASSES = 10,      /* 64 bytes … 32 KiB */
	ENVELOPE_BURDENED = ENVELOPE_CLASSES, /* instead of the class of one
			             * with a burden; mailbox/burden.h */
	ENVELOPE_MESSAGE_MAX = 16 * 1024, /* bytes of message */
	ENVELOPE_ANY_GENERATION = 0, /* to whoever lives there now */
};

/*
 *   bytes  field            written by
 *   0      next             owner
 *   8      to_generation    sender: which life of the slot it means
 *   12     from_generation  sender
 *   16     from_slot        sender
 *   20     type             sender: dense id of the message type in this VM
 *   24     size             sender: bytes of message
 *   26     from_vm          sender: 0 this VM, else index of a known VM
 *   28     kind             sender: enum envelope_kind
 *   29     size_class       pool, or ENVELOPE_BURDENED
 *   30     flags            sender: enum envelope_flag
 *   32     correlation      sender of ENVELOPE_WAKEUP: the timer's handle; of
 *                           ENVELOPE_CHILD: an envelope with last words; of a
 *                           run: an address, as flags say; of a pack: which of
 *                           its messages are left; of a question: its
 *                           number; of its refusal: {number, reason:8}; of
 *                           what is told: {generation:32, slot:32}; of
 *                           an answer: the reply slot
 *   40     deadline_ms      nobody: room kept for a deadline
 *   44     trace            nobody: room kept for a trace context; in a
 *                           simulation the observer of the VM
 *   48     message
 */
struct envelope {
	struct envelope *next;
	union {
		struct {
			uint32_t to_generation;
			uint32_t from_generation;
			uint32_t from_slot;
			uint32_t type;
			union {
				struct {
					uint16_t size;
					uint16_t from_vm;
					uint8_t kind;
					uint8_t size_class;
					uint16_t flags;
				};
				/* the same eight bytes, to be set at once */
				uint64_t header;
			};
		};
		struct envelope_head head; /* the same 24 bytes */
	};
	uint64_t correlation;
	uint32_t deadline_ms;
	uint32_t trace;
	alignas(16) unsigned char message[];
};

/*
 * The smallest class whose block holds `size` bytes of message: the number of
 * bits of (size + header - 1) / 64, found without a branch by keeping one bit
 * more and setting it.
 */
static inline unsigned
envelope_class(uint32_t size)
{
	uint32_t halves = (size + ENVELOPE_HEADER_SIZE - 1) /
	    (ENVELOPE_SIZE_MIN / 2);

	return 31 - (unsigned)__builtin_clz(halves | 1);
}

/* Bytes of a block of this class. */
static inline uint32_t
envelope_block_size(unsigned size_class)
{
	return (uint32_t)ENVELOPE_SIZE_MIN << size_class;
}

#endif
