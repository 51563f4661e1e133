/* SPDX-License-Identifier: MIT */
/* pile: seeds are taken in order, each once, by several processes. */
#include "tools/sim/pile.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness.h"

Test(pile, gives_each_seed_once_and_in_order)
{
	struct pile *pile = pile_new(5, 8);
	uint64_t seed;

	cr_assert_not_null(pile);
	for (uint64_t wanted = 5; wanted < 8; wanted++) {
		cr_assert(pile_has_more(pile));
		cr_assert(pile_take(pile, 1, &seed));
		cr_assert_eq(seed, wanted);
		cr_assert_eq(pile->desks[1].seed, wanted);
		cr_assert(pile->desks[1].is_playing);
		pile_played(pile, 1);
		cr_assert_not(pile->desks[1].is_playing);
	}
	cr_assert_not(pile_has_more(pile));
	cr_assert_not(pile_take(pile, 1, &seed));
	pile_free(pile);
}

Test(pile, ends_sooner_when_cut_never_later)
{
	struct pile *pile = pile_new(1, 1000);
	uint64_t seed;

	cr_assert_not_null(pile);
	pile_cut(pile, 3);
	pile_cut(pile, 500);
	cr_assert(pile_take(pile, 0, &seed) && pile_take(pile, 0, &seed));
	cr_assert_not(pile_take(pile, 0, &seed));
	pile_free(pile);
}

Test(pile, closes_with_what_was_taken)
{
	struct pile *pile = pile_new(1, 1000);
	uint64_t seed;

	cr_assert_not_null(pile);
	cr_assert(pile_take(pile, 0, &seed));
	cr_assert_eq(pile_close(pile), 2);
	cr_assert_not(pile_has_more(pile));
	pile_free(pile);
}

Test(pile, is_shared_by_processes)
{
	enum { SEEDS = 20000, CHILDREN = 3 };
	struct pile *pile = pile_new(0, SEEDS);
	char *taken = mmap(NULL, SEEDS, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t seed;
	int status;

	cr_assert_not_null(pile);
	cr_assert(taken != MAP_FAILED);
	for (uint32_t i = 0; i < CHILDREN; i++) {
		if (fork() != 0)
			continue;
		while (pile_take(pile, i, &seed))
			taken[seed]++;
		_exit(0);
	}
	for (int i = 0; i < CHILDREN; i++)
		cr_assert(wait(&status) > 0 && status == 0);
	for (int i = 0; i < SEEDS; i++)
		cr_assert_eq(taken[i], 1);
	munmap(taken, SEEDS);
	pile_free(pile);
}
