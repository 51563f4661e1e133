/* SPDX-License-Identifier: MIT */
/* hazards - a world that goes on whatever goes wrong; see hazards.h. */
#include "tests/sim/hazards.h"

#include <stdio.h>
#include <string.h>

enum {
	ACCOUNTS = 3,
	COINS = 4, /* of each account, at first */
	CLERKS = 2,
	DESKS = 2,
	CLIENTS = 3,
	DEEDS = 8, /* of each client */
	LETTER_SIZE_MAX = 20000, /* more than a pool's block has room for */
	MOTH_SIZE = 40000,       /* the same */
};

#define PATIENCE THS_MILLISECONDS(200)
#define NAP THS_MICROSECONDS(300)
#define DELAY THS_MILLISECONDS(3)

THS_MESSAGE(transfer, THS_FIELD(ths_address, to))
THS_MESSAGE(order, THS_FIELD(ths_address, oracle))
THS_MESSAGE(letter, THS_FIELD(ths_string, text))
THS_MESSAGE(crate, THS_BLOB(content))
THS_MESSAGE(total, THS_FIELD(uint32_t, coins))
THS_SIGNAL(coin)
THS_SIGNAL(done)
THS_SIGNAL(audit)
THS_SIGNAL(question)
THS_SIGNAL(answer)
THS_SIGNAL(shove)
THS_SIGNAL(knock)

static struct world {
	struct vm_world base;
	ths_sim_faults faults;
	struct faults seen; /* when the clients were done */
	ths_address accounts[ACCOUNTS];
	ths_address clerks[CLERKS];
	ths_address oracle;
	ths_address office;
	ths_blob hands[CLIENTS]; /* what they have in hand */
	seeds_count left;      /* clients that have done all their deeds */
	seeds_count refunds;
	seeds_count due;       /* that clerks have begun */
	seeds_count come;
	/* Handlers, as the log tells. */
	seeds_count failed;    /* at first */
	seeds_count lost;      /* for good */
	seeds_count shoved;    /* the same, by themselves */
	seeds_count coins_lost;
	seeds_count poisons_lost; /* of accounts */
	seeds_count ends_lost; /* of what clerks have begun */
} world;

/* ------------------------------------------------------- what may go wrong */

static bool
has(ths_sim_fault kind)
{
	return ths_sim_struck(world.base.sim, kind) > 0;
}

/* True for what a thing that needs memory may be answered. */
static bool
is_fair(ths_status status, ths_sim_fault kind)
{
	return status == THS_OK || (status == THS_NO_MEMORY &&
	    (has(kind) || has(THS_SIM_FAULT_MEMORY)));
}

static void
on_log(void *context, ths_log_level level, const char *line)
{
	(void)context;
	if (strstr(line, ": handler of ") == NULL) {
		/* Children that could not be had, and the like. */
		SEEDS_CHECK(level < THS_LOG_ERROR || has(THS_SIM_FAULT_MEMORY));
		return;
	}
	if (strstr(line, ": shoved") != NULL) {
		seeds_add(&world.shoved, 1);
		return;
	}
	SEEDS_CHECK(strstr(line, ": simulated fault") != NULL);
	if (strstr(line, " failed for good: ") == NULL) {
		seeds_add(&world.failed, 1);
		return;
	}
	seeds_add(&world.lost, 1);
	if (strstr(line, "actor account ") != NULL) {
		seeds_add(&world.coins_lost, strstr(line, " of coin ") != NULL);
		seeds_add(&world.poisons_lost,
		    strstr(line, " of ths_poison ") != NULL);
	} else if (strstr(line, "actor clerk ") != NULL) {
		seeds_add(&world.ends_lost, strstr(line, " of order ") == NULL);
	}
}

/* ---------------------------------------------------------------- accounts */

struct account { uint32_t coins; };

static ths_status
account_init(ths_self *self, struct account *account)
{
	(void)self;
	account->coins = COINS;
	return THS_OK;
}

static ths_status
account_transfer(ths_self *self, struct account *account,
    const struct transfer *transfer)
{
	ths_status status;

	if (account->coins > 0) {
		status = ths_try_send(self, transfer->to, coin);
		SEEDS_CHECK(is_fair(status, THS_SIM_FAULT_MEMORY));
		account->coins -= status == THS_OK;
	}
	return ths_reply(self, done);
}

static ths_status
account_coin(ths_self *self, struct account *account, const struct coin *coin)
{
	(void)self, (void)coin;
	account->coins++;
	return THS_OK;
}

