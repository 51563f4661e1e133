/* SPDX-License-Identifier: MIT */
/*
 * trace - what happens in one run, as a file for ui.perfetto.dev; see trace.h.
 *
 * What was sent and what is handled find each other by who sends what to whom:
 * of those that are alike the oldest is meant, as their order is kept.
 *
 * Source of the format: "Trace Event Format", the Chromium project.
 */
#include "tools/sim/trace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/events.h"
#include "sim/sim.h"
#include "thespis/print.h"
#include "tools/sim/trace_event.h"

enum {
	WORDS_SIZE = 512,     /* of a message or an actor in words */
	JUMP_NS = 100 * 1000, /* time without an event that is a mark */
};

/* A thread of the world. */
struct track {
	bool is_known;
	const char *handler; /* that was the last to run; NULL: none was */
	int depth; /* slices that are open: an actor's, and in it a handler's */
};

/* A message under way; slots and generations are those of one VM. */
struct flight {
	uint64_t id;
	uint32_t vm;
	ths_address from;
	ths_address to;
	const ths_type *type;
};

struct trace {
	FILE *file;
	ths_sim *sim;
	uint64_t last_ns;
	struct track *tracks;
	size_t tracks_length;
	struct flight flights[TRACE_FLIGHTS_MAX];
	size_t flights_length;
	uint64_t flights_sent;
	uint64_t struck[THS_SIM_FAULT_KINDS];
};

/* --------------------------------------------------------------- the tracks */

/* The track of a thread; NULL: there is no memory for it. */
static struct track *
track_of(struct trace *trace, const struct sim_event *event)
{
	char name[WORDS_SIZE];
	struct track *track;

	if (event->thread >= trace->tracks_length) {
		size_t length = 2 * (size_t)event->thread + 16;
		struct track *wider = realloc(trace->tracks,
		    length * sizeof(*wider));

		if (wider == NULL)
			return NULL;
		memset(wider + trace->tracks_length, 0,
		    (length - trace->tracks_length) * sizeof(*wider));
		trace->tracks = wider;
		trace->tracks_length = length;
	}
	track = &trace->tracks[event->thread];
	if (!track->is_known) {
		track->is_known = true;
		snprintf(name, sizeof(name), "%s %" PRIu32,
		    event->thread_name == NULL ? "home" : event->thread_name,
		    event->thread);
		event_begin(trace->file, "M", event->thread, 0, "thread_name");
		event_argument(trace->file, "name", name);
		event_end(trace->file);
	}
	return track;
}

static void
close_slices(struct trace *trace, struct track *track, uint32_t thread,
    uint64_t at_ns, int depth)
{
	for (; track->depth > depth; track->depth--) {
		event_begin(trace->file, "E", thread, at_ns, NULL);
		event_end(trace->file);
	}
}

/* -------------------------------------------------------------- the flights */

static void
put_arrow(struct trace *trace, const char *kind,
    const struct sim_event *event, uint64_t id)
{
	event_begin(trace->file, kind, event->thread, event->at_ns, "message");
	fprintf(trace->file, ",\"cat\":\"message\",\"id\":%" PRIu64 "%s", id,
	    kind[0] == 'f' ? ",\"bp\":\"e\"" : "");
	event_end(trace->file);
}

static void
take_off(struct trace *trace, const struct sim_event *event)
{
	if (trace->flights_length == TRACE_FLIGHTS_MAX)
		return;
	trace->flights[trace->flights_length++] = (struct flight){
		++trace->flights_sent, event->vm, event->from, event->to,
		event->type,
	};
	put_arrow(trace, "s", event, trace->flights_sent);
}

static bool
is_same(ths_address a, ths_address b)
{
	return a.slot == b.slot && a.generation == b.generation;
}

static bool
is_of(const struct flight *flight, const struct sim_event *event)
{
	return flight->type == event->type && flight->vm == event->vm &&
	    is_same(flight->from, event->from) &&
	    is_same(flight->to, event->to);
}

