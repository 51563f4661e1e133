/* SPDX-License-Identifier: MIT */
/* drafts from outside, drafts of any size, and drafts with blobs. */
#include "tests/unit/vm/world.h"
#include "thespis/blob.h"
#include "thespis/draft.h"
#include "thespis/life.h"

THS_MESSAGE(picture, THS_FIELD(ths_string, title), THS_FIELD(ths_bytes, pixels),
    THS_BLOB(blob), THS_LIST(ths_blob, more))
THS_MESSAGE(note, THS_FIELD(ths_string, text))
THS_MESSAGE(paint, THS_FIELD(ths_address, to), THS_FIELD(size_t, size))
THS_SIGNAL(ping)

enum { LARGE = 1000000, KEPT_MAX = 3 };

static struct {
	const void *met;
	const void *pixels;
	const void *blob;
	size_t size;
	size_t more;
	int notes;
	ths_address from;
	ths_status status;
} seen;

static ths_status
viewer_picture(ths_self *self, ths_nothing *nothing,
    const struct picture *picture)
{
	(void)nothing;
	seen.met = picture;
	seen.pixels = picture->pixels.data;
	seen.size = picture->pixels.size;
	seen.blob = picture->blob.bytes;
	seen.more = picture->more.length;
	seen.from = ths_sender(self);
	for (size_t i = 0; i < picture->pixels.size; i++) {
		if (((const unsigned char *)seen.pixels)[i] != 7)
			seen.size = 0;
	}
	return THS_OK;
}

static ths_status
viewer_note(ths_self *self, ths_nothing *nothing, const struct note *note)
{
	(void)self, (void)nothing;
	seen.notes += note->text == NULL || strcmp(note->text, "hello") == 0;
	return THS_OK;
}

static ths_status
viewer_ping(ths_self *self, ths_nothing *nothing, const struct ping *ping)
{
	(void)self, (void)nothing, (void)ping;
	seen.notes++;
	return THS_OK;
}

THS_ACTOR(viewer, ths_nothing, THS_ON(picture, viewer_picture),
    THS_ON(note, viewer_note), THS_ON(ping, viewer_ping))

/* Builds a large picture, and one more that it never sends. */
static ths_status
painter_paint(ths_self *self, ths_nothing *nothing, const struct paint *paint)
{
	struct picture *picture = ths_new(self, picture, paint->size);
	struct picture *other = ths_new(self, picture, paint->size);
	void *pixels;

	(void)nothing;
	if (picture == NULL || other == NULL)
		return seen.status = THS_NO_MEMORY;
	pixels = ths_new_part(self, picture, paint->size);
	cr_assert_not_null(pixels);
	cr_assert_null(ths_new_part(self, picture, 1));
	memset(pixels, 7, paint->size);
	picture->pixels = (ths_bytes){ pixels, paint->size };
	seen.status = ths_send_new(self, paint->to, picture);
	seen.met = pixels;
	return seen.status;
}

THS_ACTOR(painter, ths_nothing, THS_ON(paint, painter_paint))

static void
begin(struct world *world, ths_vm_config config)
{
	config.mode = THS_MODE_INLINE;
	memset(&seen, 0, sizeof(seen));
	world_begin_with(world, config);
}

