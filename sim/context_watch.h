/* SPDX-License-Identifier: MIT */
/*
 * context_watch - what the sanitizers and valgrind must be told about stacks;
 * empty inlines in a build without them.
 *
 * AddressSanitizer keeps the bounds of the running stack, and a fake stack for
 * use after return.  ThreadSanitizer keeps a clock per context, as for a
 * thread.  Valgrind only wants to know which memory is a stack.
 */
#ifndef SIM_CONTEXT_WATCH_H
#define SIM_CONTEXT_WATCH_H

#include <stddef.h>

#include "sim/context.h"

/* A file that must not be instrumented itself says THS_TSAN instead. */
#ifdef THS_TSAN
#define CONTEXT_TSAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CONTEXT_ASAN 1
#elif __has_feature(thread_sanitizer)
#define CONTEXT_TSAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define CONTEXT_ASAN 1
#elif defined(__SANITIZE_THREAD__)
#define CONTEXT_TSAN 1
#endif

#ifdef CONTEXT_TSAN
enum { CONTEXT_IS_WATCHED = 1 }; /* for races */
#else
enum { CONTEXT_IS_WATCHED = 0 };
#endif

#ifdef CONTEXT_ASAN
#include <sanitizer/common_interface_defs.h>

/* `from` is about to be left; with is_last, for good. */
static inline void
context_watch_leave(struct context *from, const struct context *to,
    int is_last)
{
	__sanitizer_start_switch_fiber(is_last ? NULL : &from->fake_stack,
	    to->stack, to->stack_size);
}

/* `self` has just been entered.  What was left is adopted by its bounds. */
static inline void
context_watch_enter(struct context *self)
{
	__sanitizer_finish_switch_fiber(self->fake_stack,
	    &self->switcher->stack, &self->switcher->stack_size);
}
#elif defined(CONTEXT_TSAN)
#include <sanitizer/tsan_interface.h>

/* Always inline: a function of its own would be entered on one context's shadow
 * stack and returned from on the other's. */
__attribute__((always_inline)) static inline void
context_watch_leave(struct context *from, const struct context *to,
    int is_last)
{
	(void)is_last;
	__tsan_switch_to_fiber(to->fiber, from->is_thread || to->is_thread ?
	    __tsan_switch_to_fiber_no_sync : 0);
}

static inline void
context_watch_enter(struct context *self)
{
	(void)self;
}
#else
static inline void
context_watch_leave(struct context *from, const struct context *to,
    int is_last)
{
	(void)from;
	(void)to;
	(void)is_last;
}

static inline void
context_watch_enter(struct context *self)
{
	(void)self;
}
#endif

#ifdef CONTEXT_TSAN
/* What came before a release of this address happens before what comes after an
 * acquire of it. */
static inline void
context_watch_release(void *address)
{
	__tsan_release(address);
}

static inline void
context_watch_acquire(void *address)
{
	__tsan_acquire(address);
}

/* Exported without a header that declares it. */
void AnnotateIgnoreSyncBegin(const char *file, int line);
void AnnotateIgnoreSyncEnd(const char *file, int line);
void __tsan_ignore_thread_begin(void);
void __tsan_ignore_thread_end(void);

/* Between the two nothing that the running context does is seen: no access can
 * race, and nothing is ordered by it.  They nest. */
static inline void
context_watch_ignore_begin(void)
{
	__tsan_ignore_thread_begin();
	AnnotateIgnoreSyncBegin(__FILE__, __LINE__);
}

static inline void
context_watch_ignore_end(void)
{
	AnnotateIgnoreSyncEnd(__FILE__, __LINE__);
	__tsan_ignore_thread_end();
}

static inline void *
context_watch_fiber_new(void)
{
	return __tsan_create_fiber(0);
}

static inline void *
context_watch_fiber_running(void)
{
	return __tsan_get_current_fiber();
}

static inline void
context_watch_fiber_free(void *fiber)
{
	__tsan_destroy_fiber(fiber);
}
#else
static inline void
context_watch_release(void *address)
{
	(void)address;
}

static inline void
context_watch_acquire(void *address)
{
	(void)address;
}

static inline void
context_watch_ignore_begin(void)
{
}

static inline void
context_watch_ignore_end(void)
{
}

static inline void *
context_watch_fiber_new(void)
{
	return NULL;
}

static inline void *
context_watch_fiber_running(void)
{
	return NULL;
}

static inline void
context_watch_fiber_free(void *fiber)
{
	(void)fiber;
}
#endif

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>

static inline unsigned
context_watch_stack_add(void *stack, size_t size)
{
	return VALGRIND_STACK_REGISTER(stack, (char *)stack + size);
}

static inline void
context_watch_stack_remove(unsigned number)
{
	VALGRIND_STACK_DEREGISTER(number);
}
#else
static inline unsigned
context_watch_stack_add(void *stack, size_t size)
{
	(void)stack;
	(void)size;
	return 0;
}

static inline void
context_watch_stack_remove(unsigned number)
{
	(void)number;
}
#endif

#endif
