/* SPDX-License-Identifier: MIT */
/*
 * hello - the smallest whole program: one actor, one question, one answer.
 *
 * It teaches: declaring messages and an actor, starting a VM, spawning, asking
 * from a thread that is no actor, and leaving without a trace.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <thespis/thespis.h>

/* What may be said, and what comes back. */
THS_MESSAGE(greet, THS_FIELD(ths_string, name))
THS_MESSAGE(greeting,
    THS_FIELD(ths_string, text),
    THS_FIELD(uint32_t, number))

/* An actor's state is zeroed before its first message and is its alone. */
struct greeter {
	uint32_t greeted;
};

/*
 * The answer may point to memory of this handler: a message is copied when it
 * is sent.
 */
static ths_status
on_greet(ths_self *self, struct greeter *greeter, const struct greet *greet)
{
	char text[64];

	snprintf(text, sizeof(text), "Hello, %s!", greet->name);
	greeter->greeted++;
	return ths_reply(self, greeting, .text = text,
	    .number = greeter->greeted);
}

THS_ACTOR(greeter, struct greeter, THS_ON(greet, on_greet))

/* Calls the greeter and prints its answer, or why there is none. */
static bool
say_hello(ths_vm *vm, ths_address greeter, const char *name)
{
	ths_mail *mail = ths_call(vm, greeter, THS_SECONDS(5), greet,
	    .name = name);
	const struct greeting *greeting = ths_mail_as(mail, greeting);

	if (greeting != NULL)
		printf("%u: %s\n", greeting->number, greeting->text);
	else
		fprintf(stderr, "hello: %s\n", ths_mail_why(mail));
	ths_mail_free(mail); /* only now: greeting lives inside it */
	return greeting != NULL;
}

int
main(void)
{
	ths_vm *vm;
	ths_address greeter;
	ths_status status;
	bool ok;

	status = ths_vm_start(&vm, NULL);
	if (status != THS_OK) {
		fprintf(stderr, "hello: %s\n", ths_status_text(status));
		return EXIT_FAILURE;
	}
	status = ths_spawn(vm, &greeter, &greeter_actor, NULL);
	if (status != THS_OK)
		fprintf(stderr, "hello: %s\n", ths_status_text(status));
	ok = status == THS_OK && say_hello(vm, greeter, "world") &&
	    say_hello(vm, greeter, "Thespis");
	ths_vm_stop(vm, THS_SECONDS(5));
	ths_vm_free(vm);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