static ths_status
account_poison(ths_self *self, struct account *account,
    const struct ths_poison *poison)
{
	(void)self;
	SEEDS_CHECK(strcmp(poison->details, "simulated fault") == 0);
	/* What has no room for the message is a coin, too: there are no other
	 * poisons here. */
	SEEDS_CHECK(poison->message.type == &coin_type ||
	    (poison->message.type == NULL && has(THS_SIM_FAULT_MEMORY)));
	account->coins++;
	seeds_add(&world.refunds, 1);
	return THS_OK;
}

static ths_status
account_audit(ths_self *self, struct account *account,
    const struct audit *audit)
{
	(void)audit;
	return ths_reply(self, total, .coins = account->coins);
}

THS_ACTOR(account, struct account,
    THS_INIT(account_init),
    THS_ON(transfer, account_transfer),
    THS_ON(coin, account_coin),
    THS_ON(ths_poison, account_poison),
    THS_ON(audit, account_audit))

/* ----------------------------------------------------- clerks, their oracle */

static ths_status
oracle_question(ths_self *self, ths_nothing *nothing,
    const struct question *question)
{
	(void)nothing, (void)question;
	return ths_reply(self, answer);
}

THS_ACTOR(oracle, ths_nothing, THS_ON(question, oracle_question))

static ths_status
clerk_answered(ths_self *self, void *state, uint64_t context,
    const ths_mail *mail)
{
	ths_status status = ths_mail_status(mail);

	(void)self, (void)state;
	SEEDS_CHECK(context == 7);
	if (status == THS_FAILED)
		SEEDS_CHECK(has(THS_SIM_FAULT_HANDLER));
	else if (status == THS_TIMEOUT)
		SEEDS_CHECK(has(THS_SIM_FAULT_MEMORY) || has(THS_SIM_FAULT_SLOW) ||
		    has(THS_SIM_FAULT_LATE));
	else
		SEEDS_CHECK(is_fair(status, THS_SIM_FAULT_MEMORY));
	seeds_add(&world.come, 1);
	return THS_OK;
}

static ths_status
clerk_order(ths_self *self, ths_nothing *nothing, const struct order *order)
{
	ths_status status;

	(void)nothing;
	/* It may jump; nothing here goes by it. */
	(void)ths_wall_clock(self);
	status = ths_call_from(self, order->oracle, PATIENCE, clerk_answered,
	    7, question);
	/* Its time-out is a timer. */
	SEEDS_CHECK(is_fair(status, THS_SIM_FAULT_CALL) ||
	    is_fair(status, THS_SIM_FAULT_TIMER));
	seeds_add(&world.due, status == THS_OK);
	status = ths_timer_set(self, DELAY, (uint64_t)(ths_now(self) + DELAY),
	    NULL);
	SEEDS_CHECK(is_fair(status, THS_SIM_FAULT_TIMER));
	seeds_add(&world.due, status == THS_OK);
	return THS_OK;
}

static ths_status
clerk_woken(ths_self *self, ths_nothing *nothing,
    const struct ths_wakeup *wakeup)
{
	(void)nothing;
	(void)ths_wall_clock(self);
	SEEDS_CHECK((uint64_t)ths_now(self) >= wakeup->payload);
	seeds_add(&world.come, 1);
	return THS_OK;
}

THS_ACTOR(clerk, ths_nothing,
    THS_ON(order, clerk_order),
    THS_ON(ths_wakeup, clerk_woken))

/* ------------------------------------------------------------------- desks */

static ths_status
desk_shove(ths_self *self, ths_nothing *nothing, const struct shove *shove)
{
	(void)nothing, (void)shove;
	return ths_crash(self, "shoved");
}

static ths_status
desk_knock(ths_self *self, ths_nothing *nothing, const struct knock *knock)
{
	(void)nothing, (void)knock;
	return ths_reply(self, done);
}

THS_ACTOR(desk, ths_nothing,
    THS_ON(shove, desk_shove),
    THS_ON(knock, desk_knock))

static const ths_child_spec desks[DESKS] = {
	{ .name = "left", .actor = &desk_actor },
	{ .name = "right", .actor = &desk_actor },
};
THS_SUPERVISOR(office, .children = desks, .children_length = DESKS,
    .restarts_max = THS_RESTARTS_MAX, .backoff = THS_MILLISECONDS(1),
    .backoff_max = THS_MILLISECONDS(2))

