/* SPDX-License-Identifier: MIT */
/*
 * parker, simulated: two pairs of threads that hand a token to and fro and
 * sleep when they have none.  One pair follows the protocol of sched/parker.h,
 * with an announcement; the other has nothing but tickets.  Some waits have a
 * deadline, on one side of a pair only, so that it cures no wake-up lost on the
 * other.
 *
 * If this fails, a thread sleeps while there is something for it (the
 * simulation is stuck: a lost wake-up), or a wait is over before its deadline
 * without a wake.
 */
#include "base/sched_point.h"
#include "sched/parker.h"
#include "tests/sim/seeds.h"

enum { PAIRS = 2, HOPS = 12, DEADLINE_NS = 40 };

static struct world {
	ths_sim *sim;
	struct player {
		struct player *other;
		struct parker parker;
		seeds_count is_idle;
		seeds_count has_token;
		bool has_deadlines;
		bool begins;
	} players[PAIRS][2];
	seeds_count hops[PAIRS];
} world;

/* What must happen now and then. */
enum tally { LATE, WOKEN };

static uint64_t
deadline_of(const struct player *player)
{
	if (!player->has_deadlines || sim_random(world.sim, 3) != 0)
		return CLOCK_NEVER;
	return clock_now(&world.sim->clock) + sim_random(world.sim,
	    DEADLINE_NS);
}

/* True when woken. */
static bool
wait(struct player *player, uint32_t ticket)
{
	uint64_t deadline_ns = deadline_of(player);

	if (parker_wait(&player->parker, ticket, deadline_ns)) {
		seeds_tally(WOKEN);
		return true;
	}
	SEEDS_CHECK(clock_now(&world.sim->clock) >= deadline_ns);
	seeds_tally(LATE);
	return false;
}

/* The waker's side: change, see the announcement, wake. */
static void
give_token(struct player *to)
{
	atomic_store_explicit(&to->has_token, 1, memory_order_seq_cst);
	sched_point(SCHED_SITE_PARKER);
	if (atomic_load_explicit(&to->is_idle, memory_order_seq_cst) != 0 &&
	    atomic_exchange_explicit(&to->is_idle, 0,
	    memory_order_seq_cst) != 0)
		parker_wake(&to->parker);
}

/* The sleeper's side: ticket, announce, look, wait. */
static void
park(struct player *player)
{
	uint32_t ticket = parker_ticket(&player->parker);

	sched_point(SCHED_SITE_PARKER);
	atomic_store_explicit(&player->is_idle, 1, memory_order_seq_cst);
	sched_point(SCHED_SITE_PARKER);
	if (atomic_load_explicit(&player->has_token,
	    memory_order_seq_cst) == 0)
		(void)wait(player, ticket);
	atomic_store_explicit(&player->is_idle, 0, memory_order_seq_cst);
}

static void
play_announced(void *argument)
{
	struct player *player = argument;

	for (int hops = 0; hops < HOPS;) {
		sched_point(SCHED_SITE_PARKER);
		if (atomic_exchange_explicit(&player->has_token, 0,
		    memory_order_seq_cst) == 0) {
			park(player);
			continue;
		}
		hops++;
		seeds_add(&world.hops[0], 1);
		give_token(player->other);
	}
}

/* Each waits for exactly the wake that answers its own. */
static void
play_bare(void *argument)
{
	struct player *player = argument;
	uint32_t ticket = 0; /* no wake has come yet */

	for (int hops = 0; hops < HOPS;) {
		if ((hops > 0 || !player->begins) && !wait(player, ticket))
			continue;
		hops++;
		seeds_add(&world.hops[1], 1);
		ticket = parker_ticket(&player->parker);
		sched_point(SCHED_SITE_PARKER);
		parker_wake(&player->other->parker);
	}
}

static void
start(ths_sim *sim)
{
	world.sim = sim;
	for (int pair = 0; pair < PAIRS; pair++) {
		for (int i = 0; i < 2; i++) {
			struct player *player = &world.players[pair][i];

			player->other = &world.players[pair][1 - i];
			player->has_deadlines = i == 1;
			player->begins = i == 0;
			player->has_token = i == 0;
			parker_init(&player->parker, &sim->parker_port,
			    &sim->clock);
		}
		for (int i = 0; i < 2; i++)
			seeds_spawn(sim, "player", pair == 0 ? play_announced :
			    play_bare, &world.players[pair][i]);
	}
}

static void
end(ths_sim *sim)
{
	(void)sim;
	for (int pair = 0; pair < PAIRS; pair++)
		SEEDS_CHECK(seeds_read(&world.hops[pair]) == 2 * HOPS);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "Who has the token is awake, or is woken.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.tallies = { "a wait was late", "a wait was woken" },
	};

	return seeds_main(argc, argv, &program);
}
