/* SPDX-License-Identifier: MIT */
/*
 * scarce: the same small worlds again and again, in which once one allocation
 * fails, and once all from one on; whichever it is, everybody ends, and all
 * messages add up.  One world is wide, so that much is allocated; in the other
 * somebody does all there is to do, once.
 */
#include <stdlib.h>

#include "tests/unit/vm/world.h"

enum { ROUNDS = 80, WIDTH = 20 };

THS_MESSAGE(grow, THS_FIELD(int32_t, depth))
THS_MESSAGE(page, THS_FIELD(ths_bytes, text))
THS_SIGNAL(fail)

/* ------------------------------------------------------------ the allocator */

struct purse {
	int calls;
	int fails_at;    /* the number of the call that fails; 0: none */
	bool stays_poor; /* and all after it */
	bool is_spared;  /* nothing fails while a VM starts */
};

static void *
take(void *context, size_t size, size_t alignment)
{
	struct purse *purse = context;
	void *memory = NULL;

	if (!purse->is_spared) {
		purse->calls++;
		if (purse->calls == purse->fails_at ||
		    (purse->stays_poor && purse->fails_at > 0 &&
		    purse->calls > purse->fails_at))
			return NULL;
	}
	return posix_memalign(&memory, alignment < sizeof(void *) ?
	    sizeof(void *) : alignment, size) == 0 ? memory : NULL;
}

static void
give(void *context, void *memory, size_t size, size_t alignment)
{
	(void)context, (void)size, (void)alignment;
	free(memory);
}

/* ----------------------------------------------------------- the wide world */

struct large { unsigned char bytes[THS_FLAT_SIZE_MAX + 4096]; };

static ths_status kin_grow(ths_self *self, struct large *kin,
    const struct grow *grow);

static ths_status
kin_fail(ths_self *self, struct large *kin, const struct fail *fail)
{
	(void)kin, (void)fail;
	return ths_fail(self, "as asked");
}

static ths_status
kin_told(ths_self *self, struct large *kin,
    const struct ths_actor_exited *exited)
{
	(void)self, (void)kin, (void)exited;
	return THS_OK;
}

static ths_status
kin_letter(ths_self *self, struct large *kin,
    const struct ths_dead_letter *letter)
{
	(void)self, (void)kin, (void)letter;
	return THS_OK;
}

static void
kin_exit(ths_self *self, struct large *kin)
{
	(void)kin;
	(void)ths_send(self, ths_parent(self), fail);
}

THS_ACTOR(kin, struct large,
    THS_ON(grow, kin_grow),
    THS_ON(fail, kin_fail),
    THS_ON(ths_actor_exited, kin_told),
    THS_ON(ths_dead_letter, kin_letter),
    THS_EXIT(kin_exit))

static ths_status
kin_grow(ths_self *self, struct large *kin, const struct grow *grow)
{
	static const char text[3000];
	ths_address child;

	(void)kin;
	ths_handle_dead_letters(self, true);
	for (int i = 0; i < WIDTH && grow->depth > 0; i++) {
		if (ths_spawn_child(self, &child, &kin_actor, NULL) != THS_OK)
			continue;
		if (i % 3 == 0 && ths_monitor(self, child) == THS_OK &&
		    i % 6 == 0)
			(void)ths_demonitor(self, child);
		if (i % 5 == 0)
			ths_send(self, child, grow,
			    .depth = grow->depth - 1);
		ths_send(self, child, fail);
		/* It does not handle that. */
		ths_send(self, child, page, .text = { text, sizeof(text) });
		if (i % 4 == 0)
			ths_send(self, child, ths_exit_request);
	}
	return THS_OK;
}

static void
play_wide(struct world *world)
{
	ths_address root;

	if (ths_spawn(world->vm, &root, &kin_actor, NULL) != THS_OK)
		return;
	(void)ths_tell(world->vm, root, grow, .depth = 2);
	ths_vm_run(world->vm, 20);
	(void)ths_tell(world->vm, root, ths_exit_request);
	ths_vm_run(world->vm, 0);
}

