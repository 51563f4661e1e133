/* SPDX-License-Identifier: MIT */
/*
 * large: messages that do not fit into a block arrive whole, and are copied
 * once however often they are passed on.
 */
#include <stdlib.h>

#include "tests/unit/vm/world.h"
#include "thespis/codec.h"
#include "thespis/dead.h"
#include "thespis/draft.h"
#include "thespis/failure.h"
#include "thespis/keep.h"
#include "thespis/life.h"

THS_MESSAGE(point, THS_FIELD(int64_t, x), THS_FIELD(int64_t, y))
THS_MESSAGE(load,
    THS_FIELD(uint32_t, what),
    THS_FIELD(ths_string, name),
    THS_FIELD(ths_bytes, bytes),
    THS_LIST(struct point, path),
    THS_LIST(ths_string, words),
    THS_BLOB(blob),
    THS_FIELD(ths_any, inner))
THS_MESSAGE(digest, THS_FIELD(uint64_t, sum), THS_FIELD(bool, is_const))
THS_MESSAGE(fan_out, THS_FIELD(ths_bytes, bytes))
THS_MESSAGE(watch, THS_FIELD(int, nothing))
THS_SIGNAL(finish)

enum {
	HUGE_SIZE = 50 * 1000 * 1000, /* of T-060 */
	PAGE = 64 * 1024,             /* of A-23 */
	WORDS = 10000,
	STRUCT_SIZE = (sizeof(struct load) + 15) / 16 * 16, /* bytes follow */
	/* What to do with a load. */
	ECHO = 0, AGAIN, FAIL, KEEP, PASS, READ, KEEP_AND_SEND,
};

static struct {
	const void *seen[8]; /* where the bytes lay, at each stop */
	_Atomic int stops;
	ths_address next;
	_Atomic uint64_t sums[4];
	_Atomic int answers;
	_Atomic int letters;
	uint64_t blobs; /* while a handler ran */
	bool is_right;
} notes;

static char *huge; /* of HUGE_SIZE bytes */

static void
begin_with(struct world *world, ths_vm_config config)
{
	memset(&notes, 0, sizeof(notes));
	world_begin_with(world, config);
}

static void
begin(struct world *world)
{
	begin_with(world, (ths_vm_config){ .mode = THS_MODE_INLINE });
}

static void
make_huge(void)
{
	huge = malloc(HUGE_SIZE);
	cr_assert_not_null(huge);
	for (size_t i = 0; i < HUGE_SIZE; i += 64)
		memset(huge + i, (int)(i / 64 * 31), i + 64 <= HUGE_SIZE ? 64 :
		    HUGE_SIZE - i);
}

static uint64_t
sum(const void *bytes, size_t size)
{
	const unsigned char *at = bytes;
	uint64_t value = size;

	for (size_t i = 0; i < size; i++)
		value = value * 31 + at[i];
	return value;
}

/* --------------------------------------------------------------- the actors */

struct porter { ths_mail *kept; };

static ths_status
porter_load(ths_self *self, struct porter *porter, const struct load *load)
{
	int stop = atomic_fetch_add(&notes.stops, 1);
	ths_vm_status status;

	notes.seen[stop % 8] = load->bytes.data;
	ths_vm_status_read(ths_self_vm(self), &status);
	notes.blobs = status.blobs;
	switch (load->what) {
	case ECHO:
		return ths_reply(self, load, .bytes = load->bytes,
		    .name = load->name);
	case AGAIN:
		return ths_send(self, notes.next, load, .what = READ,
		    .bytes = load->bytes, .path = { load->path.items,
		    load->path.length }, .name = load->name);
	case FAIL:
		return THS_FAILED;
	case KEEP:
		if (!ths_address_equal(ths_me(self), notes.next))
			porter->kept = ths_keep(self);
		return THS_OK;
	case KEEP_AND_SEND:
		porter->kept = ths_keep(self);
		return ths_send(self, notes.next, load, .what = READ,
		    .bytes = load->bytes);
	case PASS:
		return ths_address_equal(ths_me(self), notes.next) ? THS_OK :
		    ths_forward(self, notes.next);
	default:
		return THS_OK;
	}
}

static ths_status
porter_finish(ths_self *self, struct porter *porter,
    const struct finish *finish)
{
	(void)finish;
	return ths_forward_mail(self, porter->kept, notes.next);
}

