/* SPDX-License-Identifier: MIT */
/* status - the names and texts of the tables in thespis/; see there. */
#include "thespis/status.h"

#include <stddef.h>

#include "thespis/life.h"
#include "thespis/vm.h"

#define NAME_ROW(name, text) #name,
#define TEXT_ROW(name, text) text,

static const char *const status_names[THS_STATUS_COUNT] = {
	THS_STATUS_TABLE(NAME_ROW)
};
static const char *const status_texts[THS_STATUS_COUNT] = {
	THS_STATUS_TABLE(TEXT_ROW)
};
static const char *const dead_texts[THS_DEAD_COUNT] = {
	THS_DEAD_TABLE(TEXT_ROW)
};

static const char *const exit_texts[THS_EXIT_REASON_COUNT] = {
	THS_EXIT_TABLE(TEXT_ROW)
};

/* The row of a number that a host may have made up. */
static const char *
row(const char *const *rows, size_t count, size_t number, const char *otherwise)
{
	return number < count ? rows[number] : otherwise;
}

const char *
ths_status_text(ths_status status)
{
	return row(status_texts, THS_STATUS_COUNT, (size_t)status,
	    "a number that is no status");
}

const char *
ths_status_name(ths_status status)
{
	return row(status_names, THS_STATUS_COUNT, (size_t)status,
	    "THS_STATUS_UNKNOWN");
}

const char *
ths_dead_reason_text(ths_dead_reason reason)
{
	return row(dead_texts, THS_DEAD_COUNT, (size_t)reason,
	    "a number that is no reason");
}

const char *
ths_exit_reason_text(ths_exit_reason reason)
{
	return row(exit_texts, THS_EXIT_REASON_COUNT, (size_t)reason,
	    "a number that is no reason");
}
