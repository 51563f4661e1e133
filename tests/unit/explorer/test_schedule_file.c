/* SPDX-License-Identifier: MIT */
/* schedule_file: what is written is read again; what is none is refused. */
#include "tools/sim/schedule_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness.h"

static char path[32];

static void
make_file(const char *text)
{
	int place;

	strcpy(path, "/tmp/schedule-XXXXXX");
	place = mkstemp(path);
	cr_assert_geq(place, 0);
	cr_assert_eq(write(place, text, strlen(text)), (long)strlen(text));
	close(place);
}

static void
refuse(const char *text)
{
	ths_sim_schedule schedule;
	ths_sim_decision *items;

	make_file(text);
	cr_assert_not(schedule_file_read(path, &schedule, &items));
	cr_assert_null(items);
	unlink(path);
}

Test(schedule_file, reads_what_it_has_written)
{
	const ths_sim_decision decisions[] = {
		{ .thread = 0, .step = 1, .value = 2 },
		{ .thread = 1, .step = UINT64_MAX, .value = 3 },
		{ .thread = 1, .step = 4, .value = UINT32_MAX,
		    .is_choice = true },
	};
	const ths_sim_schedule written = { decisions, 3 };
	ths_sim_schedule schedule;
	ths_sim_decision *items;

	make_file("");
	cr_assert(schedule_file_write(path, "a title", &written));
	cr_assert(schedule_file_read(path, &schedule, &items));
	cr_assert_eq(schedule.length, 3);
	for (size_t i = 0; i < 3; i++) {
		cr_assert_eq(items[i].thread, decisions[i].thread);
		cr_assert_eq(items[i].step, decisions[i].step);
		cr_assert_eq(items[i].value, decisions[i].value);
		cr_assert_eq(items[i].is_choice, decisions[i].is_choice);
	}
	free(items);
	unlink(path);
}

Test(schedule_file, reads_an_empty_one)
{
	ths_sim_schedule schedule;
	ths_sim_decision *items;

	make_file("# nothing\n\n");
	cr_assert(schedule_file_read(path, &schedule, &items));
	cr_assert_eq(schedule.length, 0);
	free(items);
	unlink(path);
}

Test(schedule_file, refuses_a_word_that_is_none)
{
	refuse("jump 1 2 3\n");
}

Test(schedule_file, refuses_a_line_that_is_too_short)
{
	refuse("switch 1 2\n");
}

Test(schedule_file, refuses_a_line_that_is_too_long)
{
	refuse("switch 1 2 3 4\n");
}

Test(schedule_file, refuses_what_is_not_in_order)
{
	refuse("switch 2 1 1\nswitch 1 1 1\n");
}

Test(schedule_file, refuses_a_file_that_is_not_there)
{
	ths_sim_schedule schedule;
	ths_sim_decision *items;

	make_file("");
	unlink(path);
	cr_assert_not(schedule_file_read(path, &schedule, &items));
}
