/* SPDX-License-Identifier: MIT */
/*
 * alarms - scenes of wake-ups: never early, each once, the nearer one first,
 * and seen from outside while they wait.
 */
#ifndef TESTS_SCENES_ALARMS_H
#define TESTS_SCENES_ALARMS_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/scenes/stage.h"

enum {
	ALARMS_MAX = 8,          /* of one sleeper */
	ALARMS_TEXT_SIZE = 8192,
	ALARMS_SECRET = 7654321, /* a payload */
	ALARMS_FLOOD = 50,       /* messages for a mailbox of one */
};

THS_MESSAGE(alarm, THS_FIELD(ths_duration, delay),
    THS_FIELD(ths_duration, period), THS_FIELD(uint64_t, payload))
THS_SIGNAL(alarms_of_all_kinds)
THS_SIGNAL(rung)
THS_SIGNAL(snooze)
THS_MESSAGE(rings, THS_FIELD(uint32_t, count), THS_FIELD(bool, is_early),
    THS_FIELD(ths_duration, longest),
    THS_ARRAY(uint64_t, payloads, ALARMS_MAX))

/* ------------------------------------------------------------------- actors */

/* Of each alarm, in the order in which they are set. */
struct alarmed {
	ths_timer timers[ALARMS_MAX];
	ths_duration since[ALARMS_MAX];
	uint32_t length;
	struct rings rings;
};

static ths_status
alarmed_answer(ths_self *self, const struct alarmed *alarmed)
{
	return ths_reply_message(self, &rings_type, &alarmed->rings);
}

/* Answers with what has rung before. */
static ths_status
alarmed_alarm(ths_self *self, struct alarmed *alarmed,
    const struct alarm *alarm)
{
	uint32_t i = alarmed->length++;

	STAGE_CHECK(i < ALARMS_MAX);
	alarmed->since[i] = ths_now(self);
	STAGE_CHECK((alarm->period > 0 ? ths_timer_every(self, alarm->period,
	    alarm->payload, &alarmed->timers[i]) : ths_timer_set(self,
	    alarm->delay, alarm->payload, &alarmed->timers[i])) == THS_OK);
	return alarmed_answer(self, alarmed);
}

/* Never, later, soon and at once, in this order. */
static ths_status
alarmed_by_all_kinds(ths_self *self, struct alarmed *alarmed,
    const struct alarms_of_all_kinds *all)
{
	/* Far enough apart for a handler that is held up between two. */
	static const ths_duration delays[] = { THS_FOREVER,
		THS_MILLISECONDS(600), THS_MILLISECONDS(300), 0,
		-THS_SECONDS(5), THS_MILLISECONDS(600) + THS_MICROSECONDS(5) };

	(void)all;
	for (uint64_t i = 0; i < sizeof(delays) / sizeof(delays[0]); i++) {
		alarmed->since[i] = ths_now(self);
		STAGE_CHECK(ths_timer_set(self, delays[i], i,
		    &alarmed->timers[i]) == THS_OK);
		alarmed->length++;
	}
	return alarmed_answer(self, alarmed);
}

static ths_status
alarmed_wakeup(ths_self *self, struct alarmed *alarmed,
    const struct ths_wakeup *wakeup)
{
	struct rings *rings = &alarmed->rings;
	ths_duration waited;
	uint32_t i = 0;

	while (i < alarmed->length && alarmed->timers[i] != wakeup->timer)
		i++;
	STAGE_CHECK(i < alarmed->length && rings->count < ALARMS_MAX);
	waited = ths_now(self) - alarmed->since[i];
	rings->is_early |= waited < wakeup->delay;
	if (waited > rings->longest)
		rings->longest = waited;
	rings->payloads[rings->count++] = wakeup->payload;
	return THS_OK;
}

static ths_status
alarmed_rung(ths_self *self, struct alarmed *alarmed, const struct rung *rung)
{
	(void)rung;
	return alarmed_answer(self, alarmed);
}

static ths_status
alarmed_snooze(ths_self *self, struct alarmed *alarmed,
    const struct snooze *snooze)
{
	(void)self, (void)alarmed, (void)snooze;
	return THS_OK;
}

THS_ACTOR(alarmed, struct alarmed,
    THS_ON(snooze, alarmed_snooze),
    THS_ON(alarm, alarmed_alarm),
    THS_ON(alarms_of_all_kinds, alarmed_by_all_kinds),
    THS_ON(ths_wakeup, alarmed_wakeup),
    THS_ON(rung, alarmed_rung))

/* -------------------------------------------------------------------- props */

static inline struct rings
alarms_rings(ths_mail *mail)
{
	const struct rings *rings = ths_mail_as(mail, rings);
	struct rings copy;

	STAGE_CHECK(rings != NULL);
	copy = *rings;
	ths_mail_free(mail);
	return copy;
}

static inline struct rings
alarms_set(ths_vm *vm, ths_address alarmed, ths_duration delay)
{
	return alarms_rings(ths_call(vm, alarmed, THS_SECONDS(60), alarm,
	    .delay = delay));
}

