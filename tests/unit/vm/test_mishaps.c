/* SPDX-License-Identifier: MIT */
/* mishaps: the scenes of tests/scenes/mishaps.h, played with real workers and
 * inline.  tests/sim/sim_mishaps.c plays them, too. */
#include <stdlib.h>

#include "tests/unit/vm/player.h"

#include "tests/scenes/mishaps.h"

static void
play(void (*scene)(ths_vm *vm))
{
	for (int i = 0; i < 2; i++) {
		struct world world;

		world_begin_with(&world, (ths_vm_config){
		    .mode = i == 0 ? THS_MODE_LOCAL : THS_MODE_INLINE,
		    .workers = i == 0 ? 2 : 0 });
		scene(world.vm);
		world_end(&world);
	}
}

Test(mishaps, at_birth_are_told, .description = "D-01", .timeout = 60)
{
	play(mishaps_at_birth);
}

Test(mishaps, with_junk_harm_nobody, .description = "D-14", .timeout = 60)
{
	play(mishaps_with_junk);
}

Test(mishaps, with_what_equals_nothing_harm_nobody, .description = "D-15",
    .timeout = 60)
{
	play(mishaps_with_what_equals_nothing);
}

Test(mishaps, with_nobody_are_failures, .description = "D-18", .timeout = 60)
{
	play(mishaps_with_nobody);
}

Test(mishaps, with_a_message_given_away_are_not_repeated,
    .description = "D-34", .timeout = 60)
{
	play(mishaps_with_a_message_given_away);
}

/* ------------------------------------------------- what scenes do not show */

enum { BIG = 10 << 20, TEXT_SIZE = 512 };

/* E-12: a dead letter that holds itself, and one of 10 MB, print as short
 * texts. */
Test(mishaps, of_dead_letters_print_as_short_texts, .description = "E-12")
{
	struct ths_dead_letter letter = { .reason = THS_DEAD_STALE };
	struct parcel parcel = { .number = 1 };
	char text[TEXT_SIZE];
	char *words;

	letter.message = (ths_any){ &ths_dead_letter_type, &letter };
	cr_assert_gt(ths_message_print(&ths_dead_letter_type, &letter, text,
	    sizeof(text)), sizeof(text));
	cr_assert_eq(strlen(text), sizeof(text) - 1);
	cr_assert_str_eq(text + sizeof(text) - 4, "...");
	ths_message_json(&ths_dead_letter_type, &letter, text, sizeof(text));
	cr_assert_str_eq(text, "{\"cut\":true}");
	words = malloc(BIG + 1);
	cr_assert_not_null(words);
	memset(words, '\xff', BIG);
	words[BIG] = '\0';
	parcel.words = words;
	letter.message = (ths_any){ &parcel_type, &parcel };
	cr_assert_gt(ths_message_print(&ths_dead_letter_type, &letter, text,
	    sizeof(text)), BIG);
	cr_assert_eq(strlen(text), sizeof(text) - 1);
	cr_assert_str_eq(text + sizeof(text) - 4, "...");
	free(words);
}
