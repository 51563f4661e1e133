/* SPDX-License-Identifier: MIT */
/* machine - what the house assumes of the processor and the compiler. */
#ifndef BASE_MACHINE_H
#define BASE_MACHINE_H

#include <stddef.h>
#include <stdint.h>

enum {
	CACHE_LINE = 64, /* bytes between fields of different writers */
	PAGE_SIZE_MIN = 4096,
};

#define KiB (1024u)
#define MiB (1024u * 1024u)

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* The struct of this type whose member is at pointer. */
#define CONTAINER_OF(pointer, type, member) \
	((type *)(void *)((char *)(pointer) - offsetof(type, member)))

/* Begins to fetch the line of an address that will be written; any address. */
static inline void
machine_fetch_for_writing(const void *address)
{
#if defined(__x86_64__)
	/* __builtin_prefetch() would fetch it to be read only, and the store
	 * would wait again.  Where a processor does not know it, it does
	 * nothing. */
	__asm__ volatile("prefetchw %0" : : "m"(*(const char *)address));
#else
	__builtin_prefetch(address, 1);
#endif
}

/* Tells the processor that this thread only waits for memory to change. */
static inline void
machine_pause(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("isb" ::: "memory");
#endif
}

#endif
