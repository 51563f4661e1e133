/* SPDX-License-Identifier: MIT */
/*
 * calls - a question that goes through several actors, each with a time-out.
 *
 *     calls        asks six times, and prints what came of it
 *
 * It teaches: how an actor asks without waiting.  It calls the next one and
 * goes on; the answer, or why there is none, comes to a function of its own,
 * with a number by which it knows who wanted to know.  Who asks says how long
 * he will wait, and each one gives the next a little less: so the one nearest
 * to the trouble reports it, and nobody waits for an answer that is no use.
 *
 *   main --quote--> shop --quote--> stock --quote--> supplier
 *   main <--price-- shop <--price-- stock <--price-- supplier
 *        <-no_price-     <-no_price-      <-poison---
 *
 * Shop and stock are two actors of one kind, the clerk.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <thespis/thespis.h>

enum { ASKERS_MAX = 16 }; /* questions that a clerk keeps in mind at once */

#define PATIENCE THS_MILLISECONDS(600)  /* of who asks */
#define MARGIN THS_MILLISECONDS(150)    /* what a clerk keeps for himself */
#define SLOW THS_MILLISECONDS(20)       /* what saffron takes the supplier */
#define CALL_TIMEOUT THS_SECONDS(20)    /* not to be needed: the shop answers */

THS_MESSAGE(quote,
    THS_FIELD(ths_string, item),
    THS_FIELD(ths_duration, patience))  /* of who asks, from now on */
THS_MESSAGE(price, THS_FIELD(int64_t, cents))
THS_MESSAGE(no_price, THS_FIELD(ths_string, why))

/* -------------------------------------------------------------- the clerk */

THS_MESSAGE(clerk_start,
    THS_TEXT(name, 16),
    THS_FIELD(ths_address, next)) /* whom to ask */

struct clerk {
	char name[17];
	ths_address next;
	ths_address askers[ASKERS_MAX]; /* who wait; nobody: a free place */
};

/* A free place; ASKERS_MAX: there is none. */
static size_t
clerk_find_place(const struct clerk *clerk)
{
	size_t place = 0;

	while (place < ASKERS_MAX &&
	    !ths_address_is_nobody(clerk->askers[place]))
		place++;
	return place;
}

static ths_status
clerk_init(ths_self *self, struct clerk *clerk,
    const struct clerk_start *start)
{
	(void)self;
	memcpy(clerk->name, start->name, sizeof(start->name));
	clerk->next = start->next;
	return THS_OK;
}

/* The answer to the question of who has this place, or why there is none: the
 * next one is gone, has failed twice, or the time is over. */
static ths_status
clerk_on_answer(ths_self *self, void *state, uint64_t place,
    const ths_mail *answer)
{
	struct clerk *clerk = state;
	ths_address asker = clerk->askers[place];
	const struct price *price = ths_mail_as(answer, price);
	const struct no_price *no_price = ths_mail_as(answer, no_price);
	char why[128];

	clerk->askers[place] = THS_NOBODY;
	if (price != NULL)
		return ths_send(self, asker, price, .cents = price->cents);
	if (no_price != NULL)
		return ths_send(self, asker, no_price, .why = no_price->why);
	snprintf(why, sizeof(why), "%s asked in vain: %s", clerk->name,
	    ths_mail_why(answer));
	return ths_send(self, asker, no_price, .why = why);
}

static ths_status
clerk_on_quote(ths_self *self, struct clerk *clerk, const struct quote *quote)
{
	size_t place = clerk_find_place(clerk);
	ths_duration patience = quote->patience - MARGIN;
	ths_status status;

	if (place == ASKERS_MAX || patience <= 0)
		return ths_reply(self, no_price,
		    .why = patience <= 0 ? "no time" : "too much to do");
	status = ths_call_from(self, clerk->next, patience, clerk_on_answer,
	    place, quote, .item = quote->item, .patience = patience);
	if (status == THS_OK)
		clerk->askers[place] = ths_sender(self);
	return status;
}

THS_ACTOR(clerk, struct clerk,
    THS_INIT(clerk_start, clerk_init),
    THS_ON(quote, clerk_on_quote))

