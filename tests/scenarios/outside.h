/* SPDX-License-Identifier: MIT */
/*
 * outside - what a program outside does with the actors of a VM, and must see in
 * every drive mode: written once, run by tests/unit/vm in local and inline VMs and
 * by tests/sim in simulated ones.
 *
 * Who includes it has defined SCENARIO_CHECK(x), which ends the test when x is
 * false.  Every function is for one thread outside; the VM's clock is looked at
 * for how long something took, so a simulated one is told to the millisecond.
 */
#ifndef TESTS_SCENARIOS_OUTSIDE_H
#define TESTS_SCENARIOS_OUTSIDE_H

#include <string.h>

#include "thespis/thespis.h"
#include "vm/vm.h"

#ifndef SCENARIO_CHECK
#error "define SCENARIO_CHECK(x) first"
#endif

#define LONG THS_SECONDS(30)  /* enough for what must come */
#define SHORT THS_MILLISECONDS(20)

THS_MESSAGE(hello, THS_FIELD(int64_t, value))
THS_MESSAGE(goodbye, THS_FIELD(int64_t, value))
THS_MESSAGE(reply, THS_FIELD(int64_t, value))
THS_MESSAGE(pester, THS_FIELD(int64_t, times)) /* the sender, with junk */
THS_MESSAGE(answer_late, THS_FIELD(int64_t, delay))
THS_SIGNAL(burn) /* fails */
THS_SIGNAL(leave)
THS_SIGNAL(nap) /* fails at a wake-up, and passes that poison on */
THS_SIGNAL(watch) /* becomes who gets dead letters */
THS_SIGNAL(unheard)

/* ------------------------------------------------------------------- actors */

/* Takes everything and answers nothing. */
static ths_status
mute_hello(ths_self *self, ths_nothing *nothing, const struct hello *hello)
{
	(void)self, (void)nothing, (void)hello;
	return THS_OK;
}

static ths_status
mute_goodbye(ths_self *self, ths_nothing *nothing,
    const struct goodbye *goodbye)
{
	(void)self, (void)nothing, (void)goodbye;
	return THS_OK;
}

THS_ACTOR(mute, ths_nothing, THS_ON(hello, mute_hello),
    THS_ON(goodbye, mute_goodbye))

/* Answers twice. */
static ths_status
double_hello(ths_self *self, ths_nothing *nothing, const struct hello *hello)
{
	(void)nothing;
	ths_reply(self, reply, .value = hello->value + 1);
	return ths_reply(self, reply, .value = hello->value + 2);
}

THS_ACTOR(twice, ths_nothing, THS_ON(hello, double_hello))

/* Answers once, and does some mischief when it is told to. */
struct talker {
	ths_address asker;
	int64_t times;
};

static ths_status
talker_hello(ths_self *self, struct talker *talker, const struct hello *hello)
{
	(void)talker;
	return ths_reply(self, reply, .value = hello->value);
}

static ths_status
talker_burn(ths_self *self, struct talker *talker, const struct burn *burn)
{
	(void)talker, (void)burn;
	return ths_fail(self, "it burns");
}

static ths_status
talker_leave(ths_self *self, struct talker *talker, const struct leave *leave)
{
	(void)talker, (void)leave;
	ths_exit(self);
	return THS_OK;
}

static ths_status
talker_pester(ths_self *self, struct talker *talker,
    const struct pester *pester)
{
	talker->asker = ths_sender(self);
	talker->times = pester->times;
	return ths_timer_set(self, THS_MILLISECONDS(3), 1, NULL);
}

static ths_status
talker_answer_late(ths_self *self, struct talker *talker,
    const struct answer_late *late)
{
	talker->asker = ths_sender(self);
	return ths_timer_set(self, late->delay, 0, NULL);
}

static ths_status
talker_nap(ths_self *self, struct talker *talker, const struct nap *nap)
{
	(void)nap;
	talker->asker = ths_sender(self);
	return ths_timer_set(self, THS_MILLISECONDS(1), 2, NULL);
}

