/* SPDX-License-Identifier: MIT */
/*
 * timer: wake-ups, their order, and what cancelling promises.
 *
 * Most tests run an inline VM under a clock that stands still until the test
 * moves it, so that early and late are facts.
 */
#include "tests/unit/vm/drained.h"
#include "tests/unit/vm/world.h"
#include "vm/endpoint/client.h"

THS_MESSAGE(set, THS_FIELD(int64_t, delay), THS_FIELD(uint64_t, payload))
THS_MESSAGE(cancel, THS_FIELD(uint64_t, timer))
THS_MESSAGE(set_two, THS_FIELD(int64_t, delay))
THS_MESSAGE(every, THS_FIELD(int64_t, period), THS_FIELD(uint64_t, payload))
THS_SIGNAL(leave)
THS_MESSAGE(woken_so_far, THS_FIELD(int, times))

#define TICK_NS ((int64_t)1 << WHEEL_TICK_SHIFT)

static uint64_t time_ns;

static uint64_t
now(void *context)
{
	(void)context;
	return time_ns;
}

static const struct clock still_clock = { .now = now };

enum { NOTES_MAX = 600 };
static struct {
	ths_status status;
	ths_timer timer;
	bool was_cancelled;
	int length;
	struct {
		uint64_t payload, timer;
		int64_t delay, at;
	} wakeups[NOTES_MAX];
} notes;

/* ---------------------------------------------------------------- sleepers */

static ths_status
sleeper_set(ths_self *self, ths_nothing *state, const struct set *set)
{
	(void)state;
	notes.status = ths_timer_set(self, set->delay, set->payload,
	    &notes.timer);
	return THS_OK;
}

static ths_status
sleeper_cancel(ths_self *self, ths_nothing *state, const struct cancel *cancel)
{
	(void)state;
	notes.was_cancelled = ths_timer_cancel(self, cancel->timer);
	return THS_OK;
}

static ths_status
sleeper_wakeup(ths_self *self, ths_nothing *state,
    const struct ths_wakeup *wakeup)
{
	(void)state;
	notes.wakeups[notes.length].payload = wakeup->payload;
	notes.wakeups[notes.length].timer = wakeup->timer;
	notes.wakeups[notes.length].delay = wakeup->delay;
	notes.wakeups[notes.length++].at = ths_now(self);
	return THS_OK;
}

static ths_status
sleeper_every(ths_self *self, ths_nothing *state, const struct every *every)
{
	(void)state;
	notes.status = ths_timer_every(self, every->period, every->payload,
	    &notes.timer);
	return THS_OK;
}

static ths_status
sleeper_woken_so_far(ths_self *self, ths_nothing *state,
    const struct woken_so_far *woken)
{
	(void)state, (void)woken;
	return ths_reply(self, woken_so_far, .times = notes.length);
}

