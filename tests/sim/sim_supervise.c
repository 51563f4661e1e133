/* SPDX-License-Identifier: MIT */
/*
 * supervisors, simulated: a tree of three, one for each strategy, whose
 * children crash, leave, are asked to exit, fail at their births, are stopped
 * and restarted by clients, and killed in the course of that; then, in half of
 * the runs, a quiet time in which everybody must come back; and a stop.
 *
 * If this fails, a child lives twice at a time, is forgotten when it should
 * come back, or is ended before one that was started after it.
 */
#include "tests/sim/vm_world.h"

enum {
	CLIENTS = 3,
	MISCHIEFS = 12, /* of each client */
	SUPERVISORS = 3,
	FAMILY = 4,
	CHILDREN = SUPERVISORS * FAMILY,
	NAP_NS = 60000,
	LOOKS = 2000, /* of a millisecond */
};

THS_MESSAGE(badge, THS_FIELD(uint32_t, number))
THS_MESSAGE(mischief, THS_FIELD(uint32_t, kind))

/* What is known of a child, by its number; written by its lives. */
struct record {
	seeds_count alive;
	seeds_count lives;
	seeds_count slot;
	seeds_count generation;
};

static struct world {
	struct vm_world base;
	ths_address root;
	seeds_count done; /* clients */
	struct record records[CHILDREN];
} world;

/* ------------------------------------------------------------- the children */

struct member {
	uint32_t number;
};

static ths_status
on_init(ths_self *self, struct member *member, const struct badge *badge)
{
	struct record *record = &world.records[badge->number];
	ths_address me = ths_me(self);

	/* Before anything that can fail: it lives from here on. */
	SEEDS_CHECK(seeds_read(&record->alive) == 0);
	if (seeds_add(&record->lives, 1) % 5 == 3)
		return ths_fail(self, "not this time");
	SEEDS_CHECK(seeds_add(&record->alive, 1) == 0);
	member->number = badge->number;
	atomic_store_explicit(&record->slot, me.slot, memory_order_relaxed);
	atomic_store_explicit(&record->generation, me.generation,
	    memory_order_relaxed);
	return THS_OK;
}

static ths_status
on_mischief(ths_self *self, struct member *member,
    const struct mischief *mischief)
{
	(void)member;
	if (mischief->kind % 2 == 0)
		return ths_crash(self, "mischief");
	ths_exit(self);
	return THS_OK;
}

/*
 * A supervisor that restarts several ends them the youngest first: none that
 * was started after this one lives.
 */
static ths_status
on_asked(ths_self *self, struct member *member,
    const struct ths_exit_request *request)
{
	uint32_t family = member->number / FAMILY;

	(void)request;
	if (!ths_address_equal(ths_sender(self), ths_parent(self)) ||
	    family == 0)
		return THS_OK;
	for (uint32_t i = member->number + 1; i < (family + 1) * FAMILY; i++)
		SEEDS_CHECK(seeds_read(&world.records[i].alive) == 0);
	return THS_OK;
}

static void
on_exit(ths_self *self, struct member *member)
{
	(void)self;
	SEEDS_CHECK(seeds_add(&world.records[member->number].alive,
	    (uint32_t)-1) == 1);
}

THS_ACTOR(member, struct member,
    THS_INIT(badge, on_init),
    THS_ON(mischief, on_mischief),
    THS_ON(ths_exit_request, on_asked),
    THS_EXIT(on_exit))

/* ---------------------------------------------------------- the supervisors */

#define MEMBER(text, n, ...) { .name = text, .actor = &member_actor, \
	.start = { THS_PAYLOAD(badge, .number = n) }, __VA_ARGS__ }
#define FAMILY_OF(n) { \
	MEMBER("a", n, .shutdown = THS_FOREVER), \
	MEMBER("b", n + 1, .shutdown = THS_MICROSECONDS(1)), \
	MEMBER("c", n + 2, .shutdown = THS_KILL_AT_ONCE), \
	MEMBER("d", n + 3, .shutdown = THS_SECONDS(1)) }

static const ths_child_spec firsts[] = FAMILY_OF(0);
static const ths_child_spec seconds[] = FAMILY_OF(4);
static const ths_child_spec thirds[] = FAMILY_OF(8);

#define GENTLE .restarts_max = THS_RESTARTS_MAX, .children_length = FAMILY

THS_SUPERVISOR(one, .children = firsts, GENTLE,
    .backoff = THS_MICROSECONDS(50), .backoff_max = THS_MILLISECONDS(3))
THS_SUPERVISOR(all, .strategy = THS_ONE_FOR_ALL, .children = seconds, GENTLE)
THS_SUPERVISOR(rest, .strategy = THS_REST_FOR_ONE, .children = thirds, GENTLE,
    .backoff = THS_MICROSECONDS(20), .backoff_max = THS_MILLISECONDS(2))

