/* SPDX-License-Identifier: MIT */
/*
 * blobs, simulated: actors and clients that pass blobs and large messages
 * around, hold them, keep their messages, fail at them, end with them, and a
 * stop in the middle of it; and a fan-out whose sender overwrites what it has
 * sent.
 *
 * If this fails, a blob is freed while somebody reads it, or never; a receiver
 * sees what the sender did later; or a message is in nobody's account.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/vm_world.h"

enum {
	CLIENTS = 3,
	PORTERS = 4,
	LOADS = 5,     /* of each client */
	SIZE = 20000,  /* more than a block */
	PAGE = 64 * 1024,
	NAP_NS = 1500,
	LIVES = 6,     /* times that a load is passed on */
};

THS_MESSAGE(load, THS_FIELD(uint32_t, random), THS_FIELD(uint32_t, lives),
    THS_FIELD(uint8_t, fill), THS_BLOB(blob), THS_FIELD(ths_bytes, bytes))
THS_MESSAGE(page, THS_FIELD(ths_bytes, bytes))
THS_MESSAGE(fan_out, THS_FIELD(uint8_t, fill))

static struct world {
	struct vm_world base;
	ths_address porters[PORTERS];
	ths_address fan;
	seeds_count met;
	seeds_count pages;
	seeds_count refusals;
} world;

static bool
is_filled(const void *bytes, size_t size, uint8_t with)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < size; i += 97) {
		if (at[i] != with)
			return false;
	}
	return size == 0 || at[size - 1] == with;
}

/* ------------------------------------------------------------------- actors */

struct porter {
	ths_blob held;
	uint8_t fill; /* of what is held */
	ths_mail *kept;
};

static void
check(const struct load *load)
{
	seeds_add(&world.met, 1);
	SEEDS_CHECK(is_filled(load->blob.bytes, load->blob.size, load->fill));
	SEEDS_CHECK(is_filled(load->bytes.data, load->bytes.size,
	    load->fill));
	SEEDS_CHECK(ths_blob_fill(load->blob) == NULL);
}

static void
hold(struct porter *porter, const struct load *load)
{
	SEEDS_CHECK(is_filled(porter->held.bytes, porter->held.size,
	    porter->fill));
	ths_blob_drop(porter->held);
	porter->held = ths_blob_hold(load->blob);
	porter->fill = load->fill;
}

static void
keep(ths_self *self, struct porter *porter)
{
	if (porter->kept != NULL) {
		const struct load *load = ths_mail_as(porter->kept, load);

		SEEDS_CHECK(load != NULL);
		check(load);
		ths_mail_free(porter->kept);
	}
	porter->kept = ths_keep(self);
	if (ths_mail_status(porter->kept) != THS_OK)
		porter->kept = NULL;
}

