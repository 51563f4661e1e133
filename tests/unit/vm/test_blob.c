/* SPDX-License-Identifier: MIT */
/* blob: bytes that are shared, and freed by the last who holds them. */
#include "thespis/blob.h"

#include "mailbox/burden.h"
#include "tests/unit/vm/world.h"
#include "thespis/become.h"
#include "thespis/dead.h"
#include "thespis/draft.h"
#include "thespis/keep.h"
#include "thespis/life.h"

THS_MESSAGE(frame, THS_FIELD(uint32_t, number), THS_BLOB(pixels))
THS_MESSAGE(album, THS_FIELD(ths_string, title), THS_LIST(ths_blob, pictures),
    THS_OPTIONAL(ths_blob, cover))
THS_MESSAGE(wrapped, THS_FIELD(ths_any, inner))
THS_MESSAGE(pass, THS_FIELD(ths_address, to))
THS_SIGNAL(finish)
THS_SIGNAL(unknown)

enum {
	SIZE = 100000,
	VIEWERS = 1000,
	MANY = THS_BLOBS_MAX + 1,
	/* What to do with a frame: its number. */
	READ = 0, HOLD, FAIL, KEEP, STASH, LEAVE, PASS, ANSWER, DRAFT,
	ABANDON,
};

static struct {
	const void *bytes; /* as they were made */
	_Atomic int same;  /* frames that had just these */
	ths_blob held;
	_Atomic int letters;
	_Atomic int poisons;
	ths_address next;
} notes;

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

static ths_blob
make(struct world *world, size_t size)
{
	ths_blob blob;
	unsigned char *bytes;

	cr_assert_eq(ths_blob_new(world->vm, NULL, size, &blob), THS_OK);
	cr_assert_eq(blob.size, size);
	bytes = ths_blob_fill(blob);
	cr_assert_eq((const void *)bytes, blob.bytes);
	for (size_t i = 0; i < size; i++)
		bytes[i] = (unsigned char)(i * 7);
	notes.bytes = blob.bytes;
	return blob;
}

static bool
is_right(const ths_blob *blob)
{
	const unsigned char *bytes = blob->bytes;

	for (size_t i = 0; i < blob->size; i++) {
		if (bytes[i] != (unsigned char)(i * 7))
			return false;
	}
	return true;
}

/* --------------------------------------------------------------- the actors */

struct viewer { ths_mail *kept; };

static ths_status
send_draft(ths_self *self, const struct frame *frame, bool is_sent)
{
	struct frame *draft = ths_new(self, frame, 0);

	if (draft == NULL)
		return THS_NO_MEMORY;
	draft->pixels = frame->pixels;
	return is_sent ? ths_send_new(self, notes.next, draft) : THS_OK;
}

static ths_status
viewer_frame(ths_self *self, struct viewer *viewer, const struct frame *frame)
{
	if (frame->pixels.bytes == notes.bytes && is_right(&frame->pixels))
		atomic_fetch_add(&notes.same, 1);
	switch (frame->number) {
	case HOLD:
		notes.held = ths_blob_hold(frame->pixels);
		return THS_OK;
	case FAIL:
		return THS_FAILED;
	case KEEP:
		viewer->kept = ths_keep(self);
		return THS_OK;
	case STASH:
		return ths_stash(self);
	case LEAVE:
		ths_exit(self);
		return THS_OK;
	case PASS:
		return ths_address_equal(ths_me(self), notes.next) ? THS_OK :
		    ths_forward(self, notes.next);
	case ANSWER:
		return ths_reply(self, frame, .pixels = frame->pixels);
	case DRAFT:
		return send_draft(self, frame, true);
	case ABANDON:
		return send_draft(self, frame, false);
	default:
		return THS_OK;
	}
}

static ths_status
viewer_finish(ths_self *self, struct viewer *viewer,
    const struct finish *finish)
{
	(void)self, (void)finish;
	ths_mail_free(viewer->kept);
	viewer->kept = NULL;
	return THS_OK;
}

static ths_status
viewer_letter(ths_self *self, struct viewer *viewer,
    const struct ths_dead_letter *letter)
{
	const struct frame *frame = ths_any_as(letter->message, frame);

	(void)self, (void)viewer;
	if (frame != NULL && frame->pixels.bytes == notes.bytes)
		atomic_fetch_add(&notes.letters, 1);
	return THS_OK;
}

static ths_status
viewer_pass(ths_self *self, struct viewer *viewer, const struct pass *pass)
{
	(void)viewer, (void)pass;
	ths_handle_dead_letters(self, true);
	return THS_OK;
}

