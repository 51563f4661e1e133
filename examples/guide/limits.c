/* SPDX-License-Identifier: MIT */
/* limits - what happens when something is full. */
#include <stdio.h>
#include <string.h>
#include <thespis/thespis.h>

THS_MESSAGE(parcel, THS_FIELD(ths_bytes, content))
THS_MESSAGE(post, THS_FIELD(ths_address, to))
THS_MESSAGE(posted, THS_FIELD(int, accepted), THS_FIELD(ths_string, then))

static ths_status
on_parcel(ths_self *self, ths_nothing *nothing, const struct parcel *parcel)
{
	(void)self, (void)nothing, (void)parcel;
	return THS_OK;
}

THS_ACTOR(box, ths_nothing, THS_ON(parcel, on_parcel))

/* Sends until it is refused; nothing is lost on the way. */
static ths_status
on_post(ths_self *self, ths_nothing *nothing, const struct post *post)
{
	ths_status status;
	int accepted = 0;

	(void)nothing;
	while ((status = ths_try_send(self, post->to, parcel)) == THS_OK)
		accepted++;
	return ths_reply(self, posted, .accepted = accepted,
	    .then = ths_status_text(status));
}

THS_ACTOR(sender, ths_nothing, THS_ON(post, on_post))

static void
post_show(ths_vm *vm, ths_address sender, ths_address box)
{
	ths_mail *mail = ths_call(vm, sender, THS_SECONDS(10), post,
	    .to = box);
	const struct posted *posted = ths_mail_as(mail, posted);

	if (posted)
		printf("%d accepted, then: %s\n", posted->accepted,
		    posted->then);
	ths_mail_free(mail);
}

static void
too_much(ths_vm *vm, ths_address box)
{
	static const char bytes[4096]; /* and the struct that holds them */
	ths_vm_status status;

	printf("parcel: %s\n", ths_status_text(ths_tell(vm, box, parcel,
	    .content = { bytes, sizeof(bytes) })));
	for (int i = 0; i < 5; i++) /* each is accepted; two have no room */
		ths_tell(vm, box, parcel);
	ths_vm_run(vm, 0);
	ths_vm_status_read(vm, &status);
	printf("%d dead: %s\n", (int)status.dead[THS_DEAD_FULL],
	    ths_dead_reason_text(THS_DEAD_FULL));
}

int
main(void)
{
	const ths_vm_config config = {
		.mode = THS_MODE_INLINE, /* so that nobody empties the box */
		.actors_max = 4,
		.mailbox_max = 3,
		.message_max = 4096,
	};
	ths_address box, sender, one_more;
	ths_status status;
	ths_vm *vm;

	if (ths_vm_start(&vm, &config) ||
	    ths_spawn(vm, &box, &box_actor, NULL) ||
	    ths_spawn(vm, &sender, &sender_actor, NULL))
		return 1;
	too_much(vm, box);
	post_show(vm, sender, box);
	do
		status = ths_spawn(vm, &one_more, &box_actor, NULL);
	while (status == THS_OK);
	printf("spawn: %s\n", ths_status_text(status));
	ths_vm_stop(vm, THS_SECONDS(10));
	ths_vm_free(vm);
}
