/* SPDX-License-Identifier: MIT */
/* mutant - chooses a deliberate bug; see mutant.h. */
#include "tests/sim/mutants/mutant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum mutant mutant_alive;

static const struct {
	const char *name;
	enum mutant mutant;
} mutants[] = {
	{ "none", MUTANT_NONE },
#define MUTANT(constant, number, name) { name, MUTANT_##constant },
#include "mutants.def"
#undef MUTANT
};

/* True when a mutant has this name, or this number. */
static bool
is_meant(const char *text, size_t i)
{
	char *end;
	long number = strtol(text, &end, 10);

	return strcmp(text, mutants[i].name) == 0 ||
	    (end != text && *end == '\0' && number == (long)mutants[i].mutant);
}

__attribute__((constructor)) static void
choose(void)
{
	const char *wanted = getenv("THS_MUTANT");

	if (wanted == NULL)
		return;
	for (size_t i = 0; i < sizeof(mutants) / sizeof(mutants[0]); i++) {
		if (is_meant(wanted, i)) {
			mutant_alive = mutants[i].mutant;
			return;
		}
	}
	fprintf(stderr, "THS_MUTANT=%s: no mutant has this name\n", wanted);
	exit(2);
}
