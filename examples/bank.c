/* SPDX-License-Identifier: MIT */
/*
 * bank - moves money between many accounts, a million times, while handlers
 * fail.
 *
 *     bank [TRANSFERS [ACCOUNTS]]        default 1000000 and 500; --help
 *
 * It teaches: how a sum holds without a lock and without a transaction.  An
 * account is an actor, so what it does is done as a whole or not at all: a
 * handler looks first, may fail, and only then changes the state and sends.
 * One that fails is called again; if it fails again its sender gets the
 * message back as poison and knows that nothing was done.  The teller decides
 * what that means: a withdrawal that failed is a transfer that never was; a
 * deposit that failed is made again, because the money is in the teller's
 * hands.
 *
 *   teller --withdraw--> account     then     teller --deposit--> account
 *   teller <-withdrawn--                      teller <-deposited-
 *   teller <--refused---  (no money)          teller <-ths_poison-
 *   teller <-ths_poison-
 *
 * An interrupt (Ctrl-C) begins no further transfer; those under way are
 * finished, and the sum must hold then, too.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <thespis/thespis.h>

enum {
	TRANSFERS_DEFAULT = 1000000,
	ACCOUNTS_DEFAULT = 500,
	ACCOUNTS_MAX = 1000,  /* their addresses fit one message */
	TELLERS = 8,
	WINDOW = 64,          /* transfers that a teller has under way */
	CENTS_FIRST = 10000,  /* in each account at the start */
	CENTS_MAX = 5000,     /* of one transfer */
	FAILURES = 100,       /* one attempt in so many fails */
	EXIT_USAGE = 2,
	EXIT_BROKEN = 70,     /* money was lost or made */
	EXIT_INTERRUPTED = 130, /* as a shell says: 128 and SIGINT */
};

#define TRANSFERS_MAX UINT64_C(1000000000000)
#define PERIOD THS_MILLISECONDS(100) /* between two looks at the interrupt */
#define PATIENCE THS_SECONDS(60)

/* Which transfer a message is about travels with it, there and back. */
THS_MESSAGE(withdraw,
    THS_FIELD(uint32_t, to), /* the other account's place in the list */
    THS_FIELD(int64_t, cents))
THS_MESSAGE(withdrawn,
    THS_FIELD(uint32_t, to),
    THS_FIELD(int64_t, cents))
THS_SIGNAL(refused)
THS_MESSAGE(deposit, THS_FIELD(int64_t, cents))
THS_SIGNAL(deposited)
THS_SIGNAL(how_much)
THS_MESSAGE(balance, THS_FIELD(int64_t, cents))

/* xorshift64*: good enough for luck, and the same in every run. */
static uint64_t
luck_draw(uint64_t *luck)
{
	*luck ^= *luck >> 12;
	*luck ^= *luck << 25;
	*luck ^= *luck >> 27;
	return (*luck * UINT64_C(0x2545f4914f6cdd1d)) >> 16;
}

/* ----------------------------------------------------------------- account */

THS_MESSAGE(opening, THS_FIELD(uint64_t, luck), THS_FIELD(int64_t, cents))

struct account {
	int64_t cents;
	uint64_t luck;
};

static ths_status
account_init(ths_self *self, struct account *account,
    const struct opening *opening)
{
	(void)self;
	account->cents = opening->cents;
	account->luck = opening->luck;
	return THS_OK;
}

/* Something goes wrong now and then, before anything was done. */
static bool
account_has_bad_luck(struct account *account)
{
	return luck_draw(&account->luck) % FAILURES == 0;
}

static ths_status
account_on_withdraw(ths_self *self, struct account *account,
    const struct withdraw *withdraw)
{
	if (account_has_bad_luck(account))
		return ths_fail(self, "the pen is dry");
	if (account->cents < withdraw->cents)
		return ths_reply(self, refused);
	account->cents -= withdraw->cents;
	return ths_reply(self, withdrawn, .to = withdraw->to,
	    .cents = withdraw->cents);
}

