/* SPDX-License-Identifier: MIT */
/*
 * drought: each thing an actor can do, with so few free envelopes of every size
 * and so few calls of the allocator left that each of its steps fails in turn.
 * It answers THS_NO_MEMORY and has done nothing, or it works; afterwards the
 * same actor can do it, and nothing is lost.
 *
 * (test_scarce.c lets the allocator fail; but most of what a VM takes are
 * envelopes that it has already.  Here a test has taken those.)
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/vm/world.h"

enum {
	EACH_MAX = 3,  /* free envelopes of one size, less one */
	SIZES = 4,     /* that are given out one by one; of the others, none */
	CALLS_MAX = 3, /* of the allocator, less one */
	SLOTS_MAX = 160, /* used by a handful of actors, caches included */
	CASES = EACH_MAX * EACH_MAX * EACH_MAX * EACH_MAX * CALLS_MAX,
};

/* All cases; where tests run in one process, which is slow, some of all kinds:
 * it has no factor in common with EACH_MAX and CALLS_MAX. */
#ifdef THS_IN_PROCESS
enum { STEP = 7 };
#else
enum { STEP = 1 };
#endif

THS_SIGNAL(go)
THS_SIGNAL(ping)
THS_SIGNAL(question)
THS_SIGNAL(unheard)
THS_SIGNAL(failing)
THS_SIGNAL(leave)
THS_MESSAGE(answer, THS_FIELD(int32_t, number))
THS_MESSAGE(luggage, THS_FIELD(ths_string, text))

static uint64_t time_ns;

static uint64_t
now(void *context)
{
	(void)context;
	return time_ns;
}

static const struct clock still_clock = { .now = now };

/* ------------------------------------------------------------- the drought */

struct purse {
	bool is_shut;
	int left; /* calls that succeed while it is shut */
	int refused;
};

