/* SPDX-License-Identifier: MIT */
/* outcome - what became of one seed; see outcome.h. */
#include "tools/sim/outcome.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static_assert(sizeof(struct outcome) <= OUTCOME_SIZE &&
    OUTCOME_SIZE <= _POSIX_PIPE_BUF * 2,
    "an outcome passes through a pipe in one piece");

void
outcome_fail(struct outcome *outcome, const char *format, ...)
{
	va_list arguments;

	if (outcome->has_failed)
		return;
	outcome->has_failed = true;
	va_start(arguments, format);
	vsnprintf(outcome->text, sizeof(outcome->text), format, arguments);
	va_end(arguments);
	/* One line, whatever was said. */
	for (char *end; (end = strchr(outcome->text, '\n')) != NULL;)
		*end = ' ';
}

void
outcome_print(const struct outcome *outcome, FILE *stream)
{
	if (outcome->has_failed)
		fprintf(stream, "seed %" PRIu64 " FAILED: %s\n", outcome->seed,
		    outcome->text);
	else
		fprintf(stream, "seed %" PRIu64 " signature %016" PRIx64
		    " ok\n", outcome->seed, outcome->signature);
}

/* Behind "file.c:120: ", wherever that stands in a text; NULL: nowhere. */
static const char *
behind_place(const char *text)
{
	for (const char *at = text; (at = strstr(at, ".c:")) != NULL;) {
		at += 3;
		if (isdigit((unsigned char)*at))
			return at + strcspn(at, " ");
	}
	return NULL;
}

/* The next letter of a text, a whole number being one. */
static char
next_letter(const char **text)
{
	size_t digits = strspn(*text, "0123456789");
	char letter = digits > 0 ? '0' : **text;

	*text += digits > 0 ? digits : letter != '\0';
	return letter;
}

/* Compares words, all numbers being the same; up to a colon, if only the
 * beginning matters. */
static bool
are_like(const char *a, const char *b, bool only_beginning)
{
	char letter;

	do {
		letter = next_letter(&a);
		if (letter != next_letter(&b))
			return false;
	} while (letter != '\0' && !(only_beginning && letter == ':'));
	return true;
}

bool
outcome_is_like(const struct outcome *outcome, const struct outcome *other)
{
	const char *mine = behind_place(outcome->text);
	const char *others = behind_place(other->text);

	if (!outcome->has_failed || !other->has_failed ||
	    (mine == NULL) != (others == NULL))
		return false;
	if (mine == NULL)
		return are_like(outcome->text, other->text, false);
	return mine - outcome->text == others - other->text &&
	    memcmp(outcome->text, other->text,
	    (size_t)(mine - outcome->text)) == 0 &&
	    are_like(mine, others, true);
}