/* --------------------------------------------------------- the manifold one */

THS_SIGNAL(early)
THS_SIGNAL(act)
THS_MESSAGE(card, THS_FIELD(ths_string, text))

enum { TIMEOUT_MS = 20 };

struct jack {
	ths_mail *kept;
	int acts;
};

static ths_status jack_act(ths_self *self, struct jack *jack,
    const struct act *act);

static ths_status
jack_early(ths_self *self, struct jack *jack, const struct early *early)
{
	(void)early;
	if (jack->acts == 0)
		return ths_stash(self);
	jack->kept = ths_keep(self);
	return ths_mail_status(jack->kept);
}

static ths_status
jack_fail(ths_self *self, struct jack *jack, const struct fail *fail)
{
	(void)jack, (void)fail;
	return ths_fail(self, "as asked");
}

static ths_status
jack_exit_told(ths_self *self, struct jack *jack, const struct ths_down *down)
{
	(void)self, (void)jack, (void)down;
	return THS_OK;
}

static ths_status
jack_card(ths_self *self, struct jack *jack, const struct card *card)
{
	(void)self, (void)jack;
	cr_assert_str_eq(card->text, "queen");
	return THS_OK;
}

static ths_status
jack_woken(ths_self *self, struct jack *jack, const struct ths_wakeup *wakeup)
{
	(void)jack;
	cr_assert(ths_timer_cancel(self, wakeup->timer) ||
	    wakeup->payload == 0);
	return THS_OK;
}

static ths_status
jack_poisoned(ths_self *self, struct jack *jack,
    const struct ths_poison *poison)
{
	(void)self, (void)jack;
	cr_assert_str_eq(poison->details, "as asked");
	return THS_OK;
}

#define JACK_ROWS THS_ON(early, jack_early), THS_ON(act, jack_act), \
	THS_ON(fail, jack_fail), THS_ON(ths_down, jack_exit_told), \
	THS_ON(card, jack_card), THS_ON(ths_wakeup, jack_woken)
THS_ACTOR(jack, struct jack, JACK_ROWS)
THS_ACTOR(queen, struct jack, JACK_ROWS, THS_ON(ths_poison, jack_poisoned))

static const ths_child_spec court[] = {
	{ .name = "knave", .actor = &queen_actor, .restart = THS_TRANSIENT },
};
THS_SUPERVISOR(throne, .children = court, .children_length = 1)

static void
expect(ths_status status)
{
	cr_assert(status == THS_OK || status == THS_NO_MEMORY, "%s",
	    ths_status_text(status));
}

static ths_status
jack_answered(ths_self *self, void *state, uint64_t context,
    const ths_mail *answer)
{
	(void)self, (void)state, (void)context;
	cr_assert_neq(ths_mail_status(answer), THS_OK);
	return THS_OK;
}

/* A card written where it will lie. */
static void
send_card(ths_self *self)
{
	struct card *card = ths_new(self, card, sizeof("queen"));
	char *text;

	if (card == NULL)
		return;
	text = ths_new_part(self, card, sizeof("queen"));
	card->text = strcpy(text, "queen");
	cr_assert_eq(ths_send_new(self, ths_me(self), card), THS_OK);
}

