/* SPDX-License-Identifier: MIT */
/* blobs - bytes that are shared instead of copied, and messages of any size. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <thespis/thespis.h>

enum { FRAME_SIZE = 8 * 1000 * 1000, VIEWERS = 3 };

THS_MESSAGE(frame, THS_FIELD(int, number), THS_BLOB(pixels))
THS_MESSAGE(film, THS_FIELD(ths_string, title), THS_FIELD(ths_bytes, reel))

struct viewer { ths_blob last; };

static ths_status
on_frame(ths_self *self, struct viewer *viewer, const struct frame *frame)
{
	(void)self;
	ths_blob_drop(viewer->last);
	viewer->last = ths_blob_hold(frame->pixels);
	printf("frame %d: %zu bytes\n", frame->number, frame->pixels.size);
	return THS_OK;
}

static void
on_exit(ths_self *self, struct viewer *viewer)
{
	(void)self;
	ths_blob_drop(viewer->last);
}

/* The answer shares the reel: it is not copied again. */
static ths_status
on_film(ths_self *self, struct viewer *viewer, const struct film *film)
{
	(void)viewer;
	return ths_reply(self, film, .title = "seen", .reel = film->reel);
}

THS_ACTOR(viewer, struct viewer,
    THS_ON(frame, on_frame), THS_ON(film, on_film), THS_EXIT(on_exit))

static void
count_show(ths_vm *vm, const char *when)
{
	ths_vm_status status;

	ths_vm_status_read(vm, &status);
	printf("%s: %" PRIu64 " blobs, %" PRIu64 " bytes\n", when,
	    status.blobs, status.blob_bytes);
}

static ths_status
frame_send(ths_vm *vm, const ths_address *viewers)
{
	ths_blob pixels;
	ths_status status = ths_blob_new(vm, NULL, FRAME_SIZE, &pixels);

	if (status != THS_OK)
		return status;
	memset(ths_blob_fill(pixels), 0x7f, pixels.size);
	for (int i = 0; i < VIEWERS; i++)
		ths_tell(vm, viewers[i], frame, .number = 1, .pixels = pixels);
	ths_blob_drop(pixels); /* the messages hold it now */
	return THS_OK;
}

/* Built where it will lie, so that not even the first copy is made. */
static void
film_send(ths_vm *vm, ths_address viewer)
{
	struct film *film = ths_client_new(vm, NULL, film, FRAME_SIZE);
	void *reel = ths_client_new_part(vm, NULL, film, FRAME_SIZE);
	const struct film *seen;
	ths_mail *mail;

	if (reel == NULL)
		return;
	memset(reel, 1, FRAME_SIZE);
	film->reel = (ths_bytes){ reel, FRAME_SIZE };
	ths_client_send_new(vm, NULL, viewer, film);
	mail = ths_listen(vm, NULL, THS_SECONDS(10));
	seen = ths_mail_as(mail, film);
	if (seen != NULL)
		printf("%s, %s\n", seen->title, seen->reel.data == reel ?
		    "and not copied" : "in a copy");
	ths_mail_free(mail);
}

int
main(void)
{
	const ths_vm_config config = {
		.mode = THS_MODE_INLINE, /* so that all is in one order */
	};
	ths_address viewers[VIEWERS];
	ths_vm *vm;

	if (ths_vm_start(&vm, &config))
		return 1;
	for (int i = 0; i < VIEWERS; i++)
		if (ths_spawn(vm, &viewers[i], &viewer_actor, NULL))
			return 1;
	if (frame_send(vm, viewers))
		return 1;
	ths_vm_run(vm, 0);
	count_show(vm, "held by three");
	film_send(vm, viewers[0]);
	ths_vm_stop(vm, THS_SECONDS(10));
	count_show(vm, "at the end");
	ths_vm_free(vm);
}
