/* SPDX-License-Identifier: MIT */
/*
 * lives and ends, simulated: families that grow, lose members at random, are
 * asked to exit from several sides at once, fail at messages and at births; an
 * undertaker that comes and goes; and a stop in the middle of it.
 *
 * If this fails, an end is told twice, or not at all, or before what the child
 * had sent; an actor outlives the parent that took it along, or ends before its
 * children; or a message is in nobody's account.
 */
#include "tests/sim/vm_world.h"

enum {
	CLIENTS = 3,
	REQUESTS = 6, /* of each client */
	MEMBERS_MAX = 200,
	DEPTH = 3,
	WIDTH = 3,
	NAP_NS = 1500,
};

THS_MESSAGE(grow, THS_FIELD(int32_t, depth))
THS_MESSAGE(birth, THS_FIELD(int32_t, number), THS_FIELD(int32_t, parent))
THS_MESSAGE(farewell, THS_FIELD(int32_t, number))
THS_MESSAGE(trouble, THS_FIELD(int32_t, times))

/* One actor that was ever spawned. */
struct record {
	seeds_count begun;
	seeds_count exited;   /* its exit ran */
	seeds_count said;     /* its parent had its farewell */
	seeds_count told;     /* its parent had the notice */
	seeds_count children; /* that have begun and not exited */
	seeds_count is_alone; /* its children may outlive it */
	ths_address address;
};

static struct world {
	struct vm_world base;
	ths_address root;
	seeds_count members;
	struct record records[MEMBERS_MAX];
	seeds_count letters;
} world;

struct member {
	int32_t number;
	int32_t parent;
	int32_t depth;
	int32_t troubles;
};

static ths_status on_birth(ths_self *self, struct member *member,
    const struct birth *birth);
static ths_status on_grow(ths_self *self, struct member *member,
    const struct grow *grow);
static ths_status on_farewell(ths_self *self, struct member *member,
    const struct farewell *farewell);
static ths_status on_trouble(ths_self *self, struct member *member,
    const struct trouble *trouble);
static ths_status on_request(ths_self *self, struct member *member,
    const struct ths_exit_request *request);
static ths_status on_exited(ths_self *self, struct member *member,
    const struct ths_actor_exited *exited);
static ths_status on_letter(ths_self *self, struct member *member,
    const struct ths_dead_letter *letter);
static ths_status on_poison(ths_self *self, struct member *member,
    const struct ths_poison *poison);
static void on_end(ths_self *self, struct member *member);

THS_ACTOR(member, struct member,
    THS_INIT(birth, on_birth),
    THS_ON(grow, on_grow),
    THS_ON(farewell, on_farewell),
    THS_ON(trouble, on_trouble),
    THS_ON(ths_exit_request, on_request),
    THS_ON(ths_actor_exited, on_exited),
    THS_ON(ths_dead_letter, on_letter),
    THS_ON(ths_poison, on_poison),
    THS_EXIT(on_end))

static struct record *
record_of(const struct member *member)
{
	return &world.records[member->number];
}

static ths_status
on_birth(ths_self *self, struct member *member, const struct birth *birth)
{
	*member = (struct member){ .number = birth->number,
		.parent = birth->parent };
	record_of(member)->address = ths_me(self);
	if (birth->number % 11 == 10)
		return ths_fail(self, "number %d is not born", birth->number);
	SEEDS_CHECK(seeds_add(&record_of(member)->begun, 1) == 0);
	if (birth->parent >= 0)
		seeds_add(&world.records[birth->parent].children, 1);
	return THS_OK;
}

static ths_status
on_grow(ths_self *self, struct member *member, const struct grow *grow)
{
	member->depth = grow->depth;
	for (int i = 0; grow->depth > 0 && i < WIDTH; i++) {
		uint32_t number = seeds_add(&world.members, 1);
		ths_spawn_options options = { .start = THS_ANY(birth,
		    .number = (int32_t)number, .parent = member->number) };
		ths_address child;
		ths_status status;

		if (number >= MEMBERS_MAX)
			return THS_OK;
		status = ths_spawn_child(self, &child, &member_actor,
		    &options);
		if (status != THS_OK) {
			SEEDS_CHECK(status == THS_STOPPED);
			return THS_OK;
		}
		ths_send(self, child, grow, .depth = grow->depth - 1);
	}
	if (member->number % 7 == 3)
		ths_exit(self);
	if (member->number % 13 == 5) {
		record_of(member)->is_alone = 1;
		ths_exit_alone(self);
	}
	return THS_OK;
}