static void *
take(void *context, size_t size, size_t alignment)
{
	struct purse *purse = context;
	void *memory = NULL;

	if (purse->is_shut && purse->left-- <= 0) {
		purse->refused++;
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

static struct purse purse;

/* All free envelopes of the VM, by size. */
static struct envelope *hoard[ENVELOPE_CLASSES];

static void
hoard_from(struct pool_cache *cache)
{
	for (unsigned i = 0; i < ENVELOPE_CLASSES; i++) {
		uint32_t size = envelope_block_size(i) - ENVELOPE_HEADER_SIZE;
		struct envelope *envelope;

		if (size > ENVELOPE_MESSAGE_MAX)
			size = ENVELOPE_MESSAGE_MAX;
		while ((envelope = pool_take(cache, size)) != NULL) {
			envelope->next = hoard[i];
			hoard[i] = envelope;
		}
	}
}

static struct pool_cache *
worker_cache(const struct world *world)
{
	return &world->vm->crews[0].cache;
}

/* Gives `count` of one size to the worker. */
static void
allow(const struct world *world, unsigned size_class, int count)
{
	while (count-- > 0 && hoard[size_class] != NULL) {
		struct envelope *envelope = hoard[size_class];

		hoard[size_class] = envelope->next;
		pool_give(worker_cache(world), envelope);
	}
}

/* Nobody is inside the VM here, so all its caches are the test's. */
static void
begin_drought(const struct world *world)
{
	struct ths_client *client = client_first(world->vm);

	/* So that there are some of each size to give out. */
	for (unsigned i = 0; i < SIZES; i++)
		pool_give(worker_cache(world), pool_take(worker_cache(world),
		    envelope_block_size(i) - ENVELOPE_HEADER_SIZE));
	purse = (struct purse){ .is_shut = true };
	for (; client != NULL; client = client->next)
		hoard_from(&client->crew.cache);
	hoard_from(worker_cache(world));
}

static void
end_drought(const struct world *world)
{
	purse.is_shut = false;
	for (unsigned i = 0; i < ENVELOPE_CLASSES; i++) {
		while (hoard[i] != NULL)
			allow(world, i, 1);
	}
}

/* What is left in one of the cases, counted from 0: the first has nothing. */
static void
allow_case(const struct world *world, int number)
{
	purse.left = number % CALLS_MAX;
	number /= CALLS_MAX;
	for (unsigned i = 0; i < SIZES; i++, number /= EACH_MAX)
		allow(world, i, number % EACH_MAX);
}

/* -------------------------------------------------------------- the actors */

struct deed;

static struct {
	const struct deed *deed;
	ths_status done;  /* what the deed answered, last time */
	int attempts;
	int results;      /* what it should bring later has come */
	int sad_results;  /* or word that it will not */
	int pings;
	int told;
	bool is_retried;  /* the second time, with memory */
	ths_address peer;
	ths_mail *kept;
	char why[THS_FAILURE_TEXT_SIZE];
} notes;

/* What an actor does, and what follows from it. */
struct deed {
	const char *name;
	ths_status (*try)(ths_self *self);
	int results;      /* that follow each success */
	bool is_free;     /* needs no memory */
	bool is_once;     /* of a VM, before it has it for good */
};

static ths_status
peer_asked(ths_self *self, ths_nothing *state, const struct question *question)
{
	(void)state, (void)question;
	return ths_reply(self, answer, .number = 1);
}

static ths_status
peer_leaves(ths_self *self, ths_nothing *state, const struct leave *leave)
{
	(void)state, (void)leave;
	ths_exit(self);
	return THS_OK;
}

static ths_status
peer_fails(ths_self *self, ths_nothing *state, const struct failing *failing)
{
	(void)state, (void)failing;
	return ths_fail(self, "as asked");
}

static ths_status
peer_carries(ths_self *self, ths_nothing *state, const struct luggage *luggage)
{
	(void)self, (void)state;
	notes.results += luggage->text[0] == 'x';
	return THS_OK;
}

THS_ACTOR(peer, ths_nothing, THS_ON(question, peer_asked),
    THS_ON(leave, peer_leaves), THS_ON(failing, peer_fails),
    THS_ON(luggage, peer_carries))

struct large { unsigned char bytes[THS_FLAT_SIZE_MAX + 4096]; };
struct middling { unsigned char bytes[200]; };

static ths_status
large_start(ths_self *self, struct large *large, const struct luggage *luggage)
{
	(void)self, (void)large;
	notes.results += luggage->text[0] == 'x';
	return THS_OK;
}

static ths_status
middling_start(ths_self *self, struct middling *middling)
{
	(void)middling;
	notes.results += ths_map_get(ths_requirements(self), "speed") != NULL;
	return THS_OK;
}

THS_ACTOR(large, struct large, THS_START(luggage, large_start))
THS_ACTOR(middling, struct middling, THS_INIT(middling_start))

static ths_status
hero_go(ths_self *self, ths_nothing *state, const struct go *go)
{
	(void)state, (void)go;
	notes.attempts++;
	notes.done = notes.deed->try(self);
	return THS_OK;
}

static ths_status
hero_pinged(ths_self *self, ths_nothing *state, const struct ping *ping)
{
	(void)self, (void)state, (void)ping;
	notes.pings++;
	ths_mail_free(notes.kept);
	notes.kept = NULL;
	ths_unstash_all(self);
	return THS_OK;
}

static ths_status
hero_told(ths_self *self, ths_nothing *state, const struct ths_down *down)
{
	(void)self, (void)state;
	notes.results += ths_address_equal(down->whom, notes.peer);
	return THS_OK;
}

static ths_status
hero_woken(ths_self *self, ths_nothing *state, const struct ths_wakeup *wakeup)
{
	(void)self, (void)state, (void)wakeup;
	notes.results++;
	return THS_OK;
}

static ths_status
hero_poisoned(ths_self *self, ths_nothing *state,
    const struct ths_poison *poison)
{
	(void)self, (void)state;
	cr_assert_str_eq(poison->details, "as asked");
	notes.told++;
	return THS_OK;
}

static ths_status
hero_letter(ths_self *self, ths_nothing *state,
    const struct ths_dead_letter *letter)
{
	(void)self, (void)state, (void)letter;
	notes.told++;
	return THS_OK;
}

static ths_status
hero_left(ths_self *self, ths_nothing *state,
    const struct ths_actor_exited *exited)
{
	(void)self, (void)state;
	notes.told++;
	snprintf(notes.why, sizeof(notes.why), "%s", exited->why);
	return THS_OK;
}

#define HERO_ROWS THS_ON(go, hero_go), THS_ON(ping, hero_pinged), \
	THS_ON(ths_down, hero_told), THS_ON(ths_wakeup, hero_woken), \
	THS_ON(ths_poison, hero_poisoned), \
	THS_ON(ths_dead_letter, hero_letter), \
	THS_ON(ths_actor_exited, hero_left)
THS_ACTOR(hero, ths_nothing, HERO_ROWS)
THS_ACTOR(other_hero, ths_nothing, HERO_ROWS)

/* --------------------------------------------------------------- the deeds */

static ths_status
keep(ths_self *self)
{
	ths_mail *mail = ths_keep(self);

	if (ths_mail_status(mail) == THS_OK) {
		cr_assert_not_null(ths_mail_as(mail, go));
		notes.kept = mail;
	}
	return ths_mail_status(mail);
}

/* What was put aside comes once more. */
static ths_status
stash(ths_self *self)
{
	if (notes.kept == NULL && notes.results == 0 && notes.attempts == 1 +
	    (int)notes.is_retried) {
		ths_status status = ths_stash(self);

		notes.attempts -= status == THS_OK;
		notes.is_retried |= status == THS_OK;
		return status;
	}
	notes.results++;
	return THS_OK;
}

static ths_status
become(ths_self *self)
{
	return ths_become(self, &other_hero_actor);
}

static ths_status
draft(ths_self *self)
{
	struct luggage *luggage = ths_new(self, luggage, 400);
	char *text;

	if (luggage == NULL)
		return THS_NO_MEMORY;
	text = ths_new_part(self, luggage, 400);
	cr_assert_not_null(text);
	memset(text, 'x', 399);
	text[399] = '\0';
	luggage->text = text;
	return ths_send_new(self, notes.peer, luggage);
}

static ths_status
hero_answered(ths_self *self, void *state, uint64_t context,
    const ths_mail *mail)
{
	(void)self, (void)state;
	cr_assert_eq(context, 7);
	notes.results++;
	notes.sad_results += ths_mail_as(mail, answer) == NULL;
	return THS_OK;
}

static ths_status
call(ths_self *self)
{
	return ths_call_from(self, notes.peer, THS_SECONDS(1), hero_answered,
	    7, question);
}

static ths_status
call_for_ever(ths_self *self)
{
	return ths_call_from(self, notes.peer, THS_FOREVER, hero_answered, 7,
	    unheard);
}

static ths_status
monitor(ths_self *self)
{
	return ths_monitor(self, notes.peer);
}

/* A monitor is not felt any more, whether or not the other side can be told. */
static ths_status
demonitor(ths_self *self)
{
	ths_status status = ths_monitor(self, notes.peer);

	if (status == THS_OK)
		cr_assert(ths_demonitor(self, notes.peer));
	return status;
}

static ths_status
name(ths_self *self)
{
	return ths_name_register(self, "hero");
}

static ths_status
timer(ths_self *self)
{
	return ths_timer_set(self, THS_SECONDS(1), 0, NULL);
}

static ths_status
spawn(ths_self *self, const ths_actor *actor, const ths_spawn_options *options)
{
	ths_address child = THS_NOBODY;
	ths_status status = ths_spawn_child(self, &child, actor, options);

	cr_assert_eq(ths_address_is_nobody(child), status != THS_OK);
	return status;
}

static ths_status
spawn_large(ths_self *self)
{
	const ths_spawn_options options = { .start = THS_ANY(luggage,
	    .text = "xyz") };

	return spawn(self, &large_actor, &options);
}

static ths_status
spawn_choosy(ths_self *self)
{
	static const ths_pair wanted[] = { THS_PAIR_BOOL("speed", true) };
	const ths_spawn_options options = { .requirements = { wanted, 1 } };

	return spawn(self, &middling_actor, &options);
}

static ths_status
spawn_named(ths_self *self)
{
	const ths_spawn_options options = { .name = "young" };

	return spawn(self, &peer_actor, &options);
}

static ths_status
capability(ths_self *self)
{
	ths_vm *vm = ths_self_vm(self);
	const ths_capabilities *before = ths_capabilities_hold(vm);
	const ths_variant yes = { .kind = THS_KIND_BOOL, .truth = true };
	bool had = ths_map_get(ths_capabilities_map(before), "x") != NULL;
	ths_status status = ths_self_capability_set(self, "x",
	    had ? NULL : &yes);
	const ths_capabilities *after = ths_capabilities_hold(vm);

	cr_assert_eq(before == after, status != THS_OK);
	ths_capabilities_drop(before);
	ths_capabilities_drop(after);
	return status;
}

static ths_status
try_send(ths_self *self)
{
	return ths_try_send(self, notes.peer, luggage, .text = "x");
}

static ths_status
forward(ths_self *self)
{
	/* Its new receiver does not know it; that is a dead letter. */
	return ths_forward(self, notes.peer);
}

static const struct deed deeds[] = {
	{ "keep", keep },
	{ "stash", stash, .results = 1 },
	{ "become", become },
	{ "draft", draft, .results = 1 },
	{ "call", call, .results = 1 },
	{ "call for ever", call_for_ever, .results = 1 },
	{ "monitor", monitor, .results = 1 },
	{ "demonitor", demonitor },
	{ "name", name, .is_once = true },
	{ "timer", timer, .results = 1, .is_once = true },
	{ "spawn large", spawn_large, .results = 1 },
	{ "spawn with requirements", spawn_choosy, .results = 1 },
	{ "spawn by name", spawn_named, .is_once = true },
	{ "capability", capability },
	{ "try_send", try_send, .results = 1 },
	{ "forward", forward, .is_free = true },
};
enum { DEEDS = sizeof(deeds) / sizeof(deeds[0]) };

/* ------------------------------------------------------------- the stories */

static void
run(const struct world *world)
{
	ths_vm_run(world->vm, 0);
}

static void
begin(struct world *world)
{
	static ths_allocator allocator = { take, give, &purse };
	const struct vm_ports ports = { .clock = &still_clock };

	time_ns = 1;
	purse = (struct purse){ 0 };
	memset(&notes, 0, sizeof(notes));
	cr_assert_eq(world_try(world, (ths_vm_config){
	    .mode = THS_MODE_INLINE, .allocator = &allocator }, &ports),
	    THS_OK);
}

/* Lets what was done have its results: the peer leaves, and time passes. */
static void
let_it_come(const struct world *world)
{
	run(world);
	cr_assert_eq(ths_tell(world->vm, notes.peer, leave), THS_OK);
	run(world);
	time_ns += (uint64_t)THS_SECONDS(2);
	run(world);
}

/* A hero does the deed once, with what a case leaves; number -1: with all. */
static void
live_once(struct world *world, ths_address hero, int number)
{
	notes.peer = world_spawn(world, &peer_actor);
	run(world);
	notes.done = THS_FAILED;
	notes.results = notes.sad_results = notes.attempts = 0;
	notes.is_retried = false;
	cr_assert_eq(ths_tell(world->vm, hero, go), THS_OK);
	if (number >= 0) {
		begin_drought(world);
		allow_case(world, number);
		run(world);
		end_drought(world);
	}
	let_it_come(world);
	cr_assert_eq(ths_tell(world->vm, hero, ping), THS_OK);
	run(world);
}

static void
check(const struct deed *deed, int number, bool has_memory)
{
	int wanted = notes.done == THS_OK ? deed->results : 0;

	cr_assert_eq(notes.attempts, 1, "%s, case %d: %d attempts",
	    deed->name, number, notes.attempts);
	cr_assert(notes.done == THS_OK || (notes.done == THS_NO_MEMORY &&
	    !has_memory), "%s, case %d: %s", deed->name, number,
	    ths_status_text(notes.done));
	cr_assert_eq(notes.results, wanted, "%s, case %d: %s, %d results",
	    deed->name, number, ths_status_text(notes.done), notes.results);
}

/* True when the deed could not be done in this case. */
static bool
live(struct world *world, const struct deed *deed, int number)
{
	ths_address hero = world_spawn(world, &hero_actor);
	int64_t out;
	bool is_refused;

	notes.deed = deed;
	notes.pings = 0;
	run(world);
	out = world_envelopes_out(world);
	live_once(world, hero, number);
	check(deed, number, false);
	is_refused = notes.done == THS_NO_MEMORY;
	live_once(world, hero, -1);
	check(deed, number, true);
	cr_assert_eq(notes.pings, 2, "%s, case %d", deed->name, number);
	cr_assert_eq(ths_tell(world->vm, hero, ths_exit_request), THS_OK);
	run(world);
	cr_assert_eq(world_status(world).queued, 0);
	cr_assert(deed->try == spawn_named ||
	    world_envelopes_out(world) <= out, "%s, case %d: %d lost",
	    deed->name, number, (int)(world_envelopes_out(world) - out));
	return is_refused;
}

static void
live_all_cases(const struct deed *deed)
{
	struct world world;
	int refused = 0;

	begin(&world);
	for (int number = 0; number < CASES; number += STEP) {
		bool is_refused = live(&world, deed, number);

		cr_assert(number > 0 || is_refused == !deed->is_free,
		    "%s without any memory", deed->name);
		refused += is_refused;
		if (deed->is_once) {
			world_end(&world);
			begin(&world);
		}
	}
	cr_assert_lt(refused, (CASES + STEP - 1) / STEP, "%s is never done",
	    deed->name);
	cr_assert_leq(slots_used(&world.vm->slots), SLOTS_MAX,
	    "%s loses slots: %u", deed->name,
	    slots_used(&world.vm->slots));
	world_end(&world);
}

Test(drought, lets_each_deed_be_done_or_not_begun, .timeout = 60)
{
	for (int i = 0; i < DEEDS; i++)
		live_all_cases(&deeds[i]);
}

/* -------------------------------------------------- what others hear of it */

/* A hero that does this deed, with a peer. */
static ths_address
hero_for(struct world *world, const struct deed *deed)
{
	ths_address hero;

	begin(world);
	notes.deed = deed;
	notes.peer = world_spawn(world, &peer_actor);
	hero = world_spawn(world, &hero_actor);
	run(world);
	return hero;
}

/* Without any memory but `count` envelopes of the smallest size. */
static void
go_dry(const struct world *world, ths_address hero, int count)
{
	if (!ths_address_is_nobody(hero))
		cr_assert_eq(ths_tell(world->vm, hero, go), THS_OK);
	begin_drought(world);
	allow(world, 0, count);
	run(world);
}

static ths_status
let_fail(ths_self *self)
{
	return ths_send(self, notes.peer, failing);
}

Test(drought, loses_poison_as_a_dead_letter)
{
	const struct deed deed = { "poison", let_fail };

	for (int number = 0; number < CASES; number += STEP) {
		struct world world;
		ths_address hero = hero_for(&world, &deed);
		ths_vm_status status;

		cr_assert_eq(ths_tell(world.vm, hero, go), THS_OK);
		begin_drought(&world);
		allow_case(&world, number);
		run(&world);
		end_drought(&world);
		run(&world);
		status = world_status(&world);
		/* The question itself finds no memory, or its poison. */
		cr_assert_eq(status.failed, status.poisoned);
		cr_assert_eq((uint64_t)notes.told +
		    status.dead[THS_DEAD_NO_MEMORY], 1, "case %d", number);
		world_end(&world);
	}
}

enum { LETTERS = 5 };

static ths_status
let_die(ths_self *self)
{
	ths_handle_dead_letters(self, true);
	return THS_OK;
}

/* Of each message that is lost one account is kept, whether or not there is
 * memory to tell the one who handles dead letters. */
Test(drought, counts_a_dead_letter_once_told_or_not)
{
	const struct deed deed = { "undertaker", let_die };
	struct world world;
	ths_address hero = hero_for(&world, &deed);
	ths_vm_status status;
	uint64_t absorbed;

	cr_assert_eq(ths_tell(world.vm, hero, go), THS_OK);
	run(&world);
	absorbed = world_status(&world).absorbed;
	for (int i = 0; i < LETTERS; i++)
		cr_assert_eq(ths_tell(world.vm, notes.peer, unheard), THS_OK);
	go_dry(&world, THS_NOBODY, 0);
	end_drought(&world);
	run(&world);
	status = world_status(&world);
	cr_assert_eq(status.dead[THS_DEAD_UNHANDLED], LETTERS);
	cr_assert_eq(status.dead[THS_DEAD_NO_MEMORY], 0);
	cr_assert_eq(status.absorbed - absorbed + (uint64_t)notes.told,
	    LETTERS);
	cr_assert_lt(notes.told, LETTERS);
	world_end(&world);
}

static ths_status
child_crashes(ths_self *self, ths_nothing *state, const struct leave *leave)
{
	(void)state, (void)leave;
	return ths_crash(self, "it hurts");
}

THS_ACTOR(crasher, ths_nothing, THS_ON(leave, child_crashes))

static ths_status
have_crasher(ths_self *self)
{
	return ths_spawn_child(self, &notes.peer, &crasher_actor, NULL);
}

/* The end itself is told without memory; its last words need some. */
Test(drought, tells_a_parent_of_an_end_all_the_same)
{
	const struct deed deed = { "crash", have_crasher };

	for (int has_words = 0; has_words < 2; has_words++) {
		struct world world;
		ths_address hero = hero_for(&world, &deed);

		cr_assert_eq(ths_tell(world.vm, hero, go), THS_OK);
		run(&world);
		cr_assert_eq(notes.done, THS_OK);
		cr_assert_eq(ths_tell(world.vm, notes.peer, leave), THS_OK);
		go_dry(&world, THS_NOBODY, has_words);
		cr_assert_eq(notes.told, 1);
		cr_assert_str_eq(notes.why, has_words ? "it hurts" :
		    ths_exit_reason_text(THS_EXIT_CRASHED));
		end_drought(&world);
		world_end(&world);
	}
}

static ths_status
have_peer_or_kill(ths_self *self)
{
	return ths_children(self, NULL, 0) == 0 ?
	    ths_spawn_child(self, &notes.peer, &peer_actor, NULL) :
	    ths_kill(self, notes.peer);
}

Test(drought, kills_a_child_or_leaves_it_alone)
{
	const struct deed deed = { "kill", have_peer_or_kill };
	struct world world;
	ths_address hero = hero_for(&world, &deed);
	ths_actor_status status;

	cr_assert_eq(ths_tell(world.vm, hero, go), THS_OK);
	run(&world);
	go_dry(&world, hero, 0);
	cr_assert_eq(notes.done, THS_NO_MEMORY);
	cr_assert_eq(ths_actor_status_read(world.vm, notes.peer, &status),
	    THS_OK);
	cr_assert_not(status.is_exiting);
	end_drought(&world);
	cr_assert_eq(ths_tell(world.vm, hero, go), THS_OK);
	run(&world);
	cr_assert_eq(notes.done, THS_OK);
	cr_assert_eq(notes.told, 1);
	world_end(&world);
}

static ths_status
have_peer_or_exit(ths_self *self)
{
	if (ths_children(self, NULL, 0) == 0)
		return ths_spawn_child(self, &notes.peer, &peer_actor, NULL);
	ths_exit(self);
	return THS_OK;
}

/* An actor that cannot ask its child ends without it, and the log says so. */
Test(drought, keeps_nobody_from_ending)
{
	const struct deed deed = { "exit", have_peer_or_exit };
	struct world world;
	ths_address hero = hero_for(&world, &deed);
	ths_actor_status status;

	cr_assert_eq(ths_tell(world.vm, hero, go), THS_OK);
	run(&world);
	go_dry(&world, hero, 0);
	end_drought(&world);
	cr_assert_eq(world_logged(&world, "no memory to ask its child"), 1);
	cr_assert_eq(ths_actor_status_read(world.vm, hero, &status), THS_GONE);
	cr_assert_eq(ths_actor_status_read(world.vm, notes.peer, &status),
	    THS_OK);
	world_end(&world);
}

static ths_status
tick(ths_self *self)
{
	return ths_timer_every(self, THS_SECONDS(1), 0, NULL);
}

/* A wake-up that finds no memory comes when there is some; a periodic one loses
 * the periods that have passed, and goes on. */
Test(drought, only_delays_wake_ups)
{
	const struct deed once = { "timer", timer };
	const struct deed often = { "ticks", tick };

	for (int is_periodic = 0; is_periodic < 2; is_periodic++) {
		struct world world;
		ths_address hero = hero_for(&world, is_periodic ? &often :
		    &once);

		cr_assert_eq(ths_tell(world.vm, hero, go), THS_OK);
		run(&world);
		begin_drought(&world);
		for (int i = 0; i < 3; i++) {
			time_ns += (uint64_t)THS_MILLISECONDS(1500);
			run(&world);
		}
		cr_assert_eq(notes.results, 0);
		end_drought(&world);
		time_ns += (uint64_t)THS_MILLISECONDS(2);
		run(&world);
		cr_assert_eq(notes.results, 1);
		time_ns += (uint64_t)THS_SECONDS(1);
		run(&world);
		cr_assert_eq(notes.results, 1 + is_periodic);
		world_end(&world);
	}
}

/* ------------------------------------------------------------ from outside */

static void
check_refused(ths_mail *mail, ths_status status)
{
	cr_assert_eq(ths_mail_status(mail), status, "%s",
	    ths_status_text(ths_mail_status(mail)));
	ths_mail_free(mail);
}

Test(drought, is_told_to_whoever_calls_from_outside)
{
	struct world world;
	ths_address fresh = THS_NOBODY;
	ths_client *client = NULL;

	(void)hero_for(&world, NULL);
	cr_assert_eq(ths_tell(world.vm, notes.peer, ping), THS_OK);
	run(&world);
	begin_drought(&world);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_NO_MEMORY);
	cr_assert_null(client);
	cr_assert_eq(ths_spawn(world.vm, &fresh, &large_actor,
	    &(ths_spawn_options){ .start = THS_ANY(luggage, .text = "x") }),
	    THS_NO_MEMORY);
	cr_assert(ths_address_is_nobody(fresh));
	check_refused(ths_call(world.vm, notes.peer, THS_FOREVER, question),
	    THS_NO_MEMORY);
	check_refused(ths_ask(world.vm, notes.peer, THS_FOREVER, question),
	    THS_NO_MEMORY);
	/* Accepted, as every ths_send(), and dead. */
	cr_assert_neq(ths_tell(world.vm, notes.peer, question),
	    THS_BAD_ARGUMENT);
	end_drought(&world);
	cr_assert_eq(world_dead(&world, THS_DEAD_NO_MEMORY), 3);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	ths_client_close(client);
	check_refused(ths_call(world.vm, notes.peer, THS_FOREVER, question),
	    THS_OK);
	world_end(&world);
}

/* What a thread is told, and how much is counted of it. */
struct telling {
	struct world *world;
	ths_status status[2];
	uint64_t accepted[2];
	uint64_t dead[2];
};

/* Twice in a drought: before this thread has a client, and after. */
static void *
tell_dry(void *context)
{
	struct telling *telling = context;
	struct world *world = telling->world;

	for (int i = 0; i < 2; i++) {
		ths_vm_status before = world_status(world), after;

		begin_drought(world);
		telling->status[i] = ths_tell(world->vm, notes.peer, ping);
		end_drought(world);
		after = world_status(world);
		telling->accepted[i] = after.accepted - before.accepted;
		telling->dead[i] = after.dead[THS_DEAD_NO_MEMORY] -
		    before.dead[THS_DEAD_NO_MEMORY];
		if (ths_tell(world->vm, notes.peer, ping) != THS_OK)
			telling->status[i] = THS_FAILED;
	}
	return NULL;
}

Test(drought, sends_nothing_for_who_has_no_client_and_else_a_dead_letter)
{
	struct world world;
	struct telling telling = { .world = &world };
	pthread_t thread;

	(void)hero_for(&world, NULL);
	cr_assert_eq(pthread_create(&thread, NULL, tell_dry, &telling), 0);
	pthread_join(thread, NULL);
	cr_assert_eq(telling.status[0], THS_NO_MEMORY);
	cr_assert_eq(telling.accepted[0], 0);
	cr_assert_eq(telling.dead[0], 0);
	cr_assert_eq(telling.status[1], THS_NO_MEMORY);
	cr_assert_eq(telling.accepted[1], 1);
	cr_assert_eq(telling.dead[1], 1);
	world_end(&world);
}

/* The word that there will be no answer needs no memory. */
Test(drought, lets_nobody_wait_for_an_answer_that_cannot_come)
{
	struct world world;
	struct ths_client *client;

	(void)hero_for(&world, NULL);
	cr_assert_eq(ths_tell(world.vm, notes.peer, unheard), THS_OK);
	run(&world);
	client = client_first(world.vm);
	for (int is_call = 0; is_call < 2; is_call++) {
		begin_drought(&world);
		/* Of the smallest size one, the client's. */
		pool_give(&client->crew.cache, hoard[0]);
		hoard[0] = hoard[0]->next;
		check_refused(is_call ?
		    ths_call(world.vm, notes.peer, THS_FOREVER, unheard) :
		    ths_ask(world.vm, notes.peer, THS_FOREVER, unheard),
		    THS_REFUSED);
		end_drought(&world);
	}
	world_end(&world);
}

struct crashing { unsigned char bytes[200]; };

static ths_status
crashing_crashes(ths_self *self, struct crashing *state,
    const struct leave *leave)
{
	(void)state, (void)leave;
	return ths_crash(self, "it hurts");
}

THS_ACTOR(crashing, struct crashing, THS_ON(leave, crashing_crashes))

static const ths_child_spec crashers[] = {
	{ .name = "a", .actor = &crashing_actor },
};
THS_SUPERVISOR(parent, .children = crashers, .children_length = 1,
    .backoff = THS_SECONDS(1))

/* The child of a supervisor ends in a drought: it comes back after that. */
Test(drought, makes_a_supervisor_try_again)
{
	struct world world;
	ths_address parent, child;
	ths_actor_status status;

	begin(&world);
	parent = world_spawn(&world, &parent_actor);
	run(&world);
	cr_assert_eq(ths_actor_children(world.vm, parent, &child, 1), 1);
	cr_assert_eq(ths_tell(world.vm, child, leave), THS_OK);
	go_dry(&world, THS_NOBODY, 0);
	end_drought(&world);
	time_ns += (uint64_t)THS_SECONDS(3);
	run(&world);
	cr_assert_eq(ths_actor_status_read(world.vm, child, &status),
	    THS_GONE);
	cr_assert_eq(ths_actor_children(world.vm, parent, &child, 1), 1);
	cr_assert_eq(ths_tell(world.vm, parent, ths_exit_request), THS_OK);
	run(&world);
	cr_assert_eq(world_status(&world).actors, 0);
	world_end(&world);
}

/* ----------------------------------------------------------------- looking */

static size_t
read_all(int descriptor, char *text, size_t size)
{
	ssize_t length = pread(descriptor, text, size - 1, 0);

	cr_assert_gt(length, 0);
	text[length] = '\0';
	return (size_t)length;
}

/* Who looks at a VM that has no memory sees it. */
Test(drought, hides_nothing_from_who_looks)
{
	static char text[1 << 16];
	struct world world;
	ths_actor_status status;
	char path[] = "/tmp/drought.XXXXXX";
	int file = mkstemp(path);

	cr_assert_geq(file, 0);
	(void)hero_for(&world, NULL);
	cr_assert_eq(ths_tell(world.vm, notes.peer, ping), THS_OK);
	run(&world);
	begin_drought(&world);
	purse.refused = 0;
	cr_assert_eq(ths_actor_status_read(world.vm, notes.peer, &status),
	    THS_OK);
	cr_assert_gt(ths_actor_report(&status, NULL, text, sizeof(text)), 0);
	cr_assert_not_null(strstr(text, "peer"));
	cr_assert_gt(ths_vm_report(world.vm, NULL, text, sizeof(text)), 0);
	cr_assert_gt(ths_vm_status_print(world.vm, text, sizeof(text)), 0);
	ths_vm_dump(world.vm, file);
	(void)read_all(file, text, sizeof(text));
	cr_assert_not_null(strstr(text, "hero"));
	cr_assert_eq(purse.refused, 0); /* nobody asked */
	/* This one asks the actor, and says why it has no answer. */
	cr_assert_gt(ths_supervision_print(world.vm, notes.peer,
	    THS_SECONDS(1), text, sizeof(text)), 0);
	cr_assert_not_null(strstr(text, ths_status_text(THS_NO_MEMORY)));
	end_drought(&world);
	close(file);
	unlink(path);
	world_end(&world);
}
