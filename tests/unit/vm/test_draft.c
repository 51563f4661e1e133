/* SPDX-License-Identifier: MIT */
/* draft: a message is built where it will lie, and sent without a copy. */
#include "tests/unit/vm/world.h"
#include "thespis/draft.h"
#include "thespis/life.h"

THS_MESSAGE(point, THS_FIELD(int32_t, x), THS_FIELD(int32_t, y))
THS_MESSAGE(picture,
    THS_FIELD(ths_string, title),
    THS_FIELD(ths_bytes, pixels),
    THS_LIST(struct point, path),
    THS_FIELD(ths_any, more))
THS_MESSAGE(work, THS_FIELD(ths_address, to), THS_FIELD(int32_t, what))
THS_SIGNAL(ping)

enum {
	PIXELS = 3000,
	EXTRA = 3100,
	REST = EXTRA - 16 - 3008 - 16, /* behind the three parts */
	KEPT_MAX = 3,
	/* what to do */
	SEND = 0, OUTSIDE, UNENDED, LISTED, NESTED, LARGE, MISUSE, LEAVE, FILL,
	SIGNAL, AGAIN,
};

static struct {
	const void *built;
	const void *met;
	int pings;
	bool is_right;
	ths_status status;
	ths_status dropped;
	int made;
} notes;

static void
begin(struct world *world)
{
	memset(&notes, 0, sizeof(notes));
	world_begin_inline(world);
}

/* --------------------------------------------------------------- the actors */

struct painter { struct picture *picture; };

static struct picture *
new_picture(ths_self *self)
{
	struct picture *picture = ths_new(self, picture, EXTRA);
	unsigned char *pixels;
	struct point *path;
	char *title;

	cr_assert_not_null(picture);
	cr_assert_null(picture->title, "all zero");
	title = ths_new_part(self, picture, 6);
	pixels = ths_new_part(self, picture, PIXELS);
	path = ths_new_part(self, picture, 2 * sizeof(*path));
	cr_assert(title != NULL && pixels != NULL && path != NULL);
	memcpy(title, "title", 6);
	memset(pixels, 7, PIXELS);
	path[0] = (struct point){ 1, 2 };
	path[1] = (struct point){ 3, 4 };
	picture->title = title;
	picture->pixels = (ths_bytes){ pixels, PIXELS };
	picture->path.items = path;
	picture->path.length = 2;
	return picture;
}

static ths_status
painter_misuse(ths_self *self, ths_address to)
{
	struct picture local = { .title = NULL };
	struct point *point = ths_new(self, point, 0);

	cr_assert_eq(ths_send_new(self, to, NULL), THS_BAD_ARGUMENT);
	cr_assert_eq(ths_send_new(self, to, &local), THS_BAD_ARGUMENT);
	cr_assert_eq(ths_send_new(self, to, point + 1), THS_BAD_ARGUMENT);
	cr_assert_eq(ths_drop(self, &local), THS_BAD_ARGUMENT);
	cr_assert_eq(ths_drop(self, NULL), THS_OK);
	cr_assert_null(ths_new_part(self, &local, 1));
	cr_assert_null(ths_new_part(self, point, 1), "none was asked for");
	cr_assert_eq(ths_drop(self, point), THS_OK);
	cr_assert_eq(ths_drop(self, point), THS_BAD_ARGUMENT, "twice");
	point = ths_new(self, point, 40);
	cr_assert_not_null(ths_new_part(self, point, 8));
	cr_assert_null(ths_new_part(self, point, 33), "they are aligned");
	cr_assert_null(ths_new_part(self, point, SIZE_MAX));
	cr_assert_not_null(ths_new_part(self, point, 24));
	cr_assert_null(ths_new_part(self, point, 1));
	cr_assert_null(ths_new(self, point, (size_t)1 << 30));
	cr_assert_null(ths_new(self, point, SIZE_MAX));
	cr_assert_null(ths_new_message(self, NULL, 0));
	cr_assert_null(ths_new(self, ths_poison, 0), "the runtime's");
	return ths_drop(self, point);
}

/* Makes the picture lead out of itself. */
static void
spoil(ths_self *self, struct picture *picture, int32_t what)
{
	static const struct point elsewhere[1] = { { 1, 1 } };
	char *rest;

	switch (what) {
	case OUTSIDE:
		picture->title = "a constant";
		break;
	case UNENDED:
		rest = ths_new_part(self, picture, REST);
		cr_assert_null(ths_new_part(self, picture, 1));
		memset(rest, 'x', REST);
		picture->title = rest;
		break;
	case LISTED:
		picture->path.items = elsewhere;
		picture->path.length = 1;
		break;
	case NESTED:
		picture->more = (ths_any){ &point_type, elsewhere };
		break;
	case LARGE:
		picture->pixels.size += 1000;
		break;
	default:
		break;
	}
}

