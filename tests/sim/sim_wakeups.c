/* SPDX-License-Identifier: MIT */
/*
 * wake-ups amid work, simulated: two workers that always have something else to
 * do, a sleeper whose mailbox is full, and times of every kind.
 *
 * If this fails, a wake-up that is due is not looked at because the workers are
 * busy, or is lost because the mailbox is full; one that is due now comes late,
 * or one that is never due comes; two that compare equal are told apart; a jump
 * of the clock brings one twice; or the list of what is pending is wrong.
 */
#include "sched/wheel.h"
#include "tests/sim/vm_world.h"

enum { HOGS = 3, ROUNDS = 2, FLOOD = 6, MAILBOX_MAX = 2 };
enum { NEVER, ZERO, NEGATIVE, LATE, EARLY, FAR, COUNT };
enum { PAUSE_NS = 50, TRIES = 20000 };

/* Steps of the world, one a nanosecond: what a busy worker may let go by. */
enum { BUSY_NS = 100000 };

#define TICK_NS ((int64_t)1 << WHEEL_TICK_SHIFT)
#define FAR_NS THS_SECONDS(1800)

THS_SIGNAL(hog)
THS_SIGNAL(poke)
THS_SIGNAL(cancel)
THS_MESSAGE(set, THS_FIELD(int64_t, due))

static struct world {
	struct vm_world base;
	ths_address sleeper;
	ths_address hogs[HOGS];
	seeds_count are_hogging;
	seeds_count woken;
	seeds_count turns; /* of the hogs */
} world;

/* --------------------------------------------------------------------- hogs */

static ths_status
hog_hog(ths_self *self, ths_nothing *nothing, const struct hog *hog)
{
	(void)nothing, (void)hog;
	seeds_add(&world.turns, 1);
	if (!seeds_read(&world.are_hogging))
		return THS_OK;
	return ths_send(self, ths_me(self), hog);
}

THS_ACTOR(hog, ths_nothing, THS_ON(hog, hog_hog))

static void
begin_hogging(void)
{
	seeds_add(&world.are_hogging, 1);
	for (int i = 0; i < HOGS; i++)
		SEEDS_CHECK(ths_tell(world.base.vm, world.hogs[i], hog) ==
		    THS_OK);
}

static void
end_hogging(void)
{
	seeds_add(&world.are_hogging, (uint32_t)-1);
}

/* ------------------------------------------------------------------ sleeper */

struct sleeper {
	ths_timer never;
	ths_duration due[COUNT];
	uint64_t last; /* payload */
};

static void
set_one(ths_self *self, struct sleeper *sleeper, uint64_t which,
    ths_duration delay)
{
	ths_timer timer;

	sleeper->due[which] = delay == THS_FOREVER ? THS_FOREVER :
	    ths_now(self) + (delay > 0 ? delay : 0);
	SEEDS_CHECK(ths_timer_set(self, delay, which, &timer) == THS_OK);
	if (which == NEVER)
		sleeper->never = timer;
}

static ths_status
sleeper_set(ths_self *self, struct sleeper *sleeper, const struct set *set)
{
	sleeper->last = 0;
	set_one(self, sleeper, NEVER, THS_FOREVER);
	set_one(self, sleeper, ZERO, 0);
	set_one(self, sleeper, NEGATIVE,
	    -(int64_t)sim_random(world.base.sim, 1000));
	/* The later one first, of one tick: they compare equal. */
	set_one(self, sleeper, LATE, set->due - ths_now(self) + 5000);
	set_one(self, sleeper, EARLY, set->due - ths_now(self));
	set_one(self, sleeper, FAR, FAR_NS);
	return ths_reply(self, poke);
}

static ths_status
sleeper_wakeup(ths_self *self, struct sleeper *sleeper,
    const struct ths_wakeup *wakeup)
{
	SEEDS_CHECK(wakeup->payload == sleeper->last + 1);
	SEEDS_CHECK(ths_now(self) >= sleeper->due[wakeup->payload]);
	sleeper->last = wakeup->payload;
	seeds_add(&world.woken, 1);
	return THS_OK;
}

static ths_status
sleeper_cancel(ths_self *self, struct sleeper *sleeper,
    const struct cancel *cancel)
{
	(void)cancel;
	SEEDS_CHECK(ths_timer_cancel(self, sleeper->never));
	return ths_reply(self, poke);
}

static ths_status
sleeper_poke(ths_self *self, struct sleeper *sleeper, const struct poke *poke)
{
	(void)self, (void)sleeper, (void)poke;
	return THS_OK;
}

THS_ACTOR(sleeper, struct sleeper,
    THS_ON(set, sleeper_set),
    THS_ON(ths_wakeup, sleeper_wakeup),
    THS_ON(cancel, sleeper_cancel),
    THS_ON(poke, sleeper_poke))

