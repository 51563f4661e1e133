/* SPDX-License-Identifier: MIT */
/*
 * interruption: signals that the host handles, sent to its process while actors
 * work and threads wait.  The library has no handlers of its own, and no wait of
 * its ends early for one of the host's.
 */
#include <signal.h>
#include <unistd.h>

#include "tests/unit/vm/world.h"
#include "thespis/client.h"

enum { ROUNDS = 50 };

THS_SIGNAL(hello)
THS_SIGNAL(world_too)
THS_MESSAGE(later, THS_FIELD(ths_duration, delay))

static const int numbers[] = { SIGCONT, SIGUSR1, SIGHUP, SIGINT };

enum { NUMBERS = sizeof(numbers) / sizeof(numbers[0]) };

static _Atomic int caught; /* in any thread */
static _Atomic int is_done;

static void
on_signal(int number)
{
	(void)number;
	atomic_store(&caught, 1);
}

struct host { ths_address asker; };

static ths_status
host_hello(ths_self *self, struct host *host, const struct hello *hello)
{
	(void)host, (void)hello;
	return ths_reply(self, world_too);
}

static ths_status
host_later(ths_self *self, struct host *host, const struct later *later)
{
	host->asker = ths_sender(self);
	return ths_timer_set(self, later->delay, 0, NULL);
}

static ths_status
host_wakeup(ths_self *self, struct host *host, const struct ths_wakeup *wakeup)
{
	(void)wakeup;
	return ths_send(self, host->asker, world_too);
}

THS_ACTOR(host, struct host, THS_ON(hello, host_hello),
    THS_ON(later, host_later), THS_ON(ths_wakeup, host_wakeup))

/* Whatever sleeps in the kernel is woken: no call is made again by itself. */
static void
catch_all(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	atomic_store(&caught, 0);
	sigfillset(&action.sa_mask); /* one at a time */
	for (int i = 0; i < NUMBERS; i++)
		cr_assert_eq(sigaction(numbers[i], &action, NULL), 0);
}

/* Shoots at one thread, and at whichever the kernel takes. */
static void *
shoot(void *argument)
{
	const pthread_t *target = argument;

	for (int i = 0; atomic_load(&is_done) == 0; i++) {
		pthread_kill(*target, numbers[i % NUMBERS]);
		kill(getpid(), numbers[(i + 1) % NUMBERS]);
		world_sleep_ms(1);
	}
	return NULL;
}

static void
expect_answer(ths_mail *mail)
{
	cr_assert_not_null(ths_mail_as(mail, world_too), "%s",
	    ths_mail_why(mail));
	ths_mail_free(mail);
}

static void
answer_under_fire(struct world *world)
{
	pthread_t shooter, self = pthread_self();
	ths_address host = world_spawn(world, &host_actor);
	uint64_t since;
	ths_mail *mail;

	catch_all();
	atomic_store(&is_done, 0);
	cr_assert_eq(pthread_create(&shooter, NULL, shoot, &self), 0);
	for (int i = 0; i < ROUNDS; i++) {
		expect_answer(ths_call(world->vm, host, THS_SECONDS(30),
		    hello));
		expect_answer(ths_ask(world->vm, host, THS_SECONDS(30), later,
		    .delay = THS_MILLISECONDS(4)));
	}
	/* A wait for nothing lasts as long as it would (in an inline VM, where
	 * nothing can come, no time at all). */
	since = vm_now(world->vm);
	mail = ths_listen(world->vm, NULL, THS_MILLISECONDS(50));
	cr_assert_eq(ths_mail_status(mail), THS_TIMEOUT);
	ths_mail_free(mail);
	cr_assert(world->vm->config.mode == THS_MODE_INLINE ||
	    vm_now(world->vm) - since >= (uint64_t)THS_MILLISECONDS(50));
	atomic_store(&is_done, 1);
	pthread_join(shooter, NULL);
	cr_assert_eq(atomic_load(&caught), 1);
}

Test(interruption, by_signals_changes_nothing, .description = "D-25",
    .timeout = 60)
{
	struct world world;

	world_begin_local(&world, 2);
	answer_under_fire(&world);
	world_end(&world);
	world_begin_inline(&world);
	answer_under_fire(&world);
	world_end(&world);
}
