/* SPDX-License-Identifier: MIT */
/*
 * chains - scenes of load: many messages through long rows of actors, and none
 * of them lost.
 *
 * Who plays defines CHAINS_MESSAGES as well: how many go through each row.
 */
#ifndef TESTS_SCENES_CHAINS_H
#define TESTS_SCENES_CHAINS_H

#include <stdbool.h>

#include "tests/scenes/stage.h"

#ifndef CHAINS_MESSAGES
#error "define CHAINS_MESSAGES first"
#endif

enum { CHAINS_LONGEST = 10 };

THS_MESSAGE(link_to, THS_FIELD(ths_address, next))
THS_MESSAGE(load, THS_FIELD(int64_t, number), THS_FIELD(bool, is_asking),
    THS_FIELD(ths_address, asker))
THS_MESSAGE(carried, THS_FIELD(int64_t, count))

/* ------------------------------------------------------------------- actors */

struct carrier {
	ths_address next; /* nobody: it is the last one */
	int64_t count;
};

static ths_status
carrier_link_to(ths_self *self, struct carrier *carrier,
    const struct link_to *link_to)
{
	carrier->next = link_to->next;
	return ths_reply(self, carried);
}

static ths_status
carrier_load(ths_self *self, struct carrier *carrier, const struct load *load)
{
	STAGE_CHECK(load->number == carrier->count);
	carrier->count++;
	if (!ths_address_is_nobody(carrier->next))
		return ths_forward(self, carrier->next);
	return load->is_asking ? ths_send(self, load->asker, carried,
	    .count = carrier->count) : THS_OK;
}

THS_ACTOR(carrier, struct carrier, THS_ON(link_to, carrier_link_to),
    THS_ON(load, carrier_load))

/* -------------------------------------------------------------------- props */

static inline int64_t
chains_carried(ths_mail *mail)
{
	const struct carried *carried = ths_mail_as(mail, carried);
	int64_t count;

	STAGE_CHECK(carried != NULL);
	count = carried->count;
	ths_mail_free(mail);
	return count;
}

/* The first of a row of so many. */
static inline ths_address
chains_row(ths_vm *vm, int length)
{
	ths_address next = THS_NOBODY;

	for (int i = 0; i < length; i++) {
		ths_address carrier = stage_spawn(vm, &carrier_actor);

		(void)chains_carried(ths_call(vm, carrier, THS_SECONDS(60),
		    link_to, .next = next));
		next = carrier;
	}
	return next;
}

/* ------------------------------------------------------------------- scenes */

/* M-06: all arrive, whether answers are wanted for none of them, for the last
 * or for each; in order. */
static inline void
chains_lose_nothing(ths_vm *vm)
{
	static const int lengths[] = { 2, 3, 5, CHAINS_LONGEST };
	ths_client *client;

	STAGE_CHECK(ths_client_open(vm, &client) == THS_OK);
	for (int k = 0; k < 4; k++) {
		ths_address row = chains_row(vm, lengths[k]);
		int64_t number = 0;

		for (; number < CHAINS_MESSAGES; number++)
			STAGE_CHECK(ths_client_tell(client, row, load,
			    .number = number, .is_asking =
			    number == CHAINS_MESSAGES - 1,
			    .asker = ths_client_address(client)) == THS_OK);
		STAGE_CHECK(chains_carried(ths_client_listen(client,
		    THS_SECONDS(60))) == number);
		for (int i = 0; i < CHAINS_MESSAGES; i++, number++)
			STAGE_CHECK(chains_carried(ths_client_ask(client, row,
			    THS_SECONDS(60), load, .number = number,
			    .is_asking = true, .asker =
			    ths_client_address(client))) == number + 1);
	}
	ths_client_close(client);
}

#endif