static ths_status
porter_watch(ths_self *self, struct porter *porter, const struct watch *watch)
{
	(void)porter, (void)watch;
	ths_handle_dead_letters(self, true);
	return THS_OK;
}

static ths_status
porter_letter(ths_self *self, struct porter *porter,
    const struct ths_dead_letter *letter)
{
	const struct load *load = ths_any_as(letter->message, load);

	(void)self, (void)porter;
	if (load != NULL)
		notes.seen[atomic_fetch_add(&notes.stops, 1) % 8] =
		    load->bytes.data;
	atomic_fetch_add(&notes.letters, 1);
	return THS_OK;
}

THS_ACTOR(porter, struct porter,
    THS_ON(load, porter_load), THS_ON(finish, porter_finish),
    THS_ON(watch, porter_watch), THS_ON(ths_dead_letter, porter_letter))

/* ------------------------------------------------------------ 50 MB, T-060 */

/* One thread of the host asks, an actor answers with the bytes it was sent. */
static void
echo_huge(struct world *world)
{
	ths_address porter = world_spawn(world, &porter_actor);
	const struct load *load;
	ths_mail *mail;

	make_huge();
	mail = ths_ask(world->vm, porter, THS_SECONDS(30), load, .what = ECHO,
	    .name = "fifty", .bytes = { huge, HUGE_SIZE });
	load = ths_mail_as(mail, load);
	cr_assert_not_null(load, "%s", ths_mail_why(mail));
	cr_assert_eq(load->bytes.size, (size_t)HUGE_SIZE);
	cr_assert_neq(load->bytes.data, (const void *)huge);
	cr_assert_eq(memcmp(load->bytes.data, huge, HUGE_SIZE), 0); /* T-060 */
	cr_assert_str_eq(load->name, "fifty");
	cr_assert_eq(load->bytes.data, notes.seen[0],
	    "the answer shares what the question brought");
	cr_assert_eq(notes.blobs, 1);
	ths_mail_free(mail);
	free(huge);
}

Test(large, message_of_50_mb_is_echoed_in_an_inline_vm,
    .description = "T-060", .timeout = 30)
{
	struct world world;

	begin(&world);
	echo_huge(&world);
	world_end(&world);
}

Test(large, message_of_50_mb_is_echoed_in_a_local_vm, .description = "T-060",
    .timeout = 30)
{
	struct world world;

	begin_with(&world, (ths_vm_config){ .workers = 2 });
	echo_huge(&world);
	world_end(&world);
}

/* -------------------------------------------------------------- A-23, T-033 */

static ths_status
reader_load(ths_self *self, ths_nothing *nothing, const struct load *load)
{
	(void)nothing;
	return ths_reply(self, digest,
	    .sum = sum(load->bytes.data, load->bytes.size) * 2 +
	    sum(load->blob.bytes, load->blob.size),
	    .is_const = ths_blob_fill(load->blob) == NULL);
}

THS_ACTOR(reader, ths_nothing, THS_ON(load, reader_load))

struct fan { ths_address asker; };

static ths_status
fan_out(ths_self *self, struct fan *fan, const struct fan_out *job)
{
	char *own = malloc(job->bytes.size);
	ths_blob blob;

	fan->asker = ths_sender(self);
	if (own == NULL || ths_blob_new(ths_self_vm(self), job->bytes.data,
	    job->bytes.size, &blob) != THS_OK)
		return THS_NO_MEMORY;
	memcpy(own, job->bytes.data, job->bytes.size);
	for (int i = 0; i < 3; i++) {
		ths_address reader;

		if (ths_spawn_child(self, &reader, &reader_actor, NULL) !=
		    THS_OK)
			return THS_FAILED;
		ths_send(self, reader, load, .what = READ,
		    .bytes = { own, job->bytes.size }, .blob = blob);
	}
	memset(own, 0xee, job->bytes.size);
	free(own);
	if (ths_blob_fill(blob) != NULL)
		memset(ths_blob_fill(blob), 0xee, blob.size);
	ths_blob_drop(blob);
	return THS_OK;
}

static ths_status
fan_digest(ths_self *self, struct fan *fan, const struct digest *digest)
{
	(void)self, (void)fan;
	if (digest->is_const)
		atomic_store(&notes.sums[atomic_fetch_add(&notes.answers, 1) %
		    4], digest->sum);
	return THS_OK;
}

THS_ACTOR(fan, struct fan, THS_ON(fan_out, fan_out),
    THS_ON(digest, fan_digest))

