/* SPDX-License-Identifier: MIT */
/*
 * wall_clock: the date, as actors and hosts read it.  Inline VMs under clocks
 * that stand still until the test moves them, and the system's.
 */
#include "tests/unit/vm/world.h"

/* 2024-02-29T23:59:59.5Z */
#define LEAP_DAY ((ths_time)1709251199500000000)
#define DAY THS_SECONDS(24 * 60 * 60)
#define TICK_NS ((uint64_t)1 << WHEEL_TICK_SHIFT)

THS_SIGNAL(ask_date)
THS_MESSAGE(date, THS_FIELD(ths_time, date), THS_FIELD(ths_time, born))
THS_MESSAGE(nap, THS_FIELD(ths_duration, delay))
THS_MESSAGE(every, THS_FIELD(ths_duration, period))

static uint64_t time_ns;
static ths_time date_ns;
static int wakeups;

static uint64_t
now(void *context)
{
	(void)context;
	return time_ns;
}

static ths_time
wall(void *context)
{
	(void)context;
	return date_ns;
}

static const struct clock still_clock = { .now = now, .wall = wall };

struct scribe { ths_time born; };

static ths_status
scribe_init(ths_self *self, struct scribe *scribe)
{
	scribe->born = ths_wall_clock(self);
	return THS_OK;
}

static ths_status
scribe_ask_date(ths_self *self, struct scribe *scribe,
    const struct ask_date *ask_date)
{
	(void)ask_date;
	return ths_reply(self, date, .date = ths_wall_clock(self),
	    .born = scribe->born);
}

static ths_status
scribe_nap(ths_self *self, struct scribe *scribe, const struct nap *nap)
{
	(void)scribe;
	return ths_timer_set(self, nap->delay, 0, NULL);
}

static ths_status
scribe_every(ths_self *self, struct scribe *scribe, const struct every *every)
{
	(void)scribe;
	return ths_timer_every(self, every->period, 0, NULL);
}

static ths_status
scribe_wakeup(ths_self *self, struct scribe *scribe,
    const struct ths_wakeup *wakeup)
{
	(void)self, (void)scribe, (void)wakeup;
	wakeups++;
	return THS_OK;
}

THS_ACTOR(scribe, struct scribe,
    THS_INIT(scribe_init),
    THS_ON(ask_date, scribe_ask_date),
    THS_ON(nap, scribe_nap),
    THS_ON(every, scribe_every),
    THS_ON(ths_wakeup, scribe_wakeup))

struct fixture {
	struct world world;
	ths_address scribe;
};

static void
begin(struct fixture *fixture)
{
	const struct vm_ports ports = { .clock = &still_clock };

	time_ns = 1;
	date_ns = LEAP_DAY;
	wakeups = 0;
	cr_assert_eq(world_try(&fixture->world, (ths_vm_config){
	    .mode = THS_MODE_INLINE }, &ports), THS_OK);
	fixture->scribe = world_spawn(&fixture->world, &scribe_actor);
	ths_vm_run(fixture->world.vm, 0);
}

/* What the actor answers; the mail is the caller's. */
static ths_mail *
ask(struct fixture *fixture)
{
	ths_mail *mail = ths_call(fixture->world.vm, fixture->scribe,
	    THS_SECONDS(10), ask_date);

	cr_assert_eq(ths_mail_status(mail), THS_OK);
	cr_assert_not_null(ths_mail_as(mail, date));
	return mail;
}

static void
run(struct fixture *fixture)
{
	ths_vm_run(fixture->world.vm, 0);
}

Test(wall_clock, tells_the_date_to_actors_and_to_the_host)
{
	struct fixture fixture;
	char text[128];
	ths_mail *mail;

	begin(&fixture);
	date_ns -= DAY;
	mail = ask(&fixture);
	/* It may stand behind what it was. */
	cr_assert_eq(ths_mail_as(mail, date)->date, LEAP_DAY - DAY);
	cr_assert_eq(ths_mail_as(mail, date)->born, LEAP_DAY, "by its init");
	ths_message_print(&date_type, ths_mail_as(mail, date), text,
	    sizeof(text));
	cr_assert_not_null(strstr(text, "2024-02-28T23:59:59.5Z"), "%s", text);
	cr_assert_not_null(strstr(text, "2024-02-29T23:59:59.5Z"), "%s", text);
	ths_mail_free(mail);
	cr_assert_eq(ths_vm_wall_clock(fixture.world.vm), LEAP_DAY - DAY);
	cr_assert_eq(ths_vm_wall_clock(NULL), 0);
	cr_assert_eq(ths_vm_stop(fixture.world.vm, THS_SECONDS(1)), THS_OK);
	date_ns = -1;
	cr_assert_eq(ths_vm_wall_clock(fixture.world.vm), -1);
	world_end(&fixture.world);
}

Test(wall_clock, moves_no_timer)
{
	static const ths_duration jumps[] = { 400 * DAY, -800 * DAY, 7, -DAY };
	struct fixture fixture;

	begin(&fixture);
	cr_assert_eq(ths_tell(fixture.world.vm, fixture.scribe, nap,
	    .delay = THS_MILLISECONDS(50)), THS_OK);
	cr_assert_eq(ths_tell(fixture.world.vm, fixture.scribe, every,
	    .period = THS_MILLISECONDS(10)), THS_OK);
	run(&fixture);
	time_ns += TICK_NS; /* by so much they may be late */
	for (int i = 0; i < 4; i++) {
		date_ns += jumps[i];
		run(&fixture);
		cr_assert_eq(wakeups, i, "the date alone wakes nobody");
		time_ns += (uint64_t)THS_MILLISECONDS(10);
		run(&fixture);
		cr_assert_eq(wakeups, i + 1);
		cr_assert_lt(ths_vm_next_deadline(fixture.world.vm),
		    THS_MILLISECONDS(12));
	}
	date_ns = 0;
	time_ns += (uint64_t)THS_MILLISECONDS(10);
	run(&fixture);
	cr_assert_eq(wakeups, 6, "the fifth period, and the nap");
	world_end(&fixture.world);
}

/* The system's, between two readings of its own; it may be set meanwhile, for
 * which an hour is allowed. */
Test(wall_clock, is_the_systems_unless_somebody_gives_another)
{
	ths_time before = THS_SECONDS(time(NULL)) - THS_SECONDS(3600);
	struct fixture fixture;
	ths_mail *mail;

	world_begin_local(&fixture.world, 2);
	fixture.scribe = world_spawn(&fixture.world, &scribe_actor);
	mail = ask(&fixture);
	cr_assert_geq(ths_mail_as(mail, date)->born, before);
	cr_assert_leq(ths_mail_as(mail, date)->date, before +
	    THS_SECONDS(2 * 3600));
	ths_mail_free(mail);
	cr_assert_geq(ths_vm_wall_clock(fixture.world.vm), before);
	world_end(&fixture.world);
}
