/* SPDX-License-Identifier: MIT */
/*
 * inbox, one thread: what senders and the consumer are promised.
 * Interleavings are the business of tests/stress/mailbox/stress_inbox.c.
 */
#include "mailbox/inbox.h"

#include <stdalign.h>
#include <string.h>

#include "tests/harness.h"

/* A block as the pool would lend it: its address has 6 zero bits. */
struct letter {
	alignas(ENVELOPE_SIZE_MIN) unsigned char block[ENVELOPE_SIZE_MIN];
};

static struct envelope *
at(struct letter *letters, int i)
{
	return (void *)letters[i].block;
}

Test(inbox, starts_idle_and_empty)
{
	struct inbox inbox;

	inbox_init(&inbox, false);
	cr_assert_eq(inbox_count(&inbox), 0);
	cr_assert_not(inbox_has_mail(&inbox));
	cr_assert(inbox_try_claim(&inbox));
}

Test(inbox, starts_open_when_the_maker_consumes_first)
{
	struct inbox inbox;

	inbox_init(&inbox, true);
	cr_assert_not(inbox_try_claim(&inbox));
	cr_assert_null(inbox_take(&inbox));
	cr_assert(inbox_try_idle(&inbox));
	cr_assert(inbox_try_claim(&inbox));
}

Test(inbox, tells_only_the_first_push_that_it_was_idle)
{
	struct letter letters[3] = { 0 };
	struct inbox inbox;

	inbox_init(&inbox, false);
	cr_assert_eq(inbox_push(&inbox, at(letters, 0), 0), INBOX_WAS_IDLE);
	cr_assert_eq(inbox_push(&inbox, at(letters, 1), 0), INBOX_QUEUED);
	cr_assert_not(inbox_try_claim(&inbox), "a push has claimed it");
	cr_assert_not_null(inbox_take(&inbox));
	cr_assert_eq(inbox_push(&inbox, at(letters, 2), 0), INBOX_QUEUED,
	    "the consumer is still at it");
	cr_assert_not_null(inbox_take(&inbox));
	cr_assert(inbox_try_idle(&inbox));
	cr_assert_eq(inbox_push(&inbox, at(letters, 0), 0), INBOX_WAS_IDLE);
}

Test(inbox, gives_the_oldest_first)
{
	struct letter letters[5] = { 0 };
	struct envelope *envelope;
	struct inbox inbox;

	inbox_init(&inbox, false);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 5; i++)
			inbox_push(&inbox, at(letters, i), 0);
		envelope = inbox_take(&inbox);
		for (int i = 0; i < 5; i++) {
			cr_assert_eq(envelope, at(letters, i));
			envelope = envelope->next;
		}
		cr_assert_null(envelope);
		cr_assert_null(inbox_take(&inbox));
	}
}

Test(inbox, does_not_go_idle_over_mail)
{
	struct letter letters[1] = { 0 };
	struct inbox inbox;

	inbox_init(&inbox, true);
	inbox_push(&inbox, at(letters, 0), 0);
	cr_assert_not(inbox_try_idle(&inbox));
	cr_assert_eq(inbox_take(&inbox), at(letters, 0));
	cr_assert(inbox_try_idle(&inbox));
}

Test(inbox, counts_what_waits)
{
	struct letter letters[10] = { 0 };
	struct inbox inbox;

	inbox_init(&inbox, false);
	for (int i = 0; i < 10; i++) {
		cr_assert_eq(inbox_count(&inbox), (uint32_t)i);
		cr_assert_eq(inbox_has_mail(&inbox), i > 0);
		inbox_push(&inbox, at(letters, i), 0);
	}
	inbox_take(&inbox);
	cr_assert_eq(inbox_count(&inbox), 0);
	cr_assert_not(inbox_has_mail(&inbox));
}

Test(inbox, refuses_past_its_limit_and_leaves_the_envelope_alone)
{
	struct letter letters[4] = { 0 };
	struct inbox inbox;

	inbox_init(&inbox, false);
	cr_assert_eq(inbox_push(&inbox, at(letters, 0), 3), INBOX_WAS_IDLE);
	cr_assert_eq(inbox_push(&inbox, at(letters, 1), 3), INBOX_QUEUED);
	cr_assert_eq(inbox_push(&inbox, at(letters, 2), 3), INBOX_QUEUED);
	at(letters, 3)->next = at(letters, 3);
	cr_assert_eq(inbox_push(&inbox, at(letters, 3), 3), INBOX_FULL);
	cr_assert_eq(at(letters, 3)->next, at(letters, 3));
	cr_assert_eq(inbox_count(&inbox), 3);
	cr_assert_eq(inbox_push(&inbox, at(letters, 3), 0), INBOX_QUEUED,
	    "another sender's limit may be higher");
	inbox_take(&inbox);
	cr_assert_eq(inbox_push(&inbox, at(letters, 0), 3), INBOX_QUEUED);
}

