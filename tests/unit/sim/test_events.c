/* SPDX-License-Identifier: MIT */
/* events: what a listener is told, in words. */
#include "sim/events.h"

#include <stdio.h>
#include <string.h>

#include "sim/sim.h"
#include "sim/sim_vm.h"
#include "tests/harness.h"
#include "thespis/thespis.h"

enum { LINES = 64 };

THS_MESSAGE(add, THS_FIELD(int64_t, amount))
THS_MESSAGE(total, THS_FIELD(int64_t, value))

struct counter { int64_t value; };

static ths_status
on_add(ths_self *self, struct counter *counter, const struct add *add)
{
	counter->value += add->amount;
	return ths_reply(self, total, .value = counter->value);
}

THS_ACTOR(counter, struct counter, THS_ON(add, on_add))

/* Calls a counter in a world, whose last events are told to memoir unless it is
 * NULL; the signature. */
static uint64_t
call_a_counter(struct sim_memoir *memoir)
{
	ths_sim *sim = ths_sim_new(&(ths_sim_config){ .seed = 1 });
	ths_vm *vm = ths_sim_vm(sim, NULL);
	ths_address counter;
	uint64_t signature;
	ths_mail *mail;

	if (memoir != NULL)
		sim->listener = (struct sim_listener){ sim_memoir_tell,
			memoir };
	cr_assert_eq(ths_spawn(vm, &counter, &counter_actor, NULL), THS_OK);
	mail = ths_call(vm, counter, THS_SECONDS(1), add, .amount = 42);
	cr_assert_not_null(ths_mail_as(mail, total));
	ths_mail_free(mail);
	cr_assert_eq(ths_vm_stop(vm, THS_SECONDS(1)), THS_OK);
	signature = ths_sim_signature(sim);
	cr_assert_eq(ths_sim_free(sim), THS_SIM_DONE);
	return signature;
}

/* The place of the first line that has these words; LINES: none. */
static size_t
find(const struct sim_memoir *memoir, const char *words)
{
	for (size_t i = 0; i < sim_memoir_count(memoir); i++) {
		if (strstr(sim_memoir_line(memoir, i), words) != NULL)
			return i;
	}
	return LINES;
}

Test(events, tell_a_call_in_words)
{
	static char lines[LINES][SIM_MEMOIR_LINE];
	static const char *const words[] = {
		"home 0  counter 2.1 is born",
		"home 0  sends add{amount=42} to counter 2.1",
		"counter 2.1 runs",
		"counter 2.1 handles add{amount=42} from ",
		"counter 2.1 sends total{value=42} to ",
		"counter 2.1 returns: done",
		" is given total{value=42} from 2.1",
		"counter 2.1 ends: the VM was stopping",
	};
	struct sim_memoir memoir = { .lines = lines, .length = LINES };
	size_t last = 0;

	(void)call_a_counter(&memoir);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t place = find(&memoir, words[i]);

		if (place >= LINES || place < last) {
			for (size_t j = 0; j < sim_memoir_count(&memoir); j++)
				fprintf(stderr, "%s\n",
				    sim_memoir_line(&memoir, j));
		}
		cr_assert_lt(place, LINES, "%s", words[i]);
		cr_assert_geq(place, last, "%s", words[i]);
		last = place;
	}
}

Test(events, change_nothing)
{
	static char lines[LINES][SIM_MEMOIR_LINE];
	struct sim_memoir memoir = { .lines = lines, .length = LINES };

	cr_assert_eq(call_a_counter(&memoir), call_a_counter(NULL));
}

Test(events, of_which_the_last_are_remembered)
{
	static char lines[2][SIM_MEMOIR_LINE];
	struct sim_memoir memoir = { .lines = lines, .length = 2 };
	struct sim_event event = { .kind = SIM_EVENT_TIMER_FIRES,
		.thread = 3, .thread_name = "worker" };

	cr_assert_eq(sim_memoir_count(&memoir), 0);
	for (uint64_t i = 1; i <= 5; i++) {
		event.number = i;
		event.at_ns = i * 1000000 + 7;
		sim_memoir_tell(&memoir, &event);
	}
	cr_assert_eq(sim_memoir_count(&memoir), 2);
	cr_assert_str_eq(sim_memoir_line(&memoir, 0),
	    "4.000007 ms  worker 3  timer 4 fires");
	cr_assert_str_eq(sim_memoir_line(&memoir, 1),
	    "5.000007 ms  worker 3  timer 5 fires");
}

Test(events, that_are_too_long_are_cut)
{
	static char lines[1][SIM_MEMOIR_LINE];
	struct sim_memoir memoir = { .lines = lines, .length = 1 };
	char why[2 * SIM_MEMOIR_LINE];
	const struct sim_event event = { .kind = SIM_EVENT_RETURNS,
		.thread_name = "worker", .to = { 0, 3, 1 },
		.to_name = "bank", .why = why };

	memset(why, 'x', sizeof(why) - 1);
	why[sizeof(why) - 1] = '\0';
	sim_memoir_tell(&memoir, &event);
	cr_assert_eq(strlen(lines[0]), SIM_MEMOIR_LINE - 1);
	cr_assert_str_eq(lines[0] + SIM_MEMOIR_LINE - sizeof("xx..."),
	    "xx...");
}
