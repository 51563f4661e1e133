/* SPDX-License-Identifier: MIT */
/*
 * client - a thread of the host, talking to actors.
 *
 * A client has an address and a mailbox, as an actor has.  ths_tell() sends;
 * ths_ask() sends and waits for the first mail that reaches the client, from
 * anybody; ths_call() sends and waits for the answer to that one message.
 *
 * With a NULL client the calling thread's default client is used: made at first
 * use, kept by the VM, freed with it.
 *
 * Threads: any thread may use any client.  Sends are free; receives on one
 * client wait for each other.  Not from inside handlers: THS_WRONG_PLACE.
 * In an inline VM a waiting caller pumps.  When nothing is ready, no timer is
 * due within its timeout, and nobody else pumps, it waits in vain: then it gets
 * THS_TIMEOUT at once, unless the host has set `wake`, and so may bring work
 * from elsewhere.
 *
 * Of the runtime's own messages only ths_poison reaches a client, and only one
 * about a message of a program's: the others are skipped, and the waiting goes
 * on within the same limit.
 *
 * Ownership: mail received belongs to the caller; give it back with
 * ths_mail_free(), before the VM is freed.
 */
#ifndef THESPIS_CLIENT_H
#define THESPIS_CLIENT_H

#include "thespis/life.h"
#include "thespis/vm.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ths_client ths_client;
typedef struct ths_mail ths_mail;

/* Makes a client of its own.  Returns THS_OK, THS_NO_MEMORY, THS_LIMIT,
 * THS_STOPPED or THS_WRONG_PLACE. */
THS_NODISCARD THS_PUBLIC ths_status ths_client_open(ths_vm *vm,
    ths_client **client);

/* Ends a client; its waiting mail becomes dead letters.  NULL is fine.  No
 * other thread may be using it. */
THS_PUBLIC void ths_client_close(ths_client *client);

/* The client's address: what actors see as the sender of its mail. */
THS_PUBLIC ths_address ths_client_address(const ths_client *client);

/* The VM that a client belongs to; NULL for NULL. */
THS_PUBLIC ths_vm *ths_client_vm(const ths_client *client);

/*
 * Sends and does not wait: ths_tell(vm, to, add, .amount = 1).
 * THS_OK: the message is in the mailbox.  What cannot be placed is a dead letter,
 * and the status says why: THS_GONE (no such place in this VM), THS_FULL (the
 * mailbox, or the VM knows as many types as it may), THS_NO_MEMORY.  That the
 * actor of an address has ended is known to the receiving side only: see
 * ths_tell_wait().
 * Nothing was sent, and nothing is counted: THS_STOPPED, THS_WRONG_PLACE,
 * THS_TOO_LARGE, THS_BAD_ARGUMENT (also for an address that is nobody's, which is
 * logged); and THS_NO_MEMORY or THS_LIMIT when the thread has no default client
 * yet, and none can be made.  To a client that there is, THS_NO_MEMORY always
 * means a dead letter.
 */
#define ths_tell(vm, to, ...) \
	ths_tell_message((vm), NULL, (to), THS_PAYLOAD(__VA_ARGS__))
THS_PUBLIC ths_status ths_tell_message(ths_vm *vm, ths_client *client,
    ths_address to, const ths_type *type, const void *message);

/*
 * Sends, and waits at most timeout until the message has been met: its handler
 * has returned.  It may still be a failure; who wants an answer calls.
 * THS_OK: it was met.  A dead letter ends the waiting at once: THS_GONE (nobody
 * lives there), THS_REFUSED (the actor has no handler for it), THS_FULL.
 * THS_TIMEOUT: it is still in the mailbox, and will be met.  And what
 * ths_tell() returns.  The receiver sees the client as its sender.
 */
#define ths_tell_wait(vm, to, timeout, ...) \
	ths_tell_wait_message((vm), NULL, (to), (timeout), \
	    THS_PAYLOAD(__VA_ARGS__))
THS_NODISCARD THS_PUBLIC ths_status ths_tell_wait_message(ths_vm *vm,
    ths_client *client, ths_address to, ths_duration timeout,
    const ths_type *type, const void *message);

/*
 * Sends, and waits at most timeout for the first mail that reaches the client.
 * A timeout of 0 or less only looks; THS_FOREVER has no end.
 * Never NULL: when there is no mail, ths_mail_status() says why (THS_TIMEOUT,
 * THS_STOPPED, THS_WRONG_PLACE, or what ths_tell() returns).  If the message
 * becomes a dead letter, the waiting ends at once: THS_GONE (nobody lives
 * there), THS_REFUSED (the actor has no handler for it), THS_FULL,
 * THS_NO_MEMORY; and ths_mail_why() is the reason.
 */
