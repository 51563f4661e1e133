/* SPDX-License-Identifier: MIT */
/* board: outcomes come in any order, and are told in that of their seeds. */
#include "tools/sim/board.h"

#include "tests/harness.h"

static void
put(struct board *board, uint64_t seed, uint64_t signature)
{
	const struct outcome outcome = {
		.seed = seed,
		.signature = signature,
	};

	cr_assert(board_put(board, &outcome));
}

static void
put_failed(struct board *board, uint64_t seed)
{
	struct outcome outcome = { .seed = seed };

	outcome_fail(&outcome, "seed %d", (int)seed);
	cr_assert(board_put(board, &outcome));
}

Test(board, tells_in_the_order_of_seeds)
{
	enum { SEEDS = 1000 };
	struct board board;
	struct outcome outcome;
	uint64_t told = 100;

	board_init(&board, 100);
	cr_assert_not(board_take(&board, &outcome));
	/* The odd ones first, then the even ones downwards. */
	for (uint64_t i = 1; i < SEEDS; i += 2)
		put(&board, 100 + i, i);
	cr_assert_not(board_take(&board, &outcome));
	for (uint64_t i = SEEDS; i > 0; i -= 2)
		put(&board, 100 + i - 2, i - 2);
	while (board_take(&board, &outcome)) {
		cr_assert_eq(outcome.seed, told);
		cr_assert_eq(outcome.signature, told - 100);
		told++;
	}
	cr_assert_eq(told, 100 + SEEDS);
	cr_assert_eq(board.told, SEEDS);
	board_fini(&board);
}

Test(board, keeps_why_a_seed_has_failed)
{
	struct board board;
	struct outcome outcome;

	board_init(&board, 1);
	put_failed(&board, 2);
	put(&board, 1, 7);
	cr_assert_eq(board.failed, 1);
	cr_assert(board_take(&board, &outcome));
	cr_assert_not(outcome.has_failed);
	cr_assert(board_take(&board, &outcome));
	cr_assert(outcome.has_failed);
	cr_assert_str_eq(outcome.text, "seed 2");
	cr_assert_eq(board.told_failed, 1);
	cr_assert_eq(board.first_signature, 7);
	board_fini(&board);
}

Test(board, passes_over_gaps_only_when_told)
{
	struct board board;
	struct outcome outcome;

	board_init(&board, 1);
	put(&board, 1, 0);
	put(&board, 4, 0);
	cr_assert(board_take(&board, &outcome));
	cr_assert_not(board_take(&board, &outcome));
	cr_assert(board_take_any(&board, &outcome));
	cr_assert_eq(outcome.seed, 4);
	cr_assert_not(board_take_any(&board, &outcome));
	board_fini(&board);
}

Test(board, counts_orders_of_what_went_well)
{
	struct board board;
	struct outcome outcome;
	size_t compared;

	board_init(&board, 1);
	for (uint64_t seed = 1; seed <= 300; seed++) {
		if (seed % 10 == 0)
			put_failed(&board, seed);
		else
			put(&board, seed, seed % 50);
	}
	while (board_take(&board, &outcome))
		continue;
	cr_assert_eq(board_orders(&board, &compared), 45);
	cr_assert_eq(compared, 270);
	board_fini(&board);
}