static void
fan_out_a_page(struct world *world)
{
	static char page[PAGE];
	ths_address fan = world_spawn(world, &fan_actor);
	uint64_t right;

	for (int i = 0; i < PAGE; i++)
		page[i] = (char)(i * 13);
	right = sum(page, sizeof(page)) * 3;
	cr_assert_eq(ths_tell(world->vm, fan, fan_out,
	    .bytes = { page, sizeof(page) }), THS_OK);
	memset(page, 0, sizeof(page));
	if (world->vm->config.mode == THS_MODE_INLINE)
		ths_vm_run(world->vm, 0);
	cr_assert(world_await(&notes.answers, 3));
	for (int i = 0; i < 3; i++)
		cr_assert_eq(notes.sums[i], right); /* T-033 */
}

Test(large, message_to_three_is_what_it_was_at_the_send_inline,
    .description = "T-033 A-23")
{
	struct world world;

	begin(&world);
	fan_out_a_page(&world);
	world_end(&world);
}

Test(large, message_to_three_is_what_it_was_at_the_send_local,
    .description = "T-033 A-23")
{
	struct world world;

	begin_with(&world, (ths_vm_config){ .workers = 2 });
	fan_out_a_page(&world);
	world_end(&world);
}

/* ------------------------------------------------------------- every kind */

static const void *
find(const struct load *load, const char *word)
{
	for (size_t i = 0; i < load->words.length; i++) {
		if (load->words.items[i] != NULL &&
		    strcmp(load->words.items[i], word) == 0)
			return load->words.items[i];
	}
	return NULL;
}

static ths_status
judge_load(ths_self *self, ths_nothing *nothing, const struct load *load)
{
	const struct load *inner = ths_any_as(load->inner, load);

	(void)self, (void)nothing;
	notes.is_right = load->words.length == WORDS &&
	    find(load, "word 0") != NULL && find(load, "word 9999") != NULL &&
	    load->words.items[7] == NULL && strlen(load->name) == PAGE - 1 &&
	    load->path.length == 2000 && load->path.items[1999].x == 1999 &&
	    (uintptr_t)load->path.items % 16 == 0 &&
	    load->blob.size == 3 && inner != NULL &&
	    inner->bytes.size == PAGE && strcmp(inner->name, "inner") == 0 &&
	    (uintptr_t)inner % 16 == 0 &&
	    (uintptr_t)inner->bytes.data % 16 == 0 &&
	    memcmp(inner->blob.bytes, "xyz", 3) == 0;
	return THS_OK;
}

THS_ACTOR(judge, ths_nothing, THS_ON(load, judge_load))

Test(large, parts_of_every_kind_arrive)
{
	static char page[PAGE], texts[WORDS][24];
	static ths_string words[WORDS];
	static struct point path[2000];
	struct load inner = { .name = "inner", .bytes = { page, PAGE },
		.blob = { "xyz", 3, NULL } };
	struct world world;

	begin(&world);
	memset(page, 'a', PAGE - 1);
	for (int i = 0; i < WORDS; i++) {
		snprintf(texts[i], sizeof(texts[i]), "word %d", i);
		words[i] = i == 7 ? NULL : texts[i];
	}
	for (int i = 0; i < 2000; i++)
		path[i].x = i;
	cr_assert_eq(ths_tell(world.vm, world_spawn(&world, &judge_actor),
	    load, .name = page, .path = { path, 2000 },
	    .words = { words, WORDS }, .blob = { "abc", 3, NULL },
	    .inner = { &load_type, &inner }), THS_OK);
	memset(page, 'b', PAGE - 1);
	memset(texts, 0, sizeof(texts));
	cr_assert_eq(world_status(&world).blobs, 3, "parts, and two blobs");
	ths_vm_run(world.vm, 0);
	cr_assert(notes.is_right);
	world_end(&world);
}

/* The next byte after what fits into a block. */
Test(large, messages_begin_where_a_block_ends)
{
	static char bytes[THS_FLAT_SIZE_MAX];
	size_t most = THS_FLAT_SIZE_MAX - STRUCT_SIZE;
	struct world world;
	ths_address porter;

	begin(&world);
	porter = world_spawn(&world, &porter_actor);
	ths_tell(world.vm, porter, load, .what = READ,
	    .bytes = { bytes, most });
	cr_assert_eq(world_status(&world).blobs, 0);
	ths_tell(world.vm, porter, load, .what = READ,
	    .bytes = { bytes, most + 1 });
	cr_assert_eq(world_status(&world).blobs, 1);
	cr_assert_eq(world_status(&world).blob_bytes,
	    most + 1 + (STRUCT_SIZE - sizeof(struct load)) +
	    sizeof(struct load) % 16);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_status(&world).blobs, 0);
	world_end(&world);
}