static ths_status
talker_wakeup(ths_self *self, struct talker *talker,
    const struct ths_wakeup *wakeup)
{
	if (wakeup->payload == 0)
		return ths_send(self, talker->asker, reply, .value = -1);
	if (wakeup->payload == 2)
		return ths_fail(self, "tired");
	if (talker->times-- == 0)
		return ths_send(self, talker->asker, reply, .value = -2);
	ths_send(self, talker->asker, ths_exit_request);
	return ths_timer_set(self, THS_MILLISECONDS(3), 1, NULL);
}

/* Its own wake-up has failed. */
static ths_status
talker_poison(ths_self *self, struct talker *talker,
    const struct ths_poison *poison)
{
	(void)poison;
	return ths_forward(self, talker->asker);
}

/* "Echoes" a request to exit. */
static ths_status
talker_exit(ths_self *self, struct talker *talker,
    const struct ths_exit_request *request)
{
	(void)talker, (void)request;
	return ths_send(self, ths_sender(self), ths_exit_request);
}

static ths_status
talker_watch(ths_self *self, struct talker *talker, const struct watch *watch)
{
	(void)watch;
	talker->asker = ths_sender(self);
	ths_handle_dead_letters(self, true);
	return ths_reply(self, reply, .value = 0);
}

static ths_status
talker_dead_letter(ths_self *self, struct talker *talker,
    const struct ths_dead_letter *letter)
{
	(void)letter;
	return ths_forward(self, talker->asker);
}

THS_ACTOR(talker, struct talker, THS_ON(hello, talker_hello),
    THS_ON(burn, talker_burn), THS_ON(leave, talker_leave),
    THS_ON(pester, talker_pester), THS_ON(answer_late, talker_answer_late),
    THS_ON(nap, talker_nap), THS_ON(ths_wakeup, talker_wakeup),
    THS_ON(ths_poison, talker_poison), THS_ON(ths_exit_request, talker_exit),
    THS_ON(watch, talker_watch), THS_ON(ths_dead_letter, talker_dead_letter))

/* ------------------------------------------------------------------ helpers */

/* Starts one that has begun. */
static inline ths_address
start_one(ths_vm *vm, const ths_actor *actor)
{
	ths_address address = THS_NOBODY;

	SCENARIO_CHECK(ths_spawn_wait(vm, &address, actor, NULL, LONG, NULL,
	    0) == THS_OK);
	SCENARIO_CHECK(!ths_address_is_nobody(address));
	return address;
}

/* The address of one that has ended, as far as anybody can see. */
static inline ths_address
end_one(ths_vm *vm)
{
	ths_address address = start_one(vm, &talker_actor);
	ths_exit_reason reason = THS_EXIT_UNKNOWN;

	SCENARIO_CHECK(ths_tell(vm, address, leave) == THS_OK);
	SCENARIO_CHECK(ths_wait(vm, address, LONG, &reason) == THS_OK);
	SCENARIO_CHECK(reason == THS_EXIT_LEFT || reason == THS_EXIT_UNKNOWN);
	return address;
}

/* The value of a reply; frees it. */
static inline int64_t
value_of(ths_mail *mail)
{
	const struct reply *reply = ths_mail_as(mail, reply);
	int64_t value;

	SCENARIO_CHECK(ths_mail_status(mail) == THS_OK);
	SCENARIO_CHECK(reply != NULL);
	value = reply->value;
	ths_mail_free(mail);
	return value;
}

/* Why there is none; frees it. */
static inline ths_status
status_of(ths_mail *mail)
{
	ths_status status = ths_mail_status(mail);

	ths_mail_free(mail);
	return status;
}

/* The next mail is a reply of this value. */
static inline bool
hears(ths_vm *vm, int64_t value)
{
	return value_of(ths_listen(vm, NULL, LONG)) == value;
}

/* True when so long has passed since, and not much more; how much more depends
 * on the machine, but in a simulated world. */
