/* SPDX-License-Identifier: MIT */
/*
 * stress_spawn - trees of actors that come and go, in VMs that come and go.
 *
 * What goes wrong in the world if this fails: a host that restarts its VM, or
 * holds several, hangs in the stop, leaks an actor's state, runs an exit twice
 * or never, or touches what the stop has freed.
 *
 * How it would be noticed: in each of two threads a VM is started, fed and
 * stopped again and again.  Two more threads spawn into it and tell it, until
 * it says THS_STOPPED.  Each actor spawns children from its handlers down to a
 * depth, some end by themselves, some fail in init, and some in their start,
 * when they have a child.  Stops have much time, a little or none, and come
 * early or late, some from two threads at once; some VMs are inline.  A stop
 * with much time must have left nothing over.  Afterwards every init that
 * succeeded has had its exit, the VM has counted as many spawns as exits, the
 * books add up and all memory is back, by the count of the VM's own allocator.
 * A hang is ended by ctest.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/random.h"
#include "tests/stress/options.h"
#include "thespis/thespis.h"

enum {
	HOSTS = 2,     /* VMs at once */
	FEEDERS = 2,   /* outside threads per VM */
	DEPTH = 4,     /* of a tree */
	WIDTH = 3,     /* children of an actor, at most */
	LIFE_US = 2000, /* of a VM, at most */
	QUEUED_MAX = 5000,
	BALLAST = 40,  /* bytes that make a state need a block */
};

THS_MESSAGE(seed, THS_FIELD(uint64_t, round), THS_FIELD(uint64_t, random),
    THS_FIELD(uint32_t, depth))
THS_SIGNAL(grow)
THS_SIGNAL(wither)

/* One VM's life. */
struct round {
	ths_vm *vm;
	uint64_t seed;
	_Atomic uint64_t feeders;
	_Atomic uint64_t begun; /* inits that succeeded */
	_Atomic uint64_t ended; /* exits */
	_Atomic int64_t bytes;  /* held by the VM */
};

struct tree {
	struct round *round;
	struct random random;
	uint32_t depth;
	uint32_t is_alive;
	char ballast[BALLAST];
};

struct host {
	struct options options;
	struct random random;
	pthread_t thread;
	uint64_t rounds;
	uint64_t spawned;
	uint64_t timeouts;
};

static ths_status tree_seeded(ths_self *self, struct tree *tree,
    const struct seed *seed);
static ths_status tree_started(ths_self *self, struct tree *tree,
    const struct seed *seed);
static ths_status tree_grow(ths_self *self, struct tree *tree,
    const struct grow *grow);
static ths_status tree_wither(ths_self *self, struct tree *tree,
    const struct wither *wither);
static ths_status tree_woken(ths_self *self, struct tree *tree,
    const struct ths_wakeup *wakeup);
static void tree_ended(ths_self *self, struct tree *tree);

THS_ACTOR(tree, struct tree, THS_INIT(seed, tree_seeded),
    THS_START(seed, tree_started),
    THS_ON(grow, tree_grow), THS_ON(wither, tree_wither),
    THS_ON(ths_wakeup, tree_woken), THS_EXIT(tree_ended))

static ths_status
tree_seeded(ths_self *self, struct tree *tree, const struct seed *seed)
{
	(void)self;
	if (seed->random % 16 == 0)
		return THS_FAILED;
	tree->round = (struct round *)(uintptr_t)seed->round;
	tree->depth = seed->depth;
	tree->is_alive = 1;
	random_init(&tree->random, seed->random);
	atomic_fetch_add(&tree->round->begun, 1);
	return THS_OK;
}

/* False once the VM is stopping. */
static bool
tree_bear(ths_self *self, struct tree *tree, ths_address *child)
{
	ths_spawn_options options = { .start = THS_ANY(seed,
	    .round = (uintptr_t)tree->round,
	    .random = random_next(&tree->random),
	    .depth = tree->depth - 1) };
	ths_status status = ths_spawn_child(self, child, &tree_actor,
	    &options);

	STRESS_CHECK(status == THS_OK || status == THS_STOPPED);
	return status == THS_OK;
}

/* Some fail when they have a child. */
static ths_status
tree_started(ths_self *self, struct tree *tree, const struct seed *seed)
{
	ths_address child;

	STRESS_CHECK(tree->is_alive == 1);
	if (seed->random % 16 != 1)
		return THS_OK;
	if (tree->depth > 0 && tree_bear(self, tree, &child))
		(void)ths_send(self, child, grow);
	return THS_FAILED;
}

static ths_status
tree_grow(ths_self *self, struct tree *tree, const struct grow *grow)
{
	uint32_t children = random_below(&tree->random, WIDTH + 1);
	ths_address child;

	(void)grow;
	STRESS_CHECK(tree->is_alive == 1);
	for (uint32_t i = 0; i < children && tree->depth > 0; i++) {
		if (!tree_bear(self, tree, &child))
			return THS_OK;
		(void)ths_send(self, child, grow);
		(void)ths_send(self, random_below(&tree->random, 2) == 0 ?
		    child : ths_me(self), wither);
	}
	return ths_timer_set(self, random_below(&tree->random, 2000000), 0,
	    NULL);
}

static ths_status
tree_wither(ths_self *self, struct tree *tree, const struct wither *wither)
{
	(void)wither;
	STRESS_CHECK(tree->is_alive == 1);
	ths_exit(self);
	return THS_OK;
}

static ths_status
tree_woken(ths_self *self, struct tree *tree, const struct ths_wakeup *wakeup)
{
	(void)wakeup;
	STRESS_CHECK(tree->is_alive == 1);
	ths_exit(self);
	return THS_OK;
}