Test(client_draft, is_met_where_it_was_built)
{
	struct world world;
	ths_client *client;
	ths_address viewer;
	struct note *note;
	char *text;

	begin(&world, (ths_vm_config){ 0 });
	viewer = world_spawn(&world, &viewer_actor);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	note = ths_client_new(world.vm, client, note, 6);
	cr_assert_not_null(note);
	cr_assert_null(note->text, "all zero");
	text = ths_client_new_part(world.vm, client, note, 6);
	memcpy(text, "hello", 6);
	note->text = text;
	cr_assert_null(ths_client_new_part(world.vm, client, note, 1));
	cr_assert_eq(ths_client_send_new(world.vm, NULL, viewer, note),
	    THS_BAD_ARGUMENT, "it is another client's");
	cr_assert_eq(ths_client_send_new(world.vm, client, viewer, note),
	    THS_OK);
	cr_assert_eq(ths_client_send_new(world.vm, client, viewer, note),
	    THS_BAD_ARGUMENT, "it was sent");
	ths_vm_run(world.vm, 0);
	cr_assert_eq(seen.notes, 1);
	cr_assert_eq(ths_client_send_new(world.vm, NULL, viewer,
	    ths_client_new(world.vm, NULL, ping, 0)), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(seen.notes, 2);
	world_end(&world);
}

Test(client_draft, is_from_its_client_and_as_large_as_one_likes)
{
	struct world world;
	ths_client *client;
	struct picture *picture;
	ths_blob blob;
	void *pixels;

	begin(&world, (ths_vm_config){ 0 });
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	cr_assert_eq(ths_blob_new(world.vm, "abc", 3, &blob), THS_OK);
	picture = ths_client_new(world.vm, client, picture, LARGE);
	cr_assert_not_null(picture);
	pixels = ths_client_new_part(world.vm, client, picture, LARGE);
	cr_assert_not_null(pixels);
	memset(pixels, 7, LARGE);
	picture->pixels = (ths_bytes){ pixels, LARGE };
	picture->blob = blob;
	cr_assert_eq(world_status(&world).blobs, 2);
	cr_assert_eq(ths_client_send_new(world.vm, client,
	    world_spawn(&world, &viewer_actor), picture), THS_OK);
	ths_blob_drop(blob);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(seen.met, picture);
	cr_assert_eq(seen.pixels, pixels);
	cr_assert_eq(seen.size, LARGE);
	cr_assert_eq(seen.blob, blob.bytes);
	cr_assert(ths_address_equal(seen.from, ths_client_address(client)));
	cr_assert_eq(world_status(&world).blobs, 0);
	world_end(&world);
}

Test(client_draft, ends_with_a_drop_its_client_or_the_vm)
{
	struct world world;
	ths_client *client;
	struct picture *picture;

	begin(&world, (ths_vm_config){ 0 });
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	picture = ths_client_new(world.vm, client, picture, LARGE);
	cr_assert_eq(ths_client_drop(world.vm, NULL, picture),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_client_drop(world.vm, client, picture), THS_OK);
	cr_assert_eq(ths_client_drop(world.vm, client, picture),
	    THS_BAD_ARGUMENT, "twice");
	cr_assert_eq(ths_client_drop(world.vm, client, NULL), THS_OK);
	cr_assert_eq(world_status(&world).blobs, 0);
	cr_assert_not_null(ths_client_new(world.vm, client, picture, LARGE));
	cr_assert_not_null(ths_client_new(world.vm, client, note, 10));
	ths_client_close(client);
	cr_assert_eq(world_status(&world).blobs, 0);
	picture = ths_client_new(world.vm, NULL, picture, LARGE);
	cr_assert_not_null(picture);
	cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(5)), THS_OK);
	memset(picture, 0, sizeof(*picture)); /* still the client's */
	cr_assert_null(ths_client_new(world.vm, NULL, picture, LARGE));
	cr_assert_eq(ths_client_send_new(world.vm, NULL, THS_NOBODY, picture),
	    THS_STOPPED);
	cr_assert_eq(ths_client_drop(world.vm, NULL, picture), THS_STOPPED);
	ths_vm_free(world.vm);
	cr_assert_eq(world_logged(&world, "still held"), 0);
}

Test(client_draft, has_a_limit_that_counts)
{
	struct world world;
	ths_client *client;
	struct note *note;

	begin(&world, (ths_vm_config){ .kept_max = KEPT_MAX,
		.message_max = LARGE });
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	for (int i = 0; i < KEPT_MAX; i++)
		cr_assert_not_null(ths_client_new(world.vm, client, note, 0));
	cr_assert_null(ths_client_new(world.vm, client, note, 0));
	cr_assert_eq(world_status(&world).limits_hit, 1);
	ths_client_close(client);
	world_end(&world);
	begin(&world, (ths_vm_config){ .message_max = LARGE,
		.blob_bytes_max = LARGE - sizeof(struct note) });
	cr_assert_null(ths_client_new(world.vm, NULL, note, LARGE));
	cr_assert_null(ths_client_new(world.vm, NULL, note, SIZE_MAX));
	note = ths_client_new(world.vm, NULL, note,
	    LARGE - sizeof(struct note));
	cr_assert_not_null(note);
	cr_assert_null(ths_client_new(world.vm, NULL, note, LARGE / 2));
	cr_assert_eq(world_status(&world).limits_hit, 1);
	cr_assert_null(ths_client_new_message(world.vm, NULL, NULL, 0));
	cr_assert_null(ths_client_new_message(NULL, NULL, &note_type, 0));
	cr_assert_eq(ths_client_drop(world.vm, NULL, note), THS_OK);
	world_end(&world);
}