static ths_status
on_farewell(ths_self *self, struct member *member,
    const struct farewell *farewell)
{
	(void)self, (void)member;
	SEEDS_CHECK(seeds_add(&world.records[farewell->number].said, 1) == 0);
	SEEDS_CHECK(seeds_read(&world.records[farewell->number].told) == 0);
	return THS_OK;
}

static ths_status
on_trouble(ths_self *self, struct member *member,
    const struct trouble *trouble)
{
	ths_handle_dead_letters(self, trouble->times % 2 == 0);
	return ++member->troubles <= trouble->times ?
	    ths_fail(self, "trouble") : THS_OK;
}

static ths_status
on_request(ths_self *self, struct member *member,
    const struct ths_exit_request *request)
{
	(void)self;
	SEEDS_CHECK(record_of(member)->exited == 0);
	if (request->is_alone)
		record_of(member)->is_alone = 1;
	return request->is_alone ? THS_FAILED : THS_OK;
}

static ths_status
on_exited(ths_self *self, struct member *member,
    const struct ths_actor_exited *exited)
{
	(void)self;
	SEEDS_CHECK(record_of(member)->exited == 0);
	for (uint32_t i = 0; i < MEMBERS_MAX; i++) {
		struct record *record = &world.records[i];

		if (!ths_address_equal(record->address, exited->child))
			continue;
		SEEDS_CHECK(seeds_add(&record->told, 1) == 0);
		/* One that was not born has no exit to say farewell in; mail
		 * of one that waits is dead, so it may not be met. */
		SEEDS_CHECK(record->begun == record->exited);
		SEEDS_CHECK((exited->reason == THS_EXIT_INIT_FAILED) ==
		    (record->begun == 0));
		return THS_OK;
	}
	SEEDS_CHECK(exited->reason == THS_EXIT_INIT_FAILED ||
	    exited->reason == THS_EXIT_STOPPED);
	return THS_OK;
}

static ths_status
on_letter(ths_self *self, struct member *member,
    const struct ths_dead_letter *letter)
{
	(void)member;
	SEEDS_CHECK(ths_address_is_nobody(ths_sender(self)));
	SEEDS_CHECK(!ths_address_equal(letter->from, ths_me(self)));
	seeds_add(&world.letters, 1);
	return THS_OK;
}

static ths_status
on_poison(ths_self *self, struct member *member,
    const struct ths_poison *poison)
{
	(void)self, (void)member, (void)poison;
	return THS_FAILED;
}

static void
on_end(ths_self *self, struct member *member)
{
	SEEDS_CHECK(record_of(member)->begun == 1);
	SEEDS_CHECK(seeds_add(&record_of(member)->exited, 1) == 0);
	SEEDS_CHECK(record_of(member)->is_alone ||
	    record_of(member)->children == 0);
	if (member->parent >= 0)
		seeds_add(&world.records[member->parent].children,
		    (uint32_t)-1);
	(void)ths_send(self, ths_parent(self), farewell,
	    .number = member->number);
}

static void
nap(void)
{
	sim_sleep(world.base.sim, sim_random(world.base.sim, NAP_NS));
}

/* Asks members to exit, and gives them trouble. */
static void
meddle(void *argument)
{
	(void)argument;
	for (int i = 0; i < REQUESTS; i++) {
		uint32_t number = sim_random(world.base.sim, MEMBERS_MAX / 4);
		/* Read as it may be: a stale or empty one is as good. */
		ths_address whom = i % 2 == 0 ? world.root :
		    (ths_address){ world.root.vm, number + 1, 1 };

		nap();
		if (i < REQUESTS / 2)
			ths_tell(world.base.vm, whom, trouble, .times = i % 3);
		else
			ths_tell(world.base.vm, whom, ths_exit_request,
			    .is_alone = number % 5 == 0);
	}
}

static void
start(ths_sim *sim)
{
	ths_spawn_options options = { .start = THS_ANY(birth,
	    .parent = -1) };

	/* Failures are logged as errors. */
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .workers = 3, .slice_max = 3, .log_level = THS_LOG_NONE });
	seeds_add(&world.members, 1);
	SEEDS_CHECK(ths_spawn(world.base.vm, &world.root, &member_actor,
	    &options) == THS_OK);
	SEEDS_CHECK(ths_tell(world.base.vm, world.root, grow, .depth = DEPTH)
	    == THS_OK);
	for (int i = 0; i < CLIENTS; i++)
		vm_world_client(&world.base, "meddler", meddle, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	for (uint32_t i = 0; i < MEMBERS_MAX; i++) {
		const struct record *record = &world.records[i];

		SEEDS_CHECK(record->begun == record->exited);
		SEEDS_CHECK(record->children == 0);
		SEEDS_CHECK(record->told <= 1 && record->said <= 1);
	}
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "Ends come in order, and are told once.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