static ths_status
painter_work(ths_self *self, struct painter *painter, const struct work *work)
{
	switch (work->what) {
	case MISUSE:
		return painter_misuse(self, work->to);
	case LEAVE:
		(void)new_picture(self);
		ths_exit(self);
		return THS_OK;
	case FILL:
		while (ths_new(self, point, 0) != NULL)
			notes.made++;
		return THS_OK;
	case SIGNAL:
		return ths_send_new(self, work->to, ths_new(self, ping, 0));
	case AGAIN:
		notes.status = ths_send_new(self, work->to, painter->picture);
		return THS_OK;
	default:
		break;
	}
	painter->picture = new_picture(self);
	spoil(self, painter->picture, work->what);
	notes.built = painter->picture;
	notes.status = ths_send_new(self, work->to, painter->picture);
	notes.dropped = ths_drop(self, painter->picture);
	return THS_OK;
}

THS_ACTOR(painter, struct painter, THS_ON(work, painter_work))

static ths_status
viewer_picture(ths_self *self, ths_nothing *state,
    const struct picture *picture)
{
	(void)self, (void)state;
	notes.met = picture;
	notes.is_right = strcmp(picture->title, "title") == 0 &&
	    picture->pixels.size == PIXELS &&
	    ((const unsigned char *)picture->pixels.data)[PIXELS - 1] == 7 &&
	    picture->path.length == 2 && picture->path.items[1].y == 4 &&
	    picture->more.type == NULL;
	return THS_OK;
}

static ths_status
viewer_ping(ths_self *self, ths_nothing *state, const struct ping *ping)
{
	(void)self, (void)state, (void)ping;
	notes.pings++;
	return THS_OK;
}

THS_ACTOR(viewer, ths_nothing,
    THS_ON(picture, viewer_picture),
    THS_ON(ping, viewer_ping))

/* ---------------------------------------------------------------- the tests */

static void
tell_work(struct world *world, ths_address painter, ths_address to,
    int32_t what)
{
	cr_assert_eq(ths_tell(world->vm, painter, work, .to = to,
	    .what = what), THS_OK);
	ths_vm_run(world->vm, 0);
}

Test(draft, is_met_where_it_was_built)
{
	struct world world;
	ths_address painter, viewer;

	begin(&world);
	painter = world_spawn(&world, &painter_actor);
	viewer = world_spawn(&world, &viewer_actor);
	tell_work(&world, painter, viewer, SEND);
	cr_assert_eq(notes.status, THS_OK);
	cr_assert(notes.is_right);
	cr_assert_eq(notes.met, notes.built);
	cr_assert_eq(notes.dropped, THS_BAD_ARGUMENT, "it was sent");
	tell_work(&world, painter, viewer, AGAIN);
	cr_assert_eq(notes.status, THS_BAD_ARGUMENT, "it was sent");
	tell_work(&world, painter, viewer, SIGNAL);
	cr_assert_eq(notes.pings, 1);
	tell_work(&world, painter, THS_NOBODY, SEND);
	cr_assert_eq(world_dead(&world, THS_DEAD_NOBODY), 1);
	world_end(&world);
}

Test(draft, that_leads_out_of_itself_is_not_sent)
{
	struct world world;
	ths_address painter, viewer;

	begin(&world);
	painter = world_spawn(&world, &painter_actor);
	viewer = world_spawn(&world, &viewer_actor);
	for (int32_t what = OUTSIDE; what <= LARGE; what++) {
		tell_work(&world, painter, viewer, what);
		cr_assert_eq(notes.status, THS_BAD_ARGUMENT, "%d", what);
		cr_assert_eq(notes.dropped, THS_OK, "it is still the actor's");
	}
	cr_assert_null(notes.met);
	world_end(&world);
}

Test(draft, survives_misuse)
{
	struct world world;
	ths_address painter;

	begin(&world);
	painter = world_spawn(&world, &painter_actor);
	tell_work(&world, painter, painter, MISUSE);
	cr_assert_eq(world_status(&world).failed, 0);
	world_end(&world);
}

/* world_end() looks for leaks. */
Test(draft, ends_with_its_actor)
{
	struct world world;
	ths_address painter;

	begin(&world);
	painter = world_spawn(&world, &painter_actor);
	tell_work(&world, painter, painter, LEAVE);
	cr_assert_eq(world_status(&world).actors, 0);
	world_end(&world);
}

Test(draft, has_a_limit_that_counts)
{
	struct world world;
	ths_address painter;

	memset(&notes, 0, sizeof(notes));
	world_begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
		.kept_max = KEPT_MAX });
	painter = world_spawn(&world, &painter_actor);
	tell_work(&world, painter, painter, FILL);
	cr_assert_eq(notes.made, KEPT_MAX);
	cr_assert_eq(world_status(&world).limits_hit, 1);
	world_end(&world);
}
