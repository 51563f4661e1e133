/* SPDX-License-Identifier: MIT */
/*
 * drained - an inline VM whose small envelopes somebody has taken, all of them,
 * and that gets no memory for more.
 */
#ifndef TESTS_UNIT_VM_DRAINED_H
#define TESTS_UNIT_VM_DRAINED_H

#include "vm/vm.h"

struct drained {
	struct pool_cache cache;
	struct envelope *taken; /* chained by next */
};

static inline void
drained_begin(struct drained *drained, struct ths_vm *vm)
{
	static const uint32_t sizes[] = { 1, 64, 128, 256 };
	struct envelope *envelope;

	drained->taken = NULL;
	pool_cache_init(&drained->cache, vm->pool);
	pool_cache_flush(&vm->crews[0].cache);
	vm->memory.bytes_max = 1;
	for (int i = 0; i < 4; i++) {
		while ((envelope = pool_take(&drained->cache, sizes[i])) !=
		    NULL) {
			envelope->next = drained->taken;
			drained->taken = envelope;
		}
	}
}

static inline void
drained_end(struct drained *drained, struct ths_vm *vm)
{
	vm->memory.bytes_max = 0;
	while (drained->taken != NULL) {
		struct envelope *next = drained->taken->next;

		pool_give(&drained->cache, drained->taken);
		drained->taken = next;
	}
	pool_cache_fini(&drained->cache);
}

#endif
