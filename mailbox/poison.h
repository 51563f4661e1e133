/* SPDX-License-Identifier: MIT */
/*
 * poison - tells AddressSanitizer and valgrind which bytes of a block may be
 * touched: none of the message while the block is free, exactly `size` of them
 * while it is out.  So a message used after its envelope was freed, or past its
 * end, is caught; by valgrind also one that is read before it was written.
 * Headers stay open: free lists are chained through them.  Empty elsewhere.
 */
#ifndef MAILBOX_POISON_H
#define MAILBOX_POISON_H

#include <stddef.h>

#include "mailbox/envelope.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISON_IS_ON 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define POISON_IS_ON 1
#endif

#ifdef POISON_IS_ON
#include <sanitizer/asan_interface.h>
#define POISON_SHUT(bytes, size) __asan_poison_memory_region(bytes, size)
#define POISON_OPEN(bytes, size) __asan_unpoison_memory_region(bytes, size)
#elif defined(THS_MEMCHECK)
#include <valgrind/memcheck.h>
#define POISON_SHUT(bytes, size) \
	((void)VALGRIND_MAKE_MEM_NOACCESS(bytes, size))
#define POISON_OPEN(bytes, size) \
	((void)VALGRIND_MAKE_MEM_UNDEFINED(bytes, size))
#else
#define POISON_SHUT(bytes, size) ((void)(bytes), (void)(size))
#define POISON_OPEN(bytes, size) ((void)(bytes), (void)(size))
#endif

/* Shuts the message of a block that nobody has taken. */
static inline void
poison_free_block(struct envelope *envelope, unsigned size_class)
{
	POISON_SHUT(envelope->message,
	    envelope_block_size(size_class) - ENVELOPE_HEADER_SIZE);
}

/* Opens `size` bytes of message. */
static inline void
poison_taken_block(struct envelope *envelope, uint32_t size)
{
	POISON_OPEN(envelope->message, size);
}

/* Opens bytes of any kind, before they go back to the memory port. */
static inline void
poison_none(void *bytes, size_t size)
{
	POISON_OPEN(bytes, size);
}

#endif