static inline bool
has_taken(ths_vm *vm, uint64_t since, ths_duration span)
{
	uint64_t taken = vm_now(vm) - since;

	/* An inline VM does not wait for what comes too late. */
	return (taken >= (uint64_t)span ||
	    vm->config.mode == THS_MODE_INLINE) &&
	    taken < (uint64_t)(span + SCENARIO_SLACK);
}

/* ---------------------------------------------------------- asking, listening */

/* B-01 B-02 B-03: what is answered, twice or never. */
static inline void
scenario_answers(ths_vm *vm)
{
	ths_address mute = start_one(vm, &mute_actor);
	ths_address talker = start_one(vm, &talker_actor);
	ths_address twice = start_one(vm, &twice_actor);

	SCENARIO_CHECK(ths_tell(vm, mute, hello) == THS_OK);
	SCENARIO_CHECK(ths_tell(vm, mute, goodbye) == THS_OK);
	SCENARIO_CHECK(value_of(ths_ask(vm, talker, LONG, hello,
	    .value = 5)) == 5);
	SCENARIO_CHECK(value_of(ths_ask(vm, twice, LONG, hello,
	    .value = 10)) == 11);
	SCENARIO_CHECK(hears(vm, 12));
	SCENARIO_CHECK(value_of(ths_ask(vm, talker, THS_FOREVER, hello,
	    .value = 6)) == 6);
}

/* B-05: one silent, one that replies once and one that does twice. */
static inline void
scenario_leftovers(ths_vm *vm)
{
	ths_address mute = start_one(vm, &mute_actor);
	ths_address talker = start_one(vm, &talker_actor);
	ths_address twice = start_one(vm, &twice_actor);
	int64_t sum;

	SCENARIO_CHECK(ths_tell(vm, mute, hello) == THS_OK);
	SCENARIO_CHECK(ths_tell(vm, talker, hello, .value = 100) == THS_OK);
	/* Of anybody: whichever comes first. */
	sum = value_of(ths_ask(vm, twice, LONG, hello));
	sum += value_of(ths_listen(vm, NULL, LONG));
	sum += value_of(ths_listen(vm, NULL, LONG));
	SCENARIO_CHECK(sum == 100 + 1 + 2);
	SCENARIO_CHECK(status_of(ths_listen(vm, NULL, 0)) == THS_TIMEOUT);
}

/* T-074: each reason for no answer has its status. */
static inline void
scenario_reasons(ths_vm *vm)
{
	ths_address talker = start_one(vm, &talker_actor);
	const struct ths_poison *poison;
	ths_mail *mail;

	mail = ths_ask(vm, talker, LONG, burn);
	SCENARIO_CHECK(ths_mail_status(mail) == THS_FAILED);
	SCENARIO_CHECK(strcmp(ths_mail_why(mail), "it burns") == 0);
	SCENARIO_CHECK(ths_address_equal(ths_mail_sender(mail), talker));
	poison = ths_mail_as(mail, ths_poison);
	SCENARIO_CHECK(poison != NULL);
	SCENARIO_CHECK(strcmp(poison->message.type->name, "burn") == 0);
	ths_mail_free(mail);
	SCENARIO_CHECK(status_of(ths_ask(vm, talker, THS_FOREVER, unheard)) ==
	    THS_REFUSED);
	SCENARIO_CHECK(status_of(ths_ask(vm, end_one(vm), THS_FOREVER,
	    hello)) == THS_GONE);
	mail = ths_ask(vm, talker, 0, answer_late, .delay = SHORT);
	SCENARIO_CHECK(ths_mail_status(mail) == THS_TIMEOUT);
	SCENARIO_CHECK(ths_mail_as(mail, reply) == NULL);
	ths_mail_free(mail);
	SCENARIO_CHECK(hears(vm, -1));
}