static ths_status
account_on_deposit(ths_self *self, struct account *account,
    const struct deposit *deposit)
{
	if (account_has_bad_luck(account))
		return ths_fail(self, "the safe is stuck");
	account->cents += deposit->cents;
	return ths_reply(self, deposited);
}

static ths_status
account_on_how_much(ths_self *self, struct account *account,
    const struct how_much *how_much)
{
	(void)how_much;
	return ths_reply(self, balance, .cents = account->cents);
}

THS_ACTOR(account, struct account,
    THS_INIT(opening, account_init),
    THS_ON(withdraw, account_on_withdraw),
    THS_ON(deposit, account_on_deposit),
    THS_ON(how_much, account_on_how_much))

/* ------------------------------------------------------------------ teller */

THS_MESSAGE(job,
    THS_LIST(ths_address, accounts),
    THS_FIELD(uint64_t, transfers),
    THS_FIELD(uint64_t, luck))
THS_SIGNAL(begin)
THS_SIGNAL(close_the_bank)
THS_MESSAGE(day,
    THS_FIELD(uint64_t, done),
    THS_FIELD(uint64_t, refused),
    THS_FIELD(uint64_t, failed),
    THS_FIELD(uint64_t, repeated)) /* deposits made again */

struct teller {
	ths_address accounts[ACCOUNTS_MAX];
	uint32_t accounts_length;
	uint64_t luck;
	uint64_t left;      /* transfers not begun */
	uint64_t under_way;
	struct day day;
	ths_address host;
};

/* A message lives as long as its handler; what is needed later is copied. */
static ths_status
teller_init(ths_self *self, struct teller *teller, const struct job *job)
{
	if (job->accounts.length > ACCOUNTS_MAX)
		return ths_fail(self, "%zu accounts", job->accounts.length);
	memcpy(teller->accounts, job->accounts.items,
	    job->accounts.length * sizeof(ths_address));
	teller->accounts_length = (uint32_t)job->accounts.length;
	teller->left = job->transfers;
	teller->luck = job->luck;
	return THS_OK;
}

/* Begins one transfer.  From and to may be the same. */
static ths_status
teller_transfer(ths_self *self, struct teller *teller)
{
	uint64_t from = luck_draw(&teller->luck) % teller->accounts_length;
	uint64_t to = luck_draw(&teller->luck) % teller->accounts_length;
	uint64_t cents = luck_draw(&teller->luck) % CENTS_MAX + 1;

	teller->left--;
	teller->under_way++;
	return ths_send(self, teller->accounts[from], withdraw,
	    .to = (uint32_t)to, .cents = (int64_t)cents);
}

/* One transfer has ended: begins the next, or goes home after the last. */
static ths_status
teller_go_on(ths_self *self, struct teller *teller)
{
	teller->under_way--;
	if (teller->left > 0)
		return teller_transfer(self, teller);
	if (teller->under_way > 0)
		return THS_OK;
	return ths_send_message(self, teller->host, &day_type, &teller->day);
}

static ths_status
teller_on_begin(ths_self *self, struct teller *teller,
    const struct begin *begin)
{
	(void)begin;
	teller->host = ths_sender(self);
	teller->under_way = 1; /* this message: so it also ends with no work */
	for (int i = 1; i < WINDOW && teller->left > 0; i++)
		teller_transfer(self, teller);
	return teller_go_on(self, teller);
}

static ths_status
teller_on_withdrawn(ths_self *self, struct teller *teller,
    const struct withdrawn *withdrawn)
{
	return ths_send(self, teller->accounts[withdrawn->to], deposit,
	    .cents = withdrawn->cents);
}

static ths_status
teller_on_refused(ths_self *self, struct teller *teller,
    const struct refused *refused)
{
	(void)refused;
	teller->day.refused++;
	return teller_go_on(self, teller);
}

