/* SPDX-License-Identifier: MIT */
/* board - outcomes in the order of their seeds; see board.h. */
#include "tools/sim/board.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"

enum { ROOM_FIRST = 64 };

void
board_init(struct board *board, uint64_t first)
{
	*board = (struct board){ .first = first, .next = first };
}

void
board_fini(struct board *board)
{
	for (size_t i = 0; i < board->room; i++)
		free(board->entries[i].text);
	free(board->entries);
	free(board->signatures);
	*board = (struct board){ 0 };
}

/* Makes the ring as long as `wanted` at least. */
static bool
widen(struct board *board, size_t wanted)
{
	size_t room = board->room == 0 ? ROOM_FIRST : board->room;
	struct board_entry *entries;

	while (room < wanted)
		room *= 2;
	if (room == board->room)
		return true;
	entries = calloc(room, sizeof(*entries));
	if (entries == NULL)
		return false;
	for (size_t i = 0; i < board->room; i++)
		entries[i] = board->entries[(board->oldest + i) % board->room];
	free(board->entries);
	board->entries = entries;
	board->room = room;
	board->oldest = 0;
	return true;
}

static void
note_signature(struct board *board, uint64_t signature)
{
	if (board->signatures_count == BOARD_ORDERS_MAX)
		return;
	if (board->signatures_count == board->signatures_room) {
		size_t room = board->signatures_room == 0 ? ROOM_FIRST :
		    2 * board->signatures_room;
		uint64_t *wider = realloc(board->signatures,
		    room * sizeof(*wider));

		if (wider == NULL)
			return;
		board->signatures = wider;
		board->signatures_room = room;
	}
	board->signatures[board->signatures_count++] = signature;
}

bool
board_put(struct board *board, const struct outcome *outcome)
{
	struct board_entry *entry;
	uint64_t ahead = outcome->seed - board->next;

	CHECK(outcome->seed >= board->next);
	if (!widen(board, (size_t)ahead + 1))
		return false;
	entry = &board->entries[(board->oldest + (size_t)ahead) % board->room];
	CHECK(!entry->is_here);
	if (outcome->has_failed) {
		entry->text = strdup(outcome->text);
		if (entry->text == NULL)
			return false;
		board->failed++;
	}
	entry->is_here = true;
	entry->has_failed = outcome->has_failed;
	entry->signature = outcome->signature;
	board->waiting++;
	board->played++;
	return true;
}

bool
board_take(struct board *board, struct outcome *outcome)
{
	struct board_entry *entry;

	if (board->waiting == 0 || !board->entries[board->oldest].is_here)
		return false;
	entry = &board->entries[board->oldest];
	*outcome = (struct outcome){
		.seed = board->next,
		.signature = entry->signature,
	};
	if (board->next == board->first)
		board->first_signature = entry->signature;
	if (entry->has_failed)
		outcome_fail(outcome, "%s", entry->text);
	else
		note_signature(board, entry->signature);
	board->told++;
	board->told_failed += entry->has_failed;
	free(entry->text);
	*entry = (struct board_entry){ 0 };
	board->oldest = (board->oldest + 1) % board->room;
	board->next++;
	board->waiting--;
	return true;
}

bool
board_take_any(struct board *board, struct outcome *outcome)
{
	if (board->waiting == 0)
		return false;
	while (!board->entries[board->oldest].is_here) {
		board->oldest = (board->oldest + 1) % board->room;
		board->next++;
	}
	return board_take(board, outcome);
}

static int
compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left;
	uint64_t b = *(const uint64_t *)right;

	return a < b ? -1 : a > b;
}

size_t
board_orders(struct board *board, size_t *compared)
{
	const uint64_t *all = board->signatures;
	size_t orders = 0;

	*compared = board->signatures_count;
	if (*compared > 0)
		qsort(board->signatures, *compared, sizeof(*all), compare);
	for (size_t i = 0; i < *compared; i++)
		orders += i == 0 || all[i] != all[i - 1];
	return orders;
}
