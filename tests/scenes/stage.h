/* SPDX-License-Identifier: MIT */
/*
 * stage - where a scene is played: one text for every kind of VM.
 *
 * A scene is a function that uses a VM as a host does and checks what it sees.
 * Those about a noun are in tests/scenes/NOUN.h and are called NOUN_sentence.
 * tests/unit/vm/test_NOUN.c plays them inline and with workers,
 * tests/sim/sim_NOUN.c in simulated VMs, for many seeds.  Who plays includes a
 * player.h first, which defines
 *   STAGE_CHECK(x)  ends the run when x is false
 *   STAGE_PAUSE()   lets others run, inside a handler
 *   STAGE_MANY      how many "many" are; fewer where each step is dear
 *   STAGE_SLACK     how much longer than it should a thing may take
 *
 * What actors note for a scene are stage_counts in one struct, which is zeroed
 * before each scene.
 */
#ifndef TESTS_SCENES_STAGE_H
#define TESTS_SCENES_STAGE_H

#include <stdatomic.h>
#include <stdint.h>

#include "thespis/thespis.h"

#if !defined(STAGE_CHECK) || !defined(STAGE_PAUSE) || \
    !defined(STAGE_MANY) || !defined(STAGE_SLACK)
#error "include a player.h first"
#endif

/* So long nothing takes, unless it is lost. */
#define STAGE_PATIENCE THS_SECONDS(60)

enum { STAGE_TRIES = 20000 };
enum { STAGE_QUICK_TRIES = 1000, STAGE_ALL_TRIES = 1600 }; /* stage_await() */

/* Relaxed: orders nothing, so that it hides no race of what is tested. */
typedef _Atomic uint32_t stage_count;

static inline uint32_t
stage_add(stage_count *count, uint32_t n)
{
	return atomic_fetch_add_explicit(count, n, memory_order_relaxed);
}

static inline uint32_t
stage_read(const stage_count *count)
{
	return atomic_load_explicit(count, memory_order_relaxed);
}

/* Waits until a count is what it is to be, for as long as a scene may take: the
 * last tries reach timers for which an inline VM would not sleep so shortly. */
static inline void
stage_await(ths_vm *vm, const stage_count *count, uint32_t wanted)
{
	for (int i = 0; i < STAGE_ALL_TRIES && stage_read(count) < wanted; i++)
		ths_mail_free(ths_listen(vm, NULL, i < STAGE_QUICK_TRIES ?
		    THS_MILLISECONDS(1) : THS_MILLISECONDS(100)));
	STAGE_CHECK(stage_read(count) == wanted);
}

static inline ths_address
stage_spawn(ths_vm *vm, const ths_actor *actor)
{
	ths_address address = THS_NOBODY;

	STAGE_CHECK(ths_spawn(vm, &address, actor, NULL) == THS_OK);
	return address;
}

#endif
