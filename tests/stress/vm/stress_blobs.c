/* SPDX-License-Identifier: MIT */
/*
 * stress_blobs - blobs and large messages that many actors and threads share,
 * hold and drop at once.
 *
 * What goes wrong in the world if this fails: a blob is freed while somebody
 * reads it, or never, or a reader sees bytes that are not the sender's.
 *
 * How it would be noticed: every byte of a blob is one number that stands
 * beside it, whoever frees it does so on any worker or thread, and the
 * sanitizer watches who reads.  Threads keep blobs of their own and send them
 * again and again; actors hold one, keep mail, and send on what they were
 * brought.  Afterwards the books add up and no blob is left.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/random.h"
#include "tests/stress/options.h"
#include "thespis/thespis.h"

enum {
	THREADS = 4,
	PORTERS = 24,
	BLOBS = 4,      /* of each thread */
	LARGE = 20000,  /* more than a block */
	QUEUED_MAX = 500,
	LIVES = 4,
};

THS_MESSAGE(load, THS_FIELD(uint32_t, random), THS_FIELD(uint32_t, lives),
    THS_FIELD(uint8_t, fill), THS_BLOB(blob), THS_FIELD(ths_bytes, bytes))

static struct arena {
	ths_vm *vm;
	struct options options;
	ths_address porters[PORTERS];
	atomic_bool is_over;
	_Atomic uint64_t sent;
	_Atomic uint64_t met;
	_Atomic uint64_t drafts;
} arena;

/* Relaxed: numbers that order nothing, so that they hide no race. */
static void
add(_Atomic uint64_t *count)
{
	atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
}

static void
check(const void *bytes, size_t size, uint8_t with)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < size; i += 61)
		STRESS_CHECK(at[i] == with);
}

/* ------------------------------------------------------------------- actors */

struct porter {
	ths_blob held;
	uint8_t fill;
	ths_mail *kept;
};

static void
hold(struct porter *porter, const struct load *load)
{
	check(porter->held.bytes, porter->held.size, porter->fill);
	ths_blob_drop(porter->held);
	porter->held = ths_blob_hold(load->blob);
	porter->fill = load->fill;
}

static void
keep(ths_self *self, struct porter *porter)
{
	if (porter->kept != NULL) {
		const struct load *load = ths_mail_as(porter->kept, load);

		check(load->bytes.data, load->bytes.size, load->fill);
		check(load->blob.bytes, load->blob.size, load->fill);
		ths_mail_free(porter->kept);
	}
	porter->kept = ths_keep(self);
}

static ths_status
porter_load(ths_self *self, struct porter *porter, const struct load *load)
{
	uint32_t lives = load->lives;

	add(&arena.met);
	check(load->blob.bytes, load->blob.size, load->fill);
	check(load->bytes.data, load->bytes.size, load->fill);
	if (load->random % 4 == 0)
		hold(porter, load);
	if (lives > 0) {
		add(&arena.sent);
		ths_send(self, arena.porters[load->random / 16 % PORTERS],
		    load, .random = load->random * 1103515245 + 12345,
		    .lives = lives - 1, .fill = load->fill,
		    .blob = load->blob, .bytes = load->bytes);
	}
	if (load->random % 8 == 1)
		keep(self, porter);
	return THS_OK;
}

static void
porter_exit(ths_self *self, struct porter *porter)
{
	(void)self;
	ths_blob_drop(porter->held);
}

THS_ACTOR(porter, struct porter, THS_ON(load, porter_load),
    THS_EXIT(porter_exit))

/* ------------------------------------------------------------------ threads */

static ths_address
any_porter(struct random *random)
{
	return arena.porters[random_below(random, PORTERS)];
}

static void
make(struct random *random, ths_blob *blob)
{
	ths_blob_drop(*blob);
	STRESS_CHECK(ths_blob_new(arena.vm, NULL,
	    1 + random_below(random, 3000), blob) == THS_OK);
	memset(ths_blob_fill(*blob), (int)blob->size & 255, blob->size);
}

