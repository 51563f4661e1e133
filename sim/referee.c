/* SPDX-License-Identifier: MIT */
/* referee - watches a simulated VM; see referee.h.  Here: the whole VM. */
#include "sim/referee.h"

#include <inttypes.h>
#include <stdio.h>

#include "sim/referee_parts.h"
#include "sim/sim_thread.h"
#include "vm/endpoint/client.h"

enum { EQUATION_EVERY = 256 }; /* messages handled */

/* -------------------------------------------------------------------- words */

const char *
referee_name(struct referee *referee, uint32_t slot, uint32_t generation,
    char text[REFEREE_TEXT_SIZE])
{
	const struct life *life;

	if (slot == SLOT_NONE) {
		snprintf(text, REFEREE_TEXT_SIZE, "nobody");
		return text;
	}
	life = slot < referee->lives.used ?
	    lives_at(&referee->lives, slot) : NULL;
	if (life != NULL && life->name != NULL &&
	    (life->generation == generation || life->former == generation))
		snprintf(text, REFEREE_TEXT_SIZE, "%s %" PRIu32 ".%" PRIu32,
		    life->name, slot, generation);
	else
		snprintf(text, REFEREE_TEXT_SIZE, "%" PRIu32 ".%" PRIu32, slot,
		    generation);
	return text;
}

const char *
referee_flight(struct referee *referee, uint32_t number,
    char text[REFEREE_TEXT_SIZE])
{
	const struct flight *flight = flights_at(&referee->flights, number);
	char from[REFEREE_TEXT_SIZE];
	char to[REFEREE_TEXT_SIZE];

	snprintf(text, REFEREE_TEXT_SIZE, "%s from %s to %s",
	    referee->vm == NULL || flight->type == 0 ? "a message" :
	    types_entry(&referee->vm->types, flight->type)->name,
	    referee_name(referee, flight->from_slot, flight->from_generation,
	    from), referee_name(referee, flight->to_slot,
	    flight->to_generation, to));
	return text;
}

/* ------------------------------------------------------------------- events */

uint32_t
referee_running(const struct referee *referee, const struct crew *crew)
{
	return crew->worker == NULL ? SLOT_NONE :
	    referee->workers[crew->worker->index].slot;
}

/* The kind of whoever an address names, if he is known. */
static const char *
kind_of(struct referee *referee, ths_address whom)
{
	const struct life *life = whom.slot == SLOT_NONE ||
	    whom.slot >= referee->lives.used ? NULL :
	    lives_at(&referee->lives, whom.slot);

	return life != NULL && (life->generation == whom.generation ||
	    life->former == whom.generation) ? life->name : NULL;
}

void
referee_tell(struct referee *referee, struct sim_event event, uint32_t slot)
{
	const ths_sim *sim = referee->sim;

	event.at_ns = sim->now_ns;
	event.thread = sim_self(sim);
	event.thread_name = sim->running == NULL ? "home" :
	    sim->running->name;
	event.vm = referee->number;
	if (slot != SLOT_NONE) {
		event.by.slot = slot;
		event.by.generation =
		    lives_at(&referee->lives, slot)->generation;
		event.by_name = kind_of(referee, event.by);
	}
	event.to_name = kind_of(referee, event.to);
	sim->listener.tell(sim->listener.context, &event);
}

/* ----------------------------------------------------------------- equation */

struct sums {
	uint64_t accepted;
	uint64_t ended;
	int64_t envelopes; /* out of all caches */
};

static uint64_t
read_count(const _Atomic uint64_t *count)
{
	/* Relaxed: nobody else runs. */
	return atomic_load_explicit(count, memory_order_relaxed);
}

static void
add_crew(struct sums *sums, const struct crew *crew)
{
	sums->accepted += read_count(&crew->counts.accepted);
	sums->ended += read_count(&crew->counts.handled) +
	    read_count(&crew->counts.absorbed);
	for (int i = 0; i < THS_DEAD_COUNT; i++)
		sums->ended += read_count(&crew->counts.dead[i]);
}

/* Calls add() for each crew there is. */
static void
each_crew(const ths_vm *vm, void (*visit)(struct sums *sums,
    const struct crew *crew), struct sums *sums)
{
	const struct ths_client *client = client_first(vm);

	for (uint32_t i = 0; i < vm->crews_count; i++)
		visit(sums, &vm->crews[i]);
	for (; client != NULL; client = client->next)
		visit(sums, &client->crew);
}

