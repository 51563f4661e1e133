/* SPDX-License-Identifier: MIT */
/*
 * stress_links - rings of linked actors are made, shuffled and broken by
 * several threads.
 *
 * What goes wrong in the world if this fails: part of a group lives on after
 * the rest has crashed, an actor ends for one that it was linked to no more, or
 * memory that a link was made of is used by both sides.
 *
 * How it would be noticed: the members of a ring tie themselves to their
 * neighbours from both sides, take some links back and make them again, while
 * others crash or leave.  Every ring is crashed in the end and must end whole,
 * and an outsider that has untied itself from each member must not.  Sanitizers
 * see the records.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/random.h"
#include "tests/stress/options.h"
#include "thespis/thespis.h"

enum { THREADS = 3, RING = 12, NAPS_MAX = 20000 };

THS_MESSAGE(tie, THS_FIELD(ths_address, whom))
THS_MESSAGE(untie, THS_FIELD(ths_address, whom))
THS_SIGNAL(crash)
THS_SIGNAL(ping)

static struct arena {
	ths_vm *vm;
	struct options options;
	_Atomic uint64_t rings;
} arena;

/* Counts, for the ring, those of its members that live; a member
 * knows where. */
THS_MESSAGE(member, THS_FIELD(uint64_t, living))

struct bead { _Atomic uint32_t *living; };

static ths_status
bead_start(ths_self *self, struct bead *bead, const struct member *member)
{
	(void)self;
	bead->living = (_Atomic uint32_t *)(uintptr_t)member->living;
	return THS_OK;
}

static ths_status
bead_tie(ths_self *self, struct bead *bead, const struct tie *tie)
{
	(void)bead;
	STRESS_CHECK(ths_link(self, tie->whom) == THS_OK);
	return THS_OK;
}

static ths_status
bead_untie(ths_self *self, struct bead *bead, const struct untie *untie)
{
	(void)bead;
	(void)ths_unlink(self, untie->whom);
	return THS_OK;
}

static ths_status
bead_crash(ths_self *self, struct bead *bead, const struct crash *crash)
{
	(void)bead, (void)crash;
	return ths_crash(self, "as it was told");
}

static ths_status
bead_ping(ths_self *self, struct bead *bead, const struct ping *ping)
{
	(void)bead, (void)ping;
	return ths_reply(self, ping);
}

static void
bead_exit(ths_self *self, struct bead *bead)
{
	(void)self;
	/* Release: pairs with the wait, after which the number is gone. */
	atomic_fetch_sub_explicit(bead->living, 1, memory_order_release);
}

THS_ACTOR(bead, struct bead,
    THS_START(member, bead_start),
    THS_ON(tie, bead_tie),
    THS_ON(untie, bead_untie),
    THS_ON(crash, bead_crash),
    THS_ON(ping, bead_ping),
    THS_EXIT(bead_exit))

static ths_address
spawn(_Atomic uint32_t *living)
{
	ths_spawn_options options = { .start = THS_ANY(member,
	    .living = (uintptr_t)living) };
	ths_address address;

	STRESS_CHECK(ths_spawn(arena.vm, &address, &bead_actor, &options)
	    == THS_OK);
	return address;
}

/* Waits until so many live. */
static void
wait_for(_Atomic uint32_t *living, uint32_t wanted)
{
	int naps = 0;

	while (atomic_load_explicit(living, memory_order_acquire) != wanted) {
		STRESS_CHECK(naps++ < NAPS_MAX);
		usleep(1000);
	}
}

/* Waits until an actor has come to here in its mail. */
static bool
answers(ths_address address)
{
	ths_mail *mail = ths_call(arena.vm, address, THS_SECONDS(30), ping);
	bool is_there = ths_mail_as(mail, ping) != NULL;

	STRESS_CHECK(ths_mail_status(mail) != THS_TIMEOUT);
	ths_mail_free(mail);
	return is_there;
}

static void
tie_ring(struct random *random, const ths_address *ring, ths_address outsider)
{
	for (int i = 0; i < RING; i++) {
		ths_address next = ring[(i + 1) % RING];

		ths_tell(arena.vm, ring[i], tie, .whom = next);
		if (random_below(random, 2))
			ths_tell(arena.vm, next, tie, .whom = ring[i]);
		if (random_below(random, 2))
			ths_tell(arena.vm, outsider, tie, .whom = ring[i]);
		else
			ths_tell(arena.vm, ring[i], tie, .whom = outsider);
	}
}

/* The outsider takes all its links back; members some, and make them again. */
static void
untie_some(struct random *random, const ths_address *ring,
    ths_address outsider)
{
	for (int i = 0; i < RING; i++)
		STRESS_CHECK(answers(ring[i]));
	for (int i = 0; i < RING; i++) {
		int at = (int)random_below(random, RING);
		ths_address next = ring[(at + 1) % RING];

		ths_tell(arena.vm, outsider, untie, .whom = ring[i]);
		ths_tell(arena.vm, ring[at], untie, .whom = next);
		ths_tell(arena.vm, ring[at], tie, .whom = next);
	}
}

static void
play_ring(struct random *random)
{
	_Atomic uint32_t living = RING;
	_Atomic uint32_t outside = 1;
	ths_address ring[RING];
	ths_address outsider = spawn(&outside);

	for (int i = 0; i < RING; i++)
		ring[i] = spawn(&living);
	tie_ring(random, ring, outsider);
	untie_some(random, ring, outsider);
	STRESS_CHECK(answers(outsider));
	ths_tell(arena.vm, ring[random_below(random, RING)], crash);
	wait_for(&living, 0);
	STRESS_CHECK(answers(outsider));
	ths_tell(arena.vm, outsider, ths_exit_request);
	wait_for(&outside, 0);
	atomic_fetch_add_explicit(&arena.rings, 1, memory_order_relaxed);
}

static void *
thread_main(void *argument)
{
	while (!options_over(&arena.options))
		play_ring(argument);
	return NULL;
}

static void
run(void)
{
	pthread_t threads[THREADS];
	struct random randoms[THREADS];

	for (uint32_t i = 0; i < THREADS; i++) {
		random_init(&randoms[i], arena.options.seed + i);
		STRESS_CHECK(pthread_create(&threads[i], NULL, thread_main,
		    &randoms[i]) == 0);
	}
	for (uint32_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

int
main(int argc, char **argv)
{
	/* Crashes are logged as errors. */
	ths_vm_config config = { .log_level = THS_LOG_NONE };
	ths_vm_status status;

	arena.options = options_read(argc, argv,
	    "those who are linked end together, and nobody else");
	config.workers = arena.options.workers;
	config.seed = arena.options.seed | 1;
	STRESS_CHECK(ths_vm_start(&arena.vm, &config) == THS_OK);
	run();
	STRESS_CHECK(ths_vm_stop(arena.vm, THS_SECONDS(60)) == THS_OK);
	ths_vm_status_read(arena.vm, &status);
	printf("%" PRIu64 " rings, %" PRIu64 " lives\n",
	    atomic_load(&arena.rings), status.spawned);
	STRESS_CHECK(status.spawned == status.exited);
	STRESS_CHECK(status.spawned ==
	    atomic_load(&arena.rings) * (RING + 1));
	ths_vm_free(arena.vm);
	return 0;
}