static void
tree_ended(ths_self *self, struct tree *tree)
{
	STRESS_CHECK(tree->is_alive == 1);
	tree->is_alive = 0;
	atomic_fetch_add(&tree->round->ended, 1);
	(void)ths_send(self, ths_parent(self), wither);
}

/* Holds on while much is alive; false once the VM is stopping. */
static bool
feed(struct round *round, struct random *random)
{
	ths_spawn_options options = { .start = THS_ANY(seed,
	    .round = (uintptr_t)round, .random = random_next(random),
	    .depth = DEPTH) };
	ths_vm_status status;
	ths_address address;
	ths_status is;

	ths_vm_status_read(round->vm, &status);
	if (status.queued > QUEUED_MAX || status.actors > QUEUED_MAX) {
		usleep(100);
		address = (ths_address){ 1, 1, 1 }; /* of another VM */
		return ths_tell(round->vm, address, grow) == THS_GONE;
	}
	is = ths_spawn(round->vm, &address, &tree_actor, &options);
	if (is == THS_OK)
		is = ths_tell(round->vm, address, grow);
	if (is == THS_OK && random_below(random, 4) == 0)
		ths_mail_free(ths_call(round->vm, address,
		    THS_MICROSECONDS(50), wither));
	STRESS_CHECK(is == THS_OK || is == THS_STOPPED);
	return is == THS_OK;
}

static void *
feeder_main(void *argument)
{
	struct round *round = argument;
	struct random random;

	random_init(&random, round->seed +
	    atomic_fetch_add(&round->feeders, 1));
	while (feed(round, &random))
		;
	return NULL;
}

/* Stops with much time, a little, or none. */
static void *
stopper_main(void *argument)
{
	struct round *round = argument;
	ths_duration times[3] = { THS_SECONDS(60), THS_MICROSECONDS(300), 0 };
	ths_duration timeout = times[round->seed % 3];
	ths_status status = ths_vm_stop(round->vm, timeout);

	STRESS_CHECK(status == THS_OK || (status == THS_TIMEOUT &&
	    timeout < THS_SECONDS(1)));
	return status == THS_OK ? NULL : round;
}

static void *
counted_alloc(void *context, size_t size, size_t alignment)
{
	struct round *round = context;
	void *memory = NULL;

	if (posix_memalign(&memory, alignment < sizeof(void *) ?
	    sizeof(void *) : alignment, size) != 0)
		return NULL;
	atomic_fetch_add(&round->bytes, (int64_t)size);
	return memory;
}

static void
counted_free(void *context, void *memory, size_t size, size_t alignment)
{
	struct round *round = context;

	(void)alignment;
	atomic_fetch_sub(&round->bytes, (int64_t)size);
	free(memory);
}

static void
check_books(struct host *host, const struct round *round)
{
	ths_vm_status status;
	uint64_t ended;

	ths_vm_status_read(round->vm, &status);
	ended = status.handled + status.absorbed;
	for (int i = 0; i < THS_DEAD_COUNT; i++)
		ended += status.dead[i];
	STRESS_CHECK(status.accepted == ended);
	STRESS_CHECK(status.spawned == status.exited);
	STRESS_CHECK(atomic_load(&round->begun) == atomic_load(&round->ended));
	host->spawned += status.spawned;
}

/* Lets a VM live for a moment under load, and stops it. */
static void
live(struct host *host, struct round *round)
{
	pthread_t feeders[FEEDERS];
	pthread_t stopper;
	bool is_double = random_below(&host->random, 4) == 0;

	for (int i = 0; i < FEEDERS; i++)
		STRESS_CHECK(pthread_create(&feeders[i], NULL, feeder_main,
		    round) == 0);
	usleep(random_below(&host->random, LIFE_US));
	if (is_double)
		STRESS_CHECK(pthread_create(&stopper, NULL, stopper_main,
		    round) == 0);
	if (stopper_main(round) != NULL)
		host->timeouts++;
	if (is_double)
		pthread_join(stopper, NULL);
	for (int i = 0; i < FEEDERS; i++)
		pthread_join(feeders[i], NULL);
}

static void *
host_main(void *argument)
{
	struct host *host = argument;

	while (!options_over(&host->options)) {
		struct round round = { .seed = random_next(&host->random) };
		ths_allocator allocator = { counted_alloc, counted_free,
			&round };
		bool is_inline = random_below(&host->random, 4) == 0;
		ths_vm_config config = { .allocator = &allocator,
			.mode = is_inline ? THS_MODE_INLINE : THS_MODE_LOCAL,
			.workers = is_inline ? 0 : host->options.workers,
			.seed = round.seed | 1, .actors_max = 1 << 16,
			.log_level = THS_LOG_ERROR };

		STRESS_CHECK(ths_vm_start(&round.vm, &config) == THS_OK);
		if (random_below(&host->random, 8) != 0) {
			live(host, &round);
			check_books(host, &round);
		}
		ths_vm_free(round.vm);
		STRESS_CHECK(atomic_load(&round.bytes) == 0);
		host->rounds++;
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	struct options options = options_read(argc, argv,
	    "actors come and go in VMs that come and go");
	struct host hosts[HOSTS] = { 0 };

	for (uint32_t i = 0; i < HOSTS; i++) {
		hosts[i].options = options;
		random_init(&hosts[i].random, options.seed + i);
		STRESS_CHECK(pthread_create(&hosts[i].thread, NULL, host_main,
		    &hosts[i]) == 0);
	}
	for (int i = 0; i < HOSTS; i++) {
		pthread_join(hosts[i].thread, NULL);
		printf("%" PRIu64 " VMs, %" PRIu64 " actors, %" PRIu64
		    " stops out of time\n", hosts[i].rounds,
		    hosts[i].spawned, hosts[i].timeouts);
	}
	return 0;
}
