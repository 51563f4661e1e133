/* SPDX-License-Identifier: MIT */
/*
 * become - an actor gets another behaviour; see thespis/become.h.
 *
 * It does so when its handler has returned (vm/actor/handling.c), so that a
 * second attempt is made by the handler that made the first.
 */
#include "thespis/become.h"

#include "vm/actor/annex.h"
#include "vm/actor/behaviour.h"
#include "vm/actor/init.h"
#include "vm/vm.h"

ths_status
ths_become(ths_self *self, const ths_actor *actor)
{
	struct slot *slot = slot_of_self(self);
	struct crew *crew = slot->crew;
	const struct behaviour *behaviour;
	struct annex *annex;
	enum ths_status status;

	if (actor == NULL)
		return THS_BAD_ARGUMENT;
	if (slot->flags & (SLOT_NEW | SLOT_LEAVING | SLOT_EXITING))
		return init_refusal(slot, "ths_become", THS_WRONG_PLACE);
	status = crew_behaviour(crew, actor, &behaviour);
	if (status != THS_OK)
		return status;
	if (behaviour->state_size != slot->behaviour->state_size)
		return THS_BAD_ARGUMENT;
	annex = annex_need(crew, slot);
	if (annex == NULL)
		return THS_NO_MEMORY;
	if (annex->born == NULL)
		annex->born = slot->behaviour;
	annex->next = behaviour;
	slot->flags |= SLOT_BECOMES;
	return THS_OK;
}
