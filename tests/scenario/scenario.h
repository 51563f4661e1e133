/* SPDX-License-Identifier: MIT */
/*
 * scenario - a story told once and run in every mode: by test_scenarios.c inline
 * and on worker threads, by programs of tests/sim with a seed for each order.
 *
 * A scenario is a function of a VM, and talks to its actors from outside as any
 * program does.  Who includes this defines first
 *   SCENARIO_CHECK(x)  ends the run when x is false
 *   SCENARIO_MANY      how many "many" are; fewer where each step is dear
 *   SCENARIO_PAUSE()   lets others run, inside a handler
 */
#ifndef TESTS_SCENARIO_SCENARIO_H
#define TESTS_SCENARIO_SCENARIO_H

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

#include "thespis/thespis.h"

#if !defined(SCENARIO_CHECK) || !defined(SCENARIO_MANY) || \
    !defined(SCENARIO_PAUSE)
#error "define SCENARIO_CHECK, SCENARIO_MANY and SCENARIO_PAUSE first"
#endif

/* So long nothing takes, unless it is lost. */
#define SCENARIO_PATIENCE THS_SECONDS(60)

THS_MESSAGE(number, THS_FIELD(int64_t, value))
THS_SIGNAL(question)

static inline ths_address
scenario_spawn(ths_vm *vm, const ths_actor *actor)
{
	ths_address address;

	SCENARIO_CHECK(ths_spawn(vm, &address, actor, NULL) == THS_OK);
	return address;
}

/* The number in an answer, which it frees. */
static inline int64_t
scenario_number(ths_mail *mail)
{
	const struct number *number = ths_mail_as(mail, number);
	int64_t value = number == NULL ? INT64_MIN : number->value;

	SCENARIO_CHECK(number != NULL);
	ths_mail_free(mail);
	return value;
}

#endif