/* B-07: what is no address is a mistake, and the words name the call. */
static inline void
scenario_no_address(ths_vm *vm)
{
	static const char words[] = "nobody is no address to send to";
	ths_mail *mail = ths_ask(vm, THS_NOBODY, THS_FOREVER, hello);

	SCENARIO_CHECK(ths_mail_status(mail) == THS_BAD_ARGUMENT);
	SCENARIO_CHECK(strncmp(ths_mail_why(mail), "ths_ask: ", 9) == 0);
	SCENARIO_CHECK(strcmp(ths_mail_why(mail) + 9, words) == 0);
	ths_mail_free(mail);
	mail = ths_call(vm, THS_NOBODY, THS_FOREVER, hello);
	SCENARIO_CHECK(ths_mail_status(mail) == THS_BAD_ARGUMENT);
	SCENARIO_CHECK(strncmp(ths_mail_why(mail), "ths_call: ", 10) == 0);
	ths_mail_free(mail);
	SCENARIO_CHECK(ths_tell(vm, THS_NOBODY, hello) == THS_BAD_ARGUMENT);
	SCENARIO_CHECK(ths_tell_wait(vm, THS_NOBODY, LONG, hello) ==
	    THS_BAD_ARGUMENT);
}

/* B-09: what the runtime sends, and mail about it, is for no program outside, and
 * does not lengthen the wait. */
static inline void
scenario_skipped(ths_vm *vm)
{
	ths_address talker = start_one(vm, &talker_actor);
	ths_address tired = start_one(vm, &talker_actor);
	ths_address exiting = start_one(vm, &talker_actor);
	ths_address undertaker = start_one(vm, &talker_actor);
	ths_address gone = end_one(vm);
	uint64_t since;

	SCENARIO_CHECK(value_of(ths_ask(vm, undertaker, LONG, watch)) == 0);
	since = vm_now(vm);
	SCENARIO_CHECK(ths_tell(vm, gone, hello) == THS_OK);
	SCENARIO_CHECK(ths_tell(vm, tired, nap) == THS_OK);
	SCENARIO_CHECK(ths_tell(vm, exiting, ths_exit_request) == THS_OK);
	/* Ten more, one each 3 ms, and only then an answer. */
	/* T-076 */
	SCENARIO_CHECK(status_of(ths_ask(vm, talker, SHORT, pester,
	    .times = 10)) == THS_TIMEOUT);
	SCENARIO_CHECK(has_taken(vm, since, SHORT));
	since = vm_now(vm);
	SCENARIO_CHECK(status_of(ths_listen(vm, NULL, THS_MILLISECONDS(7))) ==
	    THS_TIMEOUT);
	/* T-075 */
	SCENARIO_CHECK(has_taken(vm, since, THS_MILLISECONDS(7)));
	/* What is a program's own goes through, also among them. */
	SCENARIO_CHECK(hears(vm, -2));
	SCENARIO_CHECK(status_of(ths_listen(vm, NULL, 0)) == THS_TIMEOUT);
}

/* B-14: an inline VM of one thread, who does not wait for what cannot come. */
static inline void
scenario_quiet(ths_vm *vm)
{
	ths_address mute, talker;
	uint64_t since = vm_now(vm);

	SCENARIO_CHECK(status_of(ths_listen(vm, NULL, THS_FOREVER)) ==
	    THS_TIMEOUT);
	mute = start_one(vm, &mute_actor);
	talker = start_one(vm, &talker_actor);
	SCENARIO_CHECK(status_of(ths_ask(vm, mute, THS_FOREVER, hello)) ==
	    THS_TIMEOUT);
	SCENARIO_CHECK(status_of(ths_call(vm, mute, THS_SECONDS(3600),
	    hello)) == THS_TIMEOUT);
	SCENARIO_CHECK(ths_wait(vm, mute, THS_FOREVER, NULL) == THS_TIMEOUT);
	SCENARIO_CHECK(vm_now(vm) - since < (uint64_t)SCENARIO_SLACK);
	/* A timer that is due in time is waited for. */
	since = vm_now(vm);
	SCENARIO_CHECK(value_of(ths_ask(vm, talker, THS_FOREVER, answer_late,
	    .delay = SHORT)) == -1);
	SCENARIO_CHECK(vm_now(vm) - since >= (uint64_t)SHORT);
	SCENARIO_CHECK(vm_now(vm) - since <
	    (uint64_t)(SHORT + SCENARIO_SLACK) + (1 << 21));
	/* And one that is not is not. */
	since = vm_now(vm);
	SCENARIO_CHECK(status_of(ths_ask(vm, talker, SHORT, answer_late,
	    .delay = THS_SECONDS(3600))) == THS_TIMEOUT);
	SCENARIO_CHECK(vm_now(vm) - since < (uint64_t)SCENARIO_SLACK);
}

