/* SPDX-License-Identifier: MIT */
/*
 * pending: wake-ups seen from outside, in an inline VM under a clock that
 * stands still until the test moves it.
 */
#include <signal.h>
#include <unistd.h>

#include "tests/unit/vm/world.h"

enum { TEXT_SIZE = 8192, SECRET = 7777777 };

THS_MESSAGE(nap, THS_FIELD(int64_t, delay))
THS_MESSAGE(every, THS_FIELD(int64_t, period))
THS_SIGNAL(leave)

static uint64_t time_ns;

static uint64_t
now(void *context)
{
	(void)context;
	return time_ns;
}

static const struct clock still_clock = { .now = now };

static ths_status
sleeper_nap(ths_self *self, ths_nothing *nothing, const struct nap *nap)
{
	(void)nothing;
	return ths_timer_set(self, nap->delay, SECRET, NULL);
}

static ths_status
sleeper_every(ths_self *self, ths_nothing *nothing, const struct every *every)
{
	(void)nothing;
	return ths_timer_every(self, every->period, SECRET, NULL);
}

static ths_status
sleeper_wakeup(ths_self *self, ths_nothing *nothing,
    const struct ths_wakeup *wakeup)
{
	(void)self, (void)nothing, (void)wakeup;
	return THS_OK;
}

static ths_status
sleeper_leave(ths_self *self, ths_nothing *nothing, const struct leave *leave)
{
	(void)nothing, (void)leave;
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(sleeper, ths_nothing,
    THS_ON(nap, sleeper_nap),
    THS_ON(every, sleeper_every),
    THS_ON(ths_wakeup, sleeper_wakeup),
    THS_ON(leave, sleeper_leave))

static void
begin(struct world *world)
{
	const struct vm_ports ports = { .clock = &still_clock };

	time_ns = 1;
	cr_assert_eq(world_try(world, (ths_vm_config){
	    .mode = THS_MODE_INLINE }, &ports), THS_OK);
}

#define TELL(world, actor, ...) do { \
	cr_assert_eq(ths_tell((world)->vm, (actor), __VA_ARGS__), THS_OK); \
	ths_vm_run((world)->vm, 0); \
} while (0)

Test(pending, is_told_with_owner_and_time_left, .description = "T-191 M-03")
{
	ths_timer_status timers[3] = { { .left = -1 } };
	struct world world;
	ths_address one, other;

	begin(&world);
	one = world_spawn(&world, &sleeper_actor);
	other = world_spawn(&world, &sleeper_actor);
	cr_assert_eq(ths_vm_timers(world.vm, timers, 3), 0);
	cr_assert_eq(timers[0].left, -1, "untouched");
	TELL(&world, one, nap, .delay = THS_SECONDS(10));
	TELL(&world, other, every, .period = THS_SECONDS(4));
	cr_assert_eq(ths_vm_timers(world.vm, NULL, 0), 2);
	cr_assert_eq(ths_actor_timers(world.vm, one, timers, 3), 1);
	cr_assert(ths_address_equal(timers[0].owner, one));
	cr_assert_eq(timers[0].left, THS_SECONDS(10));
	cr_assert_eq(timers[0].period, 0);
	time_ns += (uint64_t)THS_SECONDS(7);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(ths_actor_timers(world.vm, one, timers, 3), 1);
	cr_assert_eq(timers[0].left, THS_SECONDS(3));
	cr_assert_eq(ths_actor_timers(world.vm, other, timers, 3), 1);
	cr_assert(ths_address_equal(timers[0].owner, other));
	cr_assert_eq(timers[0].left, THS_SECONDS(1)); /* T-191 */
	cr_assert_eq(timers[0].period, THS_SECONDS(4));
	world_end(&world);
}

