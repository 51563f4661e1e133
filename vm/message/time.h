/* SPDX-License-Identifier: MIT */
/*
 * time - moments and spans of time as text.  Reads no clock and no time zone.
 *
 * Threads: any.
 */
#ifndef VM_MESSAGE_TIME_H
#define VM_MESSAGE_TIME_H

#include "thespis/value.h"
#include "vm/message/text.h"

/* Adds a moment as RFC 3339 has it, in UTC, with as many decimals as it needs:
 * 2024-02-29T23:59:59.5Z.  Every ths_time lies between the years 1677 and
 * 2262. */
void time_add(struct text *text, ths_time time);

/* Adds a span in seconds: -1.5s. */
void time_add_duration(struct text *text, ths_duration duration);

#endif
