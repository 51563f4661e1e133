/* SPDX-License-Identifier: MIT */
/*
 * fault_text - faults in words, for options and reports; see thespis/sim.h.
 *
 *     faults = [ fault { "," fault } ]
 *     fault  = kind [ "=" one_in ] [ "@" nth ] [ ":" span ]
 *     span   = number ( "ns" | "us" | "ms" | "s" )
 *
 * A kind without any number strikes one in FAULT_TEXT_ONE_IN.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/faults.h"

enum { FAULT_TEXT_ONE_IN = 20 };

const char *
ths_sim_fault_name(ths_sim_fault kind)
{
	return kind < THS_SIM_FAULT_KINDS ? fault_rows[kind].name : NULL;
}

/* --------------------------------------------------------------------- read */

/* A number up to max from 1 on; false, and *text is anywhere, if there is
 * none. */
static bool
read_number(const char **text, uint64_t max, uint64_t *number)
{
	uint64_t value = 0;

	if (!isdigit((unsigned char)**text))
		return false;
	for (; isdigit((unsigned char)**text); (*text)++) {
		uint64_t digit = (uint64_t)(**text - '0');

		if (value > (max - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*number = value;
	return value > 0;
}

static bool
read_span(const char **text, ths_duration *span)
{
	static const struct { const char *name; uint64_t ns; } units[] = {
		{ "ns", 1 }, { "us", 1000 }, { "ms", 1000 * 1000 },
		{ "s", 1000 * 1000 * 1000 },
	};
	uint64_t number;

	if (!read_number(text, INT64_MAX, &number))
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t length = strlen(units[i].name);

		if (strncmp(*text, units[i].name, length) != 0)
			continue;
		*text += length;
		if (number > INT64_MAX / units[i].ns)
			return false;
		*span = (ths_duration)(number * units[i].ns);
		return true;
	}
	return false;
}

/* The kind of the word that begins here; THS_SIM_FAULT_KINDS: there is none. */
static ths_sim_fault
read_kind(const char **text)
{
	size_t length = strcspn(*text, "=@:,");
	ths_sim_fault kind = 0;

	while (kind < THS_SIM_FAULT_KINDS &&
	    (strlen(fault_rows[kind].name) != length ||
	    strncmp(*text, fault_rows[kind].name, length) != 0))
		kind++;
	*text += length;
	return kind;
}

static bool
read_fault(const char **text, ths_sim_faults *faults)
{
	ths_sim_fault kind = read_kind(text);
	uint64_t one_in = FAULT_TEXT_ONE_IN;
	uint64_t at = 0;

	if (kind == THS_SIM_FAULT_KINDS)
		return false;
	if (**text == '@')
		one_in = 0;
	if (**text == '=' && (++*text, !read_number(text, UINT32_MAX, &one_in)))
		return false;
	if (**text == '@' && (++*text, !read_number(text, UINT64_MAX, &at)))
		return false;
	*faults_one_in(faults, kind) = (uint32_t)one_in;
	*faults_at(faults, kind) = at;
	if (**text != ':')
		return true;
	++*text;
	return faults_max(faults, kind) != NULL &&
	    read_span(text, faults_max(faults, kind));
}

ths_status
ths_sim_faults_read(const char *text, ths_sim_faults *faults)
{
	ths_sim_faults read = { 0 };

	if (text == NULL || faults == NULL)
		return THS_BAD_ARGUMENT;
	while (*text != '\0') {
		if (!read_fault(&text, &read) ||
		    (*text != '\0' && *text != ','))
			return THS_BAD_ARGUMENT;
		if (*text == ',' && *++text == '\0')
			return THS_BAD_ARGUMENT;
	}
	*faults = read;
	return THS_OK;
}

/* -------------------------------------------------------------------- print */

/* One kind, into a buffer that is large enough; its length. */
static size_t
print_fault(ths_sim_faults *faults, ths_sim_fault kind, char *buffer,
    size_t size)
{
	uint32_t one_in = *faults_one_in(faults, kind);
	uint64_t at = *faults_at(faults, kind);
	const ths_duration *max = faults_max(faults, kind);
	size_t used = 0;

	buffer[0] = '\0';
	if (one_in == 0 && at == 0)
		return 0;
	used += (size_t)snprintf(buffer, size, "%s", fault_rows[kind].name);
	if (one_in != 0)
		used += (size_t)snprintf(buffer + used, size - used,
		    "=%" PRIu32, one_in);
	if (at != 0)
		used += (size_t)snprintf(buffer + used, size - used,
		    "@%" PRIu64, at);
	if (max != NULL && *max > 0)
		used += (size_t)snprintf(buffer + used, size - used,
		    ":%" PRId64 "ns", (int64_t)*max);
	return used;
}

size_t
ths_sim_faults_print(const ths_sim_faults *faults, char *buffer, size_t size)
{
	ths_sim_faults copy = *faults;
	size_t length = 0;
	char text[96]; /* a name, and three numbers of 20 digits */

	if (size > 0)
		buffer[0] = '\0';
	for (ths_sim_fault kind = 0; kind < THS_SIM_FAULT_KINDS; kind++) {
		if (print_fault(&copy, kind, text, sizeof(text)) == 0)
			continue;
		length += (size_t)snprintf(length < size ? buffer + length :
		    NULL, length < size ? size - length : 0, "%s%s",
		    length > 0 ? "," : "", text);
	}
	return length;
}
