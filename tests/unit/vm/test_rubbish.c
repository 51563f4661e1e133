/* SPDX-License-Identifier: MIT */
/* rubbish: odd messages harm nobody.
 * tests/sim/sim_rubbish.c plays the same scenes. */
#include "tests/unit/vm/player.h"

#include "tests/scenes/rubbish.h"

Test(rubbish, harms_nobody_who_meets_it, .description = "T-057")
{
	player_play(rubbish_harms_nobody);
}

Test(rubbish, is_buried_with_its_name_on_it, .description = "T-120")
{
	player_play(rubbish_is_buried);
}

Test(rubbish, comes_back_to_who_tried_to_send_it,
    .description = "T-047 T-058 C-26")
{
	player_play(rubbish_comes_back);
}

Test(rubbish, is_told_shortly, .description = "E-12")
{
	player_play(rubbish_is_told_shortly);
}

Test(rubbish, is_no_data, .description = "B-22")
{
	player_play(rubbish_is_no_data);
}
