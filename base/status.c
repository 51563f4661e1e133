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
static const char *const family_texts[THS_FAMILY_COUNT] = {
	THS_FAMILY_TABLE(TEXT_ROW)
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

ths_family
ths_status_family(ths_status status)
{
	switch (status) {
	case THS_OK:
		return THS_FAMILY_NONE;
	case THS_BAD_ARGUMENT:
	case THS_TOO_LARGE:
	case THS_WRONG_PLACE:
	case THS_MALFORMED:
	case THS_MISMATCH:
	case THS_NOT_READY:
		return THS_FAMILY_MISTAKE;
	case THS_GONE:
	case THS_UNKNOWN:
		return THS_FAMILY_NOBODY;
	case THS_FAILED:
	case THS_REFUSED:
	case THS_TAKEN:
	case THS_UNFIT:
	case THS_UNBORN:
		return THS_FAMILY_REFUSAL;
	case THS_NO_MEMORY:
	case THS_FULL:
	case THS_LIMIT:
	case THS_SYSTEM:
	case THS_TIMEOUT:
	case THS_STOPPED:
		return THS_FAMILY_VM;
	case THS_STATUS_COUNT:
		break;
	}
	return THS_FAMILY_MISTAKE;
}

const char *
ths_family_text(ths_family family)
{
	return row(family_texts, THS_FAMILY_COUNT, (size_t)family,
	    "a number that is no family");
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