static ths_status
teller_on_deposited(ths_self *self, struct teller *teller,
    const struct deposited *deposited)
{
	(void)deposited;
	teller->day.done++;
	return teller_go_on(self, teller);
}

/* An account has failed twice.  Its sender is the account. */
static ths_status
teller_on_poison(ths_self *self, struct teller *teller,
    const struct ths_poison *poison)
{
	const struct deposit *deposit = ths_any_as(poison->message, deposit);

	if (deposit != NULL) {
		teller->day.repeated++;
		return ths_reply(self, deposit, .cents = deposit->cents);
	}
	teller->day.failed++;
	return teller_go_on(self, teller);
}

static ths_status
teller_on_close(ths_self *self, struct teller *teller,
    const struct close_the_bank *close_the_bank)
{
	(void)self, (void)close_the_bank;
	teller->left = 0;
	return THS_OK;
}

THS_ACTOR(teller, struct teller,
    THS_INIT(job, teller_init),
    THS_ON(begin, teller_on_begin),
    THS_ON(withdrawn, teller_on_withdrawn),
    THS_ON(refused, teller_on_refused),
    THS_ON(deposited, teller_on_deposited),
    THS_ON(ths_poison, teller_on_poison),
    THS_ON(close_the_bank, teller_on_close))

/* ---------------------------------------------------------------- the host */

static volatile sig_atomic_t was_interrupted;

static void
on_interrupt(int number)
{
	(void)number;
	was_interrupted = 1;
}

/* The second interrupt ends the program at once. */
static void
interrupts_catch(void)
{
	struct sigaction action = { 0 };

	action.sa_handler = on_interrupt;
	action.sa_flags = (int)SA_RESETHAND | SA_RESTART;
	sigaction(SIGINT, &action, NULL);
}

struct bank {
	ths_vm *vm;
	ths_address accounts[ACCOUNTS_MAX];
	uint32_t accounts_length;
	uint64_t transfers;
	ths_address tellers[TELLERS];
	struct day day; /* of all tellers together */
};

static ths_status
bank_open(struct bank *bank)
{
	ths_status status = THS_OK;

	for (uint32_t i = 0; i < bank->accounts_length && status == THS_OK;
	    i++) {
		const ths_spawn_options options = {
			.start = THS_ANY(opening, .luck = i + 1,
			    .cents = CENTS_FIRST),
		};
		status = ths_spawn(bank->vm, &bank->accounts[i],
		    &account_actor, &options);
	}
	for (uint32_t i = 0; i < TELLERS && status == THS_OK; i++) {
		const ths_spawn_options options = {
			.start = THS_ANY(job, .luck = ~(uint64_t)i,
			    .transfers = bank->transfers / TELLERS +
			    (i < bank->transfers % TELLERS),
			    .accounts = { bank->accounts,
			    bank->accounts_length }),
		};
		status = ths_spawn(bank->vm, &bank->tellers[i], &teller_actor,
		    &options);
	}
	return status;
}

/* True when a teller has gone home. */
static bool
bank_hear(struct bank *bank)
{
	ths_mail *mail = ths_listen(bank->vm, NULL, PERIOD);
	const struct day *day = ths_mail_as(mail, day);
	bool is_home = day != NULL;

	if (is_home) {
		bank->day.done += day->done;
		bank->day.refused += day->refused;
		bank->day.failed += day->failed;
		bank->day.repeated += day->repeated;
	}
	ths_mail_free(mail);
	return is_home;
}

static void
bank_work(struct bank *bank)
{
	bool is_closing = false;
	int home = 0;

	for (int i = 0; i < TELLERS; i++)
		ths_tell(bank->vm, bank->tellers[i], begin);
	while (home < TELLERS) {
		if (bank_hear(bank))
			home++;
		if (!was_interrupted || is_closing)
			continue;
		is_closing = true;
		for (int i = 0; i < TELLERS; i++)
			ths_tell(bank->vm, bank->tellers[i], close_the_bank);
	}
}

