/* SPDX-License-Identifier: MIT */
/*
 * jumps of the wall clock, simulated: whoever reads the date may find that it
 * has jumped, by some milliseconds or by a day, either way.
 *
 * If this fails, something in the VM goes by the date: a timer, once or
 * periodic, or a time-out, of an actor or a thread outside, came early or late;
 * or a call that had an answer did not get it in time.  Each reads the date
 * when it begins and when it ends, so that it jumps in between.
 */
#include "tests/sim/vm_world.h"

enum {
	SLEEPERS = 2,
	SPANS = 3, /* at once, of each */
	TICKS = 3,
	CLIENTS = 3,
	DEEDS = 6, /* of each client */
	TICKER = SPANS, /* payload of the periodic timer */
	LATE_NS = 2 << 20, /* two ticks of a worker's wheel */
};

#define PERIOD THS_MILLISECONDS(3)
#define SPAN_MAX THS_MILLISECONDS(5)
#define PATIENCE THS_MILLISECONDS(200)

enum { FORWARDS, BACK };

THS_SIGNAL(question)
THS_SIGNAL(answer)

static struct world {
	struct vm_world base;
	ths_address mute;
	ths_address oracle;
	seeds_count answered; /* calls of sleepers */
	seeds_count ticked;   /* sleepers that had all their ticks */
} world;

/* -------------------------------------------------------------------- spans */

/* Of the world's time, from when it begins. */
struct span {
	ths_duration length;
	ths_duration since;
	ths_time date; /* then, as was read */
};

/* A date that was just read; until it has jumped it is the world's. */
static ths_time
look(ths_time date)
{
	ths_sim *sim = world.base.sim;

	SEEDS_CHECK(ths_sim_struck(sim, THS_SIM_FAULT_WALL) > 0 ||
	    date == SIM_DATE + ths_sim_now(sim));
	return date;
}

static struct span
begin_span(ths_duration length, ths_time date)
{
	return (struct span){ length, ths_sim_now(world.base.sim),
	    look(date) };
}

static struct span
draw_span(ths_time date)
{
	return begin_span(1 + sim_random(world.base.sim, SPAN_MAX), date);
}

static void
end_span(const struct span *span, ths_time date)
{
	ths_duration passed = ths_sim_now(world.base.sim) - span->since;

	SEEDS_CHECK(passed >= span->length);
	SEEDS_CHECK(passed < span->length + LATE_NS);
	if (look(date) < span->date)
		seeds_tally(BACK);
	else if (date - span->date > passed)
		seeds_tally(FORWARDS);
}

/* ------------------------------------------------------------ who is asked */

static ths_status
mute_question(ths_self *self, ths_nothing *nothing,
    const struct question *question)
{
	(void)nothing, (void)question;
	look(ths_wall_clock(self));
	return THS_OK;
}

THS_ACTOR(mute, ths_nothing, THS_ON(question, mute_question))

static ths_status
oracle_question(ths_self *self, ths_nothing *nothing,
    const struct question *question)
{
	(void)nothing, (void)question;
	look(ths_wall_clock(self));
	return ths_reply(self, answer);
}

THS_ACTOR(oracle, ths_nothing, THS_ON(question, oracle_question))

/* ----------------------------------------------------------------- sleepers */

/* Each span is a timer, then a call without an answer, then one with. */
struct sleeper {
	struct span spans[SPANS];
	struct span life;
	ths_timer ticker;
};

static ths_status
sleeper_start(ths_self *self, struct sleeper *sleeper)
{
	for (uint64_t i = 0; i < SPANS; i++) {
		sleeper->spans[i] = draw_span(ths_wall_clock(self));
		SEEDS_CHECK(ths_timer_set(self, sleeper->spans[i].length, i,
		    NULL) == THS_OK);
	}
	sleeper->life = begin_span(0, ths_wall_clock(self));
	SEEDS_CHECK(ths_timer_every(self, PERIOD, TICKER,
	    &sleeper->ticker) == THS_OK);
	return THS_OK;
}

static ths_status
sleeper_answered(ths_self *self, void *state, uint64_t context,
    const ths_mail *mail)
{
	(void)state, (void)context;
	look(ths_wall_clock(self));
	SEEDS_CHECK(ths_mail_status(mail) == THS_OK);
	seeds_add(&world.answered, 1);
	return THS_OK;
}

static ths_status
sleeper_unanswered(ths_self *self, void *state, uint64_t context,
    const ths_mail *mail)
{
	const struct sleeper *sleeper = state;

	SEEDS_CHECK(ths_mail_status(mail) == THS_TIMEOUT);
	end_span(&sleeper->spans[context], ths_wall_clock(self));
	return ths_call_from(self, world.oracle, PATIENCE, sleeper_answered,
	    context, question);
}

