/* SPDX-License-Identifier: MIT */
/* evidence - what one run leaves to the process that started it; see
 * evidence.h. */
#include "tools/sim/evidence.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/sim.h"

enum { SIGNAL_STACK_SIZE = 64 * 1024 };

/* For the signal's handler, which is given nothing. */
static struct evidence *wanted;
static const ths_sim *running;

struct evidence *
evidence_new(void)
{
	struct evidence *evidence = mmap(NULL, sizeof(*evidence),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS |
	    MAP_NORESERVE, -1, 0);

	return evidence == MAP_FAILED ? NULL : evidence;
}

void
evidence_free(struct evidence *evidence)
{
	if (evidence != NULL)
		munmap(evidence, sizeof(*evidence));
}

static void
collect(struct evidence *evidence, const ths_sim *sim)
{
	const struct settings *settings = &sim->settings;
	const struct schedule *schedule = &sim->schedule;

	evidence->sizes_length = settings->length;
	for (size_t i = 0; i < settings->length; i++) {
		struct evidence_size *size = &evidence->sizes[i];

		strncpy(size->name, settings->asked[i].name,
		    sizeof(size->name) - 1);
		size->usual = settings->asked[i].usual;
		size->least = settings->asked[i].least;
		size->value = settings->asked[i].value;
	}
	evidence->decisions_length = 0;
	if (!schedule->is_cut && schedule->length <= EVIDENCE_DECISIONS_MAX) {
		memcpy(evidence->decisions, schedule->items,
		    schedule->length * sizeof(*schedule->items));
		evidence->decisions_length = schedule->length;
	}
	evidence->has_ended = true;
}

/* The process dies of it, but not before this. */
static void
on_signal(int number)
{
	if (wanted != NULL && running != NULL)
		collect(wanted, running);
	signal(number, SIG_DFL);
	raise(number);
}

/* On a stack of its own: that of a simulated thread may be what has run out. */
static void
catch_signals(void)
{
	static const int numbers[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE,
		SIGILL, SIGTERM };
	stack_t stack = { .ss_size = SIGNAL_STACK_SIZE };
	struct sigaction action = { 0 };

	stack.ss_sp = malloc(stack.ss_size);
	action.sa_handler = on_signal;
	if (stack.ss_sp != NULL && sigaltstack(&stack, NULL) == 0)
		action.sa_flags = SA_ONSTACK;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigaction(numbers[i], &action, NULL);
}

static void
before(void *context, ths_sim *sim)
{
	struct evidence *evidence = context;

	if (wanted == NULL)
		catch_signals();
	evidence->has_ended = false;
	wanted = evidence;
	running = sim;
}

static void
after(void *context, ths_sim *sim)
{
	collect(context, sim);
	running = NULL;
}

void
evidence_want(struct evidence *evidence, struct play *play)
{
	play->config.records = true;
	play->before = before;
	play->after = after;
	play->context = evidence;
}