THS_ACTOR(viewer, struct viewer,
    THS_ON(frame, viewer_frame), THS_ON(finish, viewer_finish),
    THS_ON(pass, viewer_pass),
    THS_ON(ths_dead_letter, viewer_letter))

static void
run(struct world *world)
{
	ths_vm_run(world->vm, 0);
}

/* ------------------------------------------------------------------ holding */

Test(blob, is_one_copy_however_many_get_it)
{
	static ths_address viewers[VIEWERS];
	struct world world;
	uint64_t calls;
	ths_blob blob;

	begin(&world);
	for (int i = 0; i < VIEWERS; i++)
		viewers[i] = world_spawn(&world, &viewer_actor);
	blob = make(&world, SIZE);
	calls = memory_calls(&world.vm->memory);
	for (int i = 0; i < VIEWERS; i++)
		cr_assert_eq(ths_tell(world.vm, viewers[i], frame,
		    .pixels = blob), THS_OK);
	cr_assert_eq(world_status(&world).blobs, 1);
	cr_assert_eq(world_status(&world).blob_bytes, SIZE);
	cr_assert_leq(memory_calls(&world.vm->memory) - calls, 10,
	    "slabs of envelopes only");
	ths_blob_drop(blob);
	cr_assert_eq(world_status(&world).blobs, 1, "it is in flight");
	run(&world);
	cr_assert_eq(notes.same, VIEWERS);
	cr_assert_eq(world_status(&world).blobs, 0);
	cr_assert_eq(world_status(&world).blob_bytes, 0);
	world_end(&world);
}

Test(blob, is_shared_by_the_actors_of_many_workers)
{
	struct world world;
	ths_blob blob;

	memset(&notes, 0, sizeof(notes));
	world_begin_local(&world, 4);
	blob = make(&world, SIZE);
	for (int i = 0; i < 100; i++)
		cr_assert_eq(ths_tell(world.vm, world_spawn(&world,
		    &viewer_actor), frame, .pixels = blob), THS_OK);
	ths_blob_drop(blob);
	cr_assert(world_await(&notes.same, 100));
	world_end(&world);
}

Test(blob, is_filled_until_it_is_sent)
{
	struct world world;
	ths_address viewer;
	ths_blob blob;

	begin(&world);
	viewer = world_spawn(&world, &viewer_actor);
	blob = make(&world, SIZE);
	cr_assert_not_null(ths_blob_fill(blob));
	ths_tell(world.vm, viewer, frame, .pixels = blob);
	cr_assert_null(ths_blob_fill(blob));
	run(&world);
	cr_assert_null(ths_blob_fill(blob), "also when nobody has it any more");
	ths_blob_drop(blob);
	world_end(&world);
}

Test(blob, lives_as_long_as_somebody_holds_it)
{
	struct world world;
	ths_blob blob;

	begin(&world);
	blob = make(&world, SIZE);
	ths_tell(world.vm, world_spawn(&world, &viewer_actor), frame,
	    .number = HOLD, .pixels = blob);
	ths_blob_drop(blob);
	run(&world);
	cr_assert_eq(world_status(&world).blobs, 1);
	cr_assert_eq(notes.held.bytes, notes.bytes);
	cr_assert(is_right(&notes.held));
	(void)ths_blob_hold(notes.held);
	ths_blob_drop(notes.held);
	cr_assert_eq(world_status(&world).blobs, 1);
	ths_blob_drop(notes.held);
	cr_assert_eq(world_status(&world).blobs, 0);
	world_end(&world);
}

Test(blob, of_no_bytes_is_one_all_the_same)
{
	struct world world;
	ths_blob blob;

	begin(&world);
	cr_assert_eq(ths_blob_new(world.vm, NULL, 0, &blob), THS_OK);
	cr_assert_eq(world_status(&world).blobs, 1);
	ths_tell(world.vm, world_spawn(&world, &viewer_actor), frame,
	    .number = HOLD, .pixels = blob);
	run(&world);
	cr_assert_eq(notes.held.block, blob.block);
	cr_assert_eq(notes.held.size, 0);
	ths_blob_drop(notes.held);
	ths_blob_drop(blob);
	ths_tell(world.vm, world_spawn(&world, &viewer_actor), frame,
	    .number = HOLD);
	run(&world);
	cr_assert_null(notes.held.block, "none at all");
	cr_assert_null(notes.held.bytes);
	world_end(&world);
}