/* Who is soon gone. */
struct moth { unsigned char dust[MOTH_SIZE]; };

static ths_status
moth_start(ths_self *self, struct moth *moth)
{
	(void)moth;
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(moth, struct moth, THS_START(moth_start))

/* ----------------------------------------------------------------- clients */

static uint32_t
draw(uint32_t n)
{
	return sim_random(world.base.sim, n);
}

/* What a call comes to; it ends with the mail. */
static ths_status
expect(ths_mail *mail)
{
	ths_status status = ths_mail_status(mail);

	ths_mail_free(mail);
	switch (status) {
	case THS_OK:
		break;
	case THS_NO_MEMORY:
		SEEDS_CHECK(has(THS_SIM_FAULT_MEMORY) || has(THS_SIM_FAULT_CALL));
		break;
	case THS_FAILED:
		SEEDS_CHECK(has(THS_SIM_FAULT_HANDLER));
		break;
	case THS_TIMEOUT: /* the question or the answer found no memory */
		SEEDS_CHECK(has(THS_SIM_FAULT_MEMORY) || has(THS_SIM_FAULT_SLOW) ||
		    has(THS_SIM_FAULT_LATE));
		break;
	default:
		SEEDS_CHECK(status == THS_OK);
	}
	return status;
}

/* The address of a desk, or nobody. */
static ths_address
find_desk(uint32_t number)
{
	ths_mail *mail = ths_call(world.base.vm, world.office, PATIENCE,
	    ths_children_list, .from = number);
	const struct ths_children_listed *listed = ths_mail_as(mail,
	    ths_children_listed);
	ths_address address = THS_NOBODY;

	if (listed != NULL) {
		SEEDS_CHECK(listed->children.length == DESKS - number);
		address = listed->children.items[0].child;
	}
	expect(mail);
	return address;
}

static void
visit_desk(void)
{
	ths_address desk = find_desk(draw(DESKS));
	ths_mail *mail;

	if (ths_address_is_nobody(desk))
		return;
	if (draw(2) == 0) {
		SEEDS_CHECK(is_fair(ths_tell(world.base.vm, desk, shove),
		    THS_SIM_FAULT_MEMORY));
		return;
	}
	mail = ths_call(world.base.vm, desk, PATIENCE, knock);
	if (ths_mail_status(mail) == THS_GONE)
		ths_mail_free(mail); /* another has shoved it */
	else
		expect(mail);
}

static void
write_letter(void)
{
	ths_vm *vm = world.base.vm;
	size_t size = 1 + draw(LETTER_SIZE_MAX);
	struct letter *draft = ths_client_new(vm, NULL, letter, size);
	char *text;

	SEEDS_CHECK(draft != NULL || has(THS_SIM_FAULT_MEMORY));
	if (draft == NULL)
		return;
	text = ths_client_new_part(vm, NULL, draft, size);
	SEEDS_CHECK(text != NULL);
	memset(text, 'x', size - 1);
	text[size - 1] = '\0';
	draft->text = text;
	/* Nobody reads it: a dead letter. */
	SEEDS_CHECK(is_fair(ths_client_send_new(vm, NULL, world.oracle, draft),
	    THS_SIM_FAULT_MEMORY));
}

/* What its thread has in hand is noted: the end of a thread gives nothing
 * back. */
static void
ship(ths_blob *blob)
{
	ths_vm *vm = world.base.vm;
	ths_status status;

	status = ths_blob_new(vm, NULL, 1 + draw(LETTER_SIZE_MAX), blob);
	SEEDS_CHECK(is_fair(status, THS_SIM_FAULT_MEMORY));
	if (status != THS_OK)
		return;
	status = ths_tell(vm, world.oracle, crate, .content = *blob);
	SEEDS_CHECK(is_fair(status, THS_SIM_FAULT_MEMORY));
	ths_blob_drop(*blob);
	*blob = (ths_blob){ 0 };
}

static void
watch_a_moth(void)
{
	ths_vm *vm = world.base.vm;
	ths_address moth = THS_NOBODY;
	ths_status status = ths_spawn(vm, &moth, &moth_actor, NULL);

	SEEDS_CHECK(is_fair(status, THS_SIM_FAULT_MEMORY));
	if (status != THS_OK)
		return;
	status = ths_wait(vm, moth, PATIENCE, NULL);
	SEEDS_CHECK(is_fair(status, THS_SIM_FAULT_MEMORY) ||
	    (status == THS_TIMEOUT && (has(THS_SIM_FAULT_SLOW) ||
	    has(THS_SIM_FAULT_LATE))));
}

/* One deed; it holds nothing between two calls that its end would lose. */
static void
act(ths_blob *hand)
{
	ths_vm *vm = world.base.vm;
	ths_address one = world.accounts[draw(ACCOUNTS)];
	ths_address other = world.accounts[draw(ACCOUNTS)];

	switch (draw(7)) {
	case 0:
	case 1:
		expect(ths_call(vm, one, PATIENCE, transfer, .to = other));
		break;
	case 2:
		SEEDS_CHECK(is_fair(ths_tell(vm, world.clerks[draw(CLERKS)],
		    order, .oracle = world.oracle), THS_SIM_FAULT_MEMORY));
		break;
	case 3:
		visit_desk();
		break;
	case 4:
		write_letter();
		break;
	case 5:
		ship(hand);
		break;
	default:
		watch_a_moth();
		break;
	}
}

static void
live(void *hand)
{
	ths_sim_mortal(world.base.sim, true);
	for (int i = 0; i < DEEDS; i++) {
		sim_sleep(world.base.sim, draw(NAP));
		act(hand);
	}
	seeds_add(&world.left, 1);
}

/* -------------------------------------------------------------------- host */

static uint32_t
wager(uint32_t one_in)
{
	return one_in + draw(HAZARDS_ODDS_MAX) * one_in;
}

static uint64_t
mark(uint64_t at)
{
	return at == 0 ? 0 : 1 + draw(at < UINT32_MAX ? (uint32_t)at :
	    UINT32_MAX);
}

/* Chooses how often things go wrong: by number alone, or by odds too. */
static void
choose_faults(void)
{
	const ths_sim_faults *least = &world.base.sim->config.faults;

	world.faults = (ths_sim_faults){
		.memory_at = mark(least->memory_at),
		.handler_at = mark(least->handler_at),
		.slow_at = mark(least->slow_at),
		.slow_max = least->slow_max,
		.late_at = mark(least->late_at),
		.late_max = least->late_max,
		.death_at = mark(least->death_at),
		.call_at = mark(least->call_at),
		.timer_at = mark(least->timer_at),
		.wall_at = mark(least->wall_at),
		.wall_max = least->wall_max,
	};
	if (draw(4) == 0)
		return;
	world.faults.memory_one_in = wager(least->memory_one_in);
	world.faults.handler_one_in = wager(least->handler_one_in);
	world.faults.slow_one_in = wager(least->slow_one_in);
	world.faults.late_one_in = wager(least->late_one_in);
	world.faults.death_one_in = wager(least->death_one_in);
	world.faults.call_one_in = wager(least->call_one_in);
	world.faults.timer_one_in = wager(least->timer_one_in);
	world.faults.wall_one_in = wager(least->wall_one_in);
}

/* Everybody is there when things begin to go wrong. */
static void
settle_in(void)
{
	for (uint32_t i = 0; i < DESKS; i++)
		SEEDS_CHECK(!ths_address_is_nobody(find_desk(i)));
}

static void
knock_at_all(void)
{
	for (uint32_t i = 0; i < DESKS; i++) {
		ths_address desk = find_desk(i);

		SEEDS_CHECK(!ths_address_is_nobody(desk));
		SEEDS_CHECK(expect(ths_call(world.base.vm, desk, PATIENCE,
		    knock)) == THS_OK);
	}
}

static void
count_coins(void)
{
	uint32_t coins = 0;

	for (int i = 0; i < ACCOUNTS; i++) {
		ths_mail *mail = ths_call(world.base.vm, world.accounts[i],
		    PATIENCE, audit);
		const struct total *total = ths_mail_as(mail, total);

		SEEDS_CHECK(total != NULL);
		coins += total->coins;
		ths_mail_free(mail);
	}
	SEEDS_CHECK(coins + world.coins_lost - world.refunds ==
	    ACCOUNTS * COINS);
	SEEDS_CHECK(world.coins_lost >= world.refunds + world.poisons_lost);
	if (!has(THS_SIM_FAULT_MEMORY))
		SEEDS_CHECK(world.coins_lost ==
		    world.refunds + world.poisons_lost);
}

/* Calls find their time-outs, who was shoved last starts anew.  In an inline VM
 * this thread does the work. */
static void
rest(void)
{
	uint64_t until = clock_now(&world.base.sim->clock) +
	    (uint64_t)(2 * PATIENCE);
	uint64_t now;

	while ((now = clock_now(&world.base.sim->clock)) < until) {
		ths_mail *mail = ths_listen(world.base.vm, NULL,
		    (ths_duration)(until - now));
		ths_status status = ths_mail_status(mail);

		ths_mail_free(mail);
		if (status == THS_TIMEOUT)
			break;
	}
}

static void
host(void *argument)
{
	ths_sim *sim = world.base.sim;
	uint32_t clients[CLIENTS];
	ths_vm_status status;

	(void)argument;
	settle_in();
	ths_sim_faults_set(sim, &world.faults);
	for (int i = 0; i < CLIENTS; i++)
		clients[i] = seeds_spawn(sim, "client", live,
		    &world.hands[i]);
	for (int i = 0; i < CLIENTS; i++) {
		sim_join(sim, clients[i]);
		ths_blob_drop(world.hands[i]);
	}
	world.seen = sim->faults;
	ths_sim_faults_set(sim, &(ths_sim_faults){ 0 });
	rest();
	count_coins();
	SEEDS_CHECK(world.due == world.come + world.ends_lost);
	knock_at_all();
	ths_vm_status_read(world.base.vm, &status);
	/* That of home, and this thread's. */
	SEEDS_CHECK(status.clients == 2);
	SEEDS_CHECK(status.timers == 0);
}

static void
start(ths_sim *sim)
{
	bool is_inline = sim_random(sim, 4) == 0;

	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .mode = is_inline ? THS_MODE_INLINE : THS_MODE_LOCAL,
	    .workers = is_inline ? 0 : 2, .log = on_log,
	    .log_level = THS_LOG_WARNING });
	for (int i = 0; i < ACCOUNTS; i++)
		SEEDS_CHECK(ths_spawn(world.base.vm, &world.accounts[i],
		    &account_actor, NULL) == THS_OK);
	for (int i = 0; i < CLERKS; i++)
		SEEDS_CHECK(ths_spawn(world.base.vm, &world.clerks[i],
		    &clerk_actor, NULL) == THS_OK);
	SEEDS_CHECK(ths_spawn(world.base.vm, &world.oracle, &oracle_actor,
	    NULL) == THS_OK);
	SEEDS_CHECK(ths_spawn(world.base.vm, &world.office, &office_actor,
	    NULL) == THS_OK);
	choose_faults();
	ths_sim_faults_set(sim, &(ths_sim_faults){ 0 });
	vm_world_client(&world.base, "host", host, NULL);
	vm_world_stopper(&world.base);
}

