/* SPDX-License-Identifier: MIT */
/*
 * waiting in an inline VM, simulated: one or two threads of a host without
 * `wake`, each with an actor of its own that sets timers, listen and ask, and
 * stay outside for a while.
 *
 * If this fails, who has nothing to wait for waits, or for ever; a timer that
 * is due in time is not slept for, or one that is not is; or a wake-up that
 * came due while nobody was inside does not come before the next question.
 */
#include "tests/sim/vm_world.h"

enum { CALLERS_MAX = 2, TURNS = 5, NAPS = 3, ANSWERS = 99 };
enum { LONGEST_NS = 20000000, LATE_NS = 3 << 20, OUTSIDE_NS = 40000000 };

THS_MESSAGE(nap, THS_FIELD(int64_t, delay), THS_FIELD(uint64_t, payload))
THS_MESSAGE(woken, THS_FIELD(uint32_t, times))
THS_SIGNAL(report)

static struct world {
	struct vm_world base;
	_Atomic uint64_t last_due; /* of all timers set so far */
	seeds_count turns;
	uint32_t callers;
} world;

struct sleeper {
	ths_address host;
	uint32_t times;
	uint64_t last; /* payload */
};

static uint64_t
now(void)
{
	return clock_now(&world.base.sim->clock);
}

static ths_status
sleeper_nap(ths_self *self, struct sleeper *sleeper, const struct nap *nap)
{
	uint64_t due = now() + (uint64_t)nap->delay;
	uint64_t former = atomic_load(&world.last_due);

	sleeper->host = ths_sender(self);
	while (former < due && !atomic_compare_exchange_strong(
	    &world.last_due, &former, due))
		;
	return ths_timer_set(self, nap->delay, nap->payload, NULL);
}

static ths_status
sleeper_wakeup(ths_self *self, struct sleeper *sleeper,
    const struct ths_wakeup *wakeup)
{
	sleeper->times++;
	SEEDS_CHECK(wakeup->payload == ANSWERS ||
	    wakeup->payload > sleeper->last);
	/* After the last one of a round another begins. */
	sleeper->last = wakeup->payload < NAPS ? wakeup->payload : 0;
	if (wakeup->payload != ANSWERS)
		return THS_OK;
	return ths_send(self, sleeper->host, woken, .times = sleeper->times);
}

static ths_status
sleeper_report(ths_self *self, struct sleeper *sleeper,
    const struct report *report)
{
	(void)report;
	return ths_reply(self, woken, .times = sleeper->times);
}

THS_ACTOR(sleeper, struct sleeper,
    THS_ON(nap, sleeper_nap),
    THS_ON(report, sleeper_report),
    THS_ON(ths_wakeup, sleeper_wakeup))

static void
set_nap(ths_address sleeper, int64_t delay, uint64_t payload)
{
	SEEDS_CHECK(ths_tell(world.base.vm, sleeper, nap, .delay = delay,
	    .payload = payload) == THS_OK);
}

static uint32_t
ask_times(ths_address sleeper)
{
	ths_mail *mail = ths_ask(world.base.vm, sleeper, THS_FOREVER, report);
	uint32_t times;

	SEEDS_CHECK(ths_mail_as(mail, woken) != NULL);
	times = ths_mail_as(mail, woken)->times;
	ths_mail_free(mail);
	return times;
}

static void
listen_in_vain(ths_duration timeout)
{
	ths_mail *mail = ths_listen(world.base.vm, NULL, timeout);

	SEEDS_CHECK(ths_mail_status(mail) == THS_TIMEOUT);
	ths_mail_free(mail);
}

/* Returns when no timer is left, whoever's it is. */
static void
wait_for_nothing(void)
{
	uint64_t start = now();
	uint64_t until;

	listen_in_vain(sim_random(world.base.sim, 2) ? THS_FOREVER :
	    THS_SECONDS(5));
	until = atomic_load(&world.last_due);
	SEEDS_CHECK(now() <= (until > start ? until : start) + LATE_NS);
}

/* T-189: those due meanwhile come before what is asked, unless another is
 * inside and has not looked at them yet. */
static void
stay_outside(ths_address sleeper)
{
	uint32_t before = ask_times(sleeper);

	for (uint64_t i = 1; i <= NAPS; i++)
		set_nap(sleeper, (int64_t)(10000000 * i), i);
	(void)ask_times(sleeper);
	sim_sleep(world.base.sim, OUTSIDE_NS);
	SEEDS_CHECK(ask_times(sleeper) == before + NAPS ||
	    world.callers > 1);
}

/* T-083: a wake-up due in time is slept for, and delivered. */
static void
wait_for_answer(ths_address sleeper)
{
	int64_t delay = sim_random(world.base.sim, LONGEST_NS);
	uint64_t start = now();
	ths_mail *mail;

	set_nap(sleeper, delay, ANSWERS);
	mail = ths_listen(world.base.vm, NULL, LONGEST_NS + LATE_NS);
	SEEDS_CHECK(ths_mail_as(mail, woken) != NULL);
	ths_mail_free(mail);
	SEEDS_CHECK(now() >= start + (uint64_t)delay);
	SEEDS_CHECK(now() <= start + (uint64_t)delay + LATE_NS);
}

static void
wait_too_short(ths_address sleeper)
{
	uint64_t start = now();
	ths_mail *mail;

	set_nap(sleeper, LONGEST_NS, ANSWERS);
	listen_in_vain(LONGEST_NS / 2);
	SEEDS_CHECK(now() <= start + LONGEST_NS / 2 + LATE_NS);
	mail = ths_listen(world.base.vm, NULL, THS_FOREVER);
	SEEDS_CHECK(ths_mail_as(mail, woken) != NULL);
	ths_mail_free(mail);
}

static void
call_on(void *argument)
{
	ths_address sleeper;

	(void)argument;
	SEEDS_CHECK(ths_spawn(world.base.vm, &sleeper, &sleeper_actor, NULL) ==
	    THS_OK);
	for (int i = 0; i < TURNS; i++) {
		switch (sim_random(world.base.sim, 4)) {
		case 0:
			wait_for_nothing();
			break;
		case 1:
			stay_outside(sleeper);
			break;
		case 2:
			wait_for_answer(sleeper);
			break;
		default:
			wait_too_short(sleeper);
			break;
		}
		seeds_add(&world.turns, 1);
	}
}

static void
start(ths_sim *sim)
{
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .mode = THS_MODE_INLINE });
	world.callers = 1 + sim_random(sim, CALLERS_MAX);
	for (uint32_t i = 0; i < world.callers; i++)
		vm_world_client(&world.base, "caller", call_on, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	SEEDS_CHECK(vm_world_dead(&world.base) == 0);
	/* T-083 T-189 */
	SEEDS_CHECK(seeds_read(&world.turns) == world.callers * TURNS);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "Who waits in an inline VM waits for timers only.",
		.description = "T-083 T-189 F-16",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
