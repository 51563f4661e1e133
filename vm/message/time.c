/* SPDX-License-Identifier: MIT */
/* time - moments and spans of time as text; see time.h. */
#include "vm/message/time.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_SECOND INT64_C(1000000000)
#define SECONDS_PER_DAY INT64_C(86400)

/* Nanoseconds as a fraction of a second; nothing for none. */
static void
add_fraction(struct text *text, uint64_t ns)
{
	char digits[24];
	size_t length;

	if (ns == 0)
		return;
	snprintf(digits, sizeof(digits), ".%09" PRIu64, ns);
	for (length = strlen(digits); digits[length - 1] == '0';)
		length--;
	text_add(text, digits, length);
}

/* The date of a day since 1970, by shifting the year to begin in March and
 * counting eras of 400 years (H. Hinnant, "chrono-Compatible Low-Level Date
 * Algorithms"). */
static void
add_date(struct text *text, int64_t day)
{
	int64_t shifted = day + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t of_era = shifted - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 -
	    of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;
	int64_t of_month = of_year - (153 * month + 2) / 5 + 1;

	month = month < 10 ? month + 3 : month - 9;
	year += era * 400 + (month <= 2);
	text_format(text, "%04" PRId64 "-%02" PRId64 "-%02" PRId64,
	    year, month, of_month);
}

void
time_add(struct text *text, ths_time time)
{
	int64_t ns = time % NS_PER_SECOND;
	int64_t seconds = time / NS_PER_SECOND;
	int64_t of_day;

	if (ns < 0) {
		ns += NS_PER_SECOND;
		seconds--;
	}
	of_day = seconds % SECONDS_PER_DAY;
	if (of_day < 0)
		of_day += SECONDS_PER_DAY;
	add_date(text, (seconds - of_day) / SECONDS_PER_DAY);
	text_format(text, "T%02d:%02d:%02d", (int)(of_day / 3600),
	    (int)(of_day / 60 % 60), (int)(of_day % 60));
	add_fraction(text, (uint64_t)ns);
	text_put(text, "Z");
}

void
time_add_duration(struct text *text, ths_duration duration)
{
	uint64_t ns = duration < 0 ? -(uint64_t)duration : (uint64_t)duration;

	text_format(text, "%s%" PRIu64, duration < 0 ? "-" : "",
	    ns / NS_PER_SECOND);
	add_fraction(text, ns % NS_PER_SECOND);
	text_put(text, "s");
}
