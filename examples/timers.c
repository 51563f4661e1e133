/* SPDX-License-Identifier: MIT */
/*
 * timers - a watchman who hears a lighthouse, and misses it when it is silent.
 *
 *     timers
 *
 * It teaches: a timer that runs once, one that runs again and again, one that
 * is put off whenever something happens, cancelling, and telling one from the
 * other by their payload.  No thread sleeps anywhere.
 *
 *   lighthouse  a timer for each pause between two flashes
 *   watchman    SILENCE: once, set anew at each flash; rings when there is none
 *               REPORT: every REPORT_MS, to the end
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <thespis/thespis.h>

enum {
	FLASHES = 8,
	DARK = 5,         /* the flash before which it is dark for long */
	PAUSE_MS = 10,
	DARK_MS = 600,
	SILENCE_MS = 300, /* after which the watchman is alarmed */
	REPORT_MS = 100,
};

THS_MESSAGE(light, THS_FIELD(ths_address, watchman))
THS_MESSAGE(flash, THS_FIELD(int, number))
THS_SIGNAL(dawn)
THS_SIGNAL(keep_watch)
THS_MESSAGE(log_book,
    THS_FIELD(int, flashes),
    THS_FIELD(int, alarms),
    THS_FIELD(int, reports),
    THS_FIELD(ths_duration, took))

/* -------------------------------------------------------------- lighthouse */

struct lighthouse {
	ths_address watchman;
	int flashes;
};

static ths_status
lighthouse_pause(ths_self *self, const struct lighthouse *lighthouse)
{
	int pause_ms = lighthouse->flashes + 1 == DARK ? DARK_MS : PAUSE_MS;

	return ths_timer_set(self, THS_MILLISECONDS(pause_ms), 0, NULL);
}

static ths_status
lighthouse_on_light(ths_self *self, struct lighthouse *lighthouse,
    const struct light *light)
{
	lighthouse->watchman = light->watchman;
	return lighthouse_pause(self, lighthouse);
}

static ths_status
lighthouse_on_wakeup(ths_self *self, struct lighthouse *lighthouse,
    const struct ths_wakeup *wakeup)
{
	(void)wakeup;
	if (lighthouse->flashes == FLASHES)
		return ths_send(self, lighthouse->watchman, dawn);
	lighthouse->flashes++;
	ths_send(self, lighthouse->watchman, flash,
	    .number = lighthouse->flashes);
	return lighthouse_pause(self, lighthouse);
}

THS_ACTOR(lighthouse, struct lighthouse,
    THS_ON(light, lighthouse_on_light),
    THS_ON(ths_wakeup, lighthouse_on_wakeup))

/* ---------------------------------------------------------------- watchman */

enum { SILENCE, REPORT }; /* payloads */

struct watchman {
	ths_address host;
	ths_duration began;
	ths_timer silence;
	ths_timer report;
	int flashes;
	int alarms;
	int reports;
};

static ths_status
watchman_on_keep_watch(ths_self *self, struct watchman *watchman,
    const struct keep_watch *keep_watch)
{
	(void)keep_watch;
	watchman->host = ths_sender(self);
	watchman->began = ths_now(self);
	return ths_timer_every(self, THS_MILLISECONDS(REPORT_MS), REPORT,
	    &watchman->report);
}

/* Whatever was to ring is put off.  It does not matter whether it has rung
 * already: cancelling it then does nothing. */
static ths_status
watchman_on_flash(ths_self *self, struct watchman *watchman,
    const struct flash *flash)
{
	watchman->flashes = flash->number;
	printf("flash %d\n", flash->number);
	ths_timer_cancel(self, watchman->silence);
	return ths_timer_set(self, THS_MILLISECONDS(SILENCE_MS), SILENCE,
	    &watchman->silence);
}

static ths_status
watchman_on_wakeup(ths_self *self, struct watchman *watchman,
    const struct ths_wakeup *wakeup)
{
	(void)self;
	if (wakeup->payload == SILENCE) {
		watchman->alarms++;
		printf("dark after flash %d\n", watchman->flashes);
	} else {
		watchman->reports++;
	}
	return THS_OK;
}

static ths_status
watchman_on_dawn(ths_self *self, struct watchman *watchman,
    const struct dawn *dawn)
{
	(void)dawn;
	ths_timer_cancel(self, watchman->silence);
	ths_timer_cancel(self, watchman->report);
	return ths_send(self, watchman->host, log_book,
	    .flashes = watchman->flashes, .alarms = watchman->alarms,
	    .reports = watchman->reports,
	    .took = ths_now(self) - watchman->began);
}

THS_ACTOR(watchman, struct watchman,
    THS_ON(keep_watch, watchman_on_keep_watch),
    THS_ON(flash, watchman_on_flash),
    THS_ON(ths_wakeup, watchman_on_wakeup),
    THS_ON(dawn, watchman_on_dawn))

/* ---------------------------------------------------------------- the host */

/* Lets a night pass.  The watchman answers the first message at its end. */
static bool
night_pass(ths_vm *vm, ths_address lighthouse, ths_address watchman)
{
	const struct log_book *book;
	ths_mail *mail;

	ths_tell(vm, watchman, keep_watch);
	ths_tell(vm, lighthouse, light, .watchman = watchman);
	mail = ths_listen(vm, NULL, THS_SECONDS(60));
	book = ths_mail_as(mail, log_book);
	if (book != NULL)
		printf("%d flashes, dark %d times, %d reports in %" PRId64
		    " ms\n", book->flashes, book->alarms, book->reports,
		    book->took / THS_MILLISECONDS(1));
	else
		fprintf(stderr, "timers: %s\n", ths_mail_why(mail));
	ths_mail_free(mail);
	return book != NULL;
}

int
main(int argc, char **argv)
{
	ths_address lighthouse, watchman;
	ths_status status;
	ths_vm *vm;
	bool ok;

	(void)argv;
	if (argc > 1) {
		fprintf(stderr, "usage: timers\n");
		return 2;
	}
	status = ths_vm_start(&vm, NULL);
	if (status != THS_OK) {
		fprintf(stderr, "timers: %s\n", ths_status_text(status));
		return EXIT_FAILURE;
	}
	status = ths_spawn(vm, &lighthouse, &lighthouse_actor, NULL);
	if (status == THS_OK)
		status = ths_spawn(vm, &watchman, &watchman_actor, NULL);
	if (status != THS_OK)
		fprintf(stderr, "timers: %s\n", ths_status_text(status));
	ok = status == THS_OK && night_pass(vm, lighthouse, watchman);
	ths_vm_stop(vm, THS_SECONDS(5));
	ths_vm_free(vm);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
