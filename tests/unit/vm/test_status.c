/* SPDX-License-Identifier: MIT */
/* status: what a VM tells of itself, as numbers and as a table. */
#include "tests/unit/vm/world.h"
#include "thespis/client.h"

THS_SIGNAL(poke)
THS_SIGNAL(fail)
THS_MESSAGE(nap, THS_FIELD(int64_t, delay))

static ths_vm_status seen_inside;

static ths_status
subject_poke(ths_self *self, ths_nothing *state, const struct poke *poke)
{
	(void)state, (void)poke;
	ths_vm_status_read(ths_self_vm(self), &seen_inside);
	return THS_OK;
}

static ths_status
subject_fail(ths_self *self, ths_nothing *state, const struct fail *fail)
{
	(void)self, (void)state, (void)fail;
	return THS_FAILED;
}

static ths_status
subject_nap(ths_self *self, ths_nothing *state, const struct nap *nap)
{
	(void)state;
	return ths_timer_set(self, nap->delay, 0, NULL);
}

THS_ACTOR(subject, ths_nothing, THS_ON(poke, subject_poke),
    THS_ON(fail, subject_fail), THS_ON(nap, subject_nap))

static void
tell_all(struct world *world, ths_address subject)
{
	cr_assert_eq(ths_tell(world->vm, subject, poke), THS_OK);
	cr_assert_eq(ths_tell(world->vm, subject, fail), THS_OK);
	cr_assert_eq(ths_tell(world->vm, subject, nap,
	    .delay = THS_SECONDS(3600)), THS_OK);
	cr_assert_eq(ths_tell(world->vm, world_nowhere(world), poke), THS_GONE);
}

Test(status, counts_what_happened)
{
	struct world world;
	ths_vm_status status;

	world_begin_inline(&world);
	tell_all(&world, world_spawn(&world, &subject_actor));
	status = world_status(&world);
	cr_assert_eq(status.accepted, 4);
	cr_assert_eq(status.handled, 0);
	cr_assert_eq(status.queued, 3);
	cr_assert_eq(status.dead[THS_DEAD_NOBODY], 1);
	ths_vm_run(world.vm, 0);
	status = world_status(&world);
	cr_assert_eq(status.handled, 3);
	cr_assert_eq(status.failed, 1);
	cr_assert_eq(status.retried, 1);
	cr_assert_eq(status.poisoned, 1);
	cr_assert_eq(status.queued, 1, "the poison, for the client");
	cr_assert_eq(status.timers, 1);
	cr_assert_eq(status.spawned, 1);
	cr_assert_eq(status.actors, 1);
	cr_assert_eq(status.exited, 0);
	cr_assert_eq(status.workers, 1);
	cr_assert_gt(status.memory, 0);
	world_end(&world);
}

Test(status, can_be_read_inside_a_handler)
{
	struct world world;

	world_begin_inline(&world);
	memset(&seen_inside, 0, sizeof(seen_inside));
	cr_assert_eq(ths_tell(world.vm, world_spawn(&world, &subject_actor),
	    poke), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(seen_inside.accepted, 1);
	cr_assert_eq(seen_inside.queued, 1, "the one being handled");
	cr_assert_eq(seen_inside.actors, 1);
	world_end(&world);
}

Test(status, of_each_worker_adds_up)
{
	ths_worker_status worker;
	struct world world;
	uint64_t messages = 0;

	world_begin_local(&world, 3);
	for (int i = 0; i < 50; i++)
		cr_assert_eq(ths_tell(world.vm,
		    world_spawn(&world, &subject_actor), fail), THS_OK);
	cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(30)), THS_OK);
	for (uint32_t i = 0; i < 3; i++) {
		cr_assert(ths_vm_worker_status_read(world.vm, i, &worker));
		messages += worker.messages;
		cr_assert_geq(worker.messages == 0 || worker.slices > 0, 1);
	}
	cr_assert_geq(messages, 50);
	worker.slices = 77;
	cr_assert_not(ths_vm_worker_status_read(world.vm, 3, &worker));
	cr_assert_not(ths_vm_worker_status_read(world.vm, UINT32_MAX,
	    &worker));
	cr_assert_eq(worker.slices, 77);
	world_end(&world);
}

Test(status, is_printed_as_a_table)
{
	char text[4096];
	struct world world;
	size_t size;

	world_begin_inline(&world);
	tell_all(&world, world_spawn(&world, &subject_actor));
	ths_vm_run(world.vm, 0);
	size = ths_vm_status_print(world.vm, text, sizeof(text));
	cr_assert_lt(size, sizeof(text));
	cr_assert_eq(strlen(text), size);
	cr_assert_not_null(strstr(text, "1 alive, 1 spawned, 0 exited"));
	cr_assert_not_null(strstr(text, "5 accepted, 3 handled"));
	cr_assert_not_null(strstr(text, "1 handlers"));
	cr_assert_not_null(strstr(text, "timers    1 set"));
	cr_assert_not_null(strstr(text,
	    ths_dead_reason_text(THS_DEAD_NOBODY)));
	cr_assert_null(strstr(text, ths_dead_reason_text(THS_DEAD_LATE)));
	cr_assert_not_null(strstr(text, "worker"));
	world_end(&world);
}

/* Busy time goes on between two prints of a running worker, so the VM is
 * stopped first. */
Test(status, is_cut_where_the_buffer_ends)
{
	char whole[4096];
	char text[4096];
	struct world world;
	size_t size;

	world_begin_inline(&world);
	world_spawn(&world, &subject_actor);
	cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(30)), THS_OK);
	size = ths_vm_status_print(world.vm, whole, sizeof(whole));
	cr_assert_eq(ths_vm_status_print(world.vm, NULL, 0), size);
	for (size_t room = 1; room <= size + 1; room++) {
		memset(text, '#', sizeof(text));
		cr_assert_eq(ths_vm_status_print(world.vm, text, room), size);
		cr_assert_eq(strlen(text), room - 1);
		cr_assert_eq(strncmp(text, whole, room - 1), 0);
		cr_assert_eq(text[room], '#');
	}
	world_end(&world);
}

Test(status, has_a_text_for_every_reason)
{
	for (int i = 0; i < THS_DEAD_COUNT; i++)
		cr_assert_gt(strlen(ths_dead_reason_text((ths_dead_reason)i)),
		    0);
	cr_assert_not_null(ths_dead_reason_text(THS_DEAD_COUNT));
	cr_assert_not_null(ths_dead_reason_text((ths_dead_reason)-1));
}
