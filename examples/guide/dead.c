/* SPDX-License-Identifier: MIT */
/* dead - mail that nobody can receive, and the actor that looks at it. */
#include <stdio.h>
#include <thespis/thespis.h>

THS_MESSAGE(letter, THS_FIELD(ths_string, text))
THS_SIGNAL(watch)
THS_MESSAGE(found, THS_FIELD(ths_string, text), THS_FIELD(ths_string, why))

struct undertaker { ths_address host; };

static ths_status
on_watch(ths_self *self, struct undertaker *undertaker,
    const struct watch *watch)
{
	(void)watch;
	undertaker->host = ths_sender(self);
	ths_handle_dead_letters(self, true);
	return ths_reply(self, watch);
}

static ths_status
on_dead(ths_self *self, struct undertaker *undertaker,
    const struct ths_dead_letter *dead)
{
	const struct letter *letter = ths_any_as(dead->message, letter);

	return ths_send(self, undertaker->host, found,
	    .text = letter ? letter->text : "?",
	    .why = ths_dead_reason_text(dead->reason));
}

THS_ACTOR(undertaker, struct undertaker,
    THS_ON(watch, on_watch),
    THS_ON(ths_dead_letter, on_dead))

static ths_status
on_letter(ths_self *self, ths_nothing *nothing, const struct letter *letter)
{
	(void)nothing;
	printf("read: %s\n", letter->text);
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(reader, ths_nothing, THS_ON(letter, on_letter))

static void
found_show(ths_vm *vm)
{
	ths_mail *mail = ths_listen(vm, NULL, THS_SECONDS(10));
	const struct found *found = ths_mail_as(mail, found);

	if (found)
		printf("dead: %s (%s)\n", found->text, found->why);
	ths_mail_free(mail);
}

int
main(void)
{
	/* Inline, so that the second letter always finds the reader alive and
	 * waits in his mailbox when he ends. */
	const ths_vm_config config = { .mode = THS_MODE_INLINE };
	ths_vm *vm;
	ths_address undertaker, reader;

	if (ths_vm_start(&vm, &config) ||
	    ths_spawn(vm, &undertaker, &undertaker_actor, NULL) ||
	    ths_spawn(vm, &reader, &reader_actor, NULL))
		return 1;
	ths_mail_free(ths_ask(vm, undertaker, THS_SECONDS(10), watch));
	ths_tell(vm, undertaker, letter, .text = "no handler for it");
	found_show(vm);
	ths_tell(vm, reader, letter, .text = "the first");
	ths_tell(vm, reader, letter, .text = "the second");
	found_show(vm);
	ths_vm_stop(vm, THS_SECONDS(10));
	ths_vm_free(vm);
}
