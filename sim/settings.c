/* SPDX-License-Identifier: MIT */
/* settings - the sizes that a program has asked for; see settings.h. */
#include "sim/settings.h"

#include <inttypes.h>
#include <string.h>

#include "sim/sim.h"

/* What whoever explores has set, or usual. */
static uint64_t
wanted(const ths_sim_config *config, const char *name, uint64_t usual)
{
	for (size_t i = 0; i < config->settings_length; i++) {
		if (strcmp(config->settings[i].name, name) == 0)
			return config->settings[i].value;
	}
	return usual;
}

uint64_t
ths_sim_parameter(ths_sim *sim, const char *name, uint64_t usual,
    uint64_t least)
{
	struct settings *settings = &sim->settings;
	uint64_t value = wanted(&sim->config, name, usual);

	if (value < least)
		value = least;
	for (size_t i = 0; i < settings->length; i++) {
		if (strcmp(settings->asked[i].name, name) == 0)
			return value;
	}
	if (settings->length == SETTINGS_MAX) {
		ths_sim_fail(sim, __FILE__, __LINE__,
		    "more than %d parameters", SETTINGS_MAX);
		return value;
	}
	settings->asked[settings->length++] = (struct setting){ name, usual,
		least, value };
	return value;
}
