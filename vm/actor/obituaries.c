/* SPDX-License-Identifier: MIT */
/* obituaries - the last dead letters of a VM; see obituaries.h. */
#include "vm/actor/obituaries.h"

#include "vm/vm.h"

static uint64_t
life_of(ths_address address)
{
	return (uint64_t)address.generation << 32 | address.slot;
}

/* [O] */
static void
put(_Atomic uint64_t *field, uint64_t value)
{
	atomic_store_explicit(field, value, memory_order_release);
}

/* [O] */
static uint64_t
get(const _Atomic uint64_t *field)
{
	return atomic_load_explicit(field, memory_order_acquire);
}

void
obituaries_add(struct obituaries *obituaries, const ths_dead_status *letter)
{
	/* Relaxed: only tells who writes where. */
	uint64_t number = 1 + atomic_fetch_add_explicit(&obituaries->newest, 1,
	    memory_order_relaxed);
	struct obituary *record =
	    &obituaries->ring[number % THS_DEAD_LETTERS_KEPT];
	/* Relaxed: compared below. */
	uint64_t stamp = atomic_load_explicit(&record->stamp,
	    memory_order_relaxed);

	/* [O]; fails when another writes here, and needs no second try. */
	if (stamp % 2 == 1 || stamp > 2 * number ||
	    !atomic_compare_exchange_strong_explicit(&record->stamp, &stamp,
	    2 * number - 1, memory_order_acquire, memory_order_relaxed))
		return;
	put(&record->to_vm, letter->to.vm);
	put(&record->to_life, life_of(letter->to));
	put(&record->from_vm, letter->from.vm);
	put(&record->from_life, life_of(letter->from));
	put(&record->at_ns, (uint64_t)letter->age);
	atomic_store_explicit(&record->type, letter->type,
	    memory_order_release); /* [O] */
	atomic_store_explicit(&record->reason, (uint32_t)letter->reason,
	    memory_order_release); /* [O] */
	put(&record->stamp, 2 * number);
}

bool
obituaries_read(const struct obituaries *obituaries, uint64_t number,
    ths_dead_status *letter)
{
	const struct obituary *record =
	    &obituaries->ring[number % THS_DEAD_LETTERS_KEPT];
	uint64_t to, from;

	if (get(&record->stamp) != 2 * number)
		return false;
	to = get(&record->to_life);
	from = get(&record->from_life);
	letter->to = (ths_address){ get(&record->to_vm), (uint32_t)to,
		(uint32_t)(to >> 32) };
	letter->from = (ths_address){ get(&record->from_vm), (uint32_t)from,
		(uint32_t)(from >> 32) };
	letter->age = (ths_duration)get(&record->at_ns);
	letter->type = atomic_load_explicit(&record->type,
	    memory_order_acquire); /* [O] */
	letter->reason = (ths_dead_reason)atomic_load_explicit(
	    &record->reason, memory_order_acquire); /* [O] */
	/* Relaxed: [O]. */
	return atomic_load_explicit(&record->stamp, memory_order_relaxed) ==
	    2 * number;
}

size_t
ths_vm_dead_letters(const ths_vm *vm, ths_dead_status *letters, size_t max)
{
	/* Relaxed: each record tells whether it is there. */
	uint64_t newest = atomic_load_explicit(&vm->obituaries.newest,
	    memory_order_relaxed);
	uint64_t now = vm_now(vm);
	size_t length = 0;

	for (uint64_t i = 0; i < THS_DEAD_LETTERS_KEPT && i < newest; i++) {
		ths_dead_status letter;

		if (!obituaries_read(&vm->obituaries, newest - i, &letter))
			continue;
		letter.age = now > (uint64_t)letter.age ?
		    (ths_duration)(now - (uint64_t)letter.age) : 0;
		if (length < max)
			letters[length] = letter;
		length++;
	}
	return length;
}