static ths_status
sleeper_leave(ths_self *self, ths_nothing *state, const struct leave *leave)
{
	(void)state, (void)leave;
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(sleeper, ths_nothing,
    THS_ON(set, sleeper_set),
    THS_ON(every, sleeper_every),
    THS_ON(woken_so_far, sleeper_woken_so_far),
    THS_ON(cancel, sleeper_cancel),
    THS_ON(ths_wakeup, sleeper_wakeup),
    THS_ON(leave, sleeper_leave))

struct fixture {
	struct world world;
	ths_address sleeper;
};

static void
begin(struct fixture *fixture, ths_vm_config config)
{
	struct vm_ports ports = { .clock = &still_clock };

	memset(&notes, 0, sizeof(notes));
	time_ns = 1;
	config.mode = THS_MODE_INLINE;
	cr_assert_eq(world_try(&fixture->world, config, &ports), THS_OK);
	fixture->sleeper = world_spawn(&fixture->world, &sleeper_actor);
	ths_vm_run(fixture->world.vm, 0);
}

static void
run(struct fixture *fixture)
{
	ths_vm_run(fixture->world.vm, 0);
}

static ths_timer
set(struct fixture *fixture, ths_duration delay, uint64_t payload)
{
	notes.timer = 0;
	cr_assert_eq(ths_tell(fixture->world.vm, fixture->sleeper, set,
	    .delay = delay, .payload = payload), THS_OK);
	run(fixture);
	return notes.timer;
}

static ths_timer
every(struct fixture *fixture, ths_duration period, uint64_t payload)
{
	notes.timer = 0;
	cr_assert_eq(ths_tell(fixture->world.vm, fixture->sleeper, every,
	    .period = period, .payload = payload), THS_OK);
	run(fixture);
	return notes.timer;
}

static bool
cancel(struct fixture *fixture, ths_timer timer)
{
	cr_assert_eq(ths_tell(fixture->world.vm, fixture->sleeper, cancel,
	    .timer = timer), THS_OK);
	run(fixture);
	return notes.was_cancelled;
}

static void
advance(struct fixture *fixture, int64_t ns)
{
	time_ns += (uint64_t)ns;
	run(fixture);
}

Test(timer, wakes_its_actor_with_its_payload_and_never_early)
{
	struct fixture fixture;
	ths_timer timer;

	begin(&fixture, (ths_vm_config){ 0 });
	timer = set(&fixture, THS_MILLISECONDS(5), 42);
	cr_assert_neq(timer, 0);
	cr_assert_eq(world_status(&fixture.world).timers, 1);
	advance(&fixture, THS_MILLISECONDS(5) - 1);
	cr_assert_eq(notes.length, 0);
	advance(&fixture, 1 + TICK_NS);
	cr_assert_eq(notes.length, 1);
	cr_assert_eq(notes.wakeups[0].payload, 42);
	cr_assert_eq(notes.wakeups[0].timer, timer);
	cr_assert_eq(world_status(&fixture.world).timers, 0);
	world_end(&fixture.world);
}

Test(timer, counts_for_its_own_payload_however_many_pend,
    .description = "F-01 F-02 F-03")
{
	static const uint64_t payloads[] = { 1, 2, 0, UINT64_MAX };
	struct fixture fixture;
	int counts[4] = { 0 };

	begin(&fixture, (ths_vm_config){ 0 });
	for (int i = 0; i < 4; i++) {
		set(&fixture, THS_MILLISECONDS(65), payloads[i]);
		advance(&fixture, THS_MILLISECONDS(64));
		cr_assert_eq(notes.length, i);
		advance(&fixture, THS_MILLISECONDS(1) + TICK_NS);
		cr_assert_eq(notes.length, i + 1);
		cr_assert_eq(notes.wakeups[i].payload, payloads[i]);
	}
	set(&fixture, THS_MILLISECONDS(20), 1);
	set(&fixture, THS_MILLISECONDS(21), 2);
	advance(&fixture, THS_MILLISECONDS(25));
	cr_assert_eq(notes.length, 6);
	for (uint64_t i = 0; i < 3; i++)
		set(&fixture, THS_MILLISECONDS(20) + THS_MICROSECONDS(i), i);
	cr_assert_eq(world_status(&fixture.world).timers, 3);
	advance(&fixture, THS_MILLISECONDS(25));
	cr_assert_eq(notes.length, 9);
	for (int i = 0; i < 9; i++) {
		for (int j = 0; j < 4; j++)
			counts[j] += notes.wakeups[i].payload == payloads[j];
	}
	cr_assert(counts[0] == 3 && counts[1] == 3 && counts[2] == 2 &&
	    counts[3] == 1);
	world_end(&fixture.world);
}

Test(timer, without_delay_wakes_as_soon_as_possible, .description = "F-06")
{
	struct fixture fixture;

	begin(&fixture, (ths_vm_config){ 0 });
	set(&fixture, 0, 1);
	cr_assert_eq(notes.length, 1, "the clock has not moved");
	set(&fixture, -5, 2);
	set(&fixture, INT64_MIN, 3);
	cr_assert_eq(notes.length, 3);
	cr_assert_eq(ths_vm_next_deadline(fixture.world.vm), THS_FOREVER);
	/* In its order among those that are overdue. */
	set(&fixture, THS_MILLISECONDS(5), 4);
	time_ns += (uint64_t)THS_MILLISECONDS(9);
	set(&fixture, 0, 5);
	cr_assert_eq(notes.length, 5);
	cr_assert(notes.wakeups[3].payload == 4 &&
	    notes.wakeups[4].payload == 5);
	world_end(&fixture.world);
}

Test(timer, for_ever_never_wakes)
{
	struct fixture fixture;

	begin(&fixture, (ths_vm_config){ 0 });
	set(&fixture, THS_FOREVER, 1);
	cr_assert_eq(notes.status, THS_OK);
	advance(&fixture, THS_SECONDS(1000000000));
	cr_assert_eq(notes.length, 0);
	cr_assert_eq(world_status(&fixture.world).timers, 1);
	world_end(&fixture.world);
}

Test(timer, comes_in_the_order_of_time_and_of_setting, .description = "T-186")
{
	static const int delays_ms[] = { 50, 3, 700, 3, 90000, 20, 3 };
	static const uint64_t order[] = { 1, 3, 6, 5, 0, 2, 4 };
	struct fixture fixture;

	begin(&fixture, (ths_vm_config){ 0 });
	for (uint64_t i = 0; i < 7; i++)
		set(&fixture, THS_MILLISECONDS(delays_ms[i]), i);
	for (int i = 0; i < 1000 && notes.length < 7; i++)
		advance(&fixture, THS_MILLISECONDS(100));
	cr_assert_eq(notes.length, 7);
	for (int i = 0; i < 7; i++)
		/* T-186 */
		cr_assert_eq(notes.wakeups[i].payload, order[i]);
	world_end(&fixture.world);
}

/* F-15 under a clock that stands still between the steps. */
Test(timer, is_never_overdue_or_as_late_as_its_neighbour,
    .description = "T-190 F-15")
{
	struct fixture fixture;
	int64_t begun;

	begin(&fixture, (ths_vm_config){ 0 });
	begun = (int64_t)time_ns;
	set(&fixture, THS_FOREVER, 0);
	set(&fixture, 0, 1);
	set(&fixture, THS_MILLISECONDS(-3), 2);
	cr_assert_eq(notes.length, 2, "at once");
	/* Two that compare equal come together, as they were set. */
	set(&fixture, THS_MILLISECONDS(10) + THS_MICROSECONDS(5), 3);
	set(&fixture, THS_MILLISECONDS(10), 4);
	set(&fixture, THS_SECONDS(1800), 5);
	set(&fixture, THS_SECONDS(1700), 6);
	advance(&fixture, THS_MILLISECONDS(10));
	cr_assert_eq(notes.length, 2, "never early");
	advance(&fixture, TICK_NS);
	cr_assert_eq(notes.length, 4, "both by one look at the clock");
	cr_assert_eq(notes.wakeups[2].payload, 3);
	cr_assert_eq(notes.wakeups[3].payload, 4);
	cr_assert_eq(notes.wakeups[2].at, notes.wakeups[3].at);
	/* An hour at once. */
	time_ns += (uint64_t)THS_SECONDS(3600);
	cr_assert_eq(ths_vm_next_deadline(fixture.world.vm), 0,
	    "overdue is no negative wait");
	for (int i = 0; i < 5; i++)
		run(&fixture);
	cr_assert_eq(notes.length, 6, "each once");
	cr_assert(notes.wakeups[4].payload == 6 &&
	    notes.wakeups[5].payload == 5);
	cr_assert_gt(notes.wakeups[5].at, begun + THS_SECONDS(3600));
	cr_assert_eq(ths_vm_next_deadline(fixture.world.vm), THS_FOREVER);
	advance(&fixture, THS_SECONDS(1000000000));
	cr_assert_eq(notes.length, 6); /* T-190 */
	world_end(&fixture.world);
}

Test(timer, that_is_cancelled_in_time_wakes_nobody)
{
	struct fixture fixture;
	ths_timer timer;

	begin(&fixture, (ths_vm_config){ 0 });
	timer = set(&fixture, THS_MILLISECONDS(5), 1);
	cr_assert(cancel(&fixture, timer));
	cr_assert_not(cancel(&fixture, timer), "only once");
	advance(&fixture, THS_MILLISECONDS(20));
	cr_assert_eq(notes.length, 0);
	cr_assert_eq(world_status(&fixture.world).timers, 0);
	cr_assert_eq(world_status(&fixture.world).absorbed, 0, "never sent");
	world_end(&fixture.world);
}

Test(timer, that_has_woken_can_no_longer_be_cancelled)
{
	struct fixture fixture;
	ths_timer timer;

	begin(&fixture, (ths_vm_config){ 0 });
	timer = set(&fixture, THS_MILLISECONDS(5), 1);
	advance(&fixture, THS_MILLISECONDS(20));
	cr_assert_eq(notes.length, 1);
	cr_assert_not(cancel(&fixture, timer));
	world_end(&fixture.world);
}

/* Two timers of one tick: the wake-up of the first cancels the second, which is
 * in the mailbox already. */
struct rival { ths_timer timers[2]; int woken; };

static ths_status
rival_set_two(ths_self *self, struct rival *rival, const struct set_two *two)
{
	for (uint64_t i = 0; i < 2; i++) {
		notes.status = ths_timer_set(self, two->delay, i,
		    &rival->timers[i]);
		if (notes.status != THS_OK)
			return notes.status;
	}
	return THS_OK;
}

static ths_status
rival_wakeup(ths_self *self, struct rival *rival,
    const struct ths_wakeup *wakeup)
{
	notes.length++;
	notes.was_cancelled = ths_timer_cancel(self,
	    rival->timers[1 - wakeup->payload]);
	return THS_OK;
}

THS_ACTOR(rival, struct rival, THS_ON(set_two, rival_set_two),
    THS_ON(ths_wakeup, rival_wakeup))

Test(timer, is_cancelled_even_when_its_wakeup_is_in_the_mailbox)
{
	struct fixture fixture;
	ths_address rival;

	begin(&fixture, (ths_vm_config){ 0 });
	rival = world_spawn(&fixture.world, &rival_actor);
	cr_assert_eq(ths_tell(fixture.world.vm, rival, set_two, .delay = 1),
	    THS_OK);
	run(&fixture);
	advance(&fixture, 2 * TICK_NS);
	cr_assert_eq(notes.length, 1);
	cr_assert(notes.was_cancelled);
	cr_assert_eq(world_status(&fixture.world).absorbed, 1);
	cr_assert_eq(world_status(&fixture.world).timers, 0);
	world_end(&fixture.world);
}

Test(timer, belongs_to_its_actor_alone)
{
	struct fixture fixture;
	ths_address other;
	ths_timer timer;

	begin(&fixture, (ths_vm_config){ 0 });
	timer = set(&fixture, THS_MILLISECONDS(5), 1);
	other = world_spawn(&fixture.world, &sleeper_actor);
	notes.was_cancelled = true;
	cr_assert_eq(ths_tell(fixture.world.vm, other, cancel,
	    .timer = timer), THS_OK);
	run(&fixture);
	cr_assert_not(notes.was_cancelled);
	advance(&fixture, THS_MILLISECONDS(20));
	cr_assert_eq(notes.length, 1);
	world_end(&fixture.world);
}

Test(timer, of_any_bits_is_safe_to_cancel)
{
	struct fixture fixture;
	uint64_t bits = 1;

	begin(&fixture, (ths_vm_config){ 0 });
	set(&fixture, THS_MILLISECONDS(5), 1);
	cr_assert_not(cancel(&fixture, 0));
	cr_assert_not(cancel(&fixture, UINT64_MAX));
	for (int i = 0; i < 1000; i++) {
		bits = bits * 6364136223846793005u + 1442695040888963407u;
		cr_assert_not(cancel(&fixture, bits));
		cr_assert_not(cancel(&fixture, bits >> 12));
	}
	advance(&fixture, THS_MILLISECONDS(20));
	cr_assert_eq(notes.length, 1);
	world_end(&fixture.world);
}

Test(timer, beyond_the_limit_is_refused_and_one_that_ended_makes_room)
{
	struct fixture fixture;
	ths_timer first;

	begin(&fixture, (ths_vm_config){ .timers_max = 3 });
	first = set(&fixture, THS_SECONDS(1), 0);
	set(&fixture, THS_SECONDS(1), 1);
	set(&fixture, THS_SECONDS(1), 2);
	cr_assert_eq(notes.status, THS_OK);
	cr_assert_eq(set(&fixture, THS_SECONDS(1), 3), 0, "untouched");
	cr_assert_eq(notes.status, THS_LIMIT);
	cr_assert_eq(world_status(&fixture.world).limits_hit, 1);
	cr_assert(cancel(&fixture, first));
	set(&fixture, THS_SECONDS(1), 4);
	cr_assert_eq(notes.status, THS_OK);
	advance(&fixture, THS_SECONDS(2));
	cr_assert_eq(notes.length, 3);
	set(&fixture, 1, 5);
	cr_assert_eq(notes.status, THS_OK);
	world_end(&fixture.world);
}

Test(timer, of_a_dead_actor_is_absorbed)
{
	struct fixture fixture;

	begin(&fixture, (ths_vm_config){ 0 });
	set(&fixture, THS_MILLISECONDS(5), 1);
	cr_assert_eq(ths_tell(fixture.world.vm, fixture.sleeper, leave),
	    THS_OK);
	run(&fixture);
	advance(&fixture, THS_MILLISECONDS(20));
	cr_assert_eq(notes.length, 0);
	cr_assert_eq(world_status(&fixture.world).absorbed, 1);
	cr_assert_eq(world_status(&fixture.world).timers, 0);
	world_end(&fixture.world);
}

/* So many actors end that their slots reach the depot, from where clients take
 * theirs before the timers are due. */
Test(timer, of_a_dead_actor_whose_slot_is_a_clients_is_absorbed)
{
	enum { COUNT = 4 * SLOTS_BATCH, CLIENTS = 2 };
	ths_client *clients[CLIENTS];
	struct fixture fixture;

	begin(&fixture, (ths_vm_config){ 0 });
	for (int i = 0; i < COUNT; i++) {
		fixture.sleeper = world_spawn(&fixture.world, &sleeper_actor);
		cr_assert_eq(ths_tell(fixture.world.vm, fixture.sleeper, set,
		    .delay = THS_MILLISECONDS(5)), THS_OK);
		cr_assert_eq(ths_tell(fixture.world.vm, fixture.sleeper,
		    leave), THS_OK);
	}
	run(&fixture);
	cr_assert_eq(world_status(&fixture.world).timers, COUNT);
	for (int i = 0; i < CLIENTS; i++) {
		cr_assert_eq(ths_client_open(fixture.world.vm, &clients[i]),
		    THS_OK);
		cr_assert_gt(clients[i]->generation, 1, "had an actor before");
	}
	advance(&fixture, THS_MILLISECONDS(20));
	for (int i = 0; i < CLIENTS; i++) {
		ths_mail *mail = ths_listen(fixture.world.vm, clients[i], 0);

		cr_assert_eq(ths_mail_status(mail), THS_TIMEOUT);
		ths_mail_free(mail);
	}
	cr_assert_eq(world_status(&fixture.world).absorbed, COUNT);
	cr_assert_eq(world_status(&fixture.world).timers, 0);
	for (int i = 0; i < CLIENTS; i++)
		ths_client_close(clients[i]);
	world_end(&fixture.world);
}

/* No handler for the wake-up is the actor's own mistake. */
static ths_status
deaf_set(ths_self *self, ths_nothing *state, const struct set *set)
{
	(void)state;
	return ths_timer_set(self, set->delay, set->payload, NULL);
}

THS_ACTOR(deaf, ths_nothing, THS_ON(set, deaf_set))

Test(timer, whose_wakeup_has_no_handler_is_a_dead_letter)
{
	struct fixture fixture;

	begin(&fixture, (ths_vm_config){ 0 });
	cr_assert_eq(ths_tell(fixture.world.vm,
	    world_spawn(&fixture.world, &deaf_actor), set, .delay = 1),
	    THS_OK);
	run(&fixture);
	advance(&fixture, 2 * TICK_NS);
	cr_assert_eq(world_dead(&fixture.world, THS_DEAD_UNHANDLED), 1);
	cr_assert_eq(world_status(&fixture.world).timers, 0);
	world_end(&fixture.world);
}

Test(timer, without_memory_for_its_wakeup_comes_later)
{
	struct drained drained;
	struct fixture fixture;

	begin(&fixture, (ths_vm_config){ 0 });
	for (uint64_t i = 0; i < 5; i++)
		set(&fixture, THS_MILLISECONDS(5), i);
	drained_begin(&drained, fixture.world.vm);
	advance(&fixture, THS_MILLISECONDS(20));
	cr_assert_eq(notes.length, 0);
	cr_assert_eq(world_status(&fixture.world).timers, 5);
	drained_end(&drained, fixture.world.vm);
	advance(&fixture, 2 * TICK_NS);
	cr_assert_eq(notes.length, 5);
	world_end(&fixture.world);
}

Test(timer, that_came_due_while_nobody_was_inside_comes_before_the_next_call,
    .description = "T-186 F-16")
{
	const struct woken_so_far *woken;
	struct fixture fixture;
	ths_mail *mail;

	begin(&fixture, (ths_vm_config){ 0 });
	for (uint64_t i = 1; i <= 3; i++)
		set(&fixture, THS_MILLISECONDS(10 * i), i);
	time_ns += (uint64_t)THS_MILLISECONDS(100);
	mail = ths_ask(fixture.world.vm, fixture.sleeper, THS_FOREVER,
	    woken_so_far);
	woken = ths_mail_as(mail, woken_so_far);
	cr_assert_not_null(woken, "%s", ths_mail_why(mail));
	cr_assert_eq(woken->times, 3);
	for (uint64_t i = 0; i < 3; i++)
		cr_assert_eq(notes.wakeups[i].payload, i + 1);
	ths_mail_free(mail);
	world_end(&fixture.world);
}

/* ----------------------------------------------------------------- periodic */

Test(timer, that_is_periodic_keeps_its_schedule)
{
	enum { PERIOD_US = 10300, TIMES = 200 };
	struct fixture fixture;
	ths_timer timer;
	int64_t since;

	begin(&fixture, (ths_vm_config){ 0 });
	since = (int64_t)time_ns;
	timer = every(&fixture, THS_MICROSECONDS(PERIOD_US), 7);
	for (int i = 0; i < TIMES * PERIOD_US / 1000; i++)
		advance(&fixture, THS_MILLISECONDS(1));
	cr_assert_eq(notes.length, TIMES - 1, "%d", notes.length);
	for (int i = 0; i < TIMES - 1; i++) {
		int64_t due = since + THS_MICROSECONDS(PERIOD_US) * (i + 1);

		cr_assert_eq(notes.wakeups[i].timer, timer);
		cr_assert_eq(notes.wakeups[i].payload, 7);
		cr_assert_geq(notes.wakeups[i].at, due);
		cr_assert_lt(notes.wakeups[i].at, due + 3 * TICK_NS,
		    "late by what was late before");
	}
	cr_assert_eq(world_status(&fixture.world).timers, 1);
	world_end(&fixture.world);
}

Test(timer, that_is_periodic_skips_what_it_is_late_for)
{
	struct fixture fixture;
	int64_t since;

	begin(&fixture, (ths_vm_config){ 0 });
	since = (int64_t)time_ns;
	every(&fixture, THS_MILLISECONDS(10), 1);
	advance(&fixture, THS_MILLISECONDS(57));
	cr_assert_eq(notes.length, 1, "not five at once");
	advance(&fixture, THS_MILLISECONDS(2));
	cr_assert_eq(notes.length, 1, "nothing is made up for");
	advance(&fixture, THS_MILLISECONDS(3));
	cr_assert_eq(notes.length, 2);
	cr_assert_geq(notes.wakeups[1].at, since + THS_MILLISECONDS(60));
	world_end(&fixture.world);
}

Test(timer, that_is_periodic_ends_when_it_is_cancelled)
{
	struct fixture fixture;
	ths_timer timer;

	begin(&fixture, (ths_vm_config){ 0 });
	timer = every(&fixture, THS_MILLISECONDS(10), 1);
	advance(&fixture, THS_MILLISECONDS(12));
	cr_assert_eq(notes.length, 1);
	cr_assert(cancel(&fixture, timer));
	cr_assert_not(cancel(&fixture, timer), "only once");
	advance(&fixture, THS_SECONDS(1));
	cr_assert_eq(notes.length, 1);
	cr_assert_eq(world_status(&fixture.world).timers, 0);
	world_end(&fixture.world);
}

Test(timer, that_is_periodic_is_cancelled_though_its_wakeup_is_in_the_mailbox)
{
	struct fixture fixture;
	ths_timer timer;

	begin(&fixture, (ths_vm_config){ 0 });
	timer = every(&fixture, THS_MILLISECONDS(10), 1);
	/* The cancel comes first into the mailbox, the wake-up behind it. */
	cr_assert_eq(ths_tell(fixture.world.vm, fixture.sleeper, cancel,
	    .timer = timer), THS_OK);
	time_ns += (uint64_t)THS_MILLISECONDS(12);
	cr_assert(wheel_try_hold(fixture.world.vm->scheduler.workers[0].wheel));
	worker_set_current(&fixture.world.vm->scheduler.workers[0]);
	cr_assert_eq(wheel_advance(fixture.world.vm->scheduler.workers[0].wheel,
	    time_ns, 10), 1);
	worker_set_current(NULL);
	wheel_release(fixture.world.vm->scheduler.workers[0].wheel);
	run(&fixture);
	cr_assert(notes.was_cancelled);
	cr_assert_eq(notes.length, 0);
	cr_assert_eq(world_status(&fixture.world).absorbed, 1);
	cr_assert_eq(world_status(&fixture.world).timers, 0);
	advance(&fixture, THS_SECONDS(1));
	cr_assert_eq(notes.length, 0);
	world_end(&fixture.world);
}

Test(timer, that_is_periodic_needs_a_period_and_may_last_for_ever)
{
	struct fixture fixture;

	begin(&fixture, (ths_vm_config){ 0 });
	cr_assert_eq(every(&fixture, 0, 1), 0, "untouched");
	cr_assert_eq(notes.status, THS_BAD_ARGUMENT);
	every(&fixture, -1, 1);
	cr_assert_eq(notes.status, THS_BAD_ARGUMENT);
	cr_assert_eq(world_status(&fixture.world).timers, 0);
	every(&fixture, THS_FOREVER, 1);
	cr_assert_eq(notes.status, THS_OK);
	every(&fixture, 1, 2);
	advance(&fixture, THS_SECONDS(1000000));
	cr_assert_eq(notes.length, 1, "one tick, whatever the period");
	advance(&fixture, 2 * TICK_NS);
	cr_assert_eq(notes.length, 2);
	cr_assert_eq(notes.wakeups[1].payload, 2);
	world_end(&fixture.world);
}

Test(timer, that_is_periodic_ends_with_its_actor)
{
	struct fixture fixture;

	begin(&fixture, (ths_vm_config){ 0 });
	every(&fixture, THS_MILLISECONDS(10), 1);
	set(&fixture, THS_SECONDS(1), 2);
	advance(&fixture, THS_MILLISECONDS(12));
	cr_assert_eq(notes.length, 1);
	cr_assert_eq(ths_tell(fixture.world.vm, fixture.sleeper, leave),
	    THS_OK);
	advance(&fixture, THS_SECONDS(2));
	cr_assert_eq(notes.length, 1);
	cr_assert_eq(world_status(&fixture.world).absorbed, 2);
	cr_assert_eq(world_status(&fixture.world).timers, 0);
	world_end(&fixture.world);
}

/* ----------------------------------------------------------- the real clock */

static _Atomic int woken;
static _Atomic int early;

struct drowsy { ths_duration due; };

static ths_status
drowsy_set(ths_self *self, struct drowsy *drowsy, const struct set *set)
{
	drowsy->due = ths_now(self) + set->delay;
	return ths_timer_set(self, set->delay, 0, NULL);
}

static ths_status
drowsy_wakeup(ths_self *self, struct drowsy *drowsy,
    const struct ths_wakeup *wakeup)
{
	(void)wakeup;
	if (ths_now(self) < drowsy->due)
		atomic_fetch_add(&early, 1);
	atomic_fetch_add(&woken, 1);
	return THS_OK;
}

THS_ACTOR(drowsy, struct drowsy, THS_ON(set, drowsy_set),
    THS_ON(ths_wakeup, drowsy_wakeup))

Test(timer, wakes_many_actors_on_several_workers_and_none_early)
{
	struct world world;

	atomic_store(&woken, 0);
	atomic_store(&early, 0);
	world_begin_local(&world, 3);
	for (int i = 0; i < 300; i++)
		cr_assert_eq(ths_tell(world.vm, world_spawn(&world,
		    &drowsy_actor), set,
		    .delay = THS_MICROSECONDS(100 + 331 * i)), THS_OK);
	cr_assert(world_await(&woken, 300));
	cr_assert_eq(atomic_load(&early), 0);
	world_end(&world);
}

enum { SETTERS = 100 };

static void *
set_soon(void *argument)
{
	struct world *world = argument;

	cr_assert_eq(ths_tell(world->vm, world_spawn(world, &drowsy_actor),
	    set, .delay = THS_MILLISECONDS(50)), THS_OK);
	return NULL;
}

Test(timer, that_is_nearer_shortens_the_wait_for_a_far_one, .timeout = 60,
    .description = "T-188 F-14")
{
	pthread_t threads[SETTERS];
	struct world world;

	atomic_store(&woken, 0);
	atomic_store(&early, 0);
	world_begin_local(&world, 2);
	cr_assert_eq(ths_tell(world.vm, world_spawn(&world, &drowsy_actor), set,
	    .delay = THS_SECONDS(3600)), THS_OK);
	world_sleep_ms(50); /* all workers wait for that one */
	set_soon(&world);
	cr_assert(world_await(&woken, 1));
	for (int i = 0; i < SETTERS; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, set_soon,
		    &world), 0);
	for (int i = 0; i < SETTERS; i++)
		pthread_join(threads[i], NULL);
	cr_assert(world_await(&woken, 1 + SETTERS));
	world_sleep_ms(100);
	cr_assert_eq(atomic_load(&woken), 1 + SETTERS, "each once");
	cr_assert_eq(atomic_load(&early), 0);
	world_end(&world);
}

