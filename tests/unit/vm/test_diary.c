/* SPDX-License-Identifier: MIT */
/* diary: the scenes of tests/scenes/diary.h, played with real workers and
 * inline. tests/sim/sim_diary.c plays them, too. */
#include "tests/unit/vm/player.h"

#include "tests/scenes/diary.h"

enum { MODES = 2 };

static struct diary diary;

/* A VM that writes the diary lives, and stops. */
static void
play(int mode, ths_log_level level, void (*scene)(ths_vm *vm))
{
	const ths_vm_config config = {
		.mode = mode == 0 ? THS_MODE_LOCAL : THS_MODE_INLINE,
		.workers = mode == 0 ? 2 : 0,
		.log = diary_write, .log_context = &diary,
		.log_level = level };
	ths_vm *vm;

	memset(&diary, 0, sizeof(diary));
	cr_assert_eq(ths_vm_start(&vm, &config), THS_OK);
	scene(vm);
	cr_assert_eq(ths_vm_stop(vm, THS_SECONDS(30)), THS_OK);
	ths_vm_free(vm);
}

Test(diary, is_whole, .description = "T-035 A-15", .timeout = 60)
{
	for (int mode = 0; mode < MODES; mode++) {
		play(mode, THS_LOG_INFO, diary_is_written);
		diary_is_whole(&diary);
	}
}

Test(diary, keeps_its_level, .description = "T-028 A-20", .timeout = 60)
{
	for (int mode = 0; mode < MODES; mode++)
		for (int level = THS_LOG_DEBUG; level <= THS_LOG_NONE;
		    level++) {
			play(mode, (ths_log_level)level, diary_is_written);
			diary_keeps_its_level(&diary, (ths_log_level)level);
		}
}

Test(diary, tells_failures, .description = "T-145 D-33", .timeout = 60)
{
	for (int mode = 0; mode < MODES; mode++) {
		play(mode, THS_LOG_DEFAULT, diary_of_failures);
		diary_tells_failures(&diary);
	}
}