/*
 * What has rung when it is so many.  Who waits in an inline VM waits only for
 * what comes within its time, so that grows beyond any alarm of these.
 */
static inline struct rings
alarms_await(ths_vm *vm, ths_address alarmed, uint32_t wanted)
{
	struct rings rings = alarms_rings(ths_call(vm, alarmed,
	    THS_SECONDS(60), rung));

	for (int i = 0; i < STAGE_TRIES && rings.count < wanted; i++) {
		ths_mail_free(ths_listen(vm, NULL,
		    THS_MILLISECONDS(1) << (i < 10 ? i : 10)));
		rings = alarms_rings(ths_call(vm, alarmed, THS_SECONDS(60),
		    rung));
	}
	STAGE_CHECK(rings.count == wanted);
	STAGE_CHECK(!rings.is_early);
	return rings;
}

/* Lets time pass, in which others may ring. */
static inline void
alarms_pass(ths_vm *vm, ths_duration delay)
{
	ths_address other = stage_spawn(vm, &alarmed_actor);

	alarms_set(vm, other, delay);
	alarms_await(vm, other, 1);
}

/* ------------------------------------------------------------------- scenes */

/* F-01: none before, one after, and no other. */
static inline void
alarms_ring_once(ths_vm *vm)
{
	ths_address alarmed = stage_spawn(vm, &alarmed_actor);

	STAGE_CHECK(alarms_set(vm, alarmed, THS_MILLISECONDS(65)).count == 0);
	STAGE_CHECK(alarms_await(vm, alarmed, 1).longest >=
	    THS_MILLISECONDS(65));
	alarms_pass(vm, THS_MILLISECONDS(70));
	alarms_await(vm, alarmed, 1);
}

/* F-14, for one of several threads: a near one is not held up by a far one, and
 * rings once. */
static inline void
alarms_ring_before_far_ones(ths_vm *vm, ths_duration slack)
{
	ths_address far = stage_spawn(vm, &alarmed_actor);
	ths_address near = stage_spawn(vm, &alarmed_actor);

	alarms_set(vm, far, THS_SECONDS(3600));
	ths_mail_free(ths_listen(vm, NULL, THS_MILLISECONDS(5)));
	alarms_set(vm, near, THS_MILLISECONDS(50));
	STAGE_CHECK(alarms_await(vm, near, 1).longest <=
	    THS_MILLISECONDS(50) + slack);
	alarms_pass(vm, THS_MILLISECONDS(60));
	alarms_await(vm, near, 1);
	alarms_await(vm, far, 0);
}

/* F-15, T-190: at once, soon, later and never. */
static inline void
alarms_ring_in_order(ths_vm *vm)
{
	ths_address alarmed = stage_spawn(vm, &alarmed_actor);
	struct rings rings;

	alarms_rings(ths_call(vm, alarmed, THS_SECONDS(60),
	    alarms_of_all_kinds));
	rings = alarms_await(vm, alarmed, 5);
	STAGE_CHECK(rings.payloads[0] == 3);
	STAGE_CHECK(rings.payloads[1] == 4);
	STAGE_CHECK(rings.payloads[2] == 2);
	/* Five microseconds are nothing, unless a millisecond ends there. */
	STAGE_CHECK(rings.payloads[3] == 1);
	STAGE_CHECK(rings.payloads[4] == 5);
	alarms_pass(vm, THS_MILLISECONDS(50));
	/* Never, and each once. */
	alarms_await(vm, alarmed, 5);
	/* T-190 */
	STAGE_CHECK(ths_actor_timers(vm, alarmed, NULL, 0) == 1);
}

/* M-03, T-191: those that wait are seen, with owner and time, without
 * payload. */
static inline void
alarms_are_seen(ths_vm *vm)
{
	ths_address alarmed = stage_spawn(vm, &alarmed_actor);
	ths_timer_status timers[3];
	ths_actor_status status;
	char text[ALARMS_TEXT_SIZE], word[32], shown[THS_ADDRESS_TEXT_SIZE];
	int far = 0, often = 0;

	STAGE_CHECK(ths_actor_timers(vm, alarmed, timers, 3) == 0);
	for (int i = 1; i <= 2; i++) {
		alarms_rings(ths_call(vm, alarmed, THS_SECONDS(60), alarm,
		    .delay = THS_SECONDS(1000), .payload = ALARMS_SECRET,
		    .period = i == 1 ? 0 : THS_SECONDS(400)));
		STAGE_CHECK(ths_actor_status_read(vm, alarmed, &status) ==
		    THS_OK);
		STAGE_CHECK(status.timers == (uint32_t)i);
	}
	STAGE_CHECK(ths_actor_timers(vm, alarmed, timers, 3) == 2);
	for (int i = 0; i < 2; i++) {
		ths_duration whole = timers[i].period == 0 ?
		    THS_SECONDS(1000) : THS_SECONDS(400);

		STAGE_CHECK(ths_address_equal(timers[i].owner, alarmed));
		STAGE_CHECK(timers[i].left <= whole);
		STAGE_CHECK(timers[i].left > whole - THS_SECONDS(60));
		far += timers[i].period == 0;
		often += timers[i].period == THS_SECONDS(400);
	}
	STAGE_CHECK(far == 1 && often == 1);
	ths_vm_report(vm, NULL, text, sizeof(text));
	STAGE_CHECK(strstr(text, ths_address_print(alarmed, shown)) != NULL);
	STAGE_CHECK(strstr(text, "every 400000 ms") != NULL);
	snprintf(word, sizeof(word), "%d", ALARMS_SECRET);
	/* T-191 */
	STAGE_CHECK(strstr(text, word) == NULL);
}

