/* SPDX-License-Identifier: MIT */
/* creation: who is created can be written to at once, by whoever has the
 * address. tests/sim/sim_creation.c plays the same scenes. */
#include "tests/unit/vm/player.h"

#include "tests/scenes/creation.h"

Test(creation, of_many_gives_each_an_address, .description = "C-01")
{
	player_play(creation_of_many);
}

Test(creation, goes_by_reference_or_by_the_name_of_the_kind,
    .description = "C-02 C-03 C-04")
{
	player_play(creation_by_kind);
}

Test(creation, lets_no_message_be_overtaken, .description = "C-05 C-06")
{
	player_play(creation_overtakes_nothing);
}

Test(creation, by_another_gives_addresses_for_all, .description = "C-07")
{
	player_play(creation_by_another);
}

Test(creation, is_followed_by_mail_at_once, .description = "C-08 C-09")
{
	player_play(creation_and_mail_at_once);
}

Test(creation, gives_the_final_address, .description = "C-10")
{
	player_play(creation_gives_the_final_address);
}