static const ths_child_spec supervisors[] = {
	{ .name = "one", .actor = &one_actor },
	{ .name = "all", .actor = &all_actor },
	{ .name = "rest", .actor = &rest_actor },
};
THS_SUPERVISOR(root, .children = supervisors, .children_length = SUPERVISORS,
    .restarts_max = THS_RESTARTS_MAX)

/* -------------------------------------------------------------- the clients */

static uint32_t
draw(uint32_t n)
{
	return sim_random(world.base.sim, n);
}

/* The address of one of the supervisors, or nobody. */
static ths_address
supervisor(uint32_t number)
{
	ths_mail *mail = ths_call(world.base.vm, world.root, THS_SECONDS(10),
	    ths_children_list, .from = number);
	const struct ths_children_listed *listed = ths_mail_as(mail,
	    ths_children_listed);
	ths_address address;

	SEEDS_CHECK(listed != NULL && listed->children.length ==
	    SUPERVISORS - number);
	address = listed->children.items[0].child;
	ths_mail_free(mail);
	return address;
}

/* What may be asked of the supervisor of the first family. */
static void
order_about(void)
{
	static const char *const names[] = { "a", "b", "c", "d" };
	const char *name = names[draw(FAMILY)];
	ths_address one = supervisor(0);
	ths_mail *mail;

	if (draw(2) == 0)
		mail = ths_call(world.base.vm, one, THS_SECONDS(10),
		    ths_child_stop, .name = name);
	else
		mail = ths_call(world.base.vm, one, THS_SECONDS(10),
		    ths_child_restart, .name = name);
	/* It may have been asked to exit itself. */
	SEEDS_CHECK(ths_mail_status(mail) != THS_TIMEOUT);
	ths_mail_free(mail);
}

static void
meddle(void *argument)
{
	(void)argument;
	for (int i = 0; i < MISCHIEFS; i++) {
		uint32_t number = draw(CHILDREN);
		const struct record *record = &world.records[number];
		ths_address whom = { world.root.vm,
			seeds_read(&record->slot),
			seeds_read(&record->generation) };
		uint32_t kind = draw(20);

		sim_sleep(world.base.sim, draw(NAP_NS));
		if (kind == 0)
			ths_tell(world.base.vm, supervisor(draw(SUPERVISORS)),
			    ths_exit_request);
		else if (kind < 4)
			order_about();
		else if (kind < 8)
			ths_tell(world.base.vm, whom, ths_exit_request);
		else
			ths_tell(world.base.vm, whom, mischief, .kind = kind);
	}
	seeds_add(&world.done, 1);
}

/* True when all the children of this supervisor run; counted is so many. */
static bool
is_whole(ths_address address)
{
	ths_mail *mail = ths_call(world.base.vm, address, THS_SECONDS(10),
	    ths_children_count);
	const struct ths_children_counted *counted = ths_mail_as(mail,
	    ths_children_counted);
	bool is;

	is = counted != NULL && counted->running == FAMILY &&
	    counted->total == FAMILY;
	ths_mail_free(mail);
	return is;
}

/* Everybody who was stopped is wanted back. */
static void
call_back(void)
{
	static const char *const names[] = { "a", "b", "c", "d" };

	for (int i = 0; i < FAMILY; i++)
		ths_mail_free(ths_call(world.base.vm, supervisor(0),
		    THS_SECONDS(10), ths_child_restart, .name = names[i]));
}

/* Waits for the others, then for everybody to be back: nobody is forgotten. */
static void
look(void *argument)
{
	int looks = 0;

	(void)argument;
	while (seeds_read(&world.done) < CLIENTS)
		sim_sleep(world.base.sim, THS_MICROSECONDS(100));
	if (draw(2) == 0)
		return; /* a stop in the middle of it all */
	sim_sleep(world.base.sim, THS_MILLISECONDS(50));
	call_back();
	for (uint32_t i = 0; i < CHILDREN; i++) {
		while (!is_whole(supervisor(i / FAMILY)) ||
		    seeds_read(&world.records[i].alive) == 0) {
			SEEDS_CHECK(++looks < LOOKS);
			sim_sleep(world.base.sim, THS_MILLISECONDS(1));
		}
	}
}

static void
start(ths_sim *sim)
{
	/* Crashes are logged as errors. */
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .workers = 3, .slice_max = 3, .log_level = THS_LOG_NONE });
	SEEDS_CHECK(ths_spawn(world.base.vm, &world.root, &root_actor, NULL)
	    == THS_OK);
	for (int i = 0; i < CLIENTS; i++)
		vm_world_client(&world.base, "meddler", meddle, NULL);
	vm_world_client(&world.base, "looker", look, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	for (uint32_t i = 0; i < CHILDREN; i++)
		SEEDS_CHECK(world.records[i].alive == 0);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "Supervisors mend what breaks, once and in order.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = { .handler_one_in = 5, .timer_one_in = 3,
		    .slow_one_in = 8, .slow_max = THS_MILLISECONDS(3),
		    .late_one_in = 4, .late_max = THS_MILLISECONDS(5) },
	};

	return seeds_main(argc, argv, &program);
}
