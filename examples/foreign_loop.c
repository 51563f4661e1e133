/* SPDX-License-Identifier: MIT */
/*
 * foreign_loop - a VM without threads, living in the host's own epoll loop.
 *
 * It teaches: THS_MODE_INLINE, the `wake` callback, ths_vm_run() and
 * ths_vm_next_deadline(): all that a host with an event loop of its own needs.
 *
 *   feeder thread --ths_tell---------> VM --wake--> eventfd --+
 *   feeder thread --lines--> pipe ---------------------------+--> epoll_wait
 *   ths_vm_next_deadline() ----------------> its time-out ---+       |
 *        ^                                                           v
 *        +------------------- ths_vm_run() <--- handle what came ----+
 *
 * Nothing polls: the loop turns once for an event or a timer that is due.  The
 * program counts its turns and fails if there are more than that explains.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <thespis/thespis.h>

enum {
	NOTES = 5,    /* told to the actor by the feeder thread */
	LINES = 3,    /* written into the pipe by the feeder thread */
	TICKS = 4,    /* timers of the actor's own */
	PAUSE_MS = 15, /* between two of the feeder's */
	TICK_MS = 20,
	/* An event costs a turn, and a wake of its own another; the pipe's end
	 * and the start one each.  epoll counts in whole milliseconds, rounded
	 * up, so a timer costs one turn. */
	TURNS_MAX = 2 * (NOTES + LINES) + TICKS + 2,
};

THS_SIGNAL(note)
THS_MESSAGE(line, THS_FIELD(ths_string, text))
THS_SIGNAL(report)
THS_MESSAGE(counts,
    THS_FIELD(int, notes),
    THS_FIELD(int, lines),
    THS_FIELD(int, ticks))

/* ------------------------------------------------------------- the actor */

/* Like any other: it cannot tell what drives it. */
struct clerk {
	int notes;
	int lines;
	int ticks;
};

static ths_status
on_start(ths_self *self, struct clerk *clerk)
{
	(void)clerk;
	return ths_timer_set(self, THS_MILLISECONDS(TICK_MS), 0, NULL);
}

static ths_status
on_wakeup(ths_self *self, struct clerk *clerk, const struct ths_wakeup *wakeup)
{
	(void)wakeup;
	if (++clerk->ticks == TICKS)
		return THS_OK;
	return ths_timer_set(self, THS_MILLISECONDS(TICK_MS), 0, NULL);
}

static ths_status
on_note(ths_self *self, struct clerk *clerk, const struct note *note)
{
	(void)self;
	(void)note;
	clerk->notes++;
	return THS_OK;
}

static ths_status
on_line(ths_self *self, struct clerk *clerk, const struct line *line)
{
	(void)self;
	printf("line: %s\n", line->text);
	clerk->lines++;
	return THS_OK;
}

static ths_status
on_report(ths_self *self, struct clerk *clerk, const struct report *report)
{
	(void)report;
	return ths_reply(self, counts, .notes = clerk->notes,
	    .lines = clerk->lines, .ticks = clerk->ticks);
}

THS_ACTOR(clerk, struct clerk,
    THS_START(on_start),
    THS_ON(ths_wakeup, on_wakeup),
    THS_ON(note, on_note),
    THS_ON(line, on_line),
    THS_ON(report, on_report))

/* -------------------------------------------------------------- the host */

/*
 *   field    written by          read by
 *   vm       main, before all    both threads
 *   clerk    main, before feeder both threads
 *   wake_fd  main, before all    both threads
 *   lines    main, before all    both threads; [1] is the feeder's to close
 *   turns    main                main
 */
struct host {
	ths_vm *vm;
	ths_address clerk;
	int epoll_fd;
	int wake_fd;
	int lines[2];
	int turns;
};