Test(inbox, saturates_its_count_and_loses_no_mail)
{
	struct letter letters[2] = { 0 };
	struct inbox inbox;

	/* As if a million had been pushed, of which the chain shows one. */
	inbox_init(&inbox, true);
	inbox_push(&inbox, at(letters, 0), 0);
	atomic_store(&inbox.word, atomic_load(&inbox.word) |
	    INBOX_COUNT_MASK);
	cr_assert_eq(inbox_count(&inbox), INBOX_COUNT_MAX);
	cr_assert_eq(inbox_push(&inbox, at(letters, 1), INBOX_COUNT_MAX),
	    INBOX_FULL);
	cr_assert_eq(inbox_push(&inbox, at(letters, 1), 0), INBOX_QUEUED);
	cr_assert_eq(inbox_count(&inbox), INBOX_COUNT_MAX);
	cr_assert_eq(inbox_take(&inbox), at(letters, 0));
	cr_assert_eq(at(letters, 0)->next, at(letters, 1));
	cr_assert_null(at(letters, 1)->next);
}

Test(inbox, keeps_every_bit_of_an_address)
{
	static const uint64_t addresses[] = { 0x40, 0x7fffffffffc0,
		0xffffffffffc0, 0x555555555540, 0x2aaaaaaaaa80 };

	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		struct envelope *envelope =
		    (struct envelope *)(uintptr_t)addresses[i];
		uint64_t word = inbox_word(envelope, INBOX_COUNT_MASK);

		cr_assert_eq(inbox_newest(word), envelope);
		cr_assert_eq(word & INBOX_STATE_MASK, 0);
		cr_assert_eq(word & INBOX_COUNT_MASK, INBOX_COUNT_MASK);
		cr_assert_eq(inbox_newest(inbox_word(envelope, 0)), envelope);
	}
}

Test(inbox, claimed_without_mail_it_has_one_consumer)
{
	struct letter letters[1] = { 0 };
	struct inbox inbox;

	inbox_init(&inbox, false);
	cr_assert(inbox_try_claim(&inbox));
	cr_assert_not(inbox_try_claim(&inbox));
	cr_assert_eq(inbox_push(&inbox, at(letters, 0), 0), INBOX_QUEUED);
	cr_assert_not(inbox_try_idle(&inbox));
	cr_assert_eq(inbox_take(&inbox), at(letters, 0));
	cr_assert(inbox_try_idle(&inbox));
}

Test(inbox, lets_its_only_envelope_be_looked_at_and_goes_idle_past_it)
{
	struct letter letters[2] = { 0 };
	struct inbox inbox;

	inbox_init(&inbox, false);
	cr_assert_null(inbox_peek_one(&inbox), "there is none");
	inbox_push(&inbox, at(letters, 0), 0);
	cr_assert_eq(inbox_peek_one(&inbox), at(letters, 0));
	cr_assert_eq(inbox_count(&inbox), 1, "it is still in it");
	cr_assert(inbox_try_idle_past(&inbox, at(letters, 0)));
	cr_assert_not(inbox_has_mail(&inbox));
	cr_assert_eq(inbox_push(&inbox, at(letters, 1), 0), INBOX_WAS_IDLE);
}

Test(inbox, gives_what_came_past_the_envelope_looked_at)
{
	struct letter letters[3] = { 0 };
	struct envelope *taken;
	struct inbox inbox;

	inbox_init(&inbox, false);
	inbox_push(&inbox, at(letters, 0), 0);
	cr_assert_eq(inbox_peek_one(&inbox), at(letters, 0));
	cr_assert_eq(inbox_push(&inbox, at(letters, 1), 0), INBOX_QUEUED);
	cr_assert_eq(inbox_push(&inbox, at(letters, 2), 0), INBOX_QUEUED);
	cr_assert_null(inbox_peek_one(&inbox), "there are three");
	cr_assert_not(inbox_try_idle_past(&inbox, at(letters, 0)));
	taken = inbox_take_past(&inbox, at(letters, 0));
	cr_assert_eq(taken, at(letters, 1), "the first is not among them");
	cr_assert_eq(taken->next, at(letters, 2));
	cr_assert_null(taken->next->next);
	cr_assert(inbox_try_idle(&inbox));
}

Test(inbox, awaited_it_keeps_its_consumer)
{
	struct letter letters[1] = { 0 };
	struct inbox inbox;

	inbox_init(&inbox, true);
	cr_assert(inbox_try_await(&inbox));
	cr_assert_not(inbox_try_claim(&inbox), "the sleeper consumes");
	inbox_end_await(&inbox);
	cr_assert_not(inbox_try_claim(&inbox), "and goes on consuming");
	cr_assert(inbox_try_await(&inbox));
	cr_assert_eq(inbox_push(&inbox, at(letters, 0), 0), INBOX_WAS_AWAITED);
	inbox_end_await(&inbox);
	cr_assert_not(inbox_try_await(&inbox), "there is mail");
	cr_assert_eq(inbox_take(&inbox), at(letters, 0));
}

/* --------------------------------------------------------------------- runs */

