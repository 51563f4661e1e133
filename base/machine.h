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