/* ---------------------------------------------------------- without a copy */

static void
tell_page(struct world *world, ths_address to, uint32_t what)
{
	static char page[PAGE];
	static struct point path[1000];

	atomic_store(&notes.stops, 0);
	memset(notes.seen, 0, sizeof(notes.seen));
	cr_assert_eq(ths_tell(world->vm, to, load, .what = what,
	    .bytes = { page, PAGE }, .path = { path, 1000 },
	    .name = "small"), THS_OK);
	ths_vm_run(world->vm, 0);
}

Test(large, messages_are_passed_on_without_a_copy)
{
	struct world world;
	ths_address porter;

	begin(&world);
	porter = world_spawn(&world, &porter_actor);
	notes.next = world_spawn(&world, &porter_actor);
	tell_page(&world, porter, PASS);
	cr_assert_eq(notes.stops, 2);
	cr_assert_eq(notes.seen[0], notes.seen[1]);
	tell_page(&world, porter, KEEP);
	cr_assert_eq(world_status(&world).blobs, 1);
	ths_tell(world.vm, porter, finish);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.stops, 2);
	cr_assert_eq(notes.seen[0], notes.seen[1]);
	tell_page(&world, porter, AGAIN);
	cr_assert_eq(notes.stops, 2);
	cr_assert_eq(notes.seen[0], notes.seen[1], "the same in another");
	cr_assert_eq(notes.blobs, 1, "bytes and path, and small parts in the "
	    "block");
	world_end(&world);
}

Test(large, messages_come_back_as_poison_and_dead_letters_without_a_copy)
{
	const struct ths_poison *poison;
	struct world world;
	ths_address porter;
	ths_mail *mail;

	begin(&world);
	porter = world_spawn(&world, &porter_actor);
	tell_page(&world, porter, FAIL);
	mail = ths_listen(world.vm, NULL, 0);
	poison = ths_mail_as(mail, ths_poison);
	cr_assert_not_null(poison);
	cr_assert_not_null(ths_any_as(poison->message, load));
	cr_assert_eq(ths_any_as(poison->message, load)->bytes.data,
	    notes.seen[0]);
	cr_assert_eq(world_status(&world).blobs, 1);
	ths_mail_free(mail);
	ths_tell(world.vm, world_spawn(&world, &porter_actor), watch);
	ths_vm_run(world.vm, 0);
	notes.next = porter;
	notes.next.slot = 1 << 30; /* where nobody ever lived */
	tell_page(&world, porter, AGAIN);
	cr_assert_eq(notes.letters, 1);
	cr_assert_eq(notes.seen[1], notes.seen[0]);
	cr_assert_eq(world_status(&world).blobs, 0);
	world_end(&world);
}

/* Only the message that is being handled lends. */
Test(large, messages_that_were_kept_lend_nothing)
{
	struct world world;
	ths_address porter;

	begin(&world);
	porter = world_spawn(&world, &porter_actor);
	notes.next = world_spawn(&world, &porter_actor);
	tell_page(&world, porter, KEEP_AND_SEND);
	cr_assert_eq(notes.stops, 2);
	cr_assert_neq(notes.seen[0], notes.seen[1]);
	cr_assert_eq(notes.blobs, 2);
	world_end(&world);
}

/* A small message must not keep a large one from being freed. */
Test(large, messages_lend_nothing_to_small_ones)
{
	static char page[8 * 1024];
	struct world world;

	begin(&world);
	notes.next = world_spawn(&world, &porter_actor);
	ths_tell(world.vm, world_spawn(&world, &porter_actor), load,
	    .what = AGAIN, .bytes = { page, sizeof(page) },
	    .blob = { "x", 1, NULL });
	ths_vm_run(world.vm, 0);
	cr_assert_eq(notes.stops, 2);
	cr_assert_neq(notes.seen[0], notes.seen[1]);
	world_end(&world);
}

/* ------------------------------------------------------------------- limits */

static ths_status trier_load(ths_self *self, ths_nothing *nothing,
    const struct load *load);

THS_ACTOR(trier, ths_nothing, THS_ON(load, trier_load))

static ths_status tried;