/* Never lets its worker rest. */
THS_SIGNAL(again)

static _Atomic int is_enough;

static ths_status
restless_again(ths_self *self, ths_nothing *nothing, const struct again *again)
{
	(void)nothing, (void)again;
	return atomic_load(&is_enough) ? THS_OK :
	    ths_send(self, ths_me(self), again);
}

THS_ACTOR(restless, ths_nothing, THS_ON(again, restless_again))

/* Holds a full mailbox until the test lets it go on. */
static _Atomic int is_held;
static _Atomic int may_go_on;

static ths_status
held_again(ths_self *self, struct drowsy *drowsy, const struct again *again)
{
	(void)self, (void)drowsy, (void)again;
	atomic_store(&is_held, 1);
	cr_assert(world_await(&may_go_on, 1));
	return THS_OK;
}

THS_ACTOR(held, struct drowsy, THS_ON(set, drowsy_set),
    THS_ON(ths_wakeup, drowsy_wakeup), THS_ON(again, held_again))

Test(timer, is_looked_at_however_busy_the_vm_is, .timeout = 120,
    .description = "T-187 F-05")
{
	enum { WORKERS = 2, RESTLESS = 8, SLEEPERS = 20 };
	const ths_spawn_options options = { .mailbox_max = 1 };
	struct world world;
	ths_address full;

	atomic_store(&woken, 0);
	atomic_store(&early, 0);
	atomic_store(&is_enough, 0);
	world_begin_local(&world, WORKERS);
	for (int i = 0; i < RESTLESS; i++)
		cr_assert_eq(ths_tell(world.vm, world_spawn(&world,
		    &restless_actor), again), THS_OK);
	for (int i = 0; i < SLEEPERS; i++)
		cr_assert_eq(ths_tell(world.vm, world_spawn(&world,
		    &drowsy_actor), set, .delay = THS_MILLISECONDS(i)),
		    THS_OK);
	cr_assert(world_await(&woken, SLEEPERS));
	atomic_store(&is_enough, 1);
	/* The wake-up has room where mail has none. */
	cr_assert_eq(ths_spawn(world.vm, &full, &held_actor, &options),
	    THS_OK);
	cr_assert_eq(ths_tell(world.vm, full, set,
	    .delay = THS_MILLISECONDS(100)), THS_OK);
	for (int i = 0; i < WORLD_TRIES && ths_actor_timers(world.vm, full,
	    NULL, 0) == 0; i++)
		world_sleep_ms(1);
	cr_assert_eq(ths_tell(world.vm, full, again), THS_OK);
	cr_assert(world_await(&is_held, 1));
	for (int i = 0; i < 3; i++)
		cr_assert_neq(ths_tell(world.vm, full, again),
		    THS_BAD_ARGUMENT);
	cr_assert_gt(world_dead(&world, THS_DEAD_FULL), 0);
	world_sleep_ms(150);
	atomic_store(&may_go_on, 1);
	cr_assert(world_await(&woken, SLEEPERS + 1));
	cr_assert_eq(atomic_load(&early), 0); /* T-187 */
	world_end(&world);
}