static void
send_draft(struct random *random)
{
	struct load *load = ths_client_new(arena.vm, NULL, load, LARGE);
	void *bytes;

	STRESS_CHECK(load != NULL);
	bytes = ths_client_new_part(arena.vm, NULL, load, LARGE);
	load->fill = (uint8_t)random_below(random, 256);
	memset(bytes, load->fill, LARGE);
	load->bytes = (ths_bytes){ bytes, LARGE };
	load->random = random_below(random, UINT32_MAX);
	load->lives = random_below(random, LIVES);
	add(&arena.drafts);
	if (random_below(random, 4) == 0) {
		STRESS_CHECK(ths_client_drop(arena.vm, NULL, load) == THS_OK);
		return;
	}
	add(&arena.sent);
	STRESS_CHECK(ths_client_send_new(arena.vm, NULL, any_porter(random),
	    load) == THS_OK);
}

static void
send_blob(struct random *random, ths_blob *blob)
{
	static const unsigned char zeros[LARGE];

	if (blob->block == NULL || random_below(random, 8) == 0)
		make(random, blob);
	add(&arena.sent);
	if (random_below(random, 8) == 0)
		STRESS_CHECK(ths_tell(arena.vm, any_porter(random), load,
		    .lives = LIVES, .bytes = { zeros, LARGE }) == THS_OK);
	else
		STRESS_CHECK(ths_tell(arena.vm, any_porter(random), load,
		    .random = random_below(random, UINT32_MAX),
		    .lives = random_below(random, LIVES),
		    .fill = (uint8_t)(blob->size & 255), .blob = *blob) ==
		    THS_OK);
}

static void *
thread_main(void *argument)
{
	struct random *random = argument;
	ths_blob blobs[BLOBS] = { { NULL, 0, NULL } };
	ths_vm_status status;

	for (uint64_t turn = 0; !atomic_load(&arena.is_over); turn++) {
		if (turn % 64 == 0) {
			ths_vm_status_read(arena.vm, &status);
			if (status.queued > QUEUED_MAX)
				usleep(1000);
		}
		if (random_below(random, 16) == 0)
			send_draft(random);
		else
			send_blob(random, &blobs[random_below(random, BLOBS)]);
	}
	for (int i = 0; i < BLOBS; i++)
		ths_blob_drop(blobs[i]);
	return NULL;
}

static void
run(void)
{
	pthread_t threads[THREADS];
	struct random randoms[THREADS];

	for (uint32_t i = 0; i < PORTERS; i++)
		STRESS_CHECK(ths_spawn(arena.vm, &arena.porters[i],
		    &porter_actor, NULL) == THS_OK);
	for (uint32_t i = 0; i < THREADS; i++) {
		random_init(&randoms[i], arena.options.seed + i);
		STRESS_CHECK(pthread_create(&threads[i], NULL, thread_main,
		    &randoms[i]) == 0);
	}
	while (!options_over(&arena.options))
		usleep(10000);
	atomic_store(&arena.is_over, true);
	for (uint32_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static void
check_books(void)
{
	ths_vm_status status;
	uint64_t dead = 0;

	ths_vm_status_read(arena.vm, &status);
	for (int i = 0; i < THS_DEAD_COUNT; i++)
		dead += status.dead[i];
	printf("%" PRIu64 " loads, %" PRIu64 " met, %" PRIu64 " dead, %" PRIu64
	    " drafts\n", atomic_load(&arena.sent), atomic_load(&arena.met),
	    dead, atomic_load(&arena.drafts));
	STRESS_CHECK(atomic_load(&arena.met) + dead ==
	    atomic_load(&arena.sent));
	STRESS_CHECK(status.blobs == 0);
	STRESS_CHECK(status.blob_bytes == 0);
}

int
main(int argc, char **argv)
{
	ths_vm_config config = { 0 };

	arena.options = options_read(argc, argv,
	    "blobs live as long as somebody holds them");
	config.workers = arena.options.workers;
	config.seed = arena.options.seed | 1;
	STRESS_CHECK(ths_vm_start(&arena.vm, &config) == THS_OK);
	run();
	STRESS_CHECK(ths_vm_stop(arena.vm, THS_SECONDS(60)) == THS_OK);
	check_books();
	ths_vm_free(arena.vm);
	return 0;
}