Test(blob, held_by_the_host_ends_with_the_vm)
{
	struct world world;
	ths_blob blob;

	begin(&world);
	blob = make(&world, SIZE);
	blob = make(&world, SIZE);
	cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(5)), THS_OK);
	cr_assert_eq(world_status(&world).blobs, 2);
	cr_assert(is_right(&blob));
	ths_vm_free(world.vm); /* whose memory port looks for what is left */
	cr_assert_eq(world_logged(&world, "2 blobs are still held"), 1);
}

/* ---------------------------------------------------------------- lending */

THS_MESSAGE(essay, THS_FIELD(ths_bytes, text))

struct hoarder { ths_mail *kept; };

/* Keeps a frame, and then sends what is so large that its parts may be shared
 * with those of the message in hand: there is none in hand any more. */
static ths_status
hoarder_frame(ths_self *self, struct hoarder *hoarder,
    const struct frame *frame)
{
	static const char text[THS_FLAT_SIZE_MAX + 1];

	cr_assert_not_null(burden_of(slot_of_self(self)->current));
	hoarder->kept = ths_keep(self);
	cr_assert_eq(ths_mail_status(hoarder->kept), THS_OK);
	cr_assert_null(burden_of(slot_of_self(self)->current),
	    "what is left of it has nothing to lend");
	cr_assert(is_right(&frame->pixels), "kept, so still to be read");
	return ths_send(self, ths_me(self), essay,
	    .text = { text, sizeof(text) });
}

static ths_status
hoarder_essay(ths_self *self, struct hoarder *hoarder,
    const struct essay *essay)
{
	(void)self;
	atomic_fetch_add(&notes.same, essay->text.size == THS_FLAT_SIZE_MAX + 1
	    && ths_mail_as(hoarder->kept, frame) != NULL);
	ths_mail_free(hoarder->kept);
	return THS_OK;
}

THS_ACTOR(hoarder, struct hoarder,
    THS_ON(frame, hoarder_frame), THS_ON(essay, hoarder_essay))

Test(blob, of_a_kept_message_is_lent_to_no_other)
{
	struct world world;
	ths_blob blob;

	begin(&world);
	blob = make(&world, SIZE);
	cr_assert_eq(ths_tell(world.vm, world_spawn(&world, &hoarder_actor),
	    frame, .pixels = blob), THS_OK);
	ths_blob_drop(blob);
	run(&world);
	cr_assert_eq(atomic_load(&notes.same), 1);
	cr_assert_eq(world_status(&world).blobs, 0);
	world_end(&world);
}

/* ------------------------------------------------- every end of a message */

/* Sends a frame that is dropped by whatever happens; nobody holds it then. */
static void
let(struct world *world, ths_address to, uint32_t number)
{
	ths_blob blob = make(world, SIZE);

	cr_assert_neq(ths_tell(world->vm, to, frame, .number = number,
	    .pixels = blob), THS_BAD_ARGUMENT);
	ths_blob_drop(blob);
	run(world);
}

Test(blob, is_dropped_when_its_message_is_handled_or_cannot_be)
{
	struct world world;
	ths_address viewer, gone;
	struct frame held;

	begin(&world);
	viewer = world_spawn(&world, &viewer_actor);
	gone = world_spawn(&world, &viewer_actor);
	let(&world, viewer, READ);
	let(&world, gone, LEAVE);
	let(&world, gone, READ); /* exited */
	cr_assert_eq(world_dead(&world, THS_DEAD_EXITED) +
	    world_dead(&world, THS_DEAD_STALE), 1);
	let(&world, world_nowhere(&world), READ);
	let(&world, viewer, FAIL); /* the poison is dead: nobody listens */
	held.pixels = make(&world, SIZE);
	ths_tell(world.vm, viewer, wrapped,
	    .inner = { &frame_type, &held }); /* unhandled */
	ths_blob_drop(held.pixels);
	run(&world);
	cr_assert_eq(world_dead(&world, THS_DEAD_UNHANDLED), 1);
	cr_assert_eq(world_status(&world).blobs, 1, "the poison, in the "
	    "mailbox of the thread's client");
	ths_mail_free(ths_listen(world.vm, NULL, 0));
	cr_assert_eq(world_status(&world).blobs, 0);
	world_end(&world);
}