Test(timer, does_not_keep_a_vm_from_stopping)
{
	struct world world;

	world_begin_local(&world, 2);
	for (int i = 0; i < 10; i++)
		cr_assert_eq(ths_tell(world.vm, world_spawn(&world,
		    &drowsy_actor), set, .delay = THS_SECONDS(3600)), THS_OK);
	world_end(&world);
}

/* Whatever it was that was given. */
Test(timer, brings_its_delay_and_its_payload, .description = "T-119")
{
	static const ths_duration delays[] = { THS_SECONDS(-3), 0, 1,
		THS_MILLISECONDS(250) };
	struct fixture fixture;
	ths_timer timer;

	begin(&fixture, (ths_vm_config){ 0 });
	for (int i = 0; i < 4; i++)
		set(&fixture, delays[i], UINT64_MAX - (uint64_t)i);
	advance(&fixture, THS_SECONDS(1));
	cr_assert_eq(notes.length, 4);
	for (int i = 0; i < 4; i++) {
		cr_assert_eq(notes.wakeups[i].delay, delays[i]);
		cr_assert_eq(notes.wakeups[i].payload,
		    UINT64_MAX - (uint64_t)i);
	}
	/* Each time the same, also after a late one. */
	timer = every(&fixture, THS_MILLISECONDS(10), 7);
	advance(&fixture, THS_MILLISECONDS(12));
	advance(&fixture, THS_MILLISECONDS(35));
	cr_assert_eq(notes.length, 6);
	cr_assert(cancel(&fixture, timer));
	for (int i = 4; i < 6; i++) {
		cr_assert_eq(notes.wakeups[i].payload, 7);
		cr_assert_eq(notes.wakeups[i].delay, THS_MILLISECONDS(10),
		    "T-119");
	}
	world_end(&fixture.world);
}
