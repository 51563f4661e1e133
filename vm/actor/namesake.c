/* SPDX-License-Identifier: MIT */
/* namesake - mail of a type known by name only; see namesake.h. */
#include "vm/actor/namesake.h"

#include <string.h>

#include "vm/actor/behaviour.h"
#include "vm/crew.h"
#include "vm/vm.h"

enum { EXPLANATION_SIZE = 256 };

/* The type of this name that the behaviour handles, or NULL. */
static const struct type_entry *
find_namesake(const struct types *types, const struct behaviour *behaviour,
    const char *name)
{
	for (uint32_t i = 0; i <= behaviour->mask; i++) {
		const struct type_entry *entry;

		if (behaviour->entries[i].type == 0)
			continue;
		entry = types_entry(types, behaviour->entries[i].type);
		if (strcmp(entry->name, name) == 0)
			return entry;
	}
	return NULL;
}

void
namesake_report(const struct slot *slot, const struct envelope *envelope)
{
	struct ths_vm *vm = slot->crew->vm;
	const struct type_entry *sent = types_entry(&vm->types, envelope->type);
	const struct type_entry *handled = find_namesake(&vm->types,
	    slot->behaviour, sent->name);
	char explanation[EXPLANATION_SIZE];

	if (handled == NULL || !log_wants(&vm->log, THS_LOG_WARNING))
		return;
	ths_type_explain(handled->type, sent->type, explanation,
	    sizeof(explanation));
	log_write(&vm->log, THS_LOG_WARNING,
	    "dead letter: actor %s %u.%u was sent a message of another layout: "
	    "%s", slot->behaviour->name, slot->index, slot->generation,
	    explanation);
}