static void
tick(ths_self *self, struct sleeper *sleeper)
{
	sleeper->life.length += PERIOD;
	end_span(&sleeper->life, ths_wall_clock(self));
	if (sleeper->life.length < TICKS * PERIOD)
		return;
	SEEDS_CHECK(ths_timer_cancel(self, sleeper->ticker));
	seeds_add(&world.ticked, 1);
}

static ths_status
sleeper_wakeup(ths_self *self, struct sleeper *sleeper,
    const struct ths_wakeup *wakeup)
{
	struct span *span = &sleeper->spans[wakeup->payload % SPANS];

	if (wakeup->payload == TICKER) {
		tick(self, sleeper);
		return THS_OK;
	}
	end_span(span, ths_wall_clock(self));
	*span = draw_span(ths_wall_clock(self));
	return ths_call_from(self, world.mute, span->length,
	    sleeper_unanswered, wakeup->payload, question);
}

THS_ACTOR(sleeper, struct sleeper,
    THS_START(sleeper_start),
    THS_ON(ths_wakeup, sleeper_wakeup))

/* ------------------------------------------------------------------ clients */

static ths_time
read_date(void)
{
	return ths_vm_wall_clock(world.base.vm);
}

static ths_status
ask(ths_address whom, ths_duration timeout)
{
	ths_mail *mail = ths_call(world.base.vm, whom, timeout, question);
	ths_status status = ths_mail_status(mail);

	ths_mail_free(mail);
	return status;
}

static ths_status
hear(ths_duration timeout)
{
	ths_mail *mail = ths_listen(world.base.vm, NULL, timeout);
	ths_status status = ths_mail_status(mail);

	ths_mail_free(mail);
	return status;
}

static void
act(void)
{
	struct span span = draw_span(read_date());
	ths_status status;

	switch (sim_random(world.base.sim, 4)) {
	case 0:
		SEEDS_CHECK(ask(world.oracle, PATIENCE) == THS_OK);
		look(read_date());
		return;
	case 1:
		status = ask(world.mute, span.length);
		break;
	case 2:
		status = hear(span.length);
		break;
	default:
		status = ths_wait(world.base.vm, world.mute, span.length,
		    NULL);
		break;
	}
	SEEDS_CHECK(status == THS_TIMEOUT);
	end_span(&span, read_date());
}

static void
live(void *argument)
{
	(void)argument;
	for (int i = 0; i < DEEDS; i++)
		act();
	/* The sleepers are done by then. */
	sim_sleep(world.base.sim, 4 * SPAN_MAX + PATIENCE);
}

/* -------------------------------------------------------------------- world */

/* Jumps of any size, if there are any, and nobody has asked for a size. */
static void
choose_jumps(ths_sim *sim)
{
	static const ths_duration most[] = { THS_MILLISECONDS(1),
		THS_MILLISECONDS(10), THS_SECONDS(1), 0 };
	ths_sim_faults faults = sim->config.faults;

	if (sim->faults.of[THS_SIM_FAULT_WALL].one_in == 0 ||
	    faults.wall_max != 0)
		return;
	faults.wall_max = most[sim_random(sim, 4)];
	ths_sim_faults_set(sim, &faults);
}

static void
start(ths_sim *sim)
{
	ths_address address;

	choose_jumps(sim);
	vm_world_start(&world.base, sim, &(ths_vm_config){ .workers = 2 });
	SEEDS_CHECK(ths_spawn(world.base.vm, &world.mute, &mute_actor,
	    NULL) == THS_OK);
	SEEDS_CHECK(ths_spawn(world.base.vm, &world.oracle, &oracle_actor,
	    NULL) == THS_OK);
	for (int i = 0; i < SLEEPERS; i++)
		SEEDS_CHECK(ths_spawn(world.base.vm, &address, &sleeper_actor,
		    NULL) == THS_OK);
	for (int i = 0; i < CLIENTS; i++)
		vm_world_client(&world.base, "client", live, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	SEEDS_CHECK(world.answered == SLEEPERS * SPANS);
	SEEDS_CHECK(world.ticked == SLEEPERS);
	SEEDS_CHECK(vm_world_dead(&world.base) == 0);
	SEEDS_CHECK(ths_sim_occasions(sim, THS_SIM_FAULT_WALL) >
	    SLEEPERS * SPANS + CLIENTS * DEEDS);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "No timer or time-out goes by the date.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.tallies = { "the date jumped forwards meanwhile",
		    "the date jumped back meanwhile" },
		.faults = { .wall_one_in = 2 },
	};

	return seeds_main(argc, argv, &program);
}
