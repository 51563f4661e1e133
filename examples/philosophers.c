/* SPDX-License-Identifier: MIT */
/*
 * philosophers - some sit round a table with a fork between each two, and each
 * needs both his forks to eat.
 *
 *     philosophers [PHILOSOPHERS [MEALS]]        default 5 and 20; --help
 *
 * It teaches: what would be a lock elsewhere is an actor here, and who waits
 * for it holds up nobody.  A fork keeps in mind who else wants it.  Everybody
 * takes the fork with the lower number first, so they never wait in a circle;
 * and a fork goes to who waits before it goes back to who has had it, so
 * nobody starves.
 *
 *   philosopher --take--> fork       (at once, or when the neighbour is done)
 *   philosopher <-taken-- fork
 *   philosopher --put---> fork
 *
 * An interrupt (Ctrl-C) lets everybody finish the meal he is at.
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
	PHILOSOPHERS_DEFAULT = 5,
	PHILOSOPHERS_MAX = 10000,
	MEALS_DEFAULT = 20,
	MEALS_MAX = 1000000,
	EXIT_USAGE = 2,
	EXIT_BROKEN = 70,       /* two have eaten with one fork */
	EXIT_INTERRUPTED = 130, /* as a shell says: 128 and SIGINT */
};

#define EATING THS_MILLISECONDS(1)
#define PERIOD THS_MILLISECONDS(100) /* between two looks at the interrupt */

THS_SIGNAL(take)
THS_SIGNAL(taken)
THS_SIGNAL(put)
THS_SIGNAL(sit_down)
THS_SIGNAL(get_up)
THS_MESSAGE(fed,
    THS_FIELD(uint32_t, meals),
    THS_FIELD(ths_duration, longest)) /* that he was hungry */

/* -------------------------------------------------------------------- fork */

struct fork {
	ths_address holder;
	ths_address waiting;
};

static ths_status
fork_on_take(ths_self *self, struct fork *fork, const struct take *take)
{
	(void)take;
	if (!ths_address_is_nobody(fork->holder)) {
		fork->waiting = ths_sender(self);
		return THS_OK;
	}
	fork->holder = ths_sender(self);
	return ths_reply(self, taken);
}

static ths_status
fork_on_put(ths_self *self, struct fork *fork, const struct put *put)
{
	(void)put;
	if (!ths_address_equal(fork->holder, ths_sender(self)))
		return ths_fail(self, "put by one who does not hold it");
	fork->holder = fork->waiting;
	fork->waiting = THS_NOBODY;
	if (ths_address_is_nobody(fork->holder))
		return THS_OK;
	return ths_send(self, fork->holder, taken);
}

THS_ACTOR(fork, struct fork,
    THS_ON(take, fork_on_take),
    THS_ON(put, fork_on_put))

/* ------------------------------------------------------------- philosopher */

THS_MESSAGE(place,
    THS_FIELD(ths_address, first),  /* the fork with the lower number */
    THS_FIELD(ths_address, second),
    THS_FIELD(uint32_t, meals))

struct philosopher {
	struct place place;
	ths_address host;
	ths_duration hungry; /* since when */
	ths_duration longest;
	uint32_t meals;
	int forks; /* in his hands */
	bool is_leaving;
};

static ths_status
philosopher_init(ths_self *self, struct philosopher *philosopher,
    const struct place *place)
{
	(void)self;
	philosopher->place = *place;
	return THS_OK;
}

/* Hungry again, or done. */
static ths_status
philosopher_go_on(ths_self *self, struct philosopher *philosopher)
{
	if (philosopher->meals < philosopher->place.meals &&
	    !philosopher->is_leaving) {
		philosopher->hungry = ths_now(self);
		return ths_send(self, philosopher->place.first, take);
	}
	return ths_send(self, philosopher->host, fed,
	    .meals = philosopher->meals, .longest = philosopher->longest);
}

static ths_status
philosopher_on_sit_down(ths_self *self, struct philosopher *philosopher,
    const struct sit_down *sit_down)
{
	(void)sit_down;
	philosopher->host = ths_sender(self);
	return philosopher_go_on(self, philosopher);
}

static ths_status
philosopher_on_taken(ths_self *self, struct philosopher *philosopher,
    const struct taken *taken)
{
	ths_duration waited = ths_now(self) - philosopher->hungry;

	(void)taken;
	if (++philosopher->forks < 2)
		return ths_send(self, philosopher->place.second, take);
	if (waited > philosopher->longest)
		philosopher->longest = waited;
	return ths_timer_set(self, EATING, 0, NULL);
}

static ths_status
philosopher_on_wakeup(ths_self *self, struct philosopher *philosopher,
    const struct ths_wakeup *wakeup)
{
	(void)wakeup;
	philosopher->meals++;
	philosopher->forks = 0;
	ths_send(self, philosopher->place.second, put);
	ths_send(self, philosopher->place.first, put);
	return philosopher_go_on(self, philosopher);
}

static ths_status
philosopher_on_get_up(ths_self *self, struct philosopher *philosopher,
    const struct get_up *get_up)
{
	(void)self, (void)get_up;
	philosopher->is_leaving = true;
	return THS_OK;
}

