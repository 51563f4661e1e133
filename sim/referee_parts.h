/* SPDX-License-Identifier: MIT */
/*
 * referee_parts - what the parts of the referee share; see referee.h.
 *
 *   referee.c        the whole VM: the equation, leaks
 *   referee_mail.c   messages
 *   referee_lives.c  actors, slices, timers
 *
 * Threads: the world's.
 */
#ifndef SIM_REFEREE_PARTS_H
#define SIM_REFEREE_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/events.h"
#include "sim/referee.h"
#include "sim/sim.h"
#include "sim/sim_vm.h"
#include "vm/observe.h"

/* A breach, in words; the first one of a run counts. */
#define REFEREE_BREACH(referee, ...) \
	ths_sim_fail((referee)->sim, __FILE__, __LINE__, __VA_ARGS__)

enum { REFEREE_TEXT_SIZE = 160 };

static inline struct referee *
referee_of(void *context)
{
	return &((struct sim_vm *)context)->referee;
}

/* A run that has failed goes on at home only, to clear up: what comes then is
 * no more to be judged. */
static inline bool
referee_is_over(const struct referee *referee)
{
	return UNLIKELY(referee->sim->why[0] != '\0');
}

static inline bool
referee_is_heard(const struct referee *referee)
{
	return UNLIKELY(referee->sim->listener.tell != NULL);
}

/* Somebody in words: "bank 3.1"; into text, which is returned. */
const char *referee_name(struct referee *referee, uint32_t slot,
    uint32_t generation, char text[REFEREE_TEXT_SIZE]);

/* The slot that a crew's worker runs; 0: none, or it is no worker's. */
uint32_t referee_running(const struct referee *referee,
    const struct crew *crew);

/* Fills in where and when, and tells the listener; slot is whose slice it is,
 * or 0. */
void referee_tell(struct referee *referee, struct sim_event event,
    uint32_t slot);

/* Checks the equation; true when it holds. */
bool referee_check_equation(struct referee *referee);

/* A flight in words: "transfer from 4.1 to bank 3.1". */
const char *referee_flight(struct referee *referee, uint32_t number,
    char text[REFEREE_TEXT_SIZE]);

/* ------------------------------------------ functions of the observer */

void referee_accepted(void *context, const struct crew *crew, ths_address to,
    struct envelope *envelope);
void referee_packed(void *context, const struct crew *crew, ths_address to,
    struct envelope *pack);
void referee_split(void *context, struct envelope *pack,
    struct envelope *copy, uint32_t length);
void referee_unpacked(void *context, struct envelope *pack,
    struct envelope *single);
void referee_dropped(void *context, struct envelope *pack);
void referee_retracted(void *context, struct envelope *envelope);
void referee_passed(void *context, const struct slot *slot,
    struct envelope *envelope);
void referee_stashed(void *context, const struct slot *slot,
    struct envelope *envelope);
void referee_handled(void *context, const struct slot *slot,
    struct envelope *envelope, const void *message);
void referee_returned(void *context, const struct slot *slot,
    enum ths_status status);
void referee_retried(void *context, const struct slot *slot);
void referee_dead(void *context, struct envelope *envelope, ths_address to,
    enum ths_dead_reason reason);
void referee_absorbed(void *context, struct envelope *envelope);
void referee_unsealed(void *context, const ths_type *type, ths_address to,
    enum ths_dead_reason reason);

void referee_slice_begins(void *context, const struct slot *slot);
void referee_slice_ends(void *context, const struct crew *crew,
    const struct slot *slot);
void referee_born(void *context, const struct slot *slot);
void referee_ended(void *context, const struct slot *slot);
void referee_told(void *context, const struct slot *child,
    uint32_t generation);
void referee_left(void *context, const struct slot *child);
void referee_timer_set(void *context, uint64_t timer, uint64_t due_ns);
void referee_timer_fired(void *context, uint64_t timer);
void referee_timer_cancelled(void *context, uint64_t timer);

#endif
