/* SPDX-License-Identifier: MIT */
/*
 * links, simulated: actors tie themselves to each other at random and take that
 * back, while two clients stir; then one crashes, and another leaves; then they
 * stir again, crashes and ends included, up to the stop.
 *
 * If this fails, the two sides of a link do not agree that it is there; an
 * actor outlives one that it was linked to, or ends for one that it was not
 * linked to; one that wants to be told is told too often or too seldom; or what
 * a link is made of is freed twice, or used by both sides.
 */
#include "tests/sim/vm_world.h"
#include "vm/actor/relations.h"
#include "vm/vm.h"

enum {
	ACTORS = 7,
	TOUGH = 2,     /* of them, the first, want to be told */
	STIRRERS = 2,
	TURNS = 10,    /* of each, before the crash; and after it */
	NAP_NS = 600,
	UNTIE_HOPS = 4, /* until what was taken back is gone */
};

enum turn_kind { TIE, TIE_AGAIN, UNTIE, LEAVE, CRASH, TURN_KINDS };

THS_MESSAGE(turn, THS_FIELD(uint32_t, whom), THS_FIELD(uint32_t, what))
THS_SIGNAL(barrier)

static struct world {
	struct vm_world base;
	ths_client *client;
	ths_address actors[ACTORS];
	seeds_count is_over[ACTORS];
	seeds_count told[TOUGH][ACTORS]; /* of whom */
	uint32_t links[ACTORS][ACTORS];  /* before the crash; both ways */
} world;

/* ------------------------------------------------------------------- actors */

static uint32_t
number_of(ths_address address)
{
	for (uint32_t i = 0; i < ACTORS; i++) {
		if (ths_address_equal(world.actors[i], address))
			return i;
	}
	seeds_fail(__FILE__, __LINE__, "it is an actor of ours");
}

static ths_status
on_turn(ths_self *self, ths_nothing *nothing, const struct turn *turn)
{
	ths_address whom = world.actors[turn->whom];
	ths_status status;

	(void)nothing;
	switch ((enum turn_kind)turn->what) {
	case TIE:
	case TIE_AGAIN:
		status = ths_link(self, whom);
		SEEDS_CHECK(status == THS_STOPPED ||
		    (status == THS_BAD_ARGUMENT) ==
		    ths_address_equal(whom, ths_me(self)));
		break;
	case UNTIE:
		(void)ths_unlink(self, whom);
		SEEDS_CHECK(!ths_unlink(self, whom));
		break;
	case LEAVE:
		ths_exit(self);
		break;
	case CRASH:
		return ths_crash(self, "as it was told");
	case TURN_KINDS:
		break;
	}
	return THS_OK;
}

static ths_status
on_barrier(ths_self *self, ths_nothing *nothing,
    const struct barrier *barrier)
{
	(void)nothing, (void)barrier;
	return ths_reply(self, barrier);
}

static ths_status
on_ended(ths_self *self, ths_nothing *nothing,
    const struct ths_link_ended *ended)
{
	uint32_t me = number_of(ths_me(self));
	uint32_t whom = number_of(ended->whom);

	(void)nothing;
	SEEDS_CHECK(me < TOUGH && seeds_read(&world.is_over[me]) == 0);
	SEEDS_CHECK(ths_address_equal(ths_sender(self), ended->whom));
	SEEDS_CHECK(seeds_read(&world.is_over[whom]) == 1);
	seeds_add(&world.told[me][whom], 1);
	return THS_OK;
}

static void
on_end(ths_self *self, ths_nothing *nothing)
{
	(void)nothing;
	SEEDS_CHECK(seeds_add(&world.is_over[number_of(ths_me(self))], 1)
	    == 0);
}

THS_ACTOR(tender, ths_nothing,
    THS_ON(turn, on_turn),
    THS_ON(barrier, on_barrier),
    THS_EXIT(on_end))

THS_ACTOR(tough, ths_nothing,
    THS_ON(turn, on_turn),
    THS_ON(barrier, on_barrier),
    THS_ON(ths_link_ended, on_ended),
    THS_EXIT(on_end))

/* --------------------------------------------------------- what is expected */

/* Everybody has met what was sent before, and what came of that, `hops` times.
 */
static void
wait_for_all(int hops)
{
	while (hops-- > 0) {
		for (int i = 0; i < ACTORS; i++)
			ths_mail_free(ths_call_message(world.base.vm,
			    world.client, world.actors[i], THS_FOREVER,
			    THS_PAYLOAD(barrier)));
	}
}

static struct slot *
slot_of(uint32_t number)
{
	return slots_find(&world.base.vm->slots, world.actors[number].slot);
}

/* Nothing is under way: the two sides of each link must agree, and nothing else
 * be left. */
