/* SPDX-License-Identifier: MIT */
/* deputy - an actor with a thread of its own, which waits for a device. */
#include <pthread.h>
#include <stdio.h>
#include <thespis/thespis.h>

THS_SIGNAL(watch)
THS_SIGNAL(closed)
THS_MESSAGE(reading, THS_FIELD(int, celsius))
THS_MESSAGE(seen, THS_FIELD(int, readings), THS_FIELD(int, highest))

struct watcher {
	ths_address asker;
	ths_deputy *deputy;
	pthread_t thread;
	struct seen seen;
};

/* Stands for a library that blocks. */
static int
device_read(int turn)
{
	static const int celsius[] = { 19, 23, 21 };

	return turn < 3 ? celsius[turn] : -1;
}

/* On the thread: everything goes by the deputy. */
static void *
wait_for_device(void *argument)
{
	ths_deputy *deputy = argument;
	ths_address watcher = ths_deputy_address(deputy);
	int celsius;

	for (int turn = 0; (celsius = device_read(turn)) >= 0; turn++)
		ths_deputy_send(deputy, watcher, reading, .celsius = celsius);
	ths_deputy_send(deputy, watcher, closed);
	return NULL;
}

static ths_status
on_watch(ths_self *self, struct watcher *watcher, const struct watch *watch)
{
	ths_status status = ths_deputy_open(self, &watcher->deputy);

	(void)watch;
	if (status != THS_OK)
		return status;
	watcher->asker = ths_sender(self);
	if (pthread_create(&watcher->thread, NULL, wait_for_device,
	    watcher->deputy) == 0)
		return THS_OK;
	ths_deputy_close(watcher->deputy);
	return ths_fail(self, "no thread to be had");
}

static ths_status
on_reading(ths_self *self, struct watcher *watcher,
    const struct reading *reading)
{
	printf("%d degrees, from %s\n", reading->celsius, ths_address_equal(
	    ths_sender(self), ths_me(self)) ? "myself" : "a stranger");
	watcher->seen.readings++;
	if (reading->celsius > watcher->seen.highest)
		watcher->seen.highest = reading->celsius;
	return THS_OK;
}

static ths_status
on_closed(ths_self *self, struct watcher *watcher, const struct closed *closed)
{
	(void)closed;
	pthread_join(watcher->thread, NULL); /* it has nothing left to do */
	ths_deputy_close(watcher->deputy);
	return ths_send_message(self, watcher->asker, &seen_type,
	    &watcher->seen);
}

THS_ACTOR(watcher, struct watcher,
    THS_ON(watch, on_watch),
    THS_ON(reading, on_reading),
    THS_ON(closed, on_closed))

int
main(void)
{
	ths_vm *vm;
	ths_address watcher;

	if (ths_vm_start(&vm, NULL) ||
	    ths_spawn(vm, &watcher, &watcher_actor, NULL))
		return 1;
	ths_mail *mail = ths_call(vm, watcher, THS_SECONDS(10), watch);
	const struct seen *seen = ths_mail_as(mail, seen);
	if (seen)
		printf("%d readings, at most %d\n", seen->readings,
		    seen->highest);
	ths_mail_free(mail);
	ths_vm_stop(vm, THS_SECONDS(10));
	ths_vm_free(vm);
}