/* F-02, F-03: each is counted for its own payload; two and then three more at
 * small distances are five. */
static inline void
alarms_tell_their_payloads(ths_vm *vm)
{
	static const uint64_t payloads[] = { 1, UINT64_MAX, 0, 2, 2 };
	ths_address alarmed = stage_spawn(vm, &alarmed_actor);
	uint32_t found[3] = { 0 };
	struct rings rings;

	for (uint32_t i = 0; i < 5; i++) {
		alarms_rings(ths_call(vm, alarmed, THS_SECONDS(60), alarm,
		    .delay = THS_MILLISECONDS(5 + 2 * i),
		    .payload = payloads[i]));
		if (i == 1)
			alarms_await(vm, alarmed, 2);
	}
	rings = alarms_await(vm, alarmed, 5);
	for (uint32_t i = 0; i < 5; i++)
		found[rings.payloads[i] == 2 ? 2 : rings.payloads[i] != 0]++;
	STAGE_CHECK(found[0] == 1 && found[1] == 2 && found[2] == 2);
}

/* F-04: those of one that ends ring nowhere. */
static inline void
alarms_end_with_their_owner(ths_vm *vm)
{
	ths_address alarmed = stage_spawn(vm, &alarmed_actor);
	ths_vm_status before, after;

	STAGE_CHECK(alarms_set(vm, alarmed, THS_MILLISECONDS(30)).count == 0);
	STAGE_CHECK(ths_tell(vm, alarmed, ths_exit_request) == THS_OK);
	STAGE_CHECK(ths_wait(vm, alarmed, THS_SECONDS(60), NULL) == THS_OK);
	ths_vm_status_read(vm, &before);
	alarms_pass(vm, THS_MILLISECONDS(40));
	ths_vm_status_read(vm, &after);
	for (int i = 0; i < THS_DEAD_COUNT; i++)
		STAGE_CHECK(after.dead[i] == before.dead[i]);
	STAGE_CHECK(ths_actor_timers(vm, alarmed, NULL, 0) == 0);
}

/* F-06: no delay, and less than none. */
static inline void
alarms_without_delay_ring_at_once(ths_vm *vm)
{
	static const ths_duration delays[] = { 0, -1, -THS_SECONDS(3600),
		INT64_MIN };
	ths_address alarmed = stage_spawn(vm, &alarmed_actor);

	for (uint32_t i = 0; i < 4; i++) {
		alarms_set(vm, alarmed, delays[i]);
		alarms_await(vm, alarmed, i + 1);
	}
	STAGE_CHECK(ths_actor_timers(vm, alarmed, NULL, 0) == 0);
}

/* F-05: a full mailbox keeps no wake-up out. */
static inline void
alarms_ring_in_a_full_mailbox(ths_vm *vm)
{
	struct rings rings = { 0 };
	ths_vm_status before, after;
	ths_address alarmed;

	STAGE_CHECK(ths_spawn(vm, &alarmed, &alarmed_actor,
	    &(ths_spawn_options){ .mailbox_max = 1 }) == THS_OK);
	ths_vm_status_read(vm, &before);
	after = before;
	STAGE_CHECK(alarms_set(vm, alarmed, THS_MILLISECONDS(2)).count == 0);
	/* Until one finds it full, and then some. */
	for (int i = 0; i < STAGE_TRIES && (i < ALARMS_FLOOD ||
	    after.dead[THS_DEAD_FULL] == before.dead[THS_DEAD_FULL]); i++) {
		ths_status status = ths_tell(vm, alarmed, snooze);

		STAGE_CHECK(status == THS_OK || status == THS_FULL);
		ths_vm_status_read(vm, &after);
	}
	STAGE_CHECK(after.dead[THS_DEAD_FULL] > before.dead[THS_DEAD_FULL]);
	/* It takes a question when there is room. */
	for (int i = 0; i < STAGE_TRIES && rings.count == 0; i++) {
		ths_mail *mail = ths_call(vm, alarmed, THS_SECONDS(60), rung);

		if (ths_mail_status(mail) == THS_FULL)
			ths_mail_free(mail);
		else
			rings = alarms_rings(mail);
		ths_mail_free(ths_listen(vm, NULL, THS_MILLISECONDS(5)));
	}
	STAGE_CHECK(rings.count == 1);
}

#endif
