/* SPDX-License-Identifier: MIT */
/* failures: the scenes of tests/scenes/failures.h, played with real workers and
 * inline.  tests/sim/sim_failures.c plays them, too. */
#include "tests/unit/vm/player.h"

#include "tests/scenes/failures.h"

static void
play(void (*scene)(ths_vm *vm))
{
	player_play_with(scene, (ths_vm_config){ .log_level = THS_LOG_NONE });
}

Test(failures, poison_the_host, .description = "T-146 T-148 D-09 D-12 D-16",
    .timeout = 60)
{
	/* T-146, T-148 */
	play(failures_poison_the_host);
}

Test(failures, poison_who_sent, .description = "T-146 D-08 D-17",
    .timeout = 60)
{
	/* T-146 */
	play(failures_poison_who_sent);
}

Test(failures, do_not_stop_an_exit, .description = "T-149 D-11",
    .timeout = 60)
{
	/* T-149 */
	play(failures_do_not_stop_an_exit);
}

Test(failures, at_poison_end_there, .description = "T-146 D-19 D-20",
    .timeout = 60)
{
	/* T-146 */
	play(failures_at_poison_end_there);
}

/* ------------------------------------------------- what scenes do not show */

THS_SIGNAL(gather)
THS_SIGNAL(flood)
THS_SIGNAL(hush)

static struct {
	_Atomic int told;
	_Atomic int reason;
	_Atomic int status; /* of the last attempt */
	_Atomic int done;
	_Atomic int asked;
	ths_address last; /* child; of an inline VM */
} notes;

static void
clumsy_exit(ths_self *self, ths_nothing *nothing)
{
	(void)nothing;
	(void)ths_fail(self, "cannot let go");
}

static ths_status
clumsy_hush(ths_self *self, ths_nothing *nothing, const struct hush *hush)
{
	(void)self, (void)nothing, (void)hush;
	return THS_OK;
}

THS_ACTOR(clumsy, ths_nothing, THS_ON(hush, clumsy_hush),
    THS_EXIT(clumsy_exit))

/* Starts children until that is refused. */
static ths_status
chief_gather(ths_self *self, ths_nothing *nothing, const struct gather *gather)
{
	ths_status status;

	(void)nothing, (void)gather;
	do
		status = ths_spawn_child(self, &notes.last, &clumsy_actor,
		    NULL);
	while (status == THS_OK);
	atomic_store(&notes.status, (int)status);
	return THS_OK;
}

/* Sends until there is no memory to refuse it with; says how trying ends. */
static ths_status
chief_flood(ths_self *self, ths_nothing *nothing, const struct flood *flood)
{
	ths_vm_status status;

	(void)nothing, (void)flood;
	cr_assert_eq(ths_spawn_child(self, &notes.last, &clumsy_actor, NULL),
	    THS_OK);
	do {
		cr_assert_eq(ths_send(self, notes.last, hush), THS_OK);
		ths_vm_status_read(ths_self_vm(self), &status);
	} while (status.dead[THS_DEAD_NO_MEMORY] == 0);
	atomic_store(&notes.status, (int)ths_try_send(self, notes.last, hush));
	return THS_OK;
}

static ths_status
chief_hush(ths_self *self, ths_nothing *nothing, const struct hush *hush)
{
	(void)nothing, (void)hush;
	return ths_send(self, notes.last, ths_exit_request);
}

static ths_status
chief_told(ths_self *self, ths_nothing *nothing,
    const struct ths_actor_exited *exited)
{
	(void)self, (void)nothing;
	atomic_fetch_add(&notes.told, 1);
	atomic_store(&notes.reason, (int)exited->reason);
	return THS_OK;
}

THS_ACTOR(chief, ths_nothing,
    THS_ON(gather, chief_gather),
    THS_ON(flood, chief_flood),
    THS_ON(hush, chief_hush),
    THS_ON(ths_actor_exited, chief_told))

/* A chief of an inline VM with these limits, that has done one thing. */
static ths_address
begin(struct world *world, uint32_t actors_max, size_t memory_max)
{
	memset(&notes, 0, sizeof(notes));
	world_begin_with(world, (ths_vm_config){ .mode = THS_MODE_INLINE,
	    .actors_max = actors_max, .memory_max = memory_max });
	return world_spawn(world, &chief_actor);
}