/* -------------------------------------------------------------------- telling */

/* T-174 E-08: the dead are found out, and their mail is a dead letter. */
static inline void
scenario_dead_target(ths_vm *vm)
{
	ths_vm_status before, after;
	ths_address gone = end_one(vm);
	ths_address nowhere = { gone.vm, UINT32_MAX, 1 };
	ths_address foreign = { gone.vm + 1, 1, 1 };

	ths_vm_status_read(vm, &before);
	/* T-174 */
	SCENARIO_CHECK(ths_tell_wait(vm, gone, THS_FOREVER, hello) ==
	    THS_GONE);
	SCENARIO_CHECK(status_of(ths_ask(vm, gone, THS_FOREVER, hello)) ==
	    THS_GONE);
	SCENARIO_CHECK(ths_tell(vm, nowhere, hello) == THS_GONE);
	SCENARIO_CHECK(ths_tell(vm, foreign, hello) == THS_GONE);
	ths_vm_status_read(vm, &after);
	SCENARIO_CHECK(after.dead[THS_DEAD_STALE] + after.dead[THS_DEAD_EXITED]
	    - before.dead[THS_DEAD_STALE] - before.dead[THS_DEAD_EXITED] == 2);
	SCENARIO_CHECK(after.dead[THS_DEAD_NOBODY] -
	    before.dead[THS_DEAD_NOBODY] == 1);
	SCENARIO_CHECK(after.dead[THS_DEAD_FOREIGN] -
	    before.dead[THS_DEAD_FOREIGN] == 1);
}

/* B-16: a good one, one that takes its time, a dead one. */
static inline void
scenario_tell(ths_vm *vm)
{
	ths_address mute = start_one(vm, &mute_actor);
	ths_address talker = start_one(vm, &talker_actor);
	ths_vm_status status;
	uint64_t since;

	/* Neither waits for an answer, nor for the handler. */
	SCENARIO_CHECK(ths_tell(vm, mute, hello) == THS_OK);
	SCENARIO_CHECK(ths_tell(vm, mute, goodbye) == THS_OK);
	/* The handler has returned: its answer is there. */
	SCENARIO_CHECK(ths_tell_wait(vm, talker, LONG, hello, .value = 3) ==
	    THS_OK);
	SCENARIO_CHECK(value_of(ths_listen(vm, NULL, 0)) == 3);
	SCENARIO_CHECK(ths_tell_wait(vm, talker, LONG, unheard) ==
	    THS_REFUSED);
	SCENARIO_CHECK(ths_tell_wait(vm, talker, LONG, burn) == THS_OK);
	SCENARIO_CHECK(status_of(ths_listen(vm, NULL, 0)) == THS_FAILED);
	since = vm_now(vm);
	SCENARIO_CHECK(ths_tell_wait(vm, end_one(vm), THS_FOREVER, hello) ==
	    THS_GONE);
	SCENARIO_CHECK(vm_now(vm) - since < (uint64_t)SCENARIO_SLACK);
	SCENARIO_CHECK(ths_tell_message(vm, NULL, mute, &hello_type, NULL) ==
	    THS_BAD_ARGUMENT);
	SCENARIO_CHECK(ths_tell_wait_message(vm, NULL, mute, LONG,
	    &hello_type, NULL) == THS_BAD_ARGUMENT);
	ths_vm_status_read(vm, &status);
	SCENARIO_CHECK(status.clients >= 1);
}

/* --------------------------------------------------------------- creating */

#define WHY_SIZE 256

static ths_status
unborn_init(ths_self *self, ths_nothing *nothing)
{
	(void)nothing;
	return ths_fail(self, "no %s", "luck");
}

