/* SPDX-License-Identifier: MIT */
/*
 * calls - a question that goes through several actors, each with a time-out.
 *
 *     calls        asks six times, and prints what came of it
 *
 * It teaches: how an actor asks without waiting.  It sends the question with a
 * number, keeps in its state who wants to know, and goes on; the answer brings
 * the number back.  A timer ends the waiting when there is none.  Who asks
 * says how long he will wait, and each one gives the next a little less: so
 * the one nearest to the trouble reports it, and nobody waits for an answer
 * that is no use.
 *
 *   main --quote--> shop --quote--> stock --quote--> supplier
 *   main <--price-- shop <--price-- stock <--price-- supplier
 *        <-no_price-     <-no_price-      <-poison---
 *
 * Shop and stock are two actors of one kind, the clerk.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <thespis/thespis.h>

enum { PENDING_MAX = 16 }; /* questions that a clerk keeps in mind at once */

#define PATIENCE THS_MILLISECONDS(600)  /* of who asks */
#define MARGIN THS_MILLISECONDS(150)    /* what a clerk keeps for himself */
#define SLOW THS_MILLISECONDS(20)       /* what saffron takes the supplier */
#define CALL_TIMEOUT THS_SECONDS(20)    /* not to be needed: the shop answers */

THS_MESSAGE(quote,
    THS_FIELD(uint64_t, number),        /* comes back with the answer */
    THS_FIELD(ths_string, item),
    THS_FIELD(ths_duration, patience))  /* of who asks, from now on */
THS_MESSAGE(price,
    THS_FIELD(uint64_t, number),
    THS_FIELD(int64_t, cents))
THS_MESSAGE(no_price,
    THS_FIELD(uint64_t, number),
    THS_FIELD(ths_string, why))

/* -------------------------------------------------------------- the clerk */

THS_MESSAGE(clerk_start,
    THS_TEXT(name, 16),
    THS_FIELD(ths_address, next)) /* whom to ask */

/* Somebody who waits for an answer; number is 0 where there is none. */
struct pending {
	uint64_t number;        /* as given to the next one */
	uint64_t number_before; /* as the one who asks knows it */
	ths_address asker;
	ths_timer timer;
};

struct clerk {
	char name[17];
	ths_address next;
	uint64_t numbers; /* given so far */
	struct pending pending[PENDING_MAX];
};

/* The place of a question, or a free one for number 0; NULL: there is none. */
static struct pending *
clerk_find(struct clerk *clerk, uint64_t number)
{
	for (size_t i = 0; i < PENDING_MAX; i++)
		if (clerk->pending[i].number == number)
			return &clerk->pending[i];
	return NULL;
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

static ths_status
clerk_on_quote(ths_self *self, struct clerk *clerk, const struct quote *quote)
{
	struct pending *pending = clerk_find(clerk, 0);
	ths_duration patience = quote->patience - MARGIN;

	if (pending == NULL || patience <= 0)
		return ths_reply(self, no_price, .number = quote->number,
		    .why = pending ? "no time" : "too much to do");
	if (ths_timer_set(self, patience, clerk->numbers + 1, &pending->timer))
		return ths_fail(self, "%s has no clock", clerk->name);
	pending->number = ++clerk->numbers;
	pending->number_before = quote->number;
	pending->asker = ths_sender(self);
	return ths_send(self, clerk->next, quote, .number = pending->number,
	    .item = quote->item, .patience = patience);
}

static ths_status
clerk_on_price(ths_self *self, struct clerk *clerk, const struct price *price)
{
	struct pending *pending = clerk_find(clerk, price->number);

	if (pending == NULL || price->number == 0)
		return THS_OK; /* too late: who asked has been told so */
	pending->number = 0;
	ths_timer_cancel(self, pending->timer);
	return ths_send(self, pending->asker, price,
	    .number = pending->number_before, .cents = price->cents);
}

/* Tells who asked that there is no answer, and forgets him. */
static ths_status
clerk_give_up(ths_self *self, struct clerk *clerk, uint64_t number,
    const char *why)
{
	struct pending *pending = clerk_find(clerk, number);

	if (pending == NULL || number == 0)
		return THS_OK;
	pending->number = 0;
	ths_timer_cancel(self, pending->timer);
	return ths_send(self, pending->asker, no_price,
	    .number = pending->number_before, .why = why);
}

static ths_status
clerk_on_no_price(ths_self *self, struct clerk *clerk,
    const struct no_price *no_price)
{
	return clerk_give_up(self, clerk, no_price->number, no_price->why);
}

/* The time is over.  That is also how this clerk learns that the next one is
 * gone: an actor is not told of its dead letters.  ths_monitor() would tell. */
static ths_status
clerk_on_wakeup(ths_self *self, struct clerk *clerk,
    const struct ths_wakeup *wakeup)
{
	char why[64];

	snprintf(why, sizeof(why), "%s got no answer in time", clerk->name);
	return clerk_give_up(self, clerk, wakeup->payload, why);
}

/* The next one has failed, twice; the question comes back inside. */
static ths_status
clerk_on_poison(ths_self *self, struct clerk *clerk,
    const struct ths_poison *poison)
{
	const struct quote *quote = ths_any_as(poison->message, quote);

	return clerk_give_up(self, clerk, quote ? quote->number : 0,
	    poison->details);
}

THS_ACTOR(clerk, struct clerk,
    THS_INIT(clerk_start, clerk_init),
    THS_ON(quote, clerk_on_quote),
    THS_ON(price, clerk_on_price),
    THS_ON(no_price, clerk_on_no_price),
    THS_ON(ths_wakeup, clerk_on_wakeup),
    THS_ON(ths_poison, clerk_on_poison))

/* ----------------------------------------------------------- the supplier */

struct supplier {
	ths_address asker; /* who waits for saffron */
	uint64_t number;
};

static ths_status
supplier_on_quote(ths_self *self, struct supplier *supplier,
    const struct quote *quote)
{
	if (strcmp(quote->item, "bread") == 0)
		return ths_reply(self, price, .number = quote->number,
		    .cents = 250);
	if (strcmp(quote->item, "gold") == 0)
		return ths_fail(self, "the gold is not for sale");
	if (strcmp(quote->item, "saffron") == 0) {
		supplier->asker = ths_sender(self);
		supplier->number = quote->number;
		return ths_timer_set(self, SLOW, 0, NULL);
	}
	return THS_OK; /* thinks about it for ever */
}

static ths_status
supplier_on_wakeup(ths_self *self, struct supplier *supplier,
    const struct ths_wakeup *wakeup)
{
	(void)wakeup;
	return ths_send(self, supplier->asker, price,
	    .number = supplier->number, .cents = 900);
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