Test(failures, in_an_exit_are_logged_and_change_nothing)
{
	struct world world;
	ths_address chief = begin(&world, 3, 0);

	ths_tell(world.vm, chief, gather);
	ths_vm_run(world.vm, 0);
	ths_tell(world.vm, chief, hush);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(atomic_load(&notes.told), 1);
	cr_assert_eq(atomic_load(&notes.reason), THS_EXIT_ASKED);
	cr_assert_eq(world_logged(&world, "exit failed: cannot let go"), 1);
	cr_assert_eq(world_status(&world).failed, 0);
	world_end(&world);
}

/* The chief and the default client are two of them. */
Test(failures, at_the_limit_of_actors_are_statuses, .description = "D-23")
{
	struct world world;
	ths_address chief = begin(&world, 8, 0), one;

	ths_tell(world.vm, chief, gather);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(atomic_load(&notes.status), THS_LIMIT);
	cr_assert_eq(world_status(&world).actors, 7);
	cr_assert_eq(ths_spawn(world.vm, &one, &clumsy_actor, NULL),
	    THS_LIMIT);
	cr_assert_eq(world_status(&world).limits_hit, 2);
	ths_tell(world.vm, chief, hush);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_status(&world).actors, 6);
	ths_tell(world.vm, chief, gather);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_status(&world).actors, 7, "one may come again");
	cr_assert_eq(world_status(&world).limits_hit, 3);
	world_end(&world);
}

/* What there is no memory for is a dead letter, or stays with who tries; when
 * there is memory again, all is well. */
Test(failures, at_the_limit_of_memory_are_dead_letters)
{
	struct world world;
	ths_address chief = begin(&world, 0, 4 << 20);
	ths_vm_status status;

	ths_tell(world.vm, chief, flood);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(atomic_load(&notes.status), THS_NO_MEMORY);
	status = world_status(&world);
	cr_assert_eq(status.dead[THS_DEAD_NO_MEMORY], 1);
	cr_assert_gt(status.limits_hit, 0);
	cr_assert_eq(status.accepted, world_ended(&status));
	ths_tell(world.vm, chief, hush);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(atomic_load(&notes.told), 1);
	cr_assert_eq(world_dead(&world, THS_DEAD_NO_MEMORY), 1);
	world_end(&world);
}

/* An ask that nobody will answer, when the host stops the VM, and when an actor
 * does. */
static ths_status
mute_gather(ths_self *self, ths_nothing *nothing, const struct gather *gather)
{
	(void)nothing, (void)gather;
	ths_self_stop_vm(self);
	return THS_OK;
}

THS_ACTOR(mute, ths_nothing, THS_ON(hush, clumsy_hush),
    THS_ON(gather, mute_gather))

struct question { ths_vm *vm; ths_address to; };

static void *
ask(void *context)
{
	const struct question *question = context;
	ths_mail *mail;

	atomic_store(&notes.asked, 1);
	mail = ths_ask(question->vm, question->to, THS_FOREVER, hush);
	atomic_store(&notes.status, (int)ths_mail_status(mail));
	ths_mail_free(mail);
	atomic_store(&notes.done, 1);
	return NULL;
}

Test(failures, at_a_stop_wake_who_asks, .timeout = 60)
{
	for (int i = 0; i < 2; i++) {
		struct world world;
		struct question question;
		pthread_t thread;

		memset(&notes, 0, sizeof(notes));
		world_begin_local(&world, 2);
		question = (struct question){ world.vm,
			world_spawn(&world, &mute_actor) };
		cr_assert_eq(pthread_create(&thread, NULL, ask, &question),
		    0);
		cr_assert(world_await(&notes.asked, 1));
		world_sleep_ms(20);
		if (i == 0)
			ths_vm_stop(world.vm, THS_SECONDS(30));
		else
			ths_tell(world.vm, question.to, gather);
		cr_assert(world_await(&notes.done, 1));
		pthread_join(thread, NULL);
		cr_assert_eq(atomic_load(&notes.status), THS_STOPPED);
		world_end(&world);
	}
}
