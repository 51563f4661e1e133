/* SPDX-License-Identifier: MIT */
/* events - what happens in a simulated world; see events.h. */
#include "sim/events.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "thespis/print.h"

/* A text that grows as far as there is room, and knows how long it would be. */
struct text {
	char *bytes;
	size_t size;
	size_t length;
};

static __attribute__((format(printf, 2, 3))) void
add(struct text *text, const char *format, ...)
{
	size_t used = text->length < text->size ? text->length : text->size;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text->bytes + used, text->size - used, format,
	    arguments);
	va_end(arguments);
	if (length > 0)
		text->length += (size_t)length;
}

/* Somebody, by kind and address: "bank 3.1". */
static void
add_whom(struct text *text, const struct sim_event *event, const char *name,
    ths_address whom)
{
	if (whom.slot == 0) {
		add(text, "nobody");
		return;
	}
	if (whom.generation == 0) {
		add(text, "whoever is in %" PRIu32, whom.slot);
		return;
	}
	add(text, "%s%s%" PRIu32 ".%" PRIu32, name == NULL ? "" : name,
	    name == NULL ? "" : " ", whom.slot, whom.generation);
	if (event->vm > 1)
		add(text, " of VM %" PRIu32, event->vm);
}

static void
add_message(struct text *text, const struct sim_event *event)
{
	size_t used = text->length < text->size ? text->length : text->size;

	if (event->type == NULL)
		add(text, "a message");
	else if (event->message == NULL)
		add(text, "%s", event->type->name);
	else
		text->length += ths_message_print(event->type, event->message,
		    text->bytes + used, text->size - used);
}

static void
add_timer(struct text *text, const struct sim_event *event, const char *what)
{
	add(text, "timer %" PRIx64 " %s", event->number, what);
	if (event->kind == SIM_EVENT_TIMER_SET && event->due_ns == CLOCK_NEVER)
		add(text, " for ever");
	else if (event->kind == SIM_EVENT_TIMER_SET)
		add(text, " for %" PRIu64 ".%06" PRIu64 " ms",
		    event->due_ns / 1000000, event->due_ns % 1000000);
}

/* What happens to a message. */
static void
add_letter(struct text *text, const struct sim_event *event)
{
	switch (event->kind) {
	case SIM_EVENT_SENDS:
		if (event->by.slot != 0) {
			add_whom(text, event, event->by_name, event->by);
			add(text, " ");
		}
		add(text, "sends ");
		add_message(text, event);
		add(text, " to ");
		add_whom(text, event, event->to_name, event->to);
		break;
	case SIM_EVENT_HANDLES:
		add_whom(text, event, event->to_name, event->to);
		add(text, event->to_name == NULL ? " is given " : " handles ");
		add_message(text, event);
		add(text, " from ");
		add_whom(text, event, NULL, event->from);
		break;
	default:
		add_message(text, event);
		add(text, " from ");
		add_whom(text, event, NULL, event->from);
		add(text, " to ");
		add_whom(text, event, event->to_name, event->to);
		add(text, event->kind == SIM_EVENT_DEAD ? " is dead: %s" :
		    " has done its work", event->why);
		break;
	}
}

/* What an actor does. */
static void
add_actor(struct text *text, const struct sim_event *event)
{
	static const char *const verbs[SIM_EVENT_KINDS] = {
		[SIM_EVENT_RETURNS] = "returns",
		[SIM_EVENT_RETRIES] = "tries it again",
		[SIM_EVENT_STASHES] = "puts it aside",
		[SIM_EVENT_BORN] = "is born",
		[SIM_EVENT_ENDS] = "ends",
		[SIM_EVENT_RUNS] = "runs",
		[SIM_EVENT_RESTS] = "rests",
	};

	add_whom(text, event, event->to_name, event->to);
	add(text, " %s", verbs[event->kind]);
	if (event->kind == SIM_EVENT_BORN && event->from.slot != 0) {
		add(text, ", child of ");
		add_whom(text, event, NULL, event->from);
	}
	if (event->why != NULL)
		add(text, ": %s", event->why);
}

size_t
sim_event_print(const struct sim_event *event, char *bytes, size_t size)
{
	struct text text = { bytes, size, 0 };

	add(&text, "%" PRIu64 ".%06" PRIu64 " ms  %s %" PRIu32 "  ",
	    event->at_ns / 1000000, event->at_ns % 1000000,
	    event->thread_name, event->thread);
	switch (event->kind) {
	case SIM_EVENT_SENDS:
	case SIM_EVENT_HANDLES:
	case SIM_EVENT_DEAD:
	case SIM_EVENT_ABSORBED:
		add_letter(&text, event);
		break;
	case SIM_EVENT_TIMER_SET:
		add_timer(&text, event, "is set");
		break;
	case SIM_EVENT_TIMER_FIRES:
		add_timer(&text, event, "fires");
		break;
	case SIM_EVENT_TIMER_CANCELLED:
		add_timer(&text, event, "is cancelled");
		break;
	default:
		add_actor(&text, event);
		break;
	}
	return text.length;
}

/* ---------------------------------------------------------- the last events */

void
sim_memoir_tell(void *context, const struct sim_event *event)
{
	struct sim_memoir *memoir = context;
	char *line = memoir->lines[memoir->told++ % memoir->length];

	if (sim_event_print(event, line, SIM_MEMOIR_LINE) >= SIM_MEMOIR_LINE)
		memcpy(line + SIM_MEMOIR_LINE - sizeof("..."), "...",
		    sizeof("..."));
}

size_t
sim_memoir_count(const struct sim_memoir *memoir)
{
	return memoir->told < memoir->length ? (size_t)memoir->told :
	    memoir->length;
}

const char *
sim_memoir_line(const struct sim_memoir *memoir, size_t n)
{
	uint64_t first = memoir->told - sim_memoir_count(memoir);

	return memoir->lines[(first + n) % memoir->length];
}
