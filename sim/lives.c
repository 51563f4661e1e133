/* SPDX-License-Identifier: MIT */
/* lives - who lives in which slot of a VM; see lives.h. */
#include "sim/lives.h"

#include <stddef.h>

void
lives_init(struct lives *lives, struct memory *memory)
{
	shelf_init(&lives->lives, memory, sizeof(struct life));
	lives->used = 0;
}

void
lives_fini(struct lives *lives)
{
	shelf_fini(&lives->lives);
}

struct life *
lives_at(struct lives *lives, uint32_t slot)
{
	if (slot >= lives->used) {
		shelf_need(&lives->lives, slot);
		lives->used = slot + 1;
	}
	return (struct life *)lives->lives.items + slot;
}

struct life *
lives_parent(struct lives *lives, const struct life *life)
{
	struct life *parent;

	if (life->parent_slot == 0 || life->parent_slot >= lives->used)
		return NULL;
	/* Below `used`, so nothing moves. */
	parent = lives_at(lives, life->parent_slot);
	return parent->generation == life->parent_generation ? parent : NULL;
}

uint32_t
lives_any(struct lives *lives)
{
	for (uint32_t i = 1; i < lives->used; i++) {
		const struct life *life = lives_at(lives, i);

		if (life->generation != 0 || life->owes != 0 ||
		    life->running != 0)
			return i;
	}
	return 0;
}