bool
referee_check_equation(struct referee *referee)
{
	struct sums sums = { 0 };

	referee->until = EQUATION_EVERY;
	if (referee->vm == NULL)
		return true;
	each_crew(referee->vm, add_crew, &sums);
	if (LIKELY(sums.accepted == sums.ended + referee->flights.length +
	    referee->in_hand))
		return true;
	REFEREE_BREACH(referee, "messages do not add up: %" PRIu64
	    " accepted, %" PRIu64 " ended, %" PRIu64 " under way, %" PRIu64
	    " in a handler", sums.accepted, sums.ended,
	    referee->flights.length, referee->in_hand);
	return false;
}

void
referee_look(struct referee *referee)
{
	if (!referee_is_over(referee))
		(void)referee_check_equation(referee);
}

/* -------------------------------------------------------------------- leaks */

/* Nothing is under way, and nobody lives. */
static void
check_stillness(struct referee *referee)
{
	uint32_t flight = flights_any(&referee->flights);
	uint32_t slot = lives_any(&referee->lives);
	char text[REFEREE_TEXT_SIZE];
	const struct life *life;

	if (flight != 0) {
		REFEREE_BREACH(referee, "%s was never met: the VM has stopped",
		    referee_flight(referee, flight, text));
	} else if (slot != 0) {
		life = lives_at(&referee->lives, slot);
		if (life->owes != 0)
			REFEREE_BREACH(referee, "the parent of %s was not told "
			    "of its end: the VM has stopped", referee_name(
			    referee, slot, life->owes, text));
		else
			REFEREE_BREACH(referee, "%s has not ended, though the "
			    "VM has stopped", referee_name(referee, slot,
			    life->generation, text));
	}
}

static void
stopped(void *context, const struct ths_vm *vm)
{
	struct referee *referee = referee_of(context);

	(void)vm;
	if (!referee_is_over(referee) && referee_check_equation(referee))
		check_stillness(referee);
}

static void
add_holdings(struct sums *sums, const struct crew *crew)
{
	sums->envelopes += pool_cache_out(&crew->cache);
}

static void
frees(void *context, const struct ths_vm *vm)
{
	struct referee *referee = referee_of(context);
	struct sums sums = { 0 };

	if (referee_is_over(referee))
		return;
	each_crew(vm, add_holdings, &sums);
	if (sums.envelopes != 0)
		REFEREE_BREACH(referee, "%" PRId64 " envelopes have not come "
		    "back: the VM is freed", sums.envelopes);
	else
		referee_check_slots(referee, vm);
}

static void
freed(void *context, const struct ths_vm *vm)
{
	struct referee *referee = referee_of(context);
	/* Relaxed: nobody else is there. */
	size_t bytes = atomic_load_explicit(&vm->memory.bytes,
	    memory_order_relaxed);

	if (!referee_is_over(referee) && bytes != sizeof(*vm))
		REFEREE_BREACH(referee, "%zu bytes of memory have not come "
		    "back: the VM is freed", bytes - sizeof(*vm));
	referee_fini(referee);
}

/* -------------------------------------------------------------------- whole */

const struct observer referee_observer = {
	.accepted = referee_accepted,
	.packed = referee_packed,
	.split = referee_split,
	.unpacked = referee_unpacked,
	.dropped = referee_dropped,
	.retracted = referee_retracted,
	.passed = referee_passed,
	.stashed = referee_stashed,
	.handled = referee_handled,
	.returned = referee_returned,
	.retried = referee_retried,
	.dead = referee_dead,
	.absorbed = referee_absorbed,
	.unsealed = referee_unsealed,
	.slice_begins = referee_slice_begins,
	.slice_ends = referee_slice_ends,
	.born = referee_born,
	.ended = referee_ended,
	.told = referee_told,
	.left = referee_left,
	.timer_set = referee_timer_set,
	.timer_fired = referee_timer_fired,
	.timer_cancelled = referee_timer_cancelled,
	.stopped = stopped,
	.frees = frees,
	.freed = freed,
};

void
referee_init(struct referee *referee, ths_sim *sim)
{
	*referee = (struct referee){
		.sim = sim,
		.number = ++sim->referees_made,
		.until = EQUATION_EVERY,
		.next = sim->referees,
	};
	sim->referees = referee;
	flights_init(&referee->flights, &sim->memory);
	lives_init(&referee->lives, &sim->memory);
	timetable_init(&referee->timetable, &sim->memory);
	digests_init(&referee->digests, &sim->memory);
}

void
referee_fini(struct referee *referee)
{
	struct referee **place = &referee->sim->referees;

	while (*place != referee)
		place = &(*place)->next;
	*place = referee->next;
	flights_fini(&referee->flights);
	lives_fini(&referee->lives);
	timetable_fini(&referee->timetable);
	digests_fini(&referee->digests);
}

void
referee_set_vm(struct referee *referee, const ths_vm *vm)
{
	referee->vm = vm;
}
