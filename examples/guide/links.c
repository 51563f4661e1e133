/* SPDX-License-Identifier: MIT */
/* links - actors that are of no use without each other end together. */
#include <stdio.h>
#include <thespis/thespis.h>

THS_MESSAGE(join, THS_FIELD(ths_address, whom))
THS_MESSAGE(ended, THS_FIELD(ths_string, why))
THS_SIGNAL(strike_rock)

static ths_status
rower_join(ths_self *self, ths_nothing *nothing, const struct join *join)
{
	(void)nothing;
	return ths_link(self, join->whom);
}

static ths_status
rower_strike_rock(ths_self *self, ths_nothing *nothing,
    const struct strike_rock *rock)
{
	(void)nothing, (void)rock;
	ths_crash(self, "the oar broke");
	return THS_OK; /* else the sender would be told as well */
}

THS_ACTOR(rower, ths_nothing,
    THS_ON(join, rower_join),
    THS_ON(strike_rock, rower_strike_rock))

struct lookout { ths_address host; };

static ths_status
lookout_join(ths_self *self, struct lookout *lookout, const struct join *join)
{
	lookout->host = ths_sender(self);
	if (ths_link(self, join->whom))
		return ths_fail(self, "it cannot be linked");
	return ths_reply(self, join, .whom = join->whom);
}

static ths_status
lookout_ended(ths_self *self, struct lookout *lookout,
    const struct ths_link_ended *link)
{
	return ths_send(self, lookout->host, ended, .why = link->why);
}

THS_ACTOR(lookout, struct lookout,
    THS_ON(join, lookout_join),
    THS_ON(ths_link_ended, lookout_ended))

int
main(void)
{
	ths_vm_config config = { .log_level = THS_LOG_NONE };
	ths_vm *vm;
	ths_address port, starboard, lookout;

	if (ths_vm_start(&vm, &config) ||
	    ths_spawn(vm, &port, &rower_actor, NULL) ||
	    ths_spawn(vm, &starboard, &rower_actor, NULL) ||
	    ths_spawn(vm, &lookout, &lookout_actor, NULL))
		return 1;
	ths_tell(vm, port, join, .whom = starboard);
	ths_mail_free(ths_ask(vm, lookout, THS_SECONDS(10), join,
	    .whom = port));
	ths_tell(vm, starboard, strike_rock);

	ths_mail *mail = ths_listen(vm, NULL, THS_SECONDS(10));
	const struct ended *ended = ths_mail_as(mail, ended);

	printf("%s\n", ended ? ended->why : ths_mail_why(mail));
	ths_mail_free(mail);
	ths_vm_stop(vm, THS_SECONDS(10));
	ths_vm_free(vm);
}