/* The message has come to its end; that is seen by an arrow if is_shown. */
static void
land(struct trace *trace, const struct sim_event *event, bool is_shown)
{
	size_t place = 0;

	while (place < trace->flights_length &&
	    !is_of(&trace->flights[place], event))
		place++;
	if (place == trace->flights_length)
		return;
	if (is_shown)
		put_arrow(trace, "f", event, trace->flights[place].id);
	trace->flights_length--;
	memmove(&trace->flights[place], &trace->flights[place + 1],
	    (trace->flights_length - place) * sizeof(trace->flights[0]));
}

/* --------------------------------------------------------------- the events */

static void
name_actor(const struct sim_event *event, char name[WORDS_SIZE])
{
	snprintf(name, WORDS_SIZE, "%s %" PRIu32 ".%" PRIu32,
	    event->to_name == NULL ? "client" : event->to_name,
	    event->to.slot, event->to.generation);
}

static void
put_message(struct trace *trace, const struct sim_event *event)
{
	char text[WORDS_SIZE] = "";

	if (event->type == NULL || event->message == NULL)
		return;
	(void)ths_message_print(event->type, event->message, text,
	    sizeof(text));
	event_argument(trace->file, "message", text);
}

static const char *
type_name(const struct sim_event *event)
{
	return event->type == NULL ? "a message" : event->type->name;
}

/* A slice without length, for what happens outside of all others: an arrow
 * leads from slice to slice. */
static void
put_moment(struct trace *trace, const struct sim_event *event,
    const char *verb)
{
	char name[WORDS_SIZE];

	snprintf(name, sizeof(name), "%s %s", verb, type_name(event));
	event_begin(trace->file, "X", event->thread, event->at_ns, name);
	fputs(",\"dur\":0.001", trace->file);
	put_message(trace, event);
	event_end(trace->file);
}

static void
tell_sent(struct trace *trace, const struct track *track,
    const struct sim_event *event)
{
	if (track->depth == 0)
		put_moment(trace, event, "send");
	take_off(trace, event);
}

static void
begin_handler(struct trace *trace, struct track *track,
    const struct sim_event *event, const char *name)
{
	close_slices(trace, track, event->thread, event->at_ns, 1);
	event_begin(trace->file, "B", event->thread, event->at_ns, name);
	put_message(trace, event);
	event_end(trace->file);
	track->handler = name;
	track->depth++;
}

static void
tell_handled(struct trace *trace, struct track *track,
    const struct sim_event *event)
{
	if (track->depth == 0) {
		put_moment(trace, event, "hear");
	} else {
		begin_handler(trace, track, event, type_name(event));
	}
	land(trace, event, true);
}

/* A second attempt at the same message. */
static void
tell_retried(struct trace *trace, struct track *track,
    const struct sim_event *event)
{
	if (track->depth == 1 && track->handler != NULL)
		begin_handler(trace, track, event, track->handler);
}

static void
tell_run(struct trace *trace, struct track *track,
    const struct sim_event *event)
{
	char name[WORDS_SIZE];

	close_slices(trace, track, event->thread, event->at_ns, 0);
	name_actor(event, name);
	event_begin(trace->file, "B", event->thread, event->at_ns, name);
	event_end(trace->file);
	track->depth = 1;
}

/* Everything else is a mark, in words. */
static void
tell_mark(struct trace *trace, const struct sim_event *event)
{
	char line[WORDS_SIZE];
	const char *words = line;

	(void)sim_event_print(event, line, sizeof(line));
	/* Behind time and thread, which are to be seen. */
	for (int i = 0; i < 2 && strstr(words, "  ") != NULL; i++)
		words = strstr(words, "  ") + 2;
	event_mark(trace->file, "t", event->thread, event->at_ns, words);
	if (event->kind == SIM_EVENT_DEAD || event->kind == SIM_EVENT_ABSORBED)
		land(trace, event, false);
}

