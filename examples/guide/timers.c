/* SPDX-License-Identifier: MIT */
/* timers - one wake-up, many, and none. */
#include <stdio.h>
#include <thespis/thespis.h>

enum { TICK, RING, NEVER };

THS_SIGNAL(wind_up)
THS_MESSAGE(rung, THS_FIELD(int, ticks))

struct clock { int ticks; ths_timer tick, never; ths_address asker; };

static ths_status
on_wind_up(ths_self *self, struct clock *clock, const struct wind_up *wind_up)
{
	(void)wind_up;
	clock->asker = ths_sender(self);
	if (ths_timer_every(self, THS_MILLISECONDS(5), TICK, &clock->tick) ||
	    ths_timer_set(self, THS_SECONDS(60), NEVER, &clock->never))
		return ths_fail(self, "no timer to be had");
	return THS_OK;
}

static ths_status
on_wakeup(ths_self *self, struct clock *clock, const struct ths_wakeup *wakeup)
{
	switch (wakeup->payload) {
	case TICK:
		printf("tick %d\n", ++clock->ticks);
		if (clock->ticks < 3)
			return THS_OK;
		ths_timer_cancel(self, clock->tick); /* no fourth one */
		ths_timer_cancel(self, clock->never);
		return ths_timer_set(self, THS_MILLISECONDS(5), RING, NULL);
	case RING:
		return ths_send(self, clock->asker, rung,
		    .ticks = clock->ticks);
	default:
		return ths_fail(self, "a cancelled timer rang");
	}
}

THS_ACTOR(clock, struct clock,
    THS_ON(wind_up, on_wind_up),
    THS_ON(ths_wakeup, on_wakeup))

int
main(void)
{
	ths_vm *vm;
	ths_address clock;

	if (ths_vm_start(&vm, NULL) ||
	    ths_spawn(vm, &clock, &clock_actor, NULL))
		return 1;
	ths_mail *mail = ths_call(vm, clock, THS_SECONDS(10), wind_up);
	const struct rung *rung = ths_mail_as(mail, rung);
	if (rung)
		printf("it rang after %d ticks\n", rung->ticks);
	ths_mail_free(mail);
	ths_vm_stop(vm, THS_SECONDS(10));
	ths_vm_free(vm);
}
