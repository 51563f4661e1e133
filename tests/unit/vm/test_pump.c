/* SPDX-License-Identifier: MIT */
/* pump: how long who calls an inline VM waits, and what it does meanwhile. */
#include <sys/resource.h>

#include "tests/unit/vm/world.h"
#include "thespis/client.h"

THS_MESSAGE(nap, THS_FIELD(int64_t, delay), THS_FIELD(uint64_t, payload))
THS_MESSAGE(woken, THS_FIELD(int, times), THS_FIELD(uint64_t, last))
THS_SIGNAL(report)
THS_SIGNAL(for_ever)

enum { SLACK_MS = 1000 }; /* of a busy machine, and far below what is waited */

static int times;
static int turns;
static bool is_out_of_order;

struct sleeper { uint64_t last; ths_address host; };

static ths_status
sleeper_nap(ths_self *self, struct sleeper *sleeper, const struct nap *nap)
{
	sleeper->host = ths_sender(self);
	return ths_timer_set(self, nap->delay, nap->payload, NULL);
}

static ths_status
sleeper_wakeup(ths_self *self, struct sleeper *sleeper,
    const struct ths_wakeup *wakeup)
{
	times++;
	if (wakeup->payload < sleeper->last)
		is_out_of_order = true;
	sleeper->last = wakeup->payload;
	if (wakeup->payload != 99)
		return THS_OK;
	return ths_send(self, sleeper->host, woken, .times = times);
}

static ths_status
sleeper_report(ths_self *self, struct sleeper *sleeper,
    const struct report *report)
{
	(void)report;
	return ths_reply(self, woken, .times = times, .last = sleeper->last);
}

static ths_status
sleeper_for_ever(ths_self *self, struct sleeper *sleeper,
    const struct for_ever *ever)
{
	(void)sleeper, (void)ever;
	turns++;
	return ths_send(self, ths_me(self), for_ever);
}

THS_ACTOR(sleeper, struct sleeper,
    THS_ON(nap, sleeper_nap),
    THS_ON(report, sleeper_report),
    THS_ON(for_ever, sleeper_for_ever),
    THS_ON(ths_wakeup, sleeper_wakeup))

static ths_address
begin(struct world *world)
{
	ths_address sleeper;

	times = 0;
	turns = 0;
	is_out_of_order = false;
	world_begin_inline(world);
	sleeper = world_spawn(world, &sleeper_actor);
	ths_vm_run(world->vm, 0);
	return sleeper;
}

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
set_nap(struct world *world, ths_address sleeper, int ms, uint64_t payload)
{
	cr_assert_eq(ths_tell(world->vm, sleeper, nap,
	    .delay = THS_MILLISECONDS(ms), .payload = payload), THS_OK);
}

/* Listens; how many ms that took.  Nothing comes. */
static int64_t
listen_in_vain(struct world *world, ths_duration timeout)
{
	int64_t before = now_ms();
	ths_mail *mail = ths_listen(world->vm, NULL, timeout);

	cr_assert_eq(ths_mail_status(mail), THS_TIMEOUT);
	ths_mail_free(mail);
	return now_ms() - before;
}

Test(pump, lets_nobody_wait_when_nothing_is_left_to_do,
    .description = "T-083 B-14", .timeout = 120)
{
	struct world world;
	ths_address sleeper = begin(&world);
	int64_t before;
	ths_mail *mail;

	cr_assert_lt(listen_in_vain(&world, THS_SECONDS(60)), SLACK_MS);
	cr_assert_lt(listen_in_vain(&world, THS_FOREVER), SLACK_MS);
	/* Nor who asks one that does not answer. */
	before = now_ms();
	mail = ths_ask(world.vm, sleeper, THS_SECONDS(60), nap,
	    .delay = THS_SECONDS(3600));
	cr_assert_eq(ths_mail_status(mail), THS_TIMEOUT);
	ths_mail_free(mail);
	mail = ths_call(world.vm, sleeper, THS_SECONDS(60), nap,
	    .delay = THS_SECONDS(3600));
	cr_assert_eq(ths_mail_status(mail), THS_TIMEOUT);
	ths_mail_free(mail);
	cr_assert_lt(now_ms() - before, SLACK_MS);
	/* A timer that is due in time is slept for, and delivered. */
	set_nap(&world, sleeper, 200, 1);
	before = now_ms();
	cr_assert_lt(listen_in_vain(&world, THS_SECONDS(60)),
	    200 + SLACK_MS);
	cr_assert_geq(now_ms() - before, 200);
	cr_assert_eq(times, 1); /* T-083 */
	world_end(&world);
}

Test(pump, sleeps_for_wakeups_alone_and_never_hangs,
    .description = "T-189 F-16", .timeout = 120)
{
	const struct woken *woken;
	struct world world;
	ths_address sleeper = begin(&world);
	ths_mail *mail;

	for (uint64_t i = 1; i <= 3; i++)
		set_nap(&world, sleeper, (int)(10 * i), i);
	ths_vm_run(world.vm, 0);
	/* Outside, nothing happens. */
	world_sleep_ms(100);
	cr_assert_eq(times, 0);
	mail = ths_ask(world.vm, sleeper, THS_SECONDS(60), report);
	woken = ths_mail_as(mail, woken);
	cr_assert_not_null(woken);
	cr_assert(woken->times == 3 && woken->last == 3 && !is_out_of_order);
	ths_mail_free(mail);
	/* The answer comes with the wake-up; there is nothing else to do. */
	set_nap(&world, sleeper, 50, 99);
	mail = ths_listen(world.vm, NULL, THS_FOREVER);
	cr_assert_not_null(ths_mail_as(mail, woken));
	ths_mail_free(mail);
	/* One that is due later than the time-out is not waited for. */
	set_nap(&world, sleeper, 60000, 100);
	cr_assert_lt(listen_in_vain(&world, THS_MILLISECONDS(50)), SLACK_MS);
	cr_assert_eq(times, 4); /* T-189 */
	world_end(&world);
}