/* Asks every account; -1 if one does not answer. */
static int64_t
bank_sum(const struct bank *bank)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < bank->accounts_length; i++) {
		ths_mail *mail = ths_call(bank->vm, bank->accounts[i],
		    PATIENCE, how_much);
		const struct balance *balance = ths_mail_as(mail, balance);

		if (balance == NULL) {
			fprintf(stderr, "bank: %s\n", ths_mail_why(mail));
			ths_mail_free(mail);
			return -1;
		}
		sum += balance->cents;
		ths_mail_free(mail);
	}
	return sum;
}

/* Prints the day; returns the exit code that tells the truth about it. */
static int
bank_report(const struct bank *bank)
{
	const struct day *day = &bank->day;
	int64_t before = (int64_t)bank->accounts_length * CENTS_FIRST;
	int64_t after = bank_sum(bank);
	ths_vm_status status;

	ths_vm_status_read(bank->vm, &status);
	printf("transfers  %" PRIu64 " done, %" PRIu64 " refused, %" PRIu64
	    " failed\n", day->done, day->refused, day->failed);
	printf("failures   %" PRIu64 " attempts repeated, %" PRIu64
	    " given up, %" PRIu64 " deposits made again\n", status.retried,
	    status.poisoned, day->repeated);
	printf("cents      %" PRId64 " before, %" PRId64 " after\n", before,
	    after);
	if (before != after)
		return EXIT_BROKEN;
	if (was_interrupted)
		return EXIT_INTERRUPTED;
	return day->done + day->refused + day->failed == bank->transfers ?
	    EXIT_SUCCESS : EXIT_BROKEN;
}

static void
usage_print(FILE *stream)
{
	fprintf(stream, "usage: bank [TRANSFERS [ACCOUNTS]]\n"
	    "Makes TRANSFERS (%d) between 1 to %d ACCOUNTS (%d), and compares "
	    "the sum.\n", TRANSFERS_DEFAULT, ACCOUNTS_MAX, ACCOUNTS_DEFAULT);
}

/* Reads a number from 1 to max, or exits. */
static uint64_t
number_read(const char *text, uint64_t max)
{
	char *end;
	long long number;

	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno == 0 && *text != '\0' && *end == '\0' && number >= 1 &&
	    (uint64_t)number <= max)
		return (uint64_t)number;
	usage_print(stderr);
	exit(EXIT_USAGE);
}

static void
bank_read(struct bank *bank, int argc, char **argv)
{
	bank->transfers = TRANSFERS_DEFAULT;
	bank->accounts_length = ACCOUNTS_DEFAULT;
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		usage_print(stdout);
		exit(EXIT_SUCCESS);
	}
	if (argc > 3) {
		usage_print(stderr);
		exit(EXIT_USAGE);
	}
	if (argc > 1)
		bank->transfers = number_read(argv[1], TRANSFERS_MAX);
	if (argc > 2)
		bank->accounts_length =
		    (uint32_t)number_read(argv[2], ACCOUNTS_MAX);
}

int
main(int argc, char **argv)
{
	/* Each failure would be a line of the log; here they are expected. */
	const ths_vm_config config = { .log_level = THS_LOG_NONE };
	struct bank bank = { 0 };
	ths_status status;
	int code = EXIT_FAILURE;

	bank_read(&bank, argc, argv);
	interrupts_catch();
	status = ths_vm_start(&bank.vm, &config);
	if (status == THS_OK)
		status = bank_open(&bank);
	if (status == THS_OK) {
		bank_work(&bank);
		code = bank_report(&bank);
	} else {
		fprintf(stderr, "bank: %s\n", ths_status_text(status));
	}
	if (bank.vm != NULL)
		ths_vm_stop(bank.vm, THS_SECONDS(5));
	ths_vm_free(bank.vm);
	return code;
}
