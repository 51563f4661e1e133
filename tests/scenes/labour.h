/* SPDX-License-Identifier: MIT */
/*
 * labour - scenes of an actor that starts threads of its own, has them work for
 * it, and waits for them in its handler.
 *
 * Who plays defines first:
 *   STAGE_CHECK(x)          ends the run when x is false
 *   LABOUR_LETTERS          how many each thread sends
 *   labour_thread           what names a thread
 *   labour_start(thread, function, argument)
 *   labour_join(thread)     waits for its end
 */
#ifndef TESTS_SCENES_LABOUR_H
#define TESTS_SCENES_LABOUR_H

#include <stdbool.h>

#include "tests/scenes/stage.h"

enum { LABOUR_HANDS = 100 }; /* threads, at most */

THS_MESSAGE(labour, THS_FIELD(ths_address, reader), THS_FIELD(uint32_t, hands))
THS_MESSAGE(page, THS_FIELD(uint32_t, hand), THS_FIELD(uint32_t, number))
THS_SIGNAL(laboured)
THS_SIGNAL(pages_read)
THS_MESSAGE(pages, THS_FIELD(uint32_t, count))

/* What one thread is given. */
struct hand {
	labour_thread thread;
	ths_deputy *deputy;
	ths_address reader;
	uint32_t number;
	bool is_wrong; /* its own until it is joined */
};

/* ------------------------------------------------------------------- actors */

static void
hand_work(void *argument)
{
	struct hand *hand = argument;

	for (uint32_t i = 0; i < LABOUR_LETTERS; i++) {
		hand->is_wrong |= ths_deputy_send(hand->deputy, hand->reader,
		    page, .hand = hand->number, .number = i) != THS_OK;
		ths_deputy_log(hand->deputy, THS_LOG_WARNING, "page %u", i);
	}
}

/* Blocks until all of its threads are done. */
static ths_status
employer_labour(ths_self *self, ths_nothing *nothing,
    const struct labour *labour)
{
	struct hand hands[LABOUR_HANDS];
	ths_deputy *deputy;

	(void)nothing;
	STAGE_CHECK(labour->hands <= LABOUR_HANDS);
	STAGE_CHECK(ths_deputy_open(self, &deputy) == THS_OK);
	for (uint32_t i = 0; i < labour->hands; i++) {
		hands[i] = (struct hand){ .deputy = deputy,
			.reader = labour->reader, .number = i };
		labour_start(&hands[i].thread, hand_work, &hands[i]);
	}
	for (uint32_t i = 0; i < labour->hands; i++) {
		labour_join(hands[i].thread);
		STAGE_CHECK(!hands[i].is_wrong);
	}
	ths_deputy_close(deputy);
	return ths_reply(self, laboured);
}

THS_ACTOR(employer, ths_nothing, THS_ON(labour, employer_labour))

struct proofreader {
	uint32_t next[LABOUR_HANDS];
	uint32_t count;
};

static ths_status
proofreader_page(ths_self *self, struct proofreader *reader,
    const struct page *page)
{
	(void)self;
	STAGE_CHECK(page->number == reader->next[page->hand]);
	reader->next[page->hand]++;
	reader->count++;
	return THS_OK;
}

static ths_status
proofreader_pages_read(ths_self *self, struct proofreader *reader,
    const struct pages_read *pages_read)
{
	(void)pages_read;
	return ths_reply(self, pages, .count = reader->count);
}

THS_ACTOR(proofreader, struct proofreader, THS_ON(page, proofreader_page),
    THS_ON(pages_read, proofreader_pages_read))

/* ------------------------------------------------------------------- scenes */

/* F-12: whatever its threads do meanwhile, they end, and so does the handler;
 * all that they sent has come, from each in order. */
static inline void
labour_ends(ths_vm *vm, uint32_t hands)
{
	ths_address employer = stage_spawn(vm, &employer_actor);
	ths_address reader = stage_spawn(vm, &proofreader_actor);
	uint32_t count = 0;
	ths_mail *mail = ths_call(vm, employer, THS_SECONDS(100), labour,
	    .reader = reader, .hands = hands);

	STAGE_CHECK(ths_mail_as(mail, laboured) != NULL);
	ths_mail_free(mail);
	for (int i = 0; i < STAGE_TRIES && count < hands * LABOUR_LETTERS;
	    i++) {
		const struct pages *pages;

		mail = ths_call(vm, reader, THS_SECONDS(100), pages_read);
		pages = ths_mail_as(mail, pages);
		STAGE_CHECK(pages != NULL);
		count = pages->count;
		ths_mail_free(mail);
	}
	STAGE_CHECK(count == hands * LABOUR_LETTERS);
}

#endif