static void
die(const char *what)
{
	fprintf(stderr, "foreign_loop: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

/*
 * The VM calls this from whatever thread brought it work while nobody was
 * inside.  It must not call the VM: it only wakes the loop.
 */
static void
host_wake(void *context)
{
	const struct host *host = context;
	uint64_t one = 1;

	/* It can only be refused with 2^64 - 2 wakes unread. */
	if (write(host->wake_fd, &one, sizeof(one)) < 0)
		die("eventfd");
}

/* Something of another world, with no idea of actors or of loops. */
static void *
feeder_main(void *context)
{
	const struct host *host = context;
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };

	for (int i = 0; i < NOTES; i++) {
		nanosleep(&pause, NULL);
		if (ths_tell(host->vm, host->clerk, note) != THS_OK)
			break;
	}
	for (int i = 0; i < LINES; i++) {
		nanosleep(&pause, NULL);
		dprintf(host->lines[1], "number %d\n", i + 1);
	}
	close(host->lines[1]);
	return NULL;
}

/*
 * Passes what came through the pipe on to the actor, line by line (the feeder's
 * writes are too small to be torn); false when the pipe has ended.
 */
static bool
host_on_lines(const struct host *host)
{
	char text[256];
	char *rest = text;
	char *word;
	ssize_t size = read(host->lines[0], text, sizeof(text) - 1);

	if (size < 0)
		die("pipe");
	if (size == 0)
		return false;
	text[size] = '\0';
	while ((word = strsep(&rest, "\n")) != NULL)
		if (*word != '\0')
			ths_tell(host->vm, host->clerk, line, .text = word);
	return true;
}

/* The VM's next deadline as epoll wants it: whole milliseconds, never early. */
static int
host_timeout_ms(const struct host *host)
{
	ths_duration left = ths_vm_next_deadline(host->vm);

	if (left == THS_FOREVER)
		return -1;
	if (left > THS_MILLISECONDS(INT_MAX - 1))
		return INT_MAX;
	return (int)((left + THS_MILLISECONDS(1) - 1) / THS_MILLISECONDS(1));
}

/*
 * The loop.  It ends when the pipe has ended and the VM says that nothing will
 * happen by itself.
 */
static void
host_loop(struct host *host)
{
	struct epoll_event events[4];
	bool is_open = true;
	uint64_t wakes;
	int length;

	while (is_open || ths_vm_next_deadline(host->vm) != THS_FOREVER) {
		length = epoll_wait(host->epoll_fd, events, 4,
		    host_timeout_ms(host));
		if (length < 0 && errno != EINTR)
			die("epoll_wait");
		host->turns++;
		for (int i = 0; i < length; i++) {
			if (events[i].data.fd == host->lines[0])
				is_open = host_on_lines(host);
			else if (read(host->wake_fd, &wakes, sizeof(wakes)) < 0)
				die("eventfd");
		}
		if (!is_open)
			epoll_ctl(host->epoll_fd, EPOLL_CTL_DEL, host->lines[0],
			    NULL);
		/* Also after events of our own: ths_tell() from the thread that
		 * pumps wakes nobody. */
		ths_vm_run(host->vm, 0);
	}
}

static void
host_open(struct host *host)
{
	struct epoll_event event = { .events = EPOLLIN };

	host->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	host->wake_fd = eventfd(0, EFD_CLOEXEC);
	if (host->epoll_fd < 0 || host->wake_fd < 0 || pipe(host->lines) != 0)
		die("set-up");
	event.data.fd = host->wake_fd;
	if (epoll_ctl(host->epoll_fd, EPOLL_CTL_ADD, host->wake_fd, &event))
		die("epoll_ctl");
	event.data.fd = host->lines[0];
	if (epoll_ctl(host->epoll_fd, EPOLL_CTL_ADD, host->lines[0], &event))
		die("epoll_ctl");
}

/* In an inline VM a thread that calls and waits pumps meanwhile. */
static bool
host_report(const struct host *host)
{
	ths_mail *mail = ths_call(host->vm, host->clerk, THS_SECONDS(5),
	    report);
	const struct counts *counts = ths_mail_as(mail, counts);
	bool ok = false;

	if (counts == NULL) {
		fprintf(stderr, "foreign_loop: %s\n", ths_mail_why(mail));
	} else {
		printf("notes %d, lines %d, ticks %d, turns of the loop %d of "
		    "at most %d\n", counts->notes, counts->lines, counts->ticks,
		    host->turns, TURNS_MAX);
		ok = counts->notes == NOTES && counts->lines == LINES &&
		    counts->ticks == TICKS && host->turns <= TURNS_MAX;
	}
	ths_mail_free(mail);
	return ok;
}

int
main(void)
{
	struct host host = { 0 };
	const ths_vm_config config = {
		.mode = THS_MODE_INLINE,
		.wake = host_wake,
		.wake_context = &host,
	};
	pthread_t feeder;
	ths_status status;
	bool ok;

	host_open(&host);
	status = ths_vm_start(&host.vm, &config);
	if (status == THS_OK)
		status = ths_spawn(host.vm, &host.clerk, &clerk_actor, NULL);
	if (status != THS_OK) {
		fprintf(stderr, "foreign_loop: %s\n", ths_status_text(status));
		return EXIT_FAILURE;
	}
	if (pthread_create(&feeder, NULL, feeder_main, &host) != 0)
		die("pthread_create");
	host_loop(&host);
	pthread_join(feeder, NULL);
	ok = host_report(&host);
	ths_vm_stop(host.vm, THS_SECONDS(5));
	ths_vm_free(host.vm);
	close(host.lines[0]);
	close(host.wake_fd);
	close(host.epoll_fd);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
