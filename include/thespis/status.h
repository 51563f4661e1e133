/* SPDX-License-Identifier: MIT */
/*
 * status - what a call of the library answers, and its text.
 *
 * Every function that can be refused returns a ths_status.  THS_OK is zero, so
 * `if (ths_spawn(...))` reads as "if it failed".  Out-parameters are untouched
 * when a call fails.
 */
#ifndef THESPIS_STATUS_H
#define THESPIS_STATUS_H

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
	ROW(THS_MISMATCH, "the message's type is unknown or of another layout") \
	ROW(THS_TAKEN, "the name belongs to another actor") \
	ROW(THS_UNKNOWN, "nobody has this name") \
	ROW(THS_REFUSED, "the receiver does not take such messages") \
	ROW(THS_UNFIT, "the VM has not the capabilities that the actor needs") \
	ROW(THS_NOT_READY, "an actor's init may only look, and set its state")

typedef enum ths_status {
#define THS_STATUS_ENUM(name, text) name,
	THS_STATUS_TABLE(THS_STATUS_ENUM)
#undef THS_STATUS_ENUM
	THS_STATUS_COUNT
} ths_status;

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
