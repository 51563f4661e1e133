/* SPDX-License-Identifier: MIT */
/* name_monitors - to be told who has a name, whoever that is. */
#include <stdio.h>
#include <thespis/thespis.h>

THS_SIGNAL(watch)
THS_MESSAGE(news, THS_FIELD(ths_address, holder), THS_FIELD(ths_string, why))

struct watcher { ths_address host; };

static ths_status
on_watch(ths_self *self, struct watcher *watcher, const struct watch *watch)
{
	(void)watch;
	watcher->host = ths_sender(self);
	if (ths_monitor_name(self, "store"))
		return ths_fail(self, "the store cannot be watched");
	return ths_reply(self, watch);
}

static ths_status
on_name_changed(ths_self *self, struct watcher *watcher,
    const struct ths_name_changed *changed)
{
	return ths_send(self, watcher->host, news, .holder = changed->holder,
	    .why = changed->why);
}

THS_ACTOR(watcher, struct watcher,
    THS_ON(watch, on_watch),
    THS_ON(ths_name_changed, on_name_changed))

THS_SIGNAL(visit)

static ths_status
on_visit(ths_self *self, ths_nothing *nothing, const struct visit *visit)
{
	(void)self, (void)nothing, (void)visit;
	return THS_OK;
}

THS_ACTOR(store, ths_nothing, THS_ON(visit, on_visit))

static void
news_show(ths_vm *vm, ths_address store)
{
	ths_mail *mail = ths_listen(vm, NULL, THS_SECONDS(10));
	const struct news *news = ths_mail_as(mail, news);

	if (!news)
		printf("%s\n", ths_mail_why(mail));
	else if (ths_address_is_nobody(news->holder))
		printf("the store has closed: %s\n", news->why);
	else
		printf("%s store is open\n", ths_address_equal(news->holder,
		    store) ? "the" : "another");
	ths_mail_free(mail);
}

int
main(void)
{
	const ths_spawn_options options = { .name = "store" };
	ths_vm *vm;
	ths_address watcher, store;

	if (ths_vm_start(&vm, NULL) ||
	    ths_spawn(vm, &watcher, &watcher_actor, NULL))
		return 1;
	ths_mail_free(ths_ask(vm, watcher, THS_SECONDS(10), watch));
	for (int day = 1; day <= 2; day++) {
		if (ths_spawn(vm, &store, &store_actor, &options))
			return 1;
		news_show(vm, store);
		ths_tell(vm, store, ths_exit_request);
		news_show(vm, store);
	}
	ths_vm_stop(vm, THS_SECONDS(10));
	ths_vm_free(vm);
}