static ths_status
unstarted_start(ths_self *self, ths_nothing *nothing)
{
	(void)nothing;
	return ths_fail(self, "no %s", "fuel");
}

static ths_status
crashing_start(ths_self *self, ths_nothing *nothing)
{
	(void)nothing;
	return ths_crash(self, "no %s", "road");
}

static const ths_pair wishes[] = { THS_NEED("a moon") };

THS_ACTOR(unborn, ths_nothing, THS_INIT(unborn_init))
THS_ACTOR(unstarted, ths_nothing, THS_START(unstarted_start))
THS_ACTOR(crashing, ths_nothing, THS_START(crashing_start))
THS_ACTOR(unfit, ths_nothing, THS_NEEDS(wishes), THS_ON(hello, mute_hello))

/* Bad, and the only one of its kind: nobody else must mend it. */
static const ths_actor senseless_actor = { .name = NULL };

/* Every way not to be started, with its status and its reason. */
struct misfortune {
	const ths_actor *actor;
	ths_spawn_options options;
	ths_status status;
	const char *why;
};

static inline size_t
misfortunes(struct misfortune list[16])
{
	static char long_name[THS_NAME_LENGTH_MAX + 2];
	const struct misfortune all[] = {
		{ NULL, { .mailbox_max = 0 }, THS_BAD_ARGUMENT,
		    "there is no actor's table" },
		{ &senseless_actor, { .mailbox_max = 0 }, THS_BAD_ARGUMENT,
		    "the actor's table makes no sense" },
		{ &mute_actor, { .mailbox_max = UINT32_MAX },
		    THS_BAD_ARGUMENT, "mailbox_max is too large" },
		{ &mute_actor, { .name = "" }, THS_BAD_ARGUMENT,
		    "the name is empty" },
		{ &mute_actor, { .name = "a\tb" }, THS_BAD_ARGUMENT,
		    "the name has a control character" },
		{ &mute_actor, { .name = long_name }, THS_LIMIT,
		    "the name is too long" },
		{ &mute_actor, { .start = { &hello_type, NULL } },
		    THS_BAD_ARGUMENT, "it takes no start message" },
		{ &unfit_actor, { .mailbox_max = 0 }, THS_UNFIT,
		    "the VM has no a moon" },
		{ &unborn_actor, { .mailbox_max = 0 }, THS_UNBORN, "no luck" },
		{ &unstarted_actor, { .mailbox_max = 0 }, THS_UNBORN,
		    "no fuel" },
		{ &crashing_actor, { .mailbox_max = 0 }, THS_UNBORN,
		    "no road" },
	};

	memset(long_name, 'x', sizeof(long_name) - 1);
	memcpy(list, all, sizeof(all));
	return sizeof(all) / sizeof(all[0]);
}

/* T-071 T-161: each is an error of the call, which says why. */
static inline void
scenario_misfortunes(ths_vm *vm)
{
	struct misfortune list[16];
	size_t length = misfortunes(list);

	for (size_t i = 0; i < length; i++) {
		ths_address address = THS_NOBODY;
		char why[WHY_SIZE] = "";

		/* T-161 */
		SCENARIO_CHECK(ths_spawn_wait(vm, &address, list[i].actor,
		    &list[i].options, LONG, why, sizeof(why)) ==
		    list[i].status);
		SCENARIO_CHECK(strcmp(why, list[i].why) == 0);
		SCENARIO_CHECK(ths_address_is_nobody(address));
	}
}