Test(pending, ends_with_the_wakeup_or_its_owner)
{
	ths_timer_status timer;
	struct world world;
	ths_address one, other;

	begin(&world);
	one = world_spawn(&world, &sleeper_actor);
	other = world_spawn(&world, &sleeper_actor);
	TELL(&world, one, nap, .delay = THS_MILLISECONDS(5));
	TELL(&world, other, nap, .delay = THS_FOREVER);
	cr_assert_eq(ths_actor_timers(world.vm, other, &timer, 1), 1);
	cr_assert_eq(timer.left, THS_FOREVER);
	time_ns += (uint64_t)THS_MILLISECONDS(20);
	cr_assert_eq(ths_actor_timers(world.vm, one, &timer, 1), 1);
	cr_assert_eq(timer.left, 0, "due, and not yet fired");
	ths_vm_run(world.vm, 0);
	cr_assert_eq(ths_actor_timers(world.vm, one, &timer, 1), 0);
	cr_assert_eq(ths_vm_timers(world.vm, &timer, 1), 1);
	TELL(&world, other, leave);
	cr_assert_eq(ths_vm_timers(world.vm, &timer, 1), 0);
	cr_assert_eq(ths_actor_timers(world.vm, other, &timer, 1), 0);
	cr_assert_eq(ths_vm_timers(NULL, &timer, 1), 0);
	world_end(&world);
}

Test(pending, stands_in_the_report_the_nearest_first)
{
	enum { COUNT = THS_REPORT_TIMERS + 5 };
	char text[TEXT_SIZE], line[256], shown[THS_ADDRESS_TEXT_SIZE];
	struct world world;
	ths_address one;
	const char *at;

	begin(&world);
	one = world_spawn(&world, &sleeper_actor);
	ths_address_print(one, shown);
	TELL(&world, one, every, .period = THS_SECONDS(90));
	for (int i = 1; i < COUNT; i++)
		TELL(&world, one, nap,
		    .delay = THS_SECONDS(100 + i * 7 % COUNT));
	TELL(&world, one, nap, .delay = THS_FOREVER);
	cr_assert_lt(ths_vm_report(world.vm, NULL, text, sizeof(text)),
	    sizeof(text));
	snprintf(line, sizeof(line), "\npending   %d wake-ups\n          %s in "
	    "90000 ms, every 90000 ms\n          %s in 101000 ms\n",
	    COUNT + 1, shown, shown);
	at = strstr(text, line);
	cr_assert_not_null(at);
	cr_assert_not_null(strstr(at, " and 6 more\n"));
	cr_assert_null(strstr(at, "never"));
	snprintf(line, sizeof(line), "%d", SECRET);
	cr_assert_null(strstr(text, line), "no payload");
	world_end(&world);
}

Test(pending, stands_in_the_json_report)
{
	const ths_report_options options = { .form = THS_REPORT_JSON };
	char text[TEXT_SIZE], part[256], shown[THS_ADDRESS_TEXT_SIZE];
	struct world world;
	ths_address one;

	begin(&world);
	one = world_spawn(&world, &sleeper_actor);
	ths_address_print(one, shown);
	TELL(&world, one, nap, .delay = THS_FOREVER);
	TELL(&world, one, every, .period = 1500);
	snprintf(part, sizeof(part), ",\"wakeups\":2,\"nearest_wakeups\":["
	    "{\"owner\":\"%s\",\"left_ns\":1500,\"period_ns\":1500},"
	    "{\"owner\":\"%s\",\"left_ns\":null,\"period_ns\":0}],", shown,
	    shown);
	ths_vm_report(world.vm, &options, text, sizeof(text));
	cr_assert_not_null(strstr(text, part));
	world_end(&world);
}

static ths_vm *dumped;
static int dump_to;

static void
on_signal(int number)
{
	(void)number;
	ths_vm_dump(dumped, dump_to);
}

Test(pending, stands_in_what_a_signal_handler_dumps, .description = "M-04")
{
	struct sigaction action = { .sa_handler = on_signal };
	char text[TEXT_SIZE], line[256], shown[THS_ADDRESS_TEXT_SIZE];
	struct world world;
	ths_address one;
	ssize_t length;
	int ends[2];

	begin(&world);
	one = world_spawn(&world, &sleeper_actor);
	TELL(&world, one, nap, .delay = THS_MILLISECONDS(1234));
	cr_assert_eq(pipe(ends), 0);
	dumped = world.vm;
	dump_to = ends[1];
	cr_assert_eq(sigaction(SIGUSR1, &action, NULL), 0);
	cr_assert_eq(raise(SIGUSR1), 0);
	close(ends[1]);
	length = read(ends[0], text, TEXT_SIZE - 1);
	cr_assert_gt(length, 0);
	text[length] = '\0';
	close(ends[0]);
	snprintf(line, sizeof(line), "\npending   1 wake-ups\n          %s in "
	    "1234 ms\n", ths_address_print(one, shown));
	cr_assert_not_null(strstr(text, line));
	world_end(&world);
}