static ths_status
trier_load(ths_self *self, ths_nothing *nothing, const struct load *load)
{
	static char page[PAGE];

	(void)nothing;
	if (load->what == READ)
		return THS_OK;
	tried = ths_try_send(self, ths_me(self), load, .what = READ,
	    .bytes = { page, PAGE });
	return THS_OK;
}

Test(large, messages_have_a_limit_in_the_budget_of_blobs)
{
	static char page[PAGE];
	struct world world;
	ths_address trier;

	begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
		.blob_bytes_max = PAGE - 1 });
	trier = world_spawn(&world, &trier_actor);
	cr_assert_neq(ths_tell(world.vm, trier, load, .what = READ,
	    .bytes = { page, PAGE }), THS_BAD_ARGUMENT);
	cr_assert_eq(world_dead(&world, THS_DEAD_NO_MEMORY), 1);
	cr_assert_eq(world_status(&world).limits_hit, 1);
	ths_tell(world.vm, trier, load, .what = ECHO);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(tried, THS_NO_MEMORY);
	cr_assert_eq(world_status(&world).limits_hit, 2);
	cr_assert_eq(world_dead(&world, THS_DEAD_NO_MEMORY), 1,
	    "what was tried is no dead letter");
	world_end(&world);
}

Test(large, messages_have_a_limit_that_is_exact)
{
	static char page[PAGE];
	struct world world;
	ths_address porter;

	begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
		.message_max = STRUCT_SIZE + PAGE });
	porter = world_spawn(&world, &porter_actor);
	cr_assert_eq(ths_tell(world.vm, porter, load, .what = READ,
	    .bytes = { page, PAGE }), THS_OK);
	cr_assert_eq(ths_tell(world.vm, porter, load, .what = READ,
	    .bytes = { page, PAGE },
	    .path = { &(struct point){ 1, 2 }, 1 }), THS_TOO_LARGE);
	world_end(&world);
	cr_assert_eq(world_try(&world, (ths_vm_config){
	    .message_max = SIZE_MAX }, NULL), THS_BAD_ARGUMENT);
}

/* With each call for memory failing in turn. */
Test(large, messages_cost_no_account_when_memory_is_missing)
{
	static char page[PAGE];

	for (uint64_t nth = 1; nth <= 8; nth++) {
		struct world world;
		ths_address porter;

		begin(&world);
		porter = world_spawn(&world, &porter_actor);
		notes.next = world_spawn(&world, &porter_actor);
		ths_tell(world.vm, porter, watch);
		ths_vm_run(world.vm, 0);
		memory_fault_at(&world.vm->memory, nth);
		for (uint32_t what = AGAIN; what <= PASS; what++)
			cr_assert_neq(ths_tell(world.vm, porter, load,
			    .what = what, .bytes = { page, PAGE }),
			    THS_BAD_ARGUMENT);
		ths_vm_run(world.vm, 0);
		ths_mail_free(ths_listen(world.vm, NULL, 0));
		world_end(&world);
	}
}

/* -------------------------------------------------------------------- codec */

Test(large, messages_are_encoded_and_decoded)
{
	static const ths_type *const types[] = { &load_type };
	static char page[PAGE];
	unsigned char *bytes = malloc(3 * PAGE);
	char *block = aligned_alloc(THS_BLOCK_ALIGNMENT, 3 * PAGE);
	struct load load = { .bytes = { page, PAGE },
		.blob = { page, PAGE, NULL } };
	const struct load *again;
	size_t size;
	ths_any any;

	memset(page, 'p', PAGE);
	cr_assert_eq(ths_encode(&load_type, &load, bytes, 3 * PAGE, &size),
	    THS_OK);
	cr_assert_eq(ths_decode(bytes, size, types, 1, block, 2 * PAGE, &any),
	    THS_TOO_LARGE);
	cr_assert_eq(ths_decode(bytes, size, types, 1, block, 3 * PAGE, &any),
	    THS_OK);
	again = ths_any_as(any, load);
	cr_assert_eq(again->bytes.size, (size_t)PAGE);
	cr_assert_eq(again->blob.size, (size_t)PAGE);
	cr_assert_null(again->blob.block);
	cr_assert_eq(memcmp(again->blob.bytes, page, PAGE), 0);
	for (size_t cut = 0; cut < size; cut += 1 + cut / 50)
		cr_assert_neq(ths_decode(bytes, cut, types, 1, block, 3 * PAGE,
		    &any), THS_OK);
	free(bytes);
	free(block);
}