/* What no event tells: time that has jumped, faults that have struck. */
static void
look_around(struct trace *trace, const struct sim_event *event)
{
	char name[WORDS_SIZE];

	if (trace->last_ns > 0 && event->at_ns - trace->last_ns >= JUMP_NS)
		event_mark(trace->file, "g", event->thread, event->at_ns,
		    "time jumps");
	trace->last_ns = event->at_ns;
	for (ths_sim_fault kind = 0; kind < THS_SIM_FAULT_KINDS; kind++) {
		uint64_t struck = ths_sim_struck(trace->sim, kind);

		if (struck == trace->struck[kind])
			continue;
		trace->struck[kind] = struck;
		snprintf(name, sizeof(name), "fault: %s",
		    ths_sim_fault_name(kind));
		event_mark(trace->file, "t", event->thread, event->at_ns, name);
	}
}

/* A handler that goes well is seen by its slice. */
static bool
is_mark(const struct sim_event *event)
{
	return event->kind != SIM_EVENT_RETURNS ||
	    strcmp(event->why, ths_status_text(THS_OK)) != 0;
}

static void
tell(void *context, const struct sim_event *event)
{
	struct trace *trace = context;
	struct track *track = track_of(trace, event);

	if (track == NULL)
		return;
	look_around(trace, event);
	if (event->kind == SIM_EVENT_RUNS)
		tell_run(trace, track, event);
	else if (event->kind == SIM_EVENT_RESTS)
		close_slices(trace, track, event->thread, event->at_ns, 0);
	else if (event->kind == SIM_EVENT_SENDS)
		tell_sent(trace, track, event);
	else if (event->kind == SIM_EVENT_HANDLES)
		tell_handled(trace, track, event);
	else if (event->kind == SIM_EVENT_RETRIES)
		tell_retried(trace, track, event);
	else if (is_mark(event))
		tell_mark(trace, event);
	if (event->kind == SIM_EVENT_RETURNS)
		close_slices(trace, track, event->thread, event->at_ns, 1);
}

/* ------------------------------------------------------------------ a life */

/* Writes a text into a file, and nothing else. */
static bool
write_text(const char *path, const char *mode, const char *text)
{
	FILE *file = fopen(path, mode);
	bool is_written;

	if (file == NULL)
		return false;
	is_written = fputs(text, file) >= 0;
	return fclose(file) == 0 && is_written;
}

bool
trace_begin(const char *path)
{
	return write_text(path, "w", "{\"displayTimeUnit\":\"ns\","
	    "\"traceEvents\":[\n{\"ph\":\"M\",\"pid\":1,\"ts\":0,"
	    "\"name\":\"process_name\",\"args\":{\"name\":\"thespis-sim\"}}");
}

bool
trace_end(const char *path)
{
	return write_text(path, "a", "\n]}\n");
}

struct trace *
trace_open(const char *path)
{
	struct trace *trace = calloc(1, sizeof(*trace));

	if (trace == NULL)
		return NULL;
	trace->file = fopen(path, "a");
	if (trace->file != NULL)
		return trace;
	free(trace);
	return NULL;
}

void
trace_watch(struct trace *trace, ths_sim *sim)
{
	trace->sim = sim;
	sim->listener = (struct sim_listener){ tell, trace };
}

bool
trace_close(struct trace *trace, const char *why)
{
	bool is_written;

	for (size_t i = 0; i < trace->tracks_length; i++)
		close_slices(trace, &trace->tracks[i], (uint32_t)i,
		    trace->last_ns, 0);
	if (why != NULL)
		event_mark(trace->file, "g", 0, trace->last_ns, why);
	is_written = !ferror(trace->file);
	is_written &= fclose(trace->file) == 0;
	free(trace->tracks);
	free(trace);
	return is_written;
}
