/* SPDX-License-Identifier: MIT */
/* children - an actor shares its work out, and hears how each child ends. */
#include <stdio.h>
#include <thespis/thespis.h>

enum { CHILDREN = 4 };

THS_MESSAGE(span, THS_FIELD(int, from), THS_FIELD(int, to))
THS_SIGNAL(add_up)
THS_MESSAGE(sum, THS_FIELD(int, value))

/* Runs first; what it needs comes with the spawn. */
static ths_status
on_init(ths_self *self, struct span *mine, const struct span *span)
{
	if (span->from < 0)
		return ths_fail(self, "cannot count from %d", span->from);
	*mine = *span;
	return THS_OK;
}

static ths_status
on_begin(ths_self *self, struct span *mine, const struct add_up *add_up)
{
	int value = 0;

	(void)add_up;
	for (int i = mine->from; i < mine->to; i++)
		value += i;
	ths_exit(self); /* after this handler */
	return ths_send(self, ths_parent(self), sum, .value = value);
}

THS_ACTOR(adder, struct span,
    THS_INIT(span, on_init),
    THS_ON(add_up, on_begin))

struct foreman {
	ths_address asker;
	int value;
	int ended[THS_EXIT_REASON_COUNT];
};

static ths_status
on_add_up(ths_self *self, struct foreman *foreman, const struct add_up *add_up)
{
	ths_address child;

	(void)add_up;
	foreman->asker = ths_sender(self);
	for (int i = -1; i < CHILDREN; i++) {
		const ths_spawn_options options = {
			.start = THS_ANY(span, .from = i * 10,
			    .to = (i + 1) * 10),
		};
		if (ths_spawn_child(self, &child, &adder_actor, &options)) {
			ths_exit(self); /* those it has go with it */
			return ths_fail(self, "child %d cannot be had", i);
		}
		ths_send(self, child, add_up);
	}
	return THS_OK;
}

static ths_status
on_sum(ths_self *self, struct foreman *foreman, const struct sum *sum)
{
	(void)self;
	foreman->value += sum->value;
	return THS_OK;
}

/* Comes after all that the child has sent. */
static ths_status
on_exited(ths_self *self, struct foreman *foreman,
    const struct ths_actor_exited *exited)
{
	foreman->ended[exited->reason]++;
	if (exited->reason == THS_EXIT_INIT_FAILED)
		printf("a child ended: %s\n", exited->why);
	if (ths_children(self, NULL, 0) > 1) /* this one still counts */
		return THS_OK;
	printf("%d left, %d failed\n", foreman->ended[THS_EXIT_LEFT],
	    foreman->ended[THS_EXIT_INIT_FAILED]);
	return ths_send(self, foreman->asker, sum, .value = foreman->value);
}

THS_ACTOR(foreman, struct foreman,
    THS_ON(add_up, on_add_up),
    THS_ON(sum, on_sum),
    THS_ON(ths_actor_exited, on_exited))

static void
work(ths_vm *vm, ths_address foreman)
{
	ths_mail *mail = ths_call(vm, foreman, THS_SECONDS(10), add_up);
	const struct sum *sum = ths_mail_as(mail, sum);
	if (sum)
		printf("the sum is %d\n", sum->value);
	ths_mail_free(mail);

	ths_tell(vm, foreman, ths_exit_request);
	mail = ths_call(vm, foreman, THS_SECONDS(10), add_up);
	printf("%s\n", ths_status_text(ths_mail_status(mail)));
	ths_mail_free(mail);
}

int
main(void)
{
	const ths_vm_config config = { .log_level = THS_LOG_NONE };
	ths_vm *vm;
	ths_address foreman;

	if (ths_vm_start(&vm, &config) ||
	    ths_spawn(vm, &foreman, &foreman_actor, NULL))
		return 1;
	work(vm, foreman);
	ths_vm_stop(vm, THS_SECONDS(10));
	ths_vm_free(vm);
}