/* B-06: what comes late of earlier questions is no answer to a creation. */
static inline void
scenario_late_answers(ths_vm *vm)
{
	ths_address first = start_one(vm, &talker_actor);
	ths_address second = start_one(vm, &talker_actor);
	ths_address third = THS_NOBODY;
	char why[WHY_SIZE] = "untouched";

	SCENARIO_CHECK(status_of(ths_ask(vm, first, 0, answer_late,
	    .delay = THS_MILLISECONDS(50))) == THS_TIMEOUT);
	SCENARIO_CHECK(status_of(ths_call(vm, second, 0, answer_late,
	    .delay = THS_MILLISECONDS(40))) == THS_TIMEOUT);
	/* These are there already. */
	SCENARIO_CHECK(ths_tell_wait(vm, first, LONG, hello, .value = 8) ==
	    THS_OK);
	SCENARIO_CHECK(ths_tell_wait(vm, first, LONG, burn) == THS_OK);
	for (int i = 0; i < 3; i++) {
		SCENARIO_CHECK(ths_spawn_wait(vm, &third, &talker_actor, NULL,
		    LONG, why, sizeof(why)) == THS_OK);
		/* T-072 */
		SCENARIO_CHECK(!ths_address_equal(third, first));
		SCENARIO_CHECK(value_of(ths_call(vm, third, LONG, hello,
		    .value = 9)) == 9);
	}
	SCENARIO_CHECK(strcmp(why, "untouched") == 0);
	/* And is still there for who listens. */
	SCENARIO_CHECK(hears(vm, 8));
	SCENARIO_CHECK(status_of(ths_listen(vm, NULL, 0)) == THS_FAILED);
	SCENARIO_CHECK(hears(vm, -1));
}

/* ---------------------------------------------------------- one way to create */

/* An actor that creates what it is told to, and tells what it hears of it. */
THS_MESSAGE(make,
    THS_FIELD(uint64_t, actor),   /* where in memory they are */
    THS_FIELD(uint64_t, options))
THS_MESSAGE(made,
    THS_FIELD(int, status),
    THS_FIELD(ths_address, address))
THS_MESSAGE(ended,
    THS_FIELD(int, reason),
    THS_FIELD(ths_string, why))

struct maker { ths_address asker; };

static ths_status
maker_make(ths_self *self, struct maker *maker, const struct make *make)
{
	ths_address address = THS_NOBODY;
	ths_status status = ths_spawn_child(self, &address,
	    (const ths_actor *)(uintptr_t)make->actor,
	    (const ths_spawn_options *)(uintptr_t)make->options);

	maker->asker = ths_sender(self);
	return ths_reply(self, made, .status = (int)status,
	    .address = address);
}

static ths_status
maker_exited(ths_self *self, struct maker *maker,
    const struct ths_actor_exited *exited)
{
	return ths_send(self, maker->asker, ended,
	    .reason = (int)exited->reason, .why = exited->why);
}

THS_ACTOR(maker, struct maker, THS_ON(make, maker_make),
    THS_ON(ths_actor_exited, maker_exited))

enum entry {
	ENTRY_OUTSIDE,        /* ths_spawn() */
	ENTRY_OUTSIDE_WAITING, /* ths_spawn_wait() */
	ENTRY_ACTOR,          /* ths_spawn_child() */
	ENTRIES
};

/* Creates by this entry; *address is untouched unless THS_OK. */
static inline ths_status
create_by(ths_vm *vm, ths_address maker, enum entry entry,
    const ths_actor *actor, const ths_spawn_options *options,
    ths_address *address)
{
	const struct made *made;
	ths_status status;
	ths_mail *mail;

	if (entry == ENTRY_OUTSIDE)
		return ths_spawn(vm, address, actor, options);
	if (entry == ENTRY_OUTSIDE_WAITING)
		return ths_spawn_wait(vm, address, actor, options, LONG, NULL,
		    0);
	/* ask: what the maker tells later comes to the same address. */
	mail = ths_ask(vm, maker, LONG, make,
	    .actor = (uintptr_t)actor, .options = (uintptr_t)options);
	made = ths_mail_as(mail, made);
	SCENARIO_CHECK(made != NULL);
	status = (ths_status)made->status;
	SCENARIO_CHECK(status == THS_OK ||
	    ths_address_is_nobody(made->address));
	if (status == THS_OK)
		*address = made->address;
	ths_mail_free(mail);
	return status;
}