Test(blob, is_dropped_by_whoever_had_kept_it_or_put_it_aside)
{
	struct world world;
	ths_address viewer;

	begin(&world);
	viewer = world_spawn(&world, &viewer_actor);
	let(&world, viewer, KEEP);
	cr_assert_eq(world_status(&world).blobs, 1);
	ths_tell(world.vm, viewer, finish);
	run(&world);
	cr_assert_eq(world_status(&world).blobs, 0);
	let(&world, viewer, KEEP);
	let(&world, viewer, STASH);
	let(&world, viewer, ABANDON);
	cr_assert_eq(world_status(&world).blobs, 2,
	    "a draft holds nothing before it is sent");
	let(&world, viewer, LEAVE);
	cr_assert_eq(world_status(&world).blobs, 0);
	world_end(&world);
}

Test(blob, passed_on_is_the_same)
{
	struct world world;
	ths_address viewer;
	ths_mail *mail;
	ths_blob blob;

	begin(&world);
	viewer = world_spawn(&world, &viewer_actor);
	notes.next = world_spawn(&world, &viewer_actor);
	blob = make(&world, SIZE);
	ths_tell(world.vm, viewer, frame, .number = PASS, .pixels = blob);
	run(&world);
	cr_assert_eq(world_status(&world).blobs, 1);
	cr_assert_eq(world_status(&world).blob_bytes, SIZE);
	ths_blob_drop(blob);
	atomic_store(&notes.same, 0);
	let(&world, viewer, DRAFT);
	cr_assert_eq(notes.same, 2);
	blob = make(&world, SIZE);
	mail = ths_ask(world.vm, viewer, THS_SECONDS(5), frame,
	    .number = ANSWER, .pixels = blob);
	cr_assert_not_null(ths_mail_as(mail, frame));
	cr_assert_eq(ths_mail_as(mail, frame)->pixels.bytes, blob.bytes);
	ths_blob_drop(blob);
	cr_assert(is_right(&ths_mail_as(mail, frame)->pixels));
	ths_mail_free(mail);
	cr_assert_eq(world_status(&world).blobs, 0);
	world_end(&world);
}

Test(blob, is_the_same_in_poison_and_in_a_dead_letter)
{
	struct world world;
	const struct ths_poison *poison;
	const struct frame *frame;
	ths_address viewer;
	ths_mail *mail;
	ths_blob blob;

	begin(&world);
	viewer = world_spawn(&world, &viewer_actor);
	blob = make(&world, SIZE);
	mail = ths_ask(world.vm, viewer, THS_SECONDS(5), frame,
	    .number = FAIL, .pixels = blob);
	poison = ths_mail_as(mail, ths_poison);
	cr_assert_not_null(poison);
	frame = ths_any_as(poison->message, frame);
	cr_assert_not_null(frame);
	cr_assert_eq(frame->pixels.bytes, blob.bytes);
	cr_assert_eq(frame->number, FAIL);
	ths_blob_drop(blob);
	cr_assert(is_right(&frame->pixels));
	ths_mail_free(mail);
	ths_tell(world.vm, viewer, pass);
	run(&world);
	let(&world, world_nowhere(&world), READ);
	cr_assert_eq(notes.letters, 1);
	cr_assert_eq(world_status(&world).blobs, 0);
	world_end(&world);
}

/* Mail that waits when the VM stops, for an actor and for a client. */
Test(blob, in_mail_that_waits_is_dropped_at_the_stop)
{
	struct world world;
	ths_client *client;
	ths_mail *mail;
	ths_blob blob;

	begin(&world);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	blob = make(&world, SIZE);
	ths_tell_message(world.vm, client, ths_client_address(client),
	    &frame_type, &(struct frame){ .pixels = blob });
	ths_tell_message(world.vm, client, ths_client_address(client),
	    &frame_type, &(struct frame){ .pixels = blob });
	mail = ths_listen(world.vm, client, 0);
	cr_assert_not_null(ths_mail_as(mail, frame));
	ths_tell(world.vm, world_spawn(&world, &viewer_actor), frame,
	    .pixels = blob);
	ths_blob_drop(blob);
	ths_mail_free(mail);
	cr_assert_eq(world_status(&world).blobs, 1);
	world_end(&world); /* looks that none is left */
}

/* --------------------------------------------------------- many, and others */

static ths_status
shelf_album(ths_self *self, ths_nothing *nothing, const struct album *album)
{
	(void)self, (void)nothing;
	for (size_t i = 0; i < album->pictures.length; i++) {
		if (is_right(&album->pictures.items[i]) &&
		    album->pictures.items[i].block != NULL)
			atomic_fetch_add(&notes.same, 1);
	}
	if (album->cover.is_set)
		notes.held = ths_blob_hold(album->cover.value);
	return strcmp(album->title, "all of them") == 0 ? THS_OK : THS_FAILED;
}

