/* SPDX-License-Identifier: MIT */
/*
 * solo: one actor for many who create it under one name, from its beginning to
 * its end; in a local VM and in an inline one.
 */
#include "tests/unit/vm/world.h"
#include "thespis/client.h"

enum { REQUESTS = 5 }; /* from outside, and as many from an actor */

THS_MESSAGE(create, THS_FIELD(int, how))
THS_MESSAGE(created, THS_FIELD(int, status), THS_FIELD(ths_address, address))
THS_MESSAGE(watch, THS_FIELD(ths_address, whom))
THS_SIGNAL(who)
THS_MESSAGE(me, THS_FIELD(ths_string, name), THS_FIELD(ths_address, parent))
THS_SIGNAL(family)
THS_MESSAGE(children, THS_FIELD(int, count), THS_FIELD(int, told))
THS_SIGNAL(leave)

static _Atomic int inits;
static _Atomic int may_begin;
static _Atomic int downs;
static _Atomic int downs_of_unknown;

enum how { WELL, FAILING, UNFIT };

/* ---------------------------------------------------------- who are created */

static ths_status
solo_init(ths_self *self, ths_nothing *nothing)
{
	(void)self, (void)nothing;
	atomic_fetch_add(&inits, 1);
	cr_assert(world_await(&may_begin, 1));
	return THS_OK;
}

static ths_status
solo_who(ths_self *self, ths_nothing *nothing, const struct who *who)
{
	(void)nothing, (void)who;
	return ths_reply(self, me, .name = ths_my_name(self),
	    .parent = ths_parent(self));
}