/* ------------------------------------------------------------------- client */

static int64_t
now(void)
{
	return (int64_t)clock_now(&world.base.sim->clock);
}

/* Waits until so many wake-ups have come, while the workers have no rest. */
static void
await(uint32_t wanted)
{
	int64_t since = now();

	for (int i = 0; i < TRIES && seeds_read(&world.woken) < wanted; i++)
		sim_sleep(world.base.sim, PAUSE_NS);
	SEEDS_CHECK(seeds_read(&world.woken) == wanted);
	SEEDS_CHECK(now() - since < BUSY_NS);
}

/* T-191: four are left, of one owner; one of them is never due. */
static void
check_pending(int64_t due)
{
	ths_timer_status timers[COUNT];
	int64_t since = now();
	size_t length = ths_actor_timers(world.base.vm, world.sleeper, timers,
	    COUNT);
	int never = 0, far = 0;

	SEEDS_CHECK(length == 4);
	for (size_t i = 0; i < length; i++) {
		SEEDS_CHECK(ths_address_equal(timers[i].owner, world.sleeper));
		SEEDS_CHECK(timers[i].period == 0);
		if (timers[i].left == THS_FOREVER) {
			never++;
		} else if (timers[i].left > 10 * TICK_NS) {
			far++;
			SEEDS_CHECK(timers[i].left <= FAR_NS);
			SEEDS_CHECK(timers[i].left > FAR_NS - 10 * TICK_NS);
		} else {
			SEEDS_CHECK(timers[i].left <= due + 5000 - since);
			SEEDS_CHECK(timers[i].left > 0);
		}
	}
	SEEDS_CHECK(never == 1 && far == 1);
	SEEDS_CHECK(ths_vm_timers(world.base.vm, NULL, 0) == 4);
}

static void
tell_and_wait_cancel(void)
{
	ths_mail *mail = ths_call(world.base.vm, world.sleeper, THS_FOREVER,
	    cancel);

	SEEDS_CHECK(ths_mail_as(mail, poke) != NULL);
	ths_mail_free(mail);
}

static void
go_round(uint32_t before)
{
	ths_sim *sim = world.base.sim;
	/* Both are due in the tick that ends TICK_NS after this one. */
	int64_t tick_end = (now() / TICK_NS + 2) * TICK_NS;
	int64_t due = tick_end - 20000;
	ths_mail *mail;

	begin_hogging();
	mail = ths_call(world.base.vm, world.sleeper, THS_FOREVER, set,
	    .due = due);
	SEEDS_CHECK(ths_mail_as(mail, poke) != NULL);
	ths_mail_free(mail);
	await(before + 2);
	end_hogging();
	check_pending(due);
	/* All is still, so that the time passes. */
	sim_sleep(sim, (uint64_t)(tick_end - now()) - 1 -
	    sim_random(sim, 500));
	begin_hogging();
	for (int i = 0; i < FLOOD; i++)
		SEEDS_CHECK(ths_tell(world.base.vm, world.sleeper, poke) !=
		    THS_BAD_ARGUMENT);
	await(before + 4);
	end_hogging();
	/* The clock is set forward by an hour. */
	sim_sleep(sim, (uint64_t)THS_SECONDS(3600));
	SEEDS_CHECK(seeds_read(&world.woken) == before + 5);
	tell_and_wait_cancel();
	SEEDS_CHECK(ths_vm_timers(world.base.vm, NULL, 0) == 0);
}

static void
keep_time(void *argument)
{
	(void)argument;
	for (uint32_t i = 0; i < ROUNDS; i++)
		go_round(i * (COUNT - 1));
}

static void
start(ths_sim *sim)
{
	const ths_spawn_options options = { .mailbox_max = MAILBOX_MAX };

	vm_world_start(&world.base, sim, &(ths_vm_config){ .workers = 2,
		.slice_max = 4, .log_level = THS_LOG_NONE });
	SEEDS_CHECK(ths_spawn(world.base.vm, &world.sleeper, &sleeper_actor,
	    &options) == THS_OK);
	for (int i = 0; i < HOGS; i++)
		SEEDS_CHECK(ths_spawn(world.base.vm, &world.hogs[i],
		    &hog_actor, NULL) == THS_OK);
	vm_world_client(&world.base, "timekeeper", keep_time, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	SEEDS_CHECK(seeds_read(&world.turns) > ROUNDS * HOGS);
	/* T-187 T-190 T-191 */
	SEEDS_CHECK(seeds_read(&world.woken) == ROUNDS * (COUNT - 1));
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "A wake-up comes when it is due, whatever there is.",
		.description = "T-187 T-190 T-191 F-05 F-06 F-15",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
	};

	return seeds_main(argc, argv, &program);
}