#define ths_ask(vm, to, timeout, ...) \
	ths_ask_message((vm), NULL, (to), (timeout), THS_PAYLOAD(__VA_ARGS__))
THS_NODISCARD THS_PUBLIC ths_mail *ths_ask_message(ths_vm *vm,
    ths_client *client, ths_address to, ths_duration timeout,
    const ths_type *type, const void *message);

/*
 * Sends, and waits at most timeout for the answer to this very message: the
 * first mail sent to the one-shot address that the receiver sees as its sender.
 * A later answer becomes a dead letter.  Returns as ths_ask().
 */
#define ths_call(vm, to, timeout, ...) \
	ths_call_message((vm), NULL, (to), (timeout), THS_PAYLOAD(__VA_ARGS__))
THS_NODISCARD THS_PUBLIC ths_mail *ths_call_message(ths_vm *vm,
    ths_client *client, ths_address to, ths_duration timeout,
    const ths_type *type, const void *message);

/* Waits at most timeout for mail to the client.  Returns as ths_ask(). */
THS_NODISCARD THS_PUBLIC ths_mail *ths_listen(ths_vm *vm, ths_client *client,
    ths_duration timeout);

/*
 * Waits at most timeout until an actor has ended, whoever started it; at once
 * if it has already.  Puts the reason into *reason, unless that is NULL:
 * THS_EXIT_UNKNOWN if it had ended before, or never was.  Of a client nothing
 * is told.
 * Returns THS_OK, THS_TIMEOUT, THS_NO_MEMORY, THS_LIMIT, THS_STOPPED,
 * THS_WRONG_PLACE or THS_BAD_ARGUMENT.
 */
THS_NODISCARD THS_PUBLIC ths_status ths_wait(ths_vm *vm, ths_address whom,
    ths_duration timeout, ths_exit_reason *reason);

/*
 * Starts an actor from outside, as ths_spawn(), and waits at most timeout until
 * its init and start have run.  So this returns also
 *   THS_UNBORN   one of them has failed; `why` is what that said
 *   THS_TIMEOUT  it has not begun in time; unless it has a name, by which it
 *                can be found, it is asked to exit, so that nothing is left
 *                behind
 * Writes into `why` of size bytes, NUL included, cut if need be, why the call
 * failed, for a person; untouched otherwise.  why may be NULL when size is 0.
 */
THS_NODISCARD THS_PUBLIC ths_status ths_spawn_wait(ths_vm *vm,
    ths_address *address, const ths_actor *actor,
    const ths_spawn_options *options, ths_duration timeout, char *why,
    size_t size);

/*
 * The same calls by a client of one's own:
 *     ths_mail *mail = ths_client_call(client, counter, THS_SECONDS(1), get);
 */
#define ths_client_tell(client, to, ...) \
	ths_tell_message(ths_client_vm(client), (client), (to), \
	    THS_PAYLOAD(__VA_ARGS__))
#define ths_client_tell_wait(client, to, timeout, ...) \
	ths_tell_wait_message(ths_client_vm(client), (client), (to), \
	    (timeout), THS_PAYLOAD(__VA_ARGS__))
#define ths_client_ask(client, to, timeout, ...) \
	ths_ask_message(ths_client_vm(client), (client), (to), (timeout), \
	    THS_PAYLOAD(__VA_ARGS__))
#define ths_client_call(client, to, timeout, ...) \
	ths_call_message(ths_client_vm(client), (client), (to), (timeout), \
	    THS_PAYLOAD(__VA_ARGS__))
#define ths_client_listen(client, timeout) \
	ths_listen(ths_client_vm(client), (client), (timeout))

/* THS_OK when mail holds a message, THS_FAILED when that is a ths_poison, else
 * why there is none. */
THS_PUBLIC ths_status ths_mail_status(const ths_mail *mail);

/* Why there is no message, what a ths_poison says, or of which type the message
 * is: for a person. */
THS_PUBLIC const char *ths_mail_why(const ths_mail *mail);

/*
 * The message as a struct, or NULL when there is none or it neither has this
 * type nor extends it:
 *     const struct total *total = ths_mail_as(mail, total);
 * It lives until ths_mail_free().
 */
#define ths_mail_as(mail, message) \
	((const struct message *)ths_mail_message((mail), &message##_type))
THS_PUBLIC const void *ths_mail_message(const ths_mail *mail,
    const ths_type *type);

/* Who sent it; nobody when there is no message. */
THS_PUBLIC ths_address ths_mail_sender(const ths_mail *mail);

/* Gives mail back.  NULL is fine. */
THS_PUBLIC void ths_mail_free(ths_mail *mail);

#ifdef __cplusplus
}
#endif
#endif
