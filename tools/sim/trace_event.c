/* SPDX-License-Identifier: MIT */
/* trace_event - one event of a trace, as JSON; see trace_event.h. */
#include "tools/sim/trace_event.h"

#include <inttypes.h>

static void
put_text(FILE *file, const char *text)
{
	fputc('"', file);
	for (; *text != '\0'; text++) {
		unsigned char letter = (unsigned char)*text;

		if (letter == '"' || letter == '\\')
			fprintf(file, "\\%c", letter);
		else if (letter < ' ')
			fprintf(file, "\\u%04x", letter);
		else
			fputc(letter, file);
	}
	fputc('"', file);
}

void
event_begin(FILE *file, const char *kind, uint32_t thread, uint64_t at_ns,
    const char *name)
{
	fprintf(file, ",\n{\"ph\":\"%s\",\"pid\":1,\"tid\":%" PRIu32
	    ",\"ts\":%" PRIu64 ".%03" PRIu64, kind, thread, at_ns / 1000,
	    at_ns % 1000);
	if (name == NULL)
		return;
	fputs(",\"name\":", file);
	put_text(file, name);
}

void
event_end(FILE *file)
{
	fputc('}', file);
	fflush(file);
}

void
event_argument(FILE *file, const char *name, const char *text)
{
	fprintf(file, ",\"args\":{\"%s\":", name);
	put_text(file, text);
	fputc('}', file);
}

void
event_mark(FILE *file, const char *scope, uint32_t thread, uint64_t at_ns,
    const char *name)
{
	event_begin(file, "i", thread, at_ns, name);
	fprintf(file, ",\"s\":\"%s\"", scope);
	event_end(file);
}