/* Chains letters first … last, as who pushes them as a run must. */
static enum inbox_pushed
push_run(struct inbox *inbox, struct letter *letters, int first, int last)
{
	for (int i = first; i < last; i++) {
		at(letters, i)->flags = 0; /* it may have ended a run */
		at(letters, i)->next = at(letters, i + 1);
	}
	return inbox_push_run(inbox, at(letters, first), at(letters, last),
	    (uint32_t)(last - first + 1));
}

static enum inbox_pushed
push_one(struct inbox *inbox, struct letter *letters, int i)
{
	at(letters, i)->flags = 0;
	return inbox_push(inbox, at(letters, i), 0);
}

/* What was taken is letters first … last, and no more. */
static void
check_chain(const struct envelope *taken, struct letter *letters, int first,
    int last)
{
	for (int i = first; i <= last; i++) {
		cr_assert_eq(taken, at(letters, i), "letter %d", i);
		taken = taken->next;
	}
	cr_assert_null(taken);
}

Test(inbox, gives_a_run_in_its_own_order)
{
	struct letter letters[5] = { 0 };
	struct inbox inbox;

	inbox_init(&inbox, true);
	for (int length = 1; length <= 5; length++) {
		cr_assert_eq(push_run(&inbox, letters, 0, length - 1),
		    INBOX_QUEUED);
		cr_assert_eq(inbox_count(&inbox), (uint32_t)length);
		cr_assert(inbox_has_mail(&inbox));
		check_chain(inbox_take(&inbox), letters, 0, length - 1);
		cr_assert(inbox_try_idle(&inbox));
		cr_assert(inbox_try_claim(&inbox));
	}
}

Test(inbox, gives_a_run_its_place_among_others)
{
	struct letter letters[10] = { 0 };
	struct inbox inbox;

	inbox_init(&inbox, true);
	push_one(&inbox, letters, 0);
	push_one(&inbox, letters, 1);
	push_run(&inbox, letters, 2, 6);
	push_one(&inbox, letters, 7);
	push_one(&inbox, letters, 8);
	cr_assert_eq(inbox_count(&inbox), 9);
	check_chain(inbox_take(&inbox), letters, 0, 8);
	push_run(&inbox, letters, 0, 3);
	push_run(&inbox, letters, 4, 5);
	push_one(&inbox, letters, 6);
	push_run(&inbox, letters, 7, 9);
	cr_assert_eq(inbox_count(&inbox), 10);
	check_chain(inbox_take(&inbox), letters, 0, 9);
}

Test(inbox, tells_a_run_how_it_found_the_consumer)
{
	struct letter letters[4] = { 0 };
	struct inbox inbox;

	inbox_init(&inbox, false);
	cr_assert_eq(push_run(&inbox, letters, 0, 3), INBOX_WAS_IDLE);
	cr_assert_not(inbox_try_claim(&inbox));
	cr_assert_not(inbox_try_idle(&inbox));
	check_chain(inbox_take(&inbox), letters, 0, 3);
	cr_assert(inbox_try_await(&inbox));
	cr_assert_eq(push_run(&inbox, letters, 0, 3), INBOX_WAS_AWAITED);
	cr_assert_eq(inbox_count(&inbox), 4);
	inbox_end_await(&inbox);
	check_chain(inbox_take(&inbox), letters, 0, 3);
}

Test(inbox, takes_a_run_for_more_than_one_when_looked_at)
{
	struct letter letters[2] = { 0 };
	struct inbox inbox;

	inbox_init(&inbox, true);
	push_run(&inbox, letters, 0, 1);
	cr_assert_null(inbox_peek_one(&inbox));
	check_chain(inbox_take(&inbox), letters, 0, 1);
}

Test(inbox, gives_a_run_past_the_envelope_looked_at)
{
	struct letter letters[8] = { 0 };
	struct inbox inbox;

	inbox_init(&inbox, true);
	push_one(&inbox, letters, 0);
	cr_assert_eq(inbox_peek_one(&inbox), at(letters, 0));
	push_run(&inbox, letters, 1, 4);
	push_one(&inbox, letters, 5);
	push_run(&inbox, letters, 6, 7);
	cr_assert_not(inbox_try_idle_past(&inbox, at(letters, 0)));
	check_chain(inbox_take_past(&inbox, at(letters, 0)), letters, 1, 7);
	cr_assert(inbox_try_idle(&inbox));
}

Test(inbox, saturates_its_count_under_a_run_and_loses_no_mail)
{
	struct letter letters[4] = { 0 };
	struct inbox inbox;

	/* As if a million less two had been pushed. */
	inbox_init(&inbox, true);
	push_one(&inbox, letters, 0);
	atomic_store(&inbox.word, inbox_word(at(letters, 0),
	    (uint64_t)(INBOX_COUNT_MAX - 2) << INBOX_COUNT_SHIFT));
	cr_assert_eq(inbox_count(&inbox), INBOX_COUNT_MAX - 2);
	cr_assert_eq(push_run(&inbox, letters, 1, 3), INBOX_QUEUED);
	cr_assert_eq(inbox_count(&inbox), INBOX_COUNT_MAX);
	cr_assert_not(inbox_try_claim(&inbox), "it is open as before");
	check_chain(inbox_take(&inbox), letters, 0, 3);
}