/* True when the n-th occasion was to strike, has come, and nothing has. */
static bool
was_spared(ths_sim_fault kind, uint64_t at)
{
	const struct fault *fault = &world.seen.of[kind];

	return at != 0 && fault->occasions >= fault->since + at &&
	    fault->struck == 0;
}

static void
end(ths_sim *sim)
{
	const struct fault *of = sim->faults.of;
	const ths_sim_faults *faults = &world.faults;

	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	SEEDS_CHECK(world.left == CLIENTS - of[THS_SIM_FAULT_DEATH].struck);
	/* The log tells of each attempt. */
	SEEDS_CHECK(of[THS_SIM_FAULT_HANDLER].struck == world.failed + world.lost);
	SEEDS_CHECK(world.base.status.failed == world.lost + world.shoved);
	SEEDS_CHECK(!was_spared(THS_SIM_FAULT_MEMORY, faults->memory_at));
	SEEDS_CHECK(!was_spared(THS_SIM_FAULT_HANDLER, faults->handler_at));
	SEEDS_CHECK(!was_spared(THS_SIM_FAULT_SLOW, faults->slow_at));
	SEEDS_CHECK(!was_spared(THS_SIM_FAULT_LATE, faults->late_at));
	SEEDS_CHECK(!was_spared(THS_SIM_FAULT_DEATH, faults->death_at));
	SEEDS_CHECK(!was_spared(THS_SIM_FAULT_CALL, faults->call_at));
	SEEDS_CHECK(!was_spared(THS_SIM_FAULT_TIMER, faults->timer_at));
	SEEDS_CHECK(!was_spared(THS_SIM_FAULT_WALL, faults->wall_at));
}

int
hazards_main(int argc, char **argv, const struct hazards_program *program)
{
	const struct seeds_program seeds = {
		.what = program->what,
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = program->faults,
	};

	return seeds_main(argc, argv, &seeds);
}
