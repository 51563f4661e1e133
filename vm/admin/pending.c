/* SPDX-License-Identifier: MIT */
/* pending - the wake-ups of a VM's living actors; see pending.h and
 * thespis/inspect.h. */
#include "vm/admin/pending.h"

#include "vm/actor/wakeup.h"
#include "vm/admin/inspect.h"
#include "vm/vm.h"

static bool
is_alive(const struct ths_vm *vm, ths_address owner)
{
	const struct slot *slot = slots_find(&vm->slots, owner.slot);
	struct inspected seen;

	return slot != NULL && inspect_slot(slot, &seen) &&
	    seen.life == owner.generation;
}

/* -------------------------------------------------------------------- lists */

struct list {
	const struct ths_vm *vm;
	const ths_address *owner; /* NULL: anybody */
	ths_timer_status *timers;
	size_t max;
	size_t count;
};

static void
list_timer(void *context, const ths_timer_status *timer)
{
	struct list *list = context;

	if ((list->owner != NULL &&
	    !ths_address_equal(timer->owner, *list->owner)) ||
	    !is_alive(list->vm, timer->owner))
		return;
	if (list->count < list->max)
		list->timers[list->count] = *timer;
	list->count++;
}

size_t
ths_vm_timers(const ths_vm *vm, ths_timer_status *timers, size_t max)
{
	struct list list = { vm, NULL, timers, max, 0 };

	if (vm != NULL)
		wakeup_each(vm, list_timer, &list);
	return list.count;
}

size_t
ths_actor_timers(const ths_vm *vm, ths_address owner, ths_timer_status *timers,
    size_t max)
{
	struct list list = { vm, &owner, timers, max, 0 };

	if (vm != NULL)
		wakeup_each(vm, list_timer, &list);
	return list.count;
}

/* ------------------------------------------------------------------ nearest */

struct search {
	const struct ths_vm *vm;
	struct pending *pending;
};

/* Puts a timer before those that are due later, the last of which gives way. */
static void
insert(struct pending *pending, const ths_timer_status *timer)
{
	uint32_t at = pending->length;

	if (at == THS_REPORT_TIMERS && pending->nearest[--at].left <=
	    timer->left)
		return;
	for (; at > 0 && pending->nearest[at - 1].left > timer->left; at--)
		pending->nearest[at] = pending->nearest[at - 1];
	pending->nearest[at] = *timer;
	if (pending->length < THS_REPORT_TIMERS)
		pending->length++;
}

static void
search_timer(void *context, const ths_timer_status *timer)
{
	struct search *search = context;

	if (!is_alive(search->vm, timer->owner))
		return;
	search->pending->count++;
	insert(search->pending, timer);
}

void
pending_read(const struct ths_vm *vm, struct pending *pending)
{
	struct search search = { vm, pending };

	pending->count = 0;
	pending->length = 0;
	wakeup_each(vm, search_timer, &search);
}
