/* SPDX-License-Identifier: MIT */
/* asking - telling, asking, calling and listening from outside. */
#include <stdio.h>
#include <thespis/thespis.h>

THS_MESSAGE(book, THS_FIELD(ths_string, title))
THS_SIGNAL(how_many)
THS_MESSAGE(count, THS_FIELD(int, books))
THS_MESSAGE(order, THS_FIELD(ths_string, title))
THS_MESSAGE(fetch,
    THS_FIELD(ths_string, title),
    THS_FIELD(ths_address, reader)) /* who is to get it */
THS_MESSAGE(delivery, THS_FIELD(ths_string, text))
THS_SIGNAL(ponder)

static ths_status
on_fetch(ths_self *self, ths_nothing *nothing, const struct fetch *fetch)
{
	char text[64];

	(void)nothing;
	snprintf(text, sizeof(text), "here is \"%s\"", fetch->title);
	return ths_send(self, fetch->reader, delivery, .text = text);
}

THS_ACTOR(cellar, ths_nothing, THS_ON(fetch, on_fetch))

THS_MESSAGE(opening, THS_FIELD(ths_address, cellar))

struct library { int books; ths_address cellar; };

static ths_status
on_opening(ths_self *self, struct library *library,
    const struct opening *opening)
{
	(void)self;
	library->cellar = opening->cellar;
	return THS_OK;
}

static ths_status
on_book(ths_self *self, struct library *library, const struct book *book)
{
	(void)self, (void)book;
	library->books++;
	return THS_OK; /* no answer: nobody waits for one */
}

static ths_status
on_how_many(ths_self *self, struct library *library,
    const struct how_many *how_many)
{
	(void)how_many;
	return ths_reply(self, count, .books = library->books);
}

/* Somebody else answers: he is told whom. */
static ths_status
on_order(ths_self *self, struct library *library, const struct order *order)
{
	return ths_send(self, library->cellar, fetch, .title = order->title,
	    .reader = ths_sender(self));
}

static ths_status
on_ponder(ths_self *self, struct library *library, const struct ponder *ponder)
{
	(void)self, (void)library, (void)ponder;
	return THS_OK;
}

THS_ACTOR(library, struct library,
    THS_INIT(opening, on_opening),
    THS_ON(book, on_book),
    THS_ON(how_many, on_how_many),
    THS_ON(order, on_order),
    THS_ON(ponder, on_ponder))

/* Prints what came back, or why nothing did, and gives it back. */
static void
mail_show(ths_mail *mail)
{
	const struct count *count = ths_mail_as(mail, count);
	const struct delivery *delivery = ths_mail_as(mail, delivery);

	if (count != NULL)
		printf("%d books\n", count->books);
	else if (delivery != NULL)
		printf("%s\n", delivery->text);
	else
		printf("%s: %s\n", ths_status_name(ths_mail_status(mail)),
		    ths_mail_why(mail));
	ths_mail_free(mail);
}

static void
visit(ths_vm *vm, ths_address library)
{
	const ths_duration patience = THS_SECONDS(10);
	const ths_address elsewhere = { 1, 1, 1 }; /* of another VM */

	ths_tell(vm, library, book, .title = "Dubliners");
	ths_tell(vm, library, book, .title = "Ulysses");
	mail_show(ths_call(vm, library, patience, how_many));
	mail_show(ths_call(vm, library, patience, order, .title = "Ulysses"));

	ths_tell(vm, library, how_many);
	mail_show(ths_listen(vm, NULL, patience));

	mail_show(ths_call(vm, library, THS_MILLISECONDS(20), ponder));
	mail_show(ths_call(vm, library, patience, delivery));
	mail_show(ths_call(vm, elsewhere, patience, how_many));
}

int
main(void)
{
	ths_vm *vm;
	ths_address cellar, library;

	if (ths_vm_start(&vm, NULL) ||
	    ths_spawn(vm, &cellar, &cellar_actor, NULL))
		return 1;
	const ths_spawn_options options = {
		.start = THS_ANY(opening, .cellar = cellar),
	};
	if (ths_spawn(vm, &library, &library_actor, &options))
		return 1;
	visit(vm, library);
	ths_vm_stop(vm, THS_SECONDS(10));
	ths_vm_free(vm);
}
