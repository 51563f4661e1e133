/* SPDX-License-Identifier: MIT */
/* answer: the runtime answers a status request itself, whatever the
 * actor does. */
#include "tests/unit/vm/world.h"
#include "thespis/client.h"
#include "thespis/draft.h"
#include "thespis/inspect.h"

THS_SIGNAL(work)
THS_SIGNAL(leave)
THS_MESSAGE(look, THS_FIELD(ths_address, whom), THS_FIELD(bool, is_trying))

static struct {
	_Atomic int working;
	atomic_bool may_end;
	_Atomic int requests; /* that a handler has seen */
	int reports;
	struct ths_status_report last;
	ths_address sender;
	bool has_draft;
} notes;

static ths_status
worker_work(ths_self *self, ths_nothing *state, const struct work *work)
{
	(void)self, (void)state, (void)work;
	atomic_fetch_add(&notes.working, 1);
	while (!atomic_load(&notes.may_end))
		world_sleep_ms(1);
	return THS_OK;
}

static ths_status
worker_request(ths_self *self, ths_nothing *state,
    const struct ths_status_request *request)
{
	(void)self, (void)state, (void)request;
	atomic_fetch_add(&notes.requests, 1);
	return THS_OK;
}

static ths_status
worker_leave(ths_self *self, ths_nothing *state, const struct leave *leave)
{
	(void)state, (void)leave;
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(worker, ths_nothing, THS_ON(work, worker_work),
    THS_ON(ths_status_request, worker_request), THS_ON(leave, worker_leave))

static ths_status
viewer_look(ths_self *self, ths_nothing *state, const struct look *look)
{
	(void)state;
	notes.has_draft |= ths_new(self, ths_status_request, 0) != NULL;
	return look->is_trying ?
	    ths_try_send(self, look->whom, ths_status_request) :
	    ths_send(self, look->whom, ths_status_request);
}

static ths_status
viewer_report(ths_self *self, ths_nothing *state,
    const struct ths_status_report *report)
{
	(void)state;
	notes.reports++;
	notes.last = *report;
	notes.sender = ths_sender(self);
	return THS_OK;
}

THS_ACTOR(viewer, ths_nothing, THS_ON(look, viewer_look),
    THS_ON(ths_status_report, viewer_report))

/* While its only worker is in its handler, and before the mail that waits. */
Test(answer, comes_while_the_handler_is_busy, .description = "T-125")
{
	const struct ths_status_report *report;
	struct world world;
	ths_address worker;
	ths_mail *mail;

	memset(&notes, 0, sizeof(notes));
	world_begin_local(&world, 1);
	worker = world_spawn(&world, &worker_actor);
	for (int i = 0; i < 3; i++)
		cr_assert_eq(ths_tell(world.vm, worker, work), THS_OK);
	cr_assert(world_await(&notes.working, 1));
	mail = ths_call(world.vm, worker, THS_SECONDS(10), ths_status_request);
	report = ths_mail_as(mail, ths_status_report);
	cr_assert_not_null(report, "%s", ths_mail_why(mail));
	cr_assert(ths_address_equal(report->about, worker));
	cr_assert(ths_address_equal(ths_mail_sender(mail), worker));
	cr_assert_str_eq(report->kind, "worker");
	cr_assert_str_eq(report->name, "");
	cr_assert(report->is_ready);
	cr_assert_geq(report->mailbox, 1);
	ths_mail_free(mail);
	atomic_store(&notes.may_end, true);
	cr_assert(world_await(&notes.working, 3));
	/* Unseen by the handler that would take it. */
	cr_assert_eq(atomic_load(&notes.requests), 0, "T-125");
	world_end(&world);
}

Test(answer, comes_to_an_actor_as_mail)
{
	struct world world;
	ths_address worker, viewer;

	memset(&notes, 0, sizeof(notes));
	world_begin_inline(&world);
	cr_assert_eq(ths_spawn(world.vm, &worker, &worker_actor,
	    &(ths_spawn_options){ .name = "the worker" }), THS_OK);
	viewer = world_spawn(&world, &viewer_actor);
	for (int is_trying = 0; is_trying < 2; is_trying++) {
		cr_assert_eq(ths_tell(world.vm, viewer, look, .whom = worker,
		    .is_trying = is_trying), THS_OK);
		ths_vm_run(world.vm, 0);
		cr_assert_eq(notes.reports, is_trying + 1);
		cr_assert(ths_address_equal(notes.sender, worker));
		cr_assert(ths_address_equal(notes.last.about, worker));
		cr_assert_eq(notes.last.names, 1);
		cr_assert_not(notes.last.is_ready);
	}
	cr_assert_eq(atomic_load(&notes.requests), 0);
	cr_assert_not(notes.has_draft, "nothing that would reach a mailbox");
	world_end(&world);
}

Test(answer, is_not_to_be_had_where_no_actor_lives)
{
	struct world world;
	ths_client *client;
	ths_address worker, beyond;
	ths_mail *mail;

	memset(&notes, 0, sizeof(notes));
	world_begin_inline(&world);
	worker = world_spawn(&world, &worker_actor);
	cr_assert_eq(ths_tell(world.vm, worker, leave), THS_OK);
	mail = ths_call(world.vm, worker, THS_SECONDS(1), leave);
	ths_mail_free(mail);
	mail = ths_call(world.vm, worker, THS_SECONDS(1), ths_status_request);
	cr_assert_eq(ths_mail_status(mail), THS_GONE);
	ths_mail_free(mail);
	cr_assert_eq(world_dead(&world, THS_DEAD_STALE), 1);
	beyond = worker;
	beyond.slot = UINT32_MAX;
	mail = ths_call(world.vm, beyond, THS_SECONDS(1), ths_status_request);
	cr_assert_eq(ths_mail_status(mail), THS_GONE);
	ths_mail_free(mail);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	mail = ths_call(world.vm, ths_client_address(client), THS_SECONDS(1),
	    ths_status_request);
	cr_assert_eq(ths_mail_status(mail), THS_REFUSED);
	ths_mail_free(mail);
	ths_client_close(client);
	world_end(&world);
}