Test(pump, looks_at_timers_and_mail_though_no_time_is_left,
    .description = "T-187")
{
	struct world world;
	ths_address sleeper = begin(&world);
	ths_address other = world_spawn(&world, &sleeper_actor);

	ths_vm_run(world.vm, 0);
	set_nap(&world, sleeper, 10, 1);
	ths_vm_run(world.vm, 0);
	world_sleep_ms(30);
	cr_assert_eq(ths_tell(world.vm, other, nap, .delay = 0), THS_OK);
	for (int i = 0; i < 3; i++) {
		listen_in_vain(&world, i == 0 ? 0 : -1);
		cr_assert_geq(times, 1);
		world_sleep_ms(5);
	}
	cr_assert_eq(times, 2);
	/* And though there is always something else to do. */
	cr_assert_eq(ths_tell(world.vm, other, for_ever), THS_OK);
	set_nap(&world, sleeper, 10, 2);
	listen_in_vain(&world, THS_MILLISECONDS(2));
	cr_assert_eq(times, 2);
	world_sleep_ms(20);
	listen_in_vain(&world, 0);
	cr_assert_gt(turns, 0);
	cr_assert_eq(times, 3); /* T-187 */
	world_end(&world);
}

/* ------------------------------------------------------------ other threads */

static void
wake_nobody(void *context)
{
	(void)context;
}

static void *
tell_later(void *argument)
{
	struct world *world = argument;
	ths_address sleeper;

	world_sleep_ms(100);
	cr_assert_eq(ths_spawn(world->vm, &sleeper, &sleeper_actor, NULL),
	    THS_OK);
	set_nap(world, sleeper, 1, 1);
	return NULL;
}

Test(pump, waits_for_what_may_come_from_a_host_that_can_be_woken)
{
	struct world world;
	pthread_t thread;
	int64_t before;

	times = 0;
	world_begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
		.wake = wake_nobody });
	before = now_ms();
	cr_assert_eq(pthread_create(&thread, NULL, tell_later, &world), 0);
	cr_assert_geq(listen_in_vain(&world, THS_MILLISECONDS(1000)), 999);
	pthread_join(thread, NULL);
	cr_assert_geq(now_ms() - before, 999);
	cr_assert_eq(times, 1);
	world_end(&world);
}

static void *
listen_for_a_while(void *argument)
{
	listen_in_vain(argument, THS_MILLISECONDS(500));
	return NULL;
}

/* How often this process's threads have gone to sleep. */
static long
sleeps(void)
{
	struct rusage usage;

	cr_assert_eq(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_nvcsw;
}

Test(pump, lets_those_who_wait_sleep)
{
	enum { THREADS = 4 };
	pthread_t threads[THREADS];
	struct world world;
	long before;

	world_begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
		.wake = wake_nobody });
	before = sleeps();
	for (int i = 0; i < THREADS; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL,
		    listen_for_a_while, &world), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	cr_assert_lt(sleeps() - before, 100, "they woke each other");
	world_end(&world);
}

static void *
wait_for_ever(void *argument)
{
	listen_in_vain(argument, THS_FOREVER);
	return NULL;
}

Test(pump, lets_no_two_wait_for_each_other, .timeout = 120)
{
	enum { THREADS = 4, ROUNDS = 200 };
	pthread_t threads[THREADS];
	struct world world;

	begin(&world);
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < THREADS; i++)
			cr_assert_eq(pthread_create(&threads[i], NULL,
			    wait_for_ever, &world), 0);
		for (int i = 0; i < THREADS; i++)
			pthread_join(threads[i], NULL);
	}
	world_end(&world);
}

/* What a host would be told that looks while another thread pumps. */
static void *
look(void *argument)
{
	ths_vm *vm = argument;
	static ths_duration deadline;

	cr_assert_eq(ths_vm_run(vm, 0), 0);
	deadline = ths_vm_next_deadline(vm);
	return &deadline;
}

static ths_status
laggard_report(ths_self *self, ths_duration *deadline,
    const struct report *report)
{
	pthread_t thread;
	void *told;

	(void)report;
	cr_assert_eq(ths_timer_set(self, THS_MILLISECONDS(1), 1, NULL), THS_OK);
	world_sleep_ms(10);
	cr_assert_eq(pthread_create(&thread, NULL, look, ths_self_vm(self)), 0);
	pthread_join(thread, &told);
	*deadline = *(const ths_duration *)told;
	return THS_OK;
}

static ths_status
laggard_wakeup(ths_self *self, ths_duration *deadline,
    const struct ths_wakeup *wakeup)
{
	(void)self, (void)wakeup;
	cr_assert_eq(*deadline, THS_FOREVER);
	times++;
	return THS_OK;
}

THS_ACTOR(laggard, ths_duration,
    THS_ON(report, laggard_report),
    THS_ON(ths_wakeup, laggard_wakeup))

/* Else it would ask again at once, as long as the handler takes. */
Test(pump, that_is_late_leaves_hosts_asleep)
{
	struct world world;
	ths_address laggard;

	begin(&world);
	laggard = world_spawn(&world, &laggard_actor);
	cr_assert_eq(ths_tell(world.vm, laggard, report), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(times, 1);
	world_end(&world);
}
