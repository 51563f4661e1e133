/* SPDX-License-Identifier: MIT */
/* numbers - what many scenes say: a number, and a question that has
 * no words. */
#ifndef TESTS_SCENES_NUMBERS_H
#define TESTS_SCENES_NUMBERS_H

#include "tests/scenes/stage.h"

THS_MESSAGE(number, THS_FIELD(int64_t, value))
THS_SIGNAL(question)

/* The number in an answer, which it frees. */
static inline int64_t
number_of(ths_mail *mail)
{
	const struct number *number = ths_mail_as(mail, number);
	int64_t value = number == NULL ? INT64_MIN : number->value;

	STAGE_CHECK(number != NULL);
	ths_mail_free(mail);
	return value;
}

#endif