Test(client_draft, holds_blobs_of_this_vm_only)
{
	struct world world, other;
	ths_address viewer;
	struct picture *picture;
	ths_blob blob, foreign, *more;

	begin(&other, (ths_vm_config){ 0 });
	begin(&world, (ths_vm_config){ 0 });
	viewer = world_spawn(&world, &viewer_actor);
	cr_assert_eq(ths_blob_new(world.vm, "abc", 3, &blob), THS_OK);
	cr_assert_eq(ths_blob_new(other.vm, "abc", 3, &foreign), THS_OK);
	picture = ths_client_new(world.vm, NULL, picture, 10 * sizeof(blob));
	more = ths_client_new_part(world.vm, NULL, picture, 10 * sizeof(blob));
	for (int i = 0; i < 10; i++)
		more[i] = blob;
	picture->more.items = more;
	picture->more.length = 10;
	picture->blob = foreign;
	cr_assert_eq(ths_client_send_new(world.vm, NULL, viewer, picture),
	    THS_BAD_ARGUMENT);
	picture->blob = (ths_blob){ "abc", 3, NULL };
	cr_assert_eq(ths_client_send_new(world.vm, NULL, viewer, picture),
	    THS_BAD_ARGUMENT, "it would have to be copied");
	picture->blob = blob;
	cr_assert_not_null(ths_blob_fill(blob), "not sent yet");
	cr_assert_eq(ths_client_send_new(world.vm, NULL, viewer, picture),
	    THS_OK);
	ths_blob_drop(blob);
	cr_assert_eq(world_status(&world).blobs, 1);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(seen.more, 10);
	cr_assert_eq(seen.blob, blob.bytes);
	cr_assert_eq(world_status(&world).blobs, 0);
	ths_blob_drop(foreign);
	world_end(&other);
	world_end(&world);
}

Test(client_draft, large_ones_of_actors_are_sent_or_end_with_them)
{
	struct world world;
	ths_address painter, viewer;

	begin(&world, (ths_vm_config){ 0 });
	painter = world_spawn(&world, &painter_actor);
	viewer = world_spawn(&world, &viewer_actor);
	ths_tell(world.vm, painter, paint, .to = viewer, .size = LARGE);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(seen.status, THS_OK);
	cr_assert_eq(seen.size, LARGE);
	cr_assert_eq(world_status(&world).blobs, 1, "the one not sent");
	ths_tell(world.vm, painter, ths_exit_request);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_status(&world).blobs, 0);
	world_end(&world);
}

/* With the nth call for memory failing; how many calls there were. */
static uint64_t
try_without_memory(uint64_t nth)
{
	struct world world;
	struct picture *picture;
	uint64_t calls;

	begin(&world, (ths_vm_config){ 0 });
	ths_mail_free(ths_listen(world.vm, NULL, 0));
	calls = memory_calls(&world.vm->memory);
	memory_fault_at(&world.vm->memory, nth);
	picture = ths_client_new(world.vm, NULL, picture, LARGE);
	calls = memory_calls(&world.vm->memory) - calls;
	cr_assert_eq(picture == NULL, nth > 0);
	cr_assert_eq(world_status(&world).blobs, nth == 0);
	cr_assert_eq(ths_client_drop(world.vm, NULL, picture), THS_OK);
	world_end(&world);
	return calls;
}

Test(client_draft, is_refused_without_memory)
{
	uint64_t calls = try_without_memory(0);

	cr_assert_geq(calls, 2, "an envelope and a blob at least");
	for (uint64_t nth = 1; nth <= calls; nth++)
		try_without_memory(nth);
}