THS_ACTOR(shelf, ths_nothing, THS_ON(album, shelf_album))

Test(blob, stands_in_lists_up_to_a_number_of_them)
{
	static ths_blob pictures[MANY];
	struct world world;
	ths_address shelf;
	ths_blob blob;

	begin(&world);
	shelf = world_spawn(&world, &shelf_actor);
	blob = make(&world, 40);
	for (int i = 0; i < MANY; i++)
		pictures[i] = blob;
	cr_assert_eq(ths_tell(world.vm, shelf, album, .title = "all of them",
	    .pictures = { pictures, THS_BLOBS_MAX - 1 },
	    .cover = THS_SET(blob)), THS_OK);
	run(&world);
	cr_assert_eq(notes.same, THS_BLOBS_MAX - 1);
	cr_assert_eq(notes.held.block, blob.block);
	ths_blob_drop(notes.held);
	cr_assert_eq(ths_tell(world.vm, shelf, album, .title = "all of them",
	    .pictures = { pictures, MANY }), THS_TOO_LARGE);
	cr_assert_eq(ths_tell(world.vm, shelf, album, .title = "all of them",
	    .pictures = { pictures, MANY - 1 }), THS_OK);
	run(&world);
	cr_assert_eq(world_status(&world).failed, 0);
	ths_blob_drop(blob);
	cr_assert_eq(world_status(&world).blobs, 0);
	world_end(&world);
}

/* What a decoder makes, or a program that has only bytes. */
Test(blob, that_is_nobodys_becomes_one_when_it_is_sent)
{
	char bytes[50];
	struct world world;
	ths_blob loose = { bytes, sizeof(bytes), NULL };

	begin(&world);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7);
	ths_tell(world.vm, world_spawn(&world, &viewer_actor), frame,
	    .number = HOLD, .pixels = loose);
	memset(bytes, 0, sizeof(bytes));
	run(&world);
	cr_assert_not_null(notes.held.block);
	cr_assert_eq(notes.held.size, sizeof(bytes));
	cr_assert(is_right(&notes.held));
	ths_blob_drop(notes.held);
	cr_assert_null(ths_blob_fill(loose));
	cr_assert_eq(ths_blob_hold(loose).bytes, bytes, "which does nothing");
	ths_blob_drop(loose);
	world_end(&world);
}

Test(blob, of_another_vm_is_copied)
{
	struct world world, other;
	ths_blob blob;

	begin(&other);
	begin(&world);
	blob = make(&other, SIZE);
	ths_tell(world.vm, world_spawn(&world, &viewer_actor), frame,
	    .number = HOLD, .pixels = blob);
	run(&world);
	cr_assert_eq(world_status(&other).blobs, 1);
	cr_assert_eq(world_status(&world).blobs, 1);
	ths_blob_drop(blob);
	world_end(&other);
	cr_assert(is_right(&notes.held));
	ths_blob_drop(notes.held);
	world_end(&world);
}

Test(blob, that_is_not_well_formed_is_refused)
{
	struct world world;
	ths_address viewer;
	ths_blob blob, bad;

	begin(&world);
	viewer = world_spawn(&world, &viewer_actor);
	blob = bad = make(&world, SIZE);
	bad.size--;
	cr_assert_eq(ths_tell(world.vm, viewer, frame, .pixels = bad),
	    THS_BAD_ARGUMENT);
	bad = blob;
	bad.bytes = (const char *)blob.bytes + 1;
	cr_assert_eq(ths_tell(world.vm, viewer, frame, .pixels = bad),
	    THS_BAD_ARGUMENT);
	bad = (ths_blob){ NULL, 1, NULL };
	cr_assert_eq(ths_tell(world.vm, viewer, frame, .pixels = bad),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_blob_new(NULL, "a", 1, &bad), THS_BAD_ARGUMENT);
	cr_assert_eq(ths_blob_new(world.vm, "a", 1, NULL), THS_BAD_ARGUMENT);
	cr_assert_eq(world_status(&world).accepted, 0);
	ths_blob_drop((ths_blob){ NULL, 0, NULL });
	ths_blob_drop(blob);
	world_end(&world);
}

/* ------------------------------------------------------------------- limits */

