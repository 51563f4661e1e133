/* SPDX-License-Identifier: MIT */
/*
 * parker - the one place where one thread sleeps; see parker.h.
 *
 * ck_ec keeps in one word a count of wakes and a flag "somebody sleeps, or is
 * about to".  A wake is one increment; only when it meets the flag does it call
 * wake32.  A wait sets the flag by compare-exchange and calls wait32 until the
 * count has moved.  Three things of ck_ec are turned off here:
 *
 *   - Its partial deadlines (2 ms, 16 ms, …).  They make up for lost flags of a
 *     single producer, which we are not, and would wake an idle worker for
 *     nothing.  wait32 sleeps until the caller's deadline and ignores theirs.
 *   - Its clock.  Deadlines are of the VM's clock and are looked at in
 *     is_over(); ck_ec is given none, and a time that stands still.
 *   - Its spinning, twice 100 pauses.  The worker has spun, and counted it,
 *     before it came here.
 *
 * Ordering.
 *   [P] wake: release, then increment -> wait or ticket: load of a higher
 *         count, acquire.  The sleeper sees what the waker did before the wake.
 *         ck's operations are invisible to ThreadSanitizer, which is told by
 *         tell_release() and tell_acquire().
 */
#include "sched/parker.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/machine.h"
#include "base/sched_point.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define PARKER_TELLS 1
#endif
#elif defined(__SANITIZE_THREAD__)
#define PARKER_TELLS 1
#endif

#ifdef PARKER_TELLS
#include <sanitizer/tsan_interface.h>

static void
tell_release(struct parker *parker)
{
	__tsan_release(&parker->count);
}

static void
tell_acquire(const struct parker *parker)
{
	__tsan_acquire((void *)(uintptr_t)&parker->count);
}
#else
static void
tell_release(struct parker *parker)
{
	(void)parker;
}

static void
tell_acquire(const struct parker *parker)
{
	(void)parker;
}
#endif

#define PARKER_FLAG ((uint32_t)1 << 31) /* ck_ec's "somebody sleeps" */

enum { PARKER_OVER = 1 }; /* is_over(): the deadline has passed */

/* One call of parker_wait(). */
struct parker_stay {
	struct parker *parker;
	uint64_t deadline_ns;
	uint32_t ticket;
};

static int
time_stands_still(const struct ck_ec_ops *ops, struct timespec *now)
{
	(void)ops;
	*now = (struct timespec){ .tv_sec = 1 };
	return 0;
}

static void
sleep_once(const struct ck_ec_wait_state *state, const uint32_t *word,
    uint32_t expected, const struct timespec *partial_deadline)
{
	const struct parker_stay *stay = state->data;

	(void)word;
	(void)expected;
	(void)partial_deadline;
	stay->parker->port->wait(stay->parker, stay->ticket,
	    stay->deadline_ns);
}

static void
wake_sleeper(const struct ck_ec_ops *ops, const uint32_t *word)
{
	struct parker *parker = CONTAINER_OF(word, struct parker,
	    count.counter);

	(void)ops;
	parker->port->wake(parker);
}

static const struct ck_ec_ops parker_ops = {
	.gettime = time_stands_still,
	.wait32 = sleep_once,
	.wake32 = wake_sleeper,
	.busy_loop_iter = 1, /* 0 would mean 100 */
};

static const struct ck_ec_mode parker_mode = {
	.ops = &parker_ops,
	.single_producer = false,
};

/* ck_ec's predicate, called before each sleep. */
static int
is_over(const struct ck_ec_wait_state *state, struct timespec *partial_deadline)
{
	const struct parker_stay *stay = state->data;

	(void)partial_deadline;
	if (stay->deadline_ns == CLOCK_NEVER)
		return 0;
	return clock_now(stay->parker->clock) >= stay->deadline_ns ?
	    PARKER_OVER : 0;
}

/* Takes the flag away, else the next wake would call the port for nobody.
 * False when a wake came just before. */
static bool
give_up(struct parker *parker, uint32_t ticket)
{
	ck_pr_and_32(&parker->count.counter, ~PARKER_FLAG);
	return !parker_is_woken(parker, ticket);
}

/* The system's port: the kernel's futex, with a relative time-out, because the
 * VM's clock has an origin of its own. */
static void
system_wait(struct parker *parker, uint32_t ticket, uint64_t deadline_ns)
{
	struct timespec span;
	const struct timespec *timeout = NULL;

	if (deadline_ns != CLOCK_NEVER) {
		uint64_t now = clock_now(parker->clock);

		if (now >= deadline_ns)
			return;
		span.tv_sec = (time_t)((deadline_ns - now) / 1000000000u);
		span.tv_nsec = (long)((deadline_ns - now) % 1000000000u);
		timeout = &span;
	}
	/* Returns at once if the word is not the ticket with the flag; any
	 * other early return is as good as a spurious one. */
	(void)syscall(SYS_futex, &parker->count.counter, FUTEX_WAIT_PRIVATE,
	    ticket | PARKER_FLAG, timeout, NULL, 0);
}

static void
system_wake(struct parker *parker)
{
	(void)syscall(SYS_futex, &parker->count.counter, FUTEX_WAKE_PRIVATE, 1,
	    NULL, NULL, 0);
}

const struct parker_port parker_port_system = {
	.wait = system_wait,
	.wake = system_wake,
};

void
parker_init(struct parker *parker, const struct parker_port *port,
    const struct clock *clock)
{
	ck_ec_init(&parker->count, 0);
	parker->port = port;
	parker->clock = clock;
	parker->sleeper = NULL;
}

uint32_t
parker_ticket(const struct parker *parker)
{
	uint32_t ticket = ck_ec_value(&parker->count); /* [P] */

	tell_acquire(parker);
	return ticket;
}

bool
parker_is_woken(const struct parker *parker, uint32_t ticket)
{
	return ck_ec_value(&parker->count) != ticket;
}

bool
parker_wait(struct parker *parker, uint32_t ticket, uint64_t deadline_ns)
{
	struct parker_stay stay = { parker, deadline_ns, ticket };
	int over;

	sched_point(SCHED_SITE_PARKER);
	over = ck_ec_wait_pred(&parker->count, &parker_mode, ticket, is_over,
	    &stay, NULL);
	if (over == PARKER_OVER && give_up(parker, ticket))
		return false;
	tell_acquire(parker); /* [P] */
	return true;
}

void
parker_wake(struct parker *parker)
{
	sched_point(SCHED_SITE_PARKER);
	tell_release(parker);
	ck_pr_fence_release(); /* [P]; nothing on x86-64 */
	ck_ec_inc(&parker->count, &parker_mode);
	sched_point(SCHED_SITE_PARKER);
}