/* The end of a maker's child that never began. */
static inline void
check_notice(ths_vm *vm, const struct misfortune *misfortune)
{
	ths_mail *mail = ths_listen(vm, NULL, LONG);
	const struct ended *notice = ths_mail_as(mail, ended);

	SCENARIO_CHECK(notice != NULL);
	SCENARIO_CHECK(notice->reason == (misfortune->actor ==
	    &crashing_actor ? THS_EXIT_CRASHED : THS_EXIT_INIT_FAILED));
	SCENARIO_CHECK(strcmp(notice->why, misfortune->why) == 0);
	ths_mail_free(mail);
}

/* each outcome is the same by each entry.  What is only known when the actor
 * runs is told by the call where that waits, else by a notice with the same
 * words. */
static inline void
scenario_entries(ths_vm *vm)
{
	ths_address maker = start_one(vm, &maker_actor);
	struct misfortune list[16];
	size_t length = misfortunes(list);

	for (size_t i = 0; i < length; i++) {
		for (int entry = 0; entry < ENTRIES; entry++) {
			ths_address address = THS_NOBODY;
			ths_status status = create_by(vm, maker,
			    (enum entry)entry, list[i].actor,
			    &list[i].options, &address);

			if (list[i].status == THS_UNBORN &&
			    entry != ENTRY_OUTSIDE_WAITING)
				SCENARIO_CHECK(status == THS_OK);
			else
				/* T-163 */
				SCENARIO_CHECK(status == list[i].status);
			SCENARIO_CHECK(ths_address_is_nobody(address) ==
			    (status != THS_OK));
			if (status == THS_OK && entry == ENTRY_ACTOR)
				check_notice(vm, &list[i]);
			if (status == THS_OK)
				SCENARIO_CHECK(ths_wait(vm, address, LONG,
				    NULL) == THS_OK);
		}
	}
}

/* The steps have one order: name, table, capabilities, options, start. */
static inline void
scenario_steps(ths_vm *vm)
{
	static const ths_row needy_rows[] = {
		{ .kind = THS_ROW_NEEDS, .needs = wishes, .needs_length = 1 },
	};
	static const ths_actor needy_actor = { .name = NULL,
		.rows = needy_rows, .rows_length = 1 };
	ths_address maker = start_one(vm, &maker_actor);
	struct misfortune list[16];
	size_t length = misfortunes(list);

	for (int entry = 0; entry < ENTRIES; entry++) {
		ths_spawn_options options = { .name = "taken" };
		ths_address first, address = THS_NOBODY;

		SCENARIO_CHECK(create_by(vm, maker, ENTRY_OUTSIDE_WAITING,
		    &mute_actor, &options, &first) == THS_OK);
		/* Whatever else is wrong, and whoever asks. */
		for (size_t i = 0; i < length; i++) {
			options = list[i].options;
			options.name = "taken";
			SCENARIO_CHECK(create_by(vm, maker, (enum entry)entry,
			    list[i].actor, &options, &address) == THS_OK);
			SCENARIO_CHECK(ths_address_equal(address, first));
		}
		options = (ths_spawn_options){ .mailbox_max = UINT32_MAX };
		SCENARIO_CHECK(create_by(vm, maker, (enum entry)entry,
		    &needy_actor, &options, &address) == THS_BAD_ARGUMENT);
		SCENARIO_CHECK(create_by(vm, maker, (enum entry)entry,
		    &unfit_actor, &options, &address) == THS_UNFIT);
		SCENARIO_CHECK(create_by(vm, maker, (enum entry)entry,
		    &unborn_actor, &options, &address) == THS_BAD_ARGUMENT);
		/* Under a name of its own: nobody's child, and the name is free
		 * again. */
		options = (ths_spawn_options){ .name = "brief" };
		SCENARIO_CHECK(create_by(vm, maker, (enum entry)entry,
		    &unborn_actor, &options, &address) ==
		    (entry == ENTRY_OUTSIDE_WAITING ? THS_UNBORN : THS_OK));
		SCENARIO_CHECK(create_by(vm, maker, ENTRY_OUTSIDE_WAITING,
		    &unborn_actor, &options, &address) == THS_UNBORN);
		SCENARIO_CHECK(ths_name_find(vm, "brief", &address) ==
		    THS_UNKNOWN);
	}
}

#endif
