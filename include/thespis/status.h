/* SPDX-License-Identifier: MIT */
/*
 * status - what a call of the library answers, and its text.
 *
 * Every function that can be refused returns a ths_status.  THS_OK is zero, so
 * `if (ths_spawn(...))` reads as "if it failed".  Out-parameters are untouched
 * when a call fails.
 *
 * Failures form families, by what can be done about them:
 *
 *     if (ths_status_is(status, THS_FAMILY_MISTAKE))
 *         the program is wrong: the same call will fail again
 *     else if (ths_status_is(status, THS_FAMILY_VM))
 *         it may work later, or with more time, memory or room
 */
#ifndef THESPIS_STATUS_H
#define THESPIS_STATUS_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Warns when an answer is thrown away. */
#if defined(__GNUC__)
#define THS_NODISCARD __attribute__((warn_unused_result))
#define THS_PUBLIC __attribute__((visibility("default")))
#define THS_PRINTF(string, first) \
	__attribute__((format(printf, string, first)))
#else
#define THS_NODISCARD
#define THS_PUBLIC
#define THS_PRINTF(string, first)
#endif

/* One table: name, text.  The order is fixed; new rows go to the end. */
#define THS_STATUS_TABLE(ROW) \
	ROW(THS_OK, "done") \
	ROW(THS_FAILED, "a handler reported a failure") \
	ROW(THS_BAD_ARGUMENT, "an argument is not valid") \
	ROW(THS_NO_MEMORY, "the allocator has no memory left") \
	ROW(THS_TOO_LARGE, "the message is larger than it may be") \
	ROW(THS_FULL, "the mailbox has reached its limit") \
	ROW(THS_GONE, "nobody lives at this address") \
	ROW(THS_TIMEOUT, "the time given to the call is over") \
	ROW(THS_STOPPED, "the VM is stopping or has stopped") \
	ROW(THS_WRONG_PLACE, "the call is not allowed from here") \
	ROW(THS_LIMIT, "a configured limit has been reached") \
	ROW(THS_SYSTEM, "the operating system refused; see the log") \
	ROW(THS_MALFORMED, "the bytes are not an encoded message") \
	ROW(THS_MISMATCH, \
	    "the message's type is unknown or of another layout") \
	ROW(THS_TAKEN, "the name belongs to another actor") \
	ROW(THS_UNKNOWN, "nobody has this name") \
	ROW(THS_REFUSED, "the receiver does not take such messages") \
	ROW(THS_UNFIT, "the VM has not the capabilities that the actor needs") \
	ROW(THS_UNBORN, "the actor's init or start failed") \
	ROW(THS_NOT_READY, "an actor's init may only look, and set its state")

typedef enum ths_status {
#define THS_STATUS_ENUM(name, text) name,
	THS_STATUS_TABLE(THS_STATUS_ENUM)
#undef THS_STATUS_ENUM
	THS_STATUS_COUNT
} ths_status;

/* What kinds of failure there are: name, text, and which statuses belong
 * to it. */
#define THS_FAMILY_TABLE(ROW) \
	/* THS_OK */ \
	ROW(THS_FAMILY_NONE, "it is no failure") \
	/* THS_BAD_ARGUMENT, THS_TOO_LARGE, THS_WRONG_PLACE, THS_MALFORMED, \
	 * THS_MISMATCH, THS_NOT_READY */ \
	ROW(THS_FAMILY_MISTAKE, "the call makes no sense, at any time") \
	/* THS_GONE, THS_UNKNOWN */ \
	ROW(THS_FAMILY_NOBODY, "nobody is there") \
	/* THS_FAILED, THS_REFUSED, THS_TAKEN, THS_UNFIT, THS_UNBORN */ \
	ROW(THS_FAMILY_REFUSAL, "somebody is there and says no") \
	/* THS_NO_MEMORY, THS_FULL, THS_LIMIT, THS_SYSTEM, THS_TIMEOUT, \
	 * THS_STOPPED */ \
	ROW(THS_FAMILY_VM, "the VM cannot do it, or not in time")

typedef enum ths_family {
#define THS_FAMILY_ENUM(name, text) name,
	THS_FAMILY_TABLE(THS_FAMILY_ENUM)
#undef THS_FAMILY_ENUM
	THS_FAMILY_COUNT
} ths_family;

/* The family of a status; a number that is no status is a mistake. 
 * Any thread. */
THS_PUBLIC ths_family ths_status_family(ths_status status);

/* True when status is of that family. */
static inline bool
ths_status_is(ths_status status, ths_family family)
{
	return ths_status_family(status) == family;
}

/* The text of a family, for a person.  Never NULL, also for a number that is no
 * family.  Any thread. */
THS_PUBLIC const char *ths_family_text(ths_family family);

/*
 * The text of status, for a person: "the mailbox has reached its limit".
 * Never NULL, also for a number that is no status.  Any thread.
 */
THS_PUBLIC const char *ths_status_text(ths_status status);

/* The name of status as it stands in the code: "THS_FULL".  As above. */
THS_PUBLIC const char *ths_status_name(ths_status status);

#ifdef __cplusplus
}
#endif
#endif
