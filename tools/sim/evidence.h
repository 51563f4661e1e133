/* SPDX-License-Identifier: MIT */
/*
 * evidence - what one run leaves to the process that has started it, in memory
 * that both share: the sizes that its program has asked for, and the decisions
 * of its schedule.
 *
 * A run that crashes leaves its decisions as well: the signal finds them.
 *
 * Threads: the child writes, the parent reads when the child has ended.
 * Limits: EVIDENCE_DECISIONS_MAX; of a longer schedule nothing is left.
 */
#ifndef TOOLS_SIM_EVIDENCE_H
#define TOOLS_SIM_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/settings.h"
#include "thespis/sim.h"
#include "tools/sim/options.h"
#include "tools/sim/play.h"

enum { EVIDENCE_DECISIONS_MAX = 1024 * 1024 };

/* A size that the program has asked for. */
struct evidence_size {
	char name[OPTIONS_NAME_SIZE];
	uint64_t usual;
	uint64_t least;
	uint64_t value;
};

/*
 *   field             what it is
 *   has_ended         the run has come to its end, or a signal
 *   decisions_length  0: there are none, or too many
 *   decisions         not in order
 */
struct evidence {
	bool has_ended;
	size_t sizes_length;
	struct evidence_size sizes[SETTINGS_MAX];
	size_t decisions_length;
	ths_sim_decision decisions[EVIDENCE_DECISIONS_MAX];
};

/* Memory that children share; NULL: there is none left. */
struct evidence *evidence_new(void);
void evidence_free(struct evidence *evidence);

/* Has what is played leave evidence of its last run. */
void evidence_want(struct evidence *evidence, struct play *play);

#endif
