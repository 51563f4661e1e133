/* SPDX-License-Identifier: MIT */
/* messages - what can be said: every kind of field in one message. */
#include <stdio.h>
#include <thespis/thespis.h>

enum colour { RED, GREEN };

THS_ENUM(colour, RED, GREEN)
THS_MESSAGE(point, THS_FIELD(double, x), THS_FIELD(double, y))
THS_MESSAGE(figure,
    THS_FIELD(ths_string, title),     /* text of any length, or NULL */
    THS_TEXT(author, 8),              /* text of at most 8 bytes */
    THS_FIELD(enum colour, paint),    /* a value with a name */
    THS_FIELD(struct point, origin),  /* a message inside a message */
    THS_LIST(struct point, path),     /* as many as there are */
    THS_ARRAY(int, size, 2),          /* always two */
    THS_OPTIONAL(double, width),      /* there or not */
    THS_FIELD(ths_map, notes),        /* names with values */
    THS_FIELD(ths_any, extra))        /* a whole message of any type */
THS_SIGNAL(wipe)
THS_MESSAGE(drawn, THS_FIELD(size_t, points))

static ths_status
on_wipe(ths_self *self, ths_nothing *nothing, const struct wipe *wipe)
{
	(void)self, (void)nothing, (void)wipe;
	puts("wiped");
	return THS_OK;
}

static ths_status
on_figure(ths_self *self, ths_nothing *nothing, const struct figure *figure)
{
	const ths_variant *layer = ths_map_get(figure->notes, "layer");
	const struct point *label = ths_any_as(figure->extra, point);

	(void)nothing;
	printf("%s by %.8s, %s, %d x %d\n", figure->title, figure->author,
	    figure->paint == GREEN ? "green" : "red", figure->size[0],
	    figure->size[1]);
	for (size_t i = 0; i < figure->path.length; i++)
		printf("(%g, %g)\n", figure->path.items[i].x,
		    figure->path.items[i].y);
	if (figure->width.is_set)
		printf("width %g\n", figure->width.value);
	if (layer != NULL && layer->kind == THS_KIND_INTEGER)
		printf("layer %d\n", (int)layer->integer);
	if (label != NULL)
		printf("label at (%g, %g)\n", label->x, label->y);
	return ths_reply(self, drawn, .points = figure->path.length);
}

THS_ACTOR(painter, ths_nothing,
    THS_ON(wipe, on_wipe),
    THS_ON(figure, on_figure))

static void
paint(ths_vm *vm, ths_address painter)
{
	const struct point path[] = { { 0, 0 }, { 3, 4 } };
	const ths_pair notes[] = { THS_PAIR_INTEGER("layer", 2) };

	ths_tell(vm, painter, wipe);
	ths_mail *mail = ths_call(vm, painter, THS_SECONDS(10), figure,
	    .title = "A line", .author = "Ann", .paint = GREEN,
	    .path = { path, 2 }, .size = { 80, 25 }, .width = THS_SET(0.5),
	    .notes = { notes, 1 }, .extra = THS_ANY(point, .x = 1, .y = 2));
	const struct drawn *drawn = ths_mail_as(mail, drawn);
	if (drawn)
		printf("%zu points drawn\n", drawn->points);
	ths_mail_free(mail);
}

int
main(void)
{
	ths_vm *vm;
	ths_address painter;

	if (ths_vm_start(&vm, NULL) ||
	    ths_spawn(vm, &painter, &painter_actor, NULL))
		return 1;
	paint(vm, painter);
	ths_vm_stop(vm, THS_SECONDS(10));
	ths_vm_free(vm);
}