static void
read_links(void)
{
	uint32_t seen[ACTORS][ACTORS] = { { 0 } };

	for (uint32_t i = 0; i < ACTORS; i++) {
		struct envelope *record = slot_of(i)->relations;

		for (; record != NULL; record = record->next) {
			const struct relation *relation = relation_of(record);
			uint32_t whom = number_of(relation->whom);

			if (relation->state == RELATION_LINKED) {
				world.links[i][whom]++;
				continue;
			}
			SEEDS_CHECK(relation->state == RELATION_LINKED_TO);
			seen[number_of(vm_address(world.base.vm,
			    record->from_slot, record->from_generation))][i]++;
		}
	}
	for (uint32_t i = 0; i < ACTORS; i++) {
		for (uint32_t j = 0; j < ACTORS; j++)
			SEEDS_CHECK(world.links[i][j] == seen[i][j]);
	}
	for (uint32_t i = 0; i < ACTORS; i++) {
		for (uint32_t j = 0; j < ACTORS; j++)
			world.links[i][j] += seen[j][i];
	}
}

/* Who ends when `first` crashes, as bits; `missing` is not there to pass
 * it on. */
static uint32_t
ended_by(uint32_t first, uint32_t missing)
{
	uint32_t ended = 1u << first;

	for (uint32_t round = 0; round < ACTORS; round++) {
		for (uint32_t i = 0; i < ACTORS; i++) {
			for (uint32_t j = TOUGH; j < ACTORS; j++) {
				if (ended >> i & 1 && j != missing &&
				    world.links[i][j] > 0)
					ended |= 1u << j;
			}
		}
	}
	return ended;
}

/* The one that leaves may do so before the crash reaches it, or be too late. */
static void
check_ends(uint32_t crashed, uint32_t left)
{
	uint32_t least = ended_by(crashed, left) | 1u << left;
	uint32_t most = ended_by(crashed, ACTORS) | 1u << left;
	uint32_t over = 0;

	for (uint32_t i = 0; i < ACTORS; i++)
		over |= seeds_read(&world.is_over[i]) << i;
	SEEDS_CHECK((over & least) == least);
	SEEDS_CHECK((over & ~most) == 0);
	for (uint32_t i = 0; i < TOUGH; i++) {
		for (uint32_t j = 0; j < ACTORS && !(over >> i & 1); j++)
			SEEDS_CHECK(seeds_read(&world.told[i][j]) ==
			    (over >> j & 1 ? world.links[i][j] : 0));
	}
}

/* ----------------------------------------------------------------- the play */

static void
stir(uint32_t kinds)
{
	ths_sim *sim = world.base.sim;

	for (int i = 0; i < TURNS; i++) {
		uint32_t who = sim_random(sim, ACTORS);
		uint32_t whom = sim_random(sim, ACTORS);
		uint32_t what = sim_random(sim, kinds);

		(void)ths_tell(world.base.vm, world.actors[who], turn,
		    .whom = whom, .what = what);
		if (i % 3 == 0)
			sim_sleep(sim, sim_random(sim, NAP_NS));
	}
}

static void
stir_links(void *argument)
{
	(void)argument;
	stir(LEAVE);
}

static void
stir_all(void *argument)
{
	(void)argument;
	stir(TURN_KINDS);
}

static void
direct(void *argument)
{
	ths_sim *sim = world.base.sim;
	uint32_t crashed = sim_random(sim, ACTORS);
	uint32_t left = sim_random(sim, ACTORS);
	uint32_t stirrers[STIRRERS];

	(void)argument;
	for (int i = 0; i < STIRRERS; i++)
		stirrers[i] = seeds_spawn(sim, "tier", stir_links, NULL);
	for (int i = 0; i < STIRRERS; i++)
		sim_join(sim, stirrers[i]);
	wait_for_all(UNTIE_HOPS);
	read_links();
	if (left == crashed)
		left = (left + 1) % ACTORS;
	SEEDS_CHECK(ths_tell(world.base.vm, world.actors[left], turn,
	    .what = LEAVE) == THS_OK);
	SEEDS_CHECK(ths_tell(world.base.vm, world.actors[crashed], turn,
	    .what = CRASH) == THS_OK);
	wait_for_all(ACTORS + 1);
	check_ends(crashed, left);
	for (int i = 0; i < STIRRERS; i++)
		stirrers[i] = seeds_spawn(sim, "stirrer", stir_all, NULL);
	for (int i = 0; i < STIRRERS; i++)
		sim_join(sim, stirrers[i]);
}

static void
start(ths_sim *sim)
{
	/* Crashes are logged as errors. */
	vm_world_start(&world.base, sim, &(ths_vm_config){ .workers = 3,
	    .slice_max = 2, .log_level = THS_LOG_NONE });
	SEEDS_CHECK(ths_client_open(world.base.vm, &world.client) == THS_OK);
	for (int i = 0; i < ACTORS; i++)
		SEEDS_CHECK(ths_spawn(world.base.vm, &world.actors[i],
		    i < TOUGH ? &tough_actor : &tender_actor, NULL) == THS_OK);
	vm_world_client(&world.base, "director", direct, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	for (int i = 0; i < ACTORS; i++)
		SEEDS_CHECK(world.is_over[i] == 1);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "Those who are linked end together, and nobody else.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