static ths_status
jack_act(ths_self *self, struct jack *jack, const struct act *act)
{
	static const ths_pair wishes[] = { THS_PAIR_STRING("suit", "hearts") };
	ths_spawn_options options = { .requirements = { wishes, 1 },
		.name = "queen" };
	const ths_variant yes = { .kind = THS_KIND_BOOL, .truth = true };
	ths_address queen = THS_NOBODY;
	ths_address throne = THS_NOBODY;

	(void)act;
	if (jack->acts++ > 0)
		return THS_OK;
	ths_handle_dead_letters(self, true);
	expect(ths_name_register(self, "jack"));
	expect(ths_timer_every(self, THS_MILLISECONDS(1), 1, NULL));
	expect(ths_timer_set(self, 0, 0, NULL));
	expect(ths_self_capability_set(self, "suit", &yes));
	expect(ths_spawn_child(self, &queen, &queen_actor, &options));
	expect(ths_spawn_child(self, &throne, &throne_actor, NULL));
	expect(ths_monitor(self, queen));
	expect(ths_call_from(self, queen, THS_MILLISECONDS(TIMEOUT_MS),
	    jack_answered, 1, page));
	expect(ths_call_from(self, queen, THS_FOREVER, jack_answered, 1, grow));
	expect(ths_become(self, &queen_actor));
	send_card(self);
	ths_send(self, queen, fail);
	ths_send(self, queen, ths_exit_request);
	ths_send(self, throne, ths_children_count);
	(void)ths_unstash_all(self);
	return THS_OK;
}

/* Whoever looks, or asks, gets an answer or the reason why not. */
static void
look_around(struct world *world, ths_address jack)
{
	static char text[8192];
	ths_client *client = NULL;
	ths_address throne = THS_NOBODY;
	ths_mail *mail;

	if (ths_actor_children(world->vm, jack, &throne, 1) > 0)
		cr_assert_gt(ths_supervision_print(world->vm, throne,
		    THS_MILLISECONDS(TIMEOUT_MS), text, sizeof(text)), 0);
	cr_assert_gt(ths_vm_report(world->vm, NULL, text, sizeof(text)), 0);
	expect(ths_client_open(world->vm, &client));
	mail = ths_call_message(world->vm, client, jack,
	    THS_MILLISECONDS(TIMEOUT_MS), &page_type, &(struct page){
	    .text = { text, sizeof(text) } });
	cr_assert_neq(ths_mail_status(mail), THS_OK);
	ths_mail_free(mail);
	ths_client_close(client);
}

static void
play_manifold(struct world *world)
{
	ths_address jack;

	if (ths_spawn(world->vm, &jack, &jack_actor, NULL) != THS_OK)
		return;
	(void)ths_tell(world->vm, jack, early);
	(void)ths_tell(world->vm, jack, act);
	ths_vm_run(world->vm, 0);
	world_sleep_ms(2);
	ths_vm_run(world->vm, 0);
	look_around(world, jack);
	(void)ths_tell(world->vm, jack, ths_exit_request);
	ths_vm_run(world->vm, 0);
}

/* ---------------------------------------------------------------- the lives */

typedef void play_function(struct world *world);

/* One life of a VM; how often it asked for memory. */
static int
live(play_function *play, int fails_at, bool stays_poor)
{
	struct purse purse = { .fails_at = fails_at, .stays_poor = stays_poor,
		.is_spared = true };
	ths_allocator allocator = { take, give, &purse };
	struct world world;

	world_begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
	    .allocator = &allocator });
	purse.is_spared = false;
	play(&world);
	/* With no memory to ask them, they are ended without being asked. */
	(void)world_end_within(&world, THS_SECONDS(5));
	return purse.calls;
}

/* Lets one call of the allocator after the other fail, or a part of them. */
static void
live_poorly(play_function *play, bool stays_poor)
{
	int calls = live(play, 0, false);

	cr_assert_gt(calls, 10);
	for (int i = 1; i <= calls; i += 1 + calls / ROUNDS)
		live(play, i, stays_poor);
}

Test(scarce, memory_that_is_missing_once_costs_no_account, .timeout = 60)
{
	live_poorly(play_wide, false);
}

Test(scarce, memory_that_is_gone_for_good_costs_no_account, .timeout = 60)
{
	live_poorly(play_wide, true);
}

Test(scarce, memory_that_is_missing_once_leaves_everything_usable,
    .timeout = 60)
{
	live_poorly(play_manifold, false);
}

Test(scarce, memory_that_is_gone_for_good_leaves_a_reason, .timeout = 60)
{
	live_poorly(play_manifold, true);
}