/* ----------------------------------------------------------- the supplier */

struct supplier { ths_address asker; /* who waits for saffron */ };

static ths_status
supplier_on_quote(ths_self *self, struct supplier *supplier,
    const struct quote *quote)
{
	if (strcmp(quote->item, "bread") == 0)
		return ths_reply(self, price, .cents = 250);
	if (strcmp(quote->item, "gold") == 0)
		return ths_fail(self, "the gold is not for sale");
	if (strcmp(quote->item, "saffron") == 0) {
		supplier->asker = ths_sender(self);
		return ths_timer_set(self, SLOW, 0, NULL);
	}
	return THS_OK; /* thinks about it for ever */
}

static ths_status
supplier_on_wakeup(ths_self *self, struct supplier *supplier,
    const struct ths_wakeup *wakeup)
{
	(void)wakeup;
	return ths_send(self, supplier->asker, price, .cents = 900);
}

THS_ACTOR(supplier, struct supplier,
    THS_ON(quote, supplier_on_quote),
    THS_ON(ths_wakeup, supplier_on_wakeup))

/* ---------------------------------------------------------------- the host */

struct chain {
	ths_vm *vm;
	ths_address shop;
	ths_address supplier;
};

/* Asks the shop, and prints what came of it. */
static void
chain_ask(const struct chain *chain, const char *item, ths_duration timeout)
{
	ths_mail *mail = ths_call(chain->vm, chain->shop, timeout, quote,
	    .item = item, .patience = PATIENCE);
	const struct price *price = ths_mail_as(mail, price);
	const struct no_price *no_price = ths_mail_as(mail, no_price);

	if (price != NULL)
		printf("%s: %" PRId64 " cents\n", item, price->cents);
	else
		printf("%s: %s\n", item,
		    no_price ? no_price->why : ths_mail_why(mail));
	ths_mail_free(mail);
}

static ths_status
clerk_spawn(ths_vm *vm, const char *name, ths_address next,
    ths_address *address)
{
	struct clerk_start start = { .next = next };
	const ths_spawn_options options = {
		.start = { &clerk_start_type, &start },
	};

	snprintf(start.name, sizeof(start.name), "%s", name);
	return ths_spawn(vm, address, &clerk_actor, &options);
}

static ths_status
chain_start(struct chain *chain)
{
	ths_address stock;
	ths_status status;

	status = ths_spawn(chain->vm, &chain->supplier, &supplier_actor, NULL);
	if (status == THS_OK)
		status = clerk_spawn(chain->vm, "the stock", chain->supplier,
		    &stock);
	if (status == THS_OK)
		status = clerk_spawn(chain->vm, "the shop", stock,
		    &chain->shop);
	return status;
}

static void
chain_try(const struct chain *chain)
{
	chain_ask(chain, "bread", CALL_TIMEOUT);
	chain_ask(chain, "saffron", CALL_TIMEOUT);
	chain_ask(chain, "gold", CALL_TIMEOUT);
	chain_ask(chain, "unicorn", CALL_TIMEOUT);
	/* Its answer will be a dead letter, not the answer to the next call. */
	chain_ask(chain, "phoenix", THS_MILLISECONDS(1));
	ths_tell(chain->vm, chain->supplier, ths_exit_request);
	chain_ask(chain, "bread", CALL_TIMEOUT);
}

int
main(int argc, char **argv)
{
	/* Failures are part of the show: no log of them. */
	const ths_vm_config config = { .log_level = THS_LOG_NONE };
	struct chain chain;
	ths_status status;

	(void)argv;
	if (argc > 1) {
		fprintf(stderr, "usage: calls\n");
		return 2;
	}
	status = ths_vm_start(&chain.vm, &config);
	if (status != THS_OK) {
		fprintf(stderr, "calls: %s\n", ths_status_text(status));
		return EXIT_FAILURE;
	}
	status = chain_start(&chain);
	if (status == THS_OK)
		chain_try(&chain);
	else
		fprintf(stderr, "calls: %s\n", ths_status_text(status));
	ths_vm_stop(chain.vm, THS_SECONDS(5));
	ths_vm_free(chain.vm);
	return status == THS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
