/* SPDX-License-Identifier: MIT */
/* wakeup - turns a timer that came due into mail; see wakeup.h. */
#include "vm/actor/wakeup.h"

#include <string.h>

#include "base/check.h"
#include "vm/actor/send.h"
#include "vm/vm.h"

/* What the words of a timer's load mean. */
enum load_word {
	LOAD_OWNER, /* which life of which slot */
	LOAD_PAYLOAD,
};

static uint64_t
owner_word(const struct slot *slot)
{
	return (uint64_t)slot->generation << 32 | slot->index;
}

static struct wheel *
wheel_of(struct ths_vm *vm, wheel_handle handle)
{
	uint32_t number = wheel_number(handle);

	return number < vm->scheduler.config.workers ?
	    vm->scheduler.workers[number].wheel : NULL;
}

bool
wakeup_fire(void *context, wheel_handle handle, const struct wheel_load *load)
{
	struct ths_vm *vm = context;
	struct crew *crew = worker_current()->user;
	struct ths_wakeup wakeup = {
		.timer = handle,
		.payload = load->words[LOAD_PAYLOAD],
	};
	struct envelope *envelope = pool_take(&crew->cache, sizeof(wakeup));
	struct slot *slot;

	if (envelope == NULL)
		return false;
	memcpy(envelope->message, &wakeup, sizeof(wakeup));
	slot = slots_find(&vm->slots, (uint32_t)load->words[LOAD_OWNER]);
	CHECK(slot != NULL);
	envelope->to_generation = (uint32_t)(load->words[LOAD_OWNER] >> 32);
	envelope->from_slot = slot->index;
	envelope->from_generation = envelope->to_generation;
	envelope->from_vm = 0;
	envelope->type = SYSTEM_WAKEUP;
	envelope->kind = ENVELOPE_WAKEUP;
	envelope->flags = 0;
	envelope->correlation = handle;
	send_own(crew, slot, envelope);
	return true;
}

bool
wakeup_is_due(struct ths_vm *vm, const struct envelope *envelope)
{
	return wheel_done(wheel_of(vm, envelope->correlation),
	    envelope->correlation);
}

ths_status
ths_timer_set(ths_self *self, ths_duration delay, uint64_t payload,
    ths_timer *timer)
{
	struct slot *slot = slot_of_self(self);
	struct ths_vm *vm = slot->crew->vm;
	struct wheel_load load = { { owner_word(slot), payload, 0 } };
	wheel_handle handle;
	enum ths_status status;

	status = wheel_set(slot->crew->worker->wheel,
	    clock_after(vm_now(vm), delay), load, &handle);
	if (status == THS_LIMIT)
		counts_add(&slot->crew->counts.limited, 1);
	if (status == THS_OK && timer != NULL)
		*timer = handle;
	return status;
}

bool
ths_timer_cancel(ths_self *self, ths_timer timer)
{
	struct slot *slot = slot_of_self(self);
	struct wheel *wheel = wheel_of(slot->crew->vm, timer);

	/* Another actor's timer is none of this one's business.  Its own ends
	 * by its own hand, or when it meets the wake-up: here, one at a time. */
	return wheel != NULL &&
	    wheel_cancel_own(wheel, timer, owner_word(slot));
}

ths_duration
ths_now(const ths_self *self)
{
	return (ths_duration)vm_now(slot_of_self(self)->crew->vm);
}