Test(blob, bytes_have_a_limit_that_counts)
{
	struct world world;
	ths_blob blob, other;
	ths_address viewer;
	uint64_t limits;

	begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
		.blob_bytes_max = SIZE });
	viewer = world_spawn(&world, &viewer_actor);
	limits = world_status(&world).limits_hit;
	cr_assert_eq(ths_blob_new(world.vm, NULL, SIZE + 1, &blob), THS_LIMIT);
	cr_assert_eq(ths_blob_new(world.vm, NULL, SIZE, &blob), THS_OK);
	cr_assert_eq(ths_blob_new(world.vm, NULL, 1, &other), THS_LIMIT);
	cr_assert_eq(world_status(&world).limits_hit, limits + 2);
	cr_assert_neq(ths_tell(world.vm, viewer, frame,
	    .pixels = { "x", 1, NULL }), THS_BAD_ARGUMENT);
	cr_assert_eq(world_dead(&world, THS_DEAD_NO_MEMORY), 1);
	cr_assert_eq(world_status(&world).limits_hit, limits + 3);
	cr_assert_eq(ths_tell(world.vm, viewer, frame, .pixels = blob), THS_OK);
	run(&world);
	ths_blob_drop(blob);
	cr_assert_eq(ths_blob_new(world.vm, NULL, SIZE, &blob), THS_OK);
	ths_blob_drop(blob);
	world_end(&world);
}

Test(blob, counts_in_what_a_message_may_hold)
{
	struct world world;
	ths_blob blob, half;
	ths_address viewer;

	begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
		.message_max = SIZE });
	viewer = world_spawn(&world, &viewer_actor);
	cr_assert_eq(ths_blob_new(world.vm, NULL, SIZE + 1, &blob),
	    THS_TOO_LARGE);
	blob = make(&world, SIZE);
	cr_assert_eq(ths_tell(world.vm, viewer, frame, .pixels = blob),
	    THS_TOO_LARGE, "the struct counts, too");
	ths_blob_drop(blob);
	half = make(&world, SIZE - sizeof(struct frame));
	cr_assert_eq(ths_tell(world.vm, viewer, frame, .pixels = half),
	    THS_OK);
	run(&world);
	cr_assert_eq(notes.same, 1);
	ths_blob_drop(half);
	world_end(&world);
}

static char report[THS_REPORT_SIZE * 4];

Test(blob, is_told_of_in_the_status)
{
	const ths_report_options json = { .form = THS_REPORT_JSON };
	struct world world;
	ths_blob blob;

	begin(&world);
	blob = make(&world, SIZE);
	ths_vm_status_print(world.vm, report, sizeof(report));
	cr_assert_not_null(strstr(report, "1 held, 100000 bytes"));
	ths_vm_report(world.vm, &json, report, sizeof(report));
	cr_assert_not_null(strstr(report,
	    "\"blobs\":1,\"blob_bytes\":100000"));
	ths_blob_drop(blob);
	world_end(&world);
}

/* ------------------------------------------------------------ out of memory */

/* Everything that may need memory for a blob, with the nth call failing; how
 * many calls there were. */
static uint64_t
live(uint64_t nth)
{
	struct world world;
	ths_blob blob = { NULL, 0, NULL };
	ths_address viewer;
	uint64_t calls;

	begin(&world);
	viewer = world_spawn(&world, &viewer_actor);
	notes.next = world_spawn(&world, &viewer_actor);
	calls = memory_calls(&world.vm->memory);
	memory_fault_at(&world.vm->memory, nth);
	if (ths_blob_new(world.vm, "abc", 3, &blob) == THS_OK) {
		for (uint32_t number = READ; number <= ABANDON; number++) {
			if (number == ANSWER || number == LEAVE)
				continue;
			cr_assert_neq(ths_tell(world.vm, viewer, frame,
			    .number = number, .pixels = blob),
			    THS_BAD_ARGUMENT);
		}
		cr_assert_neq(ths_tell(world.vm, viewer, frame,
		    .number = PASS, .pixels = { "abcd", 4, NULL }),
		    THS_BAD_ARGUMENT);
	}
	run(&world);
	ths_blob_drop(notes.held);
	ths_blob_drop(blob);
	calls = memory_calls(&world.vm->memory) - calls;
	ths_mail_free(ths_listen(world.vm, NULL, 0));
	world_end(&world);
	return calls;
}

Test(blob, costs_no_account_when_memory_is_missing)
{
	uint64_t calls = live(0);

	cr_assert_gt(calls, 4);
	for (uint64_t nth = 1; nth <= calls; nth++)
		live(nth);
}
