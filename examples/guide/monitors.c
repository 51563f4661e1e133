/* SPDX-License-Identifier: MIT */
/* monitors - to be told of the end of an actor that is nobody's child. */
#include <stdio.h>
#include <thespis/thespis.h>

THS_MESSAGE(watch, THS_FIELD(ths_address, whom))
THS_MESSAGE(ended, THS_FIELD(ths_string, why))
THS_SIGNAL(sing)

struct watcher { ths_address host; };

static ths_status
on_watch(ths_self *self, struct watcher *watcher, const struct watch *watch)
{
	watcher->host = ths_sender(self);
	if (ths_monitor(self, watch->whom))
		return ths_fail(self, "it cannot be watched");
	return ths_reply(self, watch, .whom = watch->whom);
}

static ths_status
on_down(ths_self *self, struct watcher *watcher, const struct ths_down *down)
{
	return ths_send(self, watcher->host, ended, .why = down->why);
}

THS_ACTOR(watcher, struct watcher,
    THS_ON(watch, on_watch),
    THS_ON(ths_down, on_down))

static ths_status
on_sing(ths_self *self, ths_nothing *nothing, const struct sing *sing)
{
	(void)self, (void)nothing, (void)sing;
	return THS_OK;
}

THS_ACTOR(singer, ths_nothing, THS_ON(sing, on_sing))

static void
ended_show(ths_vm *vm)
{
	ths_mail *mail = ths_listen(vm, NULL, THS_SECONDS(10));
	const struct ended *ended = ths_mail_as(mail, ended);

	printf("%s\n", ended ? ended->why : ths_mail_why(mail));
	ths_mail_free(mail);
}

int
main(void)
{
	ths_vm *vm;
	ths_address watcher, singer;

	if (ths_vm_start(&vm, NULL) ||
	    ths_spawn(vm, &watcher, &watcher_actor, NULL) ||
	    ths_spawn(vm, &singer, &singer_actor, NULL))
		return 1;
	ths_mail_free(ths_ask(vm, watcher, THS_SECONDS(10), watch,
	    .whom = singer));
	ths_tell(vm, singer, ths_exit_request);
	ended_show(vm);
	ths_tell(vm, watcher, watch, .whom = singer);
	ths_mail_free(ths_listen(vm, NULL, THS_SECONDS(10)));
	ended_show(vm);
	ths_vm_stop(vm, THS_SECONDS(10));
	ths_vm_free(vm);
}
