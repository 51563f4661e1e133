/* SPDX-License-Identifier: MIT */
/*
 * eager - an actor whose init tries all that an actor can do, and notes what it
 * was answered: scenario C-27, for whoever drives a VM.
 *
 * Its answers go to a struct eager_notes that its start message points to; read
 * them when it has answered, or when its VM has stopped.
 */
#ifndef TESTS_UNIT_VM_EAGER_H
#define TESTS_UNIT_VM_EAGER_H

#include "thespis/thespis.h"

THS_MESSAGE(eager_start,
	THS_FIELD(ths_address, other), /* somebody to act on */
	THS_FIELD(uint64_t, notes))
THS_MESSAGE(eager_letter, THS_FIELD(ths_string, text))
THS_SIGNAL(eager_poke)

#define EAGER_CAPABILITY "eagerness"

enum { EAGER_ANSWERS_MAX = 32 };

struct eager_answer {
	const char *what;
	ths_status status;
};

struct eager_notes {
	struct eager_answer answers[EAGER_ANSWERS_MAX];
	size_t length;
	size_t got; /* things, where there is no status */
	ths_address me;
};

struct eager {
	struct eager_notes *notes;
};

static inline void
eager_note(struct eager *eager, const char *what, ths_status status)
{
	struct eager_notes *notes = eager->notes;

	if (notes->length < EAGER_ANSWERS_MAX)
		notes->answers[notes->length++] =
		    (struct eager_answer){ what, status };
}

#define EAGER_TRY(eager, call) eager_note((eager), #call, (call))

static inline ths_status
eager_answered(ths_self *self, void *state, uint64_t context,
    const ths_mail *answer)
{
	(void)self, (void)state, (void)context, (void)answer;
	return THS_OK;
}

static inline ths_status
eager_poked(ths_self *self, struct eager *eager, const struct eager_poke *poke)
{
	(void)eager, (void)poke;
	return ths_reply(self, eager_poke);
}

/* Somebody to act on, who answers. */
THS_ACTOR(eager_other, struct eager, THS_ON(eager_poke, eager_poked))

/* Messages of all kinds, to all kinds of places. */
static inline void
eager_sends(ths_self *self, struct eager *eager, ths_address other)
{
	EAGER_TRY(eager, ths_send(self, other, eager_poke));
	EAGER_TRY(eager, ths_send(self, ths_me(self), eager_poke));
	EAGER_TRY(eager, ths_send(self, other, eager_letter, .text = "now"));
	EAGER_TRY(eager, ths_send(self, THS_NOBODY, eager_poke));
	EAGER_TRY(eager, ths_send(self, other, ths_exit_request));
	EAGER_TRY(eager, ths_try_send(self, other, eager_poke));
	EAGER_TRY(eager, ths_reply(self, eager_poke));
	EAGER_TRY(eager, ths_call_from(self, other, THS_SECONDS(1),
	    eager_answered, 0, eager_poke));
	EAGER_TRY(eager, ths_send_new(self, other, NULL));
}

/* What concerns the life of others. */
static inline void
eager_meddles(ths_self *self, struct eager *eager, ths_address other)
{
	const ths_spawn_options named = { .name = "eager's child" };
	const ths_variant yes = { .kind = THS_KIND_BOOL, .truth = true };
	ths_address child = THS_NOBODY;

	EAGER_TRY(eager, ths_spawn_child(self, &child, &eager_other_actor,
	    NULL));
	EAGER_TRY(eager, ths_spawn_child(self, &child, &eager_other_actor,
	    &named));
	EAGER_TRY(eager, ths_monitor(self, other));
	EAGER_TRY(eager, ths_monitor_name(self, "eager"));
	EAGER_TRY(eager, ths_link(self, other));
	EAGER_TRY(eager, ths_kill(self, other));
	EAGER_TRY(eager, ths_self_capability_set(self, EAGER_CAPABILITY, &yes));
	EAGER_TRY(eager, ths_handle_dead_letters(self, true));
	EAGER_TRY(eager, ths_self_stop_vm(self));
	eager->notes->got += !ths_address_is_nobody(child);
}

/* What concerns itself. */
static inline void
eager_settles(ths_self *self, struct eager *eager, ths_address other)
{
	ths_timer timer = 0;
	ths_mail *mail;
	void *draft;

	EAGER_TRY(eager, ths_timer_set(self, 0, 1, &timer));
	EAGER_TRY(eager, ths_timer_every(self, THS_SECONDS(1), 2, &timer));
	EAGER_TRY(eager, ths_name_register(self, "eager"));
	EAGER_TRY(eager, ths_name_unregister(self, "eager"));
	EAGER_TRY(eager, ths_become(self, &eager_other_actor));
	EAGER_TRY(eager, ths_stash(self));
	EAGER_TRY(eager, ths_forward(self, other));
	mail = ths_keep(self);
	EAGER_TRY(eager, ths_mail_status(mail));
	EAGER_TRY(eager, ths_forward_mail(self, mail, other));
	draft = ths_new_message(self, &eager_poke_type, 0);
	eager->notes->got += timer != 0;
	eager->notes->got += draft != NULL;
	eager->notes->got += ths_timer_cancel(self, timer);
	eager->notes->got += ths_demonitor(self, other);
	eager->notes->got += ths_unstash_all(self);
	eager->notes->got += ths_children(self, NULL, 0);
}

static inline ths_status
eager_init(ths_self *self, struct eager *eager, const struct eager_start *start)
{
	eager->notes = (struct eager_notes *)(uintptr_t)start->notes;
	eager->notes->me = ths_me(self);
	eager_sends(self, eager, start->other);
	eager_meddles(self, eager, start->other);
	eager_settles(self, eager, start->other);
	return THS_OK;
}

THS_ACTOR(eager, struct eager,
    THS_INIT(eager_start, eager_init),
    THS_ON(eager_poke, eager_poked))

/* Spawns one, from outside. */
static inline ths_status
eager_spawn(ths_vm *vm, ths_address other, struct eager_notes *notes,
    ths_address *address)
{
	const ths_spawn_options options = { .start = THS_ANY(eager_start,
	    .other = other, .notes = (uintptr_t)notes) };

	return ths_spawn(vm, address, &eager_actor, &options);
}

/* True when every attempt was refused as it should be. */
static inline bool
eager_was_refused(const struct eager_notes *notes)
{
	for (size_t i = 0; i < notes->length; i++) {
		if (notes->answers[i].status != THS_NOT_READY)
			return false;
	}
	return notes->length == 27 && notes->got == 0;
}

#endif
