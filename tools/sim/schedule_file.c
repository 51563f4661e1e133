/* SPDX-License-Identifier: MIT */
/* schedule_file - the decisions of a run as a file; see schedule_file.h. */
#include "tools/sim/schedule_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 512, ROOM_FIRST = 64 };

static bool
complain(const char *path, const char *what)
{
	fprintf(stderr, "%s: %s\n", path, what);
	return false;
}

bool
schedule_file_write(const char *path, const char *title,
    const ths_sim_schedule *schedule)
{
	FILE *file = fopen(path, "w");
	bool is_written;

	if (file == NULL)
		return complain(path, strerror(errno));
	fprintf(file, "# %s\n# at which step of a thread who goes on (0 is "
	    "home), or what it chooses\n", title);
	for (size_t i = 0; i < schedule->length; i++) {
		const ths_sim_decision *decision = &schedule->items[i];

		fprintf(file, "%s %" PRIu32 " %" PRIu64 " %" PRIu32 "\n",
		    decision->is_choice ? "choice" : "switch",
		    decision->thread, decision->step, decision->value);
	}
	is_written = !ferror(file);
	is_written &= fclose(file) == 0;
	return is_written || complain(path, strerror(errno));
}

/* Reads a line that is no remark. */
static bool
read_line(const char *line, ths_sim_decision *decision)
{
	char word[8];
	char rest;

	*decision = (ths_sim_decision){ 0 };
	if (sscanf(line, "%7s %" SCNu32 " %" SCNu64 " %" SCNu32 " %c", word,
	    &decision->thread, &decision->step, &decision->value, &rest) != 4)
		return false;
	decision->is_choice = strcmp(word, "choice") == 0;
	return decision->is_choice || strcmp(word, "switch") == 0;
}

/* Adds to a list that doubles. */
static bool
add(ths_sim_decision **items, size_t *length, size_t *room,
    const ths_sim_decision *decision)
{
	ths_sim_decision *wider;

	if (*length == *room) {
		*room = *room == 0 ? ROOM_FIRST : 2 * *room;
		wider = realloc(*items, *room * sizeof(*wider));
		if (wider == NULL)
			return false;
		*items = wider;
	}
	(*items)[(*length)++] = *decision;
	return true;
}

static bool
read_all(FILE *file, const char *path, ths_sim_decision **items,
    size_t *length)
{
	char line[LINE_SIZE];
	ths_sim_decision decision;
	size_t room = 0;

	while (fgets(line, sizeof(line), file) != NULL) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		if (!read_line(line, &decision))
			return complain(path, "this is not a schedule");
		if (*length == SCHEDULE_LENGTH_MAX ||
		    !add(items, length, &room, &decision))
			return complain(path, "it is too long");
	}
	return !ferror(file) || complain(path, strerror(errno));
}

bool
schedule_file_read(const char *path, ths_sim_schedule *schedule,
    ths_sim_decision **items)
{
	FILE *file = fopen(path, "r");
	size_t length = 0;
	bool is_read;

	*items = NULL;
	if (file == NULL)
		return complain(path, strerror(errno));
	is_read = read_all(file, path, items, &length);
	fclose(file);
	*schedule = (ths_sim_schedule){ *items, length };
	if (is_read && !schedule_is_sorted(schedule))
		is_read = complain(path, "its lines are not in order");
	if (!is_read) {
		free(*items);
		*items = NULL;
	}
	return is_read;
}