static ths_status
porter_load(ths_self *self, struct porter *porter, const struct load *load)
{
	ths_address next = world.porters[load->random / 8 % PORTERS];
	uint32_t lives = load->lives;

	check(load);
	if (load->random % 5 == 0)
		hold(porter, load);
	if (load->random % 61 == 7)
		ths_exit(self);
	if (load->random % 17 == 3)
		return ths_fail(self, "dropped it");
	if (lives == 0)
		return THS_OK;
	/* What it brought, in a message of its own and in one passed on. */
	ths_send(self, next, load, .random = load->random * 5 + 1,
	    .lives = lives - 1, .fill = load->fill, .blob = load->blob,
	    .bytes = load->bytes);
	if (load->random % 3 == 0)
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

static ths_status
reader_page(ths_self *self, ths_nothing *nothing, const struct page *page)
{
	(void)self, (void)nothing;
	SEEDS_CHECK(page->bytes.size == PAGE);
	SEEDS_CHECK(is_filled(page->bytes.data, PAGE, 0x5a)); /* T-033 */
	seeds_add(&world.pages, 1);
	return THS_OK;
}

THS_ACTOR(reader, ths_nothing, THS_ON(page, reader_page))

/* three get what it was at the send. */
static ths_status
fan_fan_out(ths_self *self, ths_nothing *nothing, const struct fan_out *job)
{
	char *own = malloc(PAGE);

	(void)nothing;
	SEEDS_CHECK(own != NULL);
	memset(own, job->fill, PAGE);
	for (int i = 0; i < 3; i++) {
		ths_address reader;

		if (ths_spawn_child(self, &reader, &reader_actor, NULL) ==
		    THS_OK)
			ths_send(self, reader, page, .bytes = { own, PAGE });
	}
	memset(own, 0xee, PAGE);
	free(own);
	return THS_OK;
}

THS_ACTOR(fan, ths_nothing, THS_ON(fan_out, fan_fan_out))

/* ------------------------------------------------------------------ clients */

static void
send_load(uint32_t number, uint32_t random)
{
	static const unsigned char zeros[SIZE];
	uint8_t fill = (uint8_t)(number % 3 == 0 ? 0 : random | 1);
	struct load load = { .random = random, .lives = random % LIVES,
		.fill = fill };
	ths_status status;

	status = ths_blob_new(world.base.vm, NULL, 100 + random % 900,
	    &load.blob);
	SEEDS_CHECK(status == THS_OK || status == THS_LIMIT);
	if (status == THS_LIMIT)
		seeds_add(&world.refusals, 1);
	else
		memset(ths_blob_fill(load.blob), fill, load.blob.size);
	if (fill == 0)
		load.bytes = (ths_bytes){ zeros, SIZE };
	(void)ths_tell_message(world.base.vm, NULL,
	    world.porters[random % PORTERS], &load_type, &load);
	ths_blob_drop(load.blob);
}

/* The same built in place, as large. */
static void
send_draft(uint32_t random)
{
	struct load *load = ths_client_new(world.base.vm, NULL, load, SIZE);
	void *bytes = load == NULL ? NULL : ths_client_new_part(
	    world.base.vm, NULL, load, SIZE);

	if (bytes == NULL)
		return;
	memset(bytes, (uint8_t)random, SIZE);
	load->fill = (uint8_t)random;
	load->random = random;
	load->lives = random % LIVES;
	load->bytes = (ths_bytes){ bytes, SIZE };
	if (random % 4 != 0)
		(void)ths_client_send_new(world.base.vm, NULL,
		    world.porters[random % PORTERS], load);
	else
		(void)ths_client_drop(world.base.vm, NULL, load);
}

static void
client(void *argument)
{
	uint32_t number = (uint32_t)(uintptr_t)argument;

	for (uint32_t i = 0; i < LOADS; i++) {
		uint32_t random = sim_random(world.base.sim, 100000);

		send_load(number + i, random);
		if (i % 2 == 0)
			send_draft(random / 7);
		if (sim_random(world.base.sim, 3) == 0)
			ths_mail_free(ths_listen(world.base.vm, NULL, NAP_NS));
	}
}

static void
fan_client(void *argument)
{
	(void)argument;
	(void)ths_tell(world.base.vm, world.fan, fan_out, .fill = 0x5a);
}

/* -------------------------------------------------------------------- world */

static void
start(ths_sim *sim)
{
	/* Failures are logged as errors. */
	vm_world_start(&world.base, sim, &(ths_vm_config){ .workers = 3,
		.slice_max = 3, .log_level = THS_LOG_NONE,
		.blob_bytes_max = 20 * SIZE });
	for (int i = 0; i < PORTERS; i++)
		SEEDS_CHECK(ths_spawn(world.base.vm, &world.porters[i],
		    &porter_actor, NULL) == THS_OK);
	SEEDS_CHECK(ths_spawn(world.base.vm, &world.fan, &fan_actor, NULL) ==
	    THS_OK);
	vm_world_client(&world.base, "fan", fan_client, NULL);
	for (uintptr_t i = 0; i < CLIENTS; i++)
		vm_world_client(&world.base, "client", client, (void *)i);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	SEEDS_CHECK(world.base.stopped == THS_OK);
	vm_world_end(&world.base);
	SEEDS_CHECK(seeds_read(&world.met) > 0);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "Blobs live as long as somebody holds them, and do "
		    "not change.",
		.description = "T-033 A-23",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
