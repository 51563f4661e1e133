/* SPDX-License-Identifier: MIT */
/*
 * supervision - a child that crashes is started anew, until it is given up.
 *
 *     supervision
 *
 * It teaches: what a crash is (an end that the actor itself says is not in
 * order), a supervisor made of a table, finding an actor that is another one
 * after each restart by its name, and what becomes of a family whose supervisor
 * has tried often enough.
 *
 *   house (tries the office again and again, never twice in five seconds)
 *    '- office (starts both anew when one crashes: three times in five seconds)
 *        |- divider
 *        '- clerk
 *
 * The VM is an inline one, so that each run prints the same.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <thespis/thespis.h>

THS_MESSAGE(divide, THS_FIELD(int64_t, number), THS_FIELD(int64_t, by))
THS_MESSAGE(quotient, THS_FIELD(int64_t, value))

/* -------------------------------------------------------------- the workers */

struct divider { uint64_t done; };

/* A new life has a new address, but takes the name again. */
static ths_status
divider_start(ths_self *self, struct divider *divider)
{
	(void)divider;
	return ths_name_register(self, "divider");
}

static ths_status
divider_divide(ths_self *self, struct divider *divider,
    const struct divide *divide)
{
	/* ths_fail() would only refuse this one message. */
	if (divide->by == 0)
		return ths_crash(self, "division by zero after %" PRIu64
		    " good ones", divider->done);
	divider->done++;
	return ths_reply(self, quotient, .value = divide->number / divide->by);
}

THS_ACTOR(divider, struct divider,
    THS_START(divider_start),
    THS_ON(divide, divider_divide))

static void
clerk_exit(ths_self *self, ths_nothing *nothing)
{
	(void)self, (void)nothing;
	printf("  the clerk goes home\n");
}

THS_ACTOR(clerk, ths_nothing, THS_EXIT(clerk_exit))

/* ---------------------------------------------------------- the supervisors */

static const ths_child_spec office_children[] = {
	{ .name = "divider", .actor = &divider_actor },
	{ .name = "clerk", .actor = &clerk_actor },
};

THS_SUPERVISOR(office,
    .strategy = THS_ONE_FOR_ALL,
    .children = office_children, .children_length = 2,
    .restarts_max = 3, .window = THS_SECONDS(5))

/* A supervisor is an actor as any other: it may be another's child. */
static const ths_child_spec house_children[] = {
	{ .name = "office", .actor = &office_actor },
};

THS_SUPERVISOR(house,
    .children = house_children, .children_length = 1,
    .restarts_max = 1, .window = THS_SECONDS(5))

/* ----------------------------------------------------------------- the host */

static void
show_tree(ths_vm *vm, ths_address house)
{
	char text[1024];

	ths_supervision_print(vm, house, THS_SECONDS(5), text, sizeof(text));
	fputs(text, stdout);
}

/* Asks whoever is the divider now. */
static void
ask(ths_vm *vm, int64_t number, int64_t by)
{
	const struct quotient *quotient;
	ths_address divider;
	ths_mail *mail;

	printf("%" PRId64 " / %" PRId64 ": ", number, by);
	if (ths_name_find(vm, "divider", &divider) != THS_OK) {
		printf("there is no divider\n");
		return;
	}
	mail = ths_call(vm, divider, THS_SECONDS(5), divide,
	    .number = number, .by = by);
	quotient = ths_mail_as(mail, quotient);
	if (quotient != NULL)
		printf("%" PRId64 "\n", quotient->value);
	else
		printf("%s\n", ths_mail_why(mail));
	ths_mail_free(mail);
	ths_vm_run(vm, 0); /* what follows from it: a restart, perhaps */
}

int
main(void)
{
	ths_vm *vm;
	ths_address house;
	ths_status status;

	status = ths_vm_start(&vm, &(ths_vm_config){
	    .mode = THS_MODE_INLINE, .log_level = THS_LOG_NONE });
	if (status != THS_OK) {
		fprintf(stderr, "supervision: %s\n", ths_status_text(status));
		return EXIT_FAILURE;
	}
	status = ths_spawn(vm, &house, &house_actor, NULL);
	if (status == THS_OK) {
		ths_vm_run(vm, 0);
		show_tree(vm, house);
		/* Three crashes are forgiven.  The fourth is one too many for
		 * the office, which crashes itself; the house starts it anew,
		 * once.  So the eighth is the end of everything. */
		for (int crash = 1; crash <= 8; crash++) {
			ask(vm, 42, crash);
			ask(vm, 42, 0);
			if (crash == 4)
				show_tree(vm, house);
		}
		ask(vm, 42, 7);
		show_tree(vm, house);
	} else {
		fprintf(stderr, "supervision: %s\n", ths_status_text(status));
	}
	ths_vm_stop(vm, THS_SECONDS(5));
	ths_vm_free(vm);
	return status == THS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