THS_ACTOR(philosopher, struct philosopher,
    THS_INIT(place, philosopher_init),
    THS_ON(sit_down, philosopher_on_sit_down),
    THS_ON(taken, philosopher_on_taken),
    THS_ON(ths_wakeup, philosopher_on_wakeup),
    THS_ON(get_up, philosopher_on_get_up))

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

struct table {
	ths_vm *vm;
	ths_address *forks;
	ths_address *philosophers;
	uint32_t length; /* of both */
	uint32_t meals;  /* for each */
	uint64_t eaten;
	uint32_t fewest;
	ths_duration longest;
};

static ths_status
table_seat(struct table *table, uint32_t i)
{
	uint32_t right = (i + 1) % table->length;
	const ths_spawn_options options = {
		.start = THS_ANY(place, .meals = table->meals,
		    .first = table->forks[i < right ? i : right],
		    .second = table->forks[i < right ? right : i]),
	};

	return ths_spawn(table->vm, &table->philosophers[i],
	    &philosopher_actor, &options);
}

static ths_status
table_lay(struct table *table)
{
	ths_status status = THS_OK;

	table->forks = calloc(table->length, sizeof(ths_address));
	table->philosophers = calloc(table->length, sizeof(ths_address));
	if (table->forks == NULL || table->philosophers == NULL)
		return THS_NO_MEMORY;
	for (uint32_t i = 0; i < table->length && status == THS_OK; i++)
		status = ths_spawn(table->vm, &table->forks[i], &fork_actor,
		    NULL);
	for (uint32_t i = 0; i < table->length && status == THS_OK; i++)
		status = table_seat(table, i);
	return status;
}

/* True when somebody has said that he is done. */
static bool
table_hear(struct table *table)
{
	ths_mail *mail = ths_listen(table->vm, NULL, PERIOD);
	const struct fed *fed = ths_mail_as(mail, fed);
	bool is_fed = fed != NULL;

	if (is_fed) {
		table->eaten += fed->meals;
		if (fed->meals < table->fewest)
			table->fewest = fed->meals;
		if (fed->longest > table->longest)
			table->longest = fed->longest;
	}
	ths_mail_free(mail);
	return is_fed;
}

static void
table_dine(struct table *table)
{
	uint32_t done = 0;
	bool is_ending = false;

	table->fewest = table->meals;
	for (uint32_t i = 0; i < table->length; i++)
		ths_tell(table->vm, table->philosophers[i], sit_down);
	while (done < table->length) {
		if (table_hear(table))
			done++;
		if (!was_interrupted || is_ending)
			continue;
		is_ending = true;
		for (uint32_t i = 0; i < table->length; i++)
			ths_tell(table->vm, table->philosophers[i], get_up);
	}
	printf("%" PRIu32 " philosophers, %" PRIu64 " meals, at least %" PRIu32
	    " each, hungry for at most %.1f ms\n", table->length, table->eaten,
	    table->fewest, (double)table->longest / 1e6);
}

/* A fork that was put down by one who did not hold it has failed. */
static int
table_exit_code(const struct table *table)
{
	ths_vm_status status;

	ths_vm_status_read(table->vm, &status);
	if (status.failed > 0)
		return EXIT_BROKEN;
	if (was_interrupted)
		return EXIT_INTERRUPTED;
	return EXIT_SUCCESS;
}

static void
usage_print(FILE *stream)
{
	fprintf(stream, "usage: philosophers [PHILOSOPHERS [MEALS]]\n"
	    "Lets 2 to %d philosophers (%d) eat MEALS (%d) each.\n",
	    PHILOSOPHERS_MAX, PHILOSOPHERS_DEFAULT, MEALS_DEFAULT);
}

/* Reads a number from min to max, or exits. */
static uint32_t
number_read(const char *text, uint32_t min, uint32_t max)
{
	char *end;
	long long number;

	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno == 0 && *text != '\0' && *end == '\0' && number >= min &&
	    number <= max)
		return (uint32_t)number;
	usage_print(stderr);
	exit(EXIT_USAGE);
}

static struct table
table_read(int argc, char **argv)
{
	struct table table = {
		.length = PHILOSOPHERS_DEFAULT,
		.meals = MEALS_DEFAULT,
	};

	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		usage_print(stdout);
		exit(EXIT_SUCCESS);
	}
	if (argc > 3) {
		usage_print(stderr);
		exit(EXIT_USAGE);
	}
	if (argc > 1)
		table.length = number_read(argv[1], 2, PHILOSOPHERS_MAX);
	if (argc > 2)
		table.meals = number_read(argv[2], 1, MEALS_MAX);
	return table;
}

int
main(int argc, char **argv)
{
	struct table table = table_read(argc, argv);
	ths_status status;
	int code = EXIT_FAILURE;

	interrupts_catch();
	status = ths_vm_start(&table.vm, NULL);
	if (status == THS_OK)
		status = table_lay(&table);
	if (status == THS_OK)
		table_dine(&table);
	else
		fprintf(stderr, "philosophers: %s\n", ths_status_text(status));
	if (table.vm != NULL)
		ths_vm_stop(table.vm, THS_SECONDS(5));
	if (status == THS_OK)
		code = table_exit_code(&table);
	ths_vm_free(table.vm);
	free(table.forks);
	free(table.philosophers);
	return code;
}
