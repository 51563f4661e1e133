/* SPDX-License-Identifier: MIT */
/* last_words - why actors have crashed; see last_words.h. */
#include "vm/actor/last_words.h"

#include <string.h>

#include "base/check.h"
#include "vm/vm.h"

void
last_words_init(struct last_words *words)
{
	pthread_mutex_init(&words->mutex, NULL);
	memset(words->newest, 0, sizeof(words->newest));
}

void
last_words_fini(struct last_words *words)
{
	for (int i = 0; i < LAST_WORDS_LISTS; i++)
		CHECK(words->newest[i] == NULL);
	pthread_mutex_destroy(&words->mutex);
}

/* An envelope holding text, or NULL. */
static struct envelope *
write_down(struct crew *crew, const char *text)
{
	size_t size = strlen(text) + 1;
	struct envelope *envelope = pool_take(&crew->cache, (uint32_t)size);

	if (envelope != NULL)
		memcpy(envelope->message, text, size);
	return envelope;
}

static struct envelope **
list_of(const struct slot *slot)
{
	return &slot->crew->vm->last_words.newest[slot->index &
	    (LAST_WORDS_LISTS - 1)];
}

void
last_words_keep(struct slot *slot, const char *text)
{
	struct last_words *words = &slot->crew->vm->last_words;
	struct envelope *envelope = slot_parent(slot) == SLOT_NONE ? NULL :
	    write_down(slot->crew, text);

	if (envelope == NULL)
		return;
	envelope->from_slot = slot->index;
	pthread_mutex_lock(&words->mutex);
	envelope->next = *list_of(slot);
	*list_of(slot) = envelope;
	pthread_mutex_unlock(&words->mutex);
	slot->flags |= SLOT_SPOKEN;
}

struct envelope *
last_words_take(struct slot *slot)
{
	struct last_words *words = &slot->crew->vm->last_words;
	struct envelope **at;
	struct envelope *envelope;

	slot->flags &= ~(uint32_t)SLOT_SPOKEN;
	pthread_mutex_lock(&words->mutex);
	at = list_of(slot);
	while ((*at)->from_slot != slot->index)
		at = &(*at)->next;
	envelope = *at;
	*at = envelope->next;
	pthread_mutex_unlock(&words->mutex);
	return envelope;
}
