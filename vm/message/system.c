/* SPDX-License-Identifier: MIT */
/* system - the message types that the runtime itself knows; see system.h. */
#include "vm/message/system.h"

#include "base/check.h"
#include "thespis/dead.h"
#include "thespis/failure.h"
#include "thespis/link.h"
#include "thespis/monitor.h"
#include "thespis/name.h"
#include "thespis/timer.h"

static const ths_type *const system_types[SYSTEM_END] = {
	[SYSTEM_WAKEUP] = &ths_wakeup_type,
	[SYSTEM_EXIT_REQUEST] = &ths_exit_request_type,
	[SYSTEM_ACTOR_EXITED] = &ths_actor_exited_type,
	[SYSTEM_POISON] = &ths_poison_type,
	[SYSTEM_DEAD_LETTER] = &ths_dead_letter_type,
	[SYSTEM_DOWN] = &ths_down_type,
	[SYSTEM_LINK_ENDED] = &ths_link_ended_type,
	[SYSTEM_NAME_CHANGED] = &ths_name_changed_type,
};

enum ths_status
system_init(struct types *types)
{
	for (uint32_t i = 1; i < SYSTEM_END; i++) {
		enum ths_status status;
		uint32_t number;

		status = types_number(types, system_types[i], &number);
		if (status != THS_OK)
			return status;
		CHECK(number == i);
	}
	return THS_OK;
}
