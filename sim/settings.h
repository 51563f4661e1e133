/* SPDX-License-Identifier: MIT */
/*
 * settings - the sizes that a program has asked for, and those that whoever
 * explores has set; see ths_sim_parameter().
 *
 * Ownership: names stay the caller's.  Limits: SETTINGS_MAX different names a
 * program; one more is a failure of its run.
 */
#ifndef SIM_SETTINGS_H
#define SIM_SETTINGS_H

#include <stddef.h>
#include <stdint.h>

#include "thespis/sim.h"

enum { SETTINGS_MAX = 16 };

/* One size that was asked for. */
struct setting {
	const char *name;
	uint64_t usual;
	uint64_t least;
	uint64_t value; /* that was answered */
};

struct settings {
	struct setting asked[SETTINGS_MAX];
	size_t length;
};

#endif