static ths_status
solo_leave(ths_self *self, ths_nothing *nothing, const struct leave *leave)
{
	(void)nothing, (void)leave;
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(solo, ths_nothing, THS_INIT(solo_init), THS_ON(who, solo_who),
    THS_ON(leave, solo_leave))

static ths_status
failing_init(ths_self *self, ths_nothing *nothing)
{
	(void)solo_init(self, nothing);
	return THS_FAILED;
}

THS_ACTOR(failing, ths_nothing, THS_INIT(failing_init), THS_ON(who, solo_who))

static const ths_pair unfit_needs[] = { THS_NEED("what nobody has") };

THS_ACTOR(unfit, ths_nothing, THS_NEEDS(unfit_needs), THS_ON(who, solo_who))

static const ths_actor *const kinds[] = { &solo_actor, &failing_actor,
	&unfit_actor };

/* --------------------------------------------------------------- requesters */

struct asker { int told; };

static ths_status
asker_create(ths_self *self, struct asker *asker, const struct create *create)
{
	const ths_spawn_options options = { .name = "solo" };
	ths_address address = THS_NOBODY;
	ths_status status = ths_spawn_child(self, &address,
	    kinds[create->how], &options);

	(void)asker;
	return ths_reply(self, created, .status = (int)status,
	    .address = address);
}

static ths_status
asker_leave(ths_self *self, struct asker *asker, const struct leave *leave)
{
	(void)asker, (void)leave;
	ths_exit(self);
	return THS_OK;
}

static ths_status
asker_exited(ths_self *self, struct asker *asker,
    const struct ths_actor_exited *exited)
{
	(void)self, (void)exited;
	asker->told++;
	return THS_OK;
}

static ths_status
asker_family(ths_self *self, struct asker *asker, const struct family *family)
{
	(void)family;
	return ths_reply(self, children,
	    .count = (int)ths_children(self, NULL, 0), .told = asker->told);
}

static ths_status
asker_watch(ths_self *self, struct asker *asker, const struct watch *watch)
{
	(void)asker;
	return ths_monitor(self, watch->whom);
}

static ths_status
asker_down(ths_self *self, struct asker *asker, const struct ths_down *down)
{
	(void)self, (void)asker;
	if (down->reason == THS_EXIT_UNKNOWN)
		atomic_fetch_add(&downs_of_unknown, 1);
	atomic_fetch_add(&downs, 1);
	return THS_OK;
}

THS_ACTOR(asker, struct asker,
    THS_ON(create, asker_create),
    THS_ON(ths_actor_exited, asker_exited),
    THS_ON(family, asker_family),
    THS_ON(watch, asker_watch),
    THS_ON(ths_down, asker_down),
    THS_ON(leave, asker_leave))

/* ------------------------------------------------------------------ helpers */

static void
begin(struct world *world, ths_mode mode)
{
	atomic_store(&inits, 0);
	atomic_store(&downs, 0);
	atomic_store(&downs_of_unknown, 0);
	atomic_store(&may_begin, 1);
	world_begin_with(world, (ths_vm_config){ .mode = mode,
		.workers = mode == THS_MODE_INLINE ? 1 : 3,
		.log_level = THS_LOG_NONE });
}

static ths_status
create_here(struct world *world, enum how how, ths_address *address)
{
	const ths_spawn_options options = { .name = "solo" };

	*address = THS_NOBODY;
	return ths_spawn(world->vm, address, kinds[how], &options);
}

static ths_status
create_there(struct world *world, ths_address asker, enum how how,
    ths_address *address)
{
	ths_mail *mail = ths_call(world->vm, asker, THS_SECONDS(10), create,
	    .how = (int)how);
	const struct created *created = ths_mail_as(mail, created);
	ths_status status;

	cr_assert_not_null(created, "%s", ths_mail_why(mail));
	*address = created->address;
	status = (ths_status)created->status;
	ths_mail_free(mail);
	return status;
}

static ths_status
call_who(struct world *world, ths_address whom)
{
	ths_mail *mail = ths_call(world->vm, whom, THS_SECONDS(10), who);
	const struct me *me = ths_mail_as(mail, me);
	ths_status status = ths_mail_status(mail);

	if (me != NULL) {
		cr_assert_str_eq(me->name, "solo");
		cr_assert(ths_address_is_nobody(me->parent));
	}
	ths_mail_free(mail);
	return status;
}

/* What an asker knows of children, and has been told of their ends. */
static void
check_childless(struct world *world, ths_address asker)
{
	ths_mail *mail = ths_call(world->vm, asker, THS_SECONDS(10), family);
	const struct children *children = ths_mail_as(mail, children);
	ths_actor_status status;

	cr_assert_not_null(children, "%s", ths_mail_why(mail));
	cr_assert(children->count == 0 && children->told == 0);
	ths_mail_free(mail);
	cr_assert_eq(ths_actor_status_read(world->vm, asker, &status), THS_OK);
	cr_assert_eq(status.children, 0);
	cr_assert_eq(ths_actor_children(world->vm, asker, NULL, 0), 0);
}

static bool
is_free(struct world *world)
{
	ths_address found;

	return ths_name_find(world->vm, "solo", &found) == THS_UNKNOWN;
}

static bool
await_free(struct world *world)
{
	for (int i = 0; i < WORLD_TRIES && !is_free(world); i++) {
		ths_vm_run(world->vm, 0);
		world_sleep_ms(1);
	}
	return is_free(world);
}

/* Many ask while the first creation is pending: all get the same answer.  In an
 * inline VM nothing begins before the host runs it. */
static void
ask_all(struct world *world, ths_address asker, enum how how,
    ths_status expected, ths_address answers[2 * REQUESTS])
{
	atomic_store(&may_begin, 0);
	for (int i = 0; i < REQUESTS; i++) {
		if (world->vm->config.mode == THS_MODE_INLINE) {
			/* The asker's call would run the new one first. */
			cr_assert_eq(create_here(world, how,
			    &answers[REQUESTS + i]), expected);
		} else {
			cr_assert_eq(create_there(world, asker, how,
			    &answers[REQUESTS + i]), expected);
		}
		cr_assert_eq(create_here(world, how, &answers[i]), expected);
	}
	atomic_store(&may_begin, 1);
	for (int i = 1; i < 2 * REQUESTS; i++)
		cr_assert(ths_address_equal(answers[i], answers[0]));
}

/* ----------------------------------------------------------------- creation */

/* C-32: all ten get the same error, and the name is free for the next. */
static void
fail_and_try_again(struct world *world)
{
	ths_address asker = world_spawn(world, &asker_actor);
	ths_address answers[2 * REQUESTS];
	ths_address good;

	ask_all(world, asker, UNFIT, THS_UNFIT, answers);
	cr_assert(ths_address_is_nobody(answers[0]));
	cr_assert(is_free(world));
	ask_all(world, asker, FAILING, THS_OK, answers);
	cr_assert_not(ths_address_is_nobody(answers[0]));
	for (int i = 0; i < 2 * REQUESTS; i++)
		cr_assert_eq(call_who(world, answers[i]), THS_GONE);
	for (int i = 0; i < REQUESTS; i++)
		cr_assert_eq(ths_tell(world->vm, asker, watch,
		    .whom = answers[i]), THS_OK);
	ths_vm_run(world->vm, 0);
	cr_assert(world_await(&downs, REQUESTS));
	cr_assert_eq(atomic_load(&downs_of_unknown), REQUESTS);
	cr_assert(await_free(world));
	/* T-202 */
	cr_assert_eq(world_status(world).unborn, 1);
	cr_assert_eq(atomic_load(&inits), 1);
	ask_all(world, asker, WELL, THS_OK, answers);
	cr_assert_eq(create_here(world, FAILING, &good), THS_OK);
	cr_assert(ths_address_equal(good, answers[0]), "the one that is there");
	cr_assert_eq(call_who(world, good), THS_OK);
	cr_assert_eq(atomic_load(&inits), 2);
	world_end(world);
}

Test(solo, is_made_once_however_many_ask_and_again_after_a_failure,
    .description = "T-202 C-32")
{
	struct world world;

	begin(&world, THS_MODE_LOCAL);
	fail_and_try_again(&world);
	begin(&world, THS_MODE_INLINE);
	fail_and_try_again(&world);
}

/* ---------------------------------------------------------------------- end */

/* C-31 */
static void
end_and_make_another(struct world *world)
{
	ths_address p = world_spawn(world, &asker_actor);
	ths_address q = world_spawn(world, &asker_actor);
	ths_address solo, again, another;

	cr_assert_eq(create_there(world, p, WELL, &solo), THS_OK);
	cr_assert_eq(create_there(world, q, WELL, &again), THS_OK);
	cr_assert(ths_address_equal(solo, again));
	cr_assert_eq(call_who(world, solo), THS_OK);
	check_childless(world, p);
	check_childless(world, q);
	cr_assert_eq(ths_tell(world->vm, p, leave), THS_OK);
	cr_assert_eq(call_who(world, p), THS_GONE);
	cr_assert_eq(call_who(world, solo), THS_OK, "it outlives p");
	cr_assert_eq(ths_tell(world->vm, solo, ths_exit_request), THS_OK);
	cr_assert(await_free(world));
	cr_assert_eq(call_who(world, solo), THS_GONE);
	check_childless(world, q);
	cr_assert_eq(create_there(world, q, WELL, &another), THS_OK);
	/* T-203 */
	cr_assert_not(ths_address_equal(another, solo));
	cr_assert_eq(call_who(world, another), THS_OK);
	cr_assert_eq(call_who(world, solo), THS_GONE);
	check_childless(world, q);
	world_end(world);
}

Test(solo, is_nobodys_child_and_leaves_its_name_free,
    .description = "T-203 C-31")
{
	struct world world;

	begin(&world, THS_MODE_LOCAL);
	end_and_make_another(&world);
	begin(&world, THS_MODE_INLINE);
	end_and_make_another(&world);
}
