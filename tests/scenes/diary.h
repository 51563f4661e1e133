/* SPDX-License-Identifier: MIT */
/*
 * diary - scenes of a VM's log, from its first line to its last.
 *
 * Who plays starts the VM with diary_write() for its log and a diary for its
 * context, and stops it before the diary is read.
 */
#ifndef TESTS_SCENES_DIARY_H
#define TESTS_SCENES_DIARY_H

#include <stdio.h>
#include <string.h>

#include "tests/scenes/stage.h"

enum {
	DIARY_LINES = 128,
	DIARY_LINE_SIZE = 160, /* the rest is cut */
	DIARY_ACTORS = 4,
	DIARY_NOTES = 3,       /* of each actor, in its first message */
};

/* Written by one thread at a time, and read after the stop: hence plain. */
struct diary {
	uint32_t length;
	bool is_open;
	ths_log_level levels[DIARY_LINES];
	char lines[DIARY_LINES][DIARY_LINE_SIZE];
};

THS_MESSAGE(jot, THS_FIELD(uint32_t, number))
THS_MESSAGE(spoil, THS_FIELD(uint32_t, times))
THS_SIGNAL(jotted)

/* ------------------------------------------------------------------- actors */

struct writer {
	uint32_t number;
	uint32_t attempts;
};

static ths_status
writer_jot(ths_self *self, struct writer *writer, const struct jot *jot)
{
	writer->number = jot->number;
	for (uint32_t i = 0; i < DIARY_NOTES; i++)
		ths_self_log(self, THS_LOG_INFO, "writer %u note %u",
		    writer->number, i);
	for (int level = THS_LOG_DEBUG; level <= THS_LOG_ERROR; level++)
		ths_self_log(self, (ths_log_level)level, "at level %d", level);
	return ths_reply(self, jotted);
}

/* Fails so many times. */
static ths_status
writer_spoil(ths_self *self, struct writer *writer, const struct spoil *spoil)
{
	if (++writer->attempts <= spoil->times)
		return ths_fail(self, "spoilt %u of %u", writer->attempts,
		    spoil->times);
	writer->attempts = 0;
	return ths_reply(self, jotted);
}

/* D-33: fails, and is not tried again. */
static ths_status
writer_asked(ths_self *self, struct writer *writer,
    const struct ths_exit_request *request)
{
	(void)writer, (void)request;
	return ths_fail(self, "out of ink");
}

static void
writer_exit(ths_self *self, struct writer *writer)
{
	ths_self_log(self, THS_LOG_INFO, "writer %u note %d", writer->number,
	    DIARY_NOTES);
}

THS_ACTOR(writer, struct writer, THS_ON(jot, writer_jot),
    THS_EXIT(writer_exit))
THS_ACTOR(clumsy, struct writer, THS_ON(spoil, writer_spoil),
    THS_ON(ths_exit_request, writer_asked))

/* -------------------------------------------------------------------- props */

static inline void
diary_write(void *context, ths_log_level level, const char *text)
{
	struct diary *diary = context;
	uint32_t i = diary->length;

	STAGE_CHECK(i < DIARY_LINES && !diary->is_open);
	diary->is_open = true;
	STAGE_PAUSE();
	diary->levels[i] = level;
	snprintf(diary->lines[i], DIARY_LINE_SIZE, "%s", text);
	diary->length++;
	diary->is_open = false;
}

/* How many lines of this level, or of all for THS_LOG_DEFAULT, hold text. */
static inline int
diary_count(const struct diary *diary, ths_log_level level, const char *text)
{
	int count = 0;

	for (uint32_t i = 0; i < diary->length; i++)
		count += (level == THS_LOG_DEFAULT ||
		    diary->levels[i] == level) &&
		    strstr(diary->lines[i], text) != NULL;
	return count;
}

/* ------------------------------------------------------------------- scenes */

static inline void
diary_is_written(ths_vm *vm)
{
	for (uint32_t i = 0; i < DIARY_ACTORS; i++) {
		ths_mail *mail = ths_call(vm, stage_spawn(vm, &writer_actor),
		    THS_SECONDS(60), jot, .number = i);

		STAGE_CHECK(ths_mail_as(mail, jotted) != NULL);
		ths_mail_free(mail);
	}
}

/* A-15, T-035: of a VM that has stopped and logs from THS_LOG_INFO on: nothing
 * is missing between its first line and its last, each actor's in order. */
static inline void
diary_is_whole(const struct diary *diary)
{
	uint32_t length = diary->length;
	char note[64];

	STAGE_CHECK(length >= 2);
	STAGE_CHECK(strstr(diary->lines[0], " started: ") != NULL);
	STAGE_CHECK(diary_count(diary, THS_LOG_INFO, " started: ") == 1);
	STAGE_CHECK(strstr(diary->lines[length - 1], " stopped: ") != NULL);
	STAGE_CHECK(diary_count(diary, THS_LOG_INFO, " stopped: ") == 1);
	for (uint32_t i = 0; i < DIARY_ACTORS; i++) {
		uint32_t next = 0;

		for (uint32_t k = 0; k < length; k++) {
			snprintf(note, sizeof(note), "writer %u note %u", i,
			    next);
			next += strstr(diary->lines[k], note) != NULL;
		}
		snprintf(note, sizeof(note), "writer %u ", i);
		STAGE_CHECK(diary_count(diary, THS_LOG_INFO, note) ==
		    DIARY_NOTES + 1);
		/* T-035 */
		STAGE_CHECK(next == DIARY_NOTES + 1);
	}
}

/* A-20, T-028: of a VM that has stopped: what is below the level is not there,
 * all that is not is. */
static inline void
diary_keeps_its_level(const struct diary *diary, ths_log_level from)
{
	char words[32];

	for (int level = THS_LOG_DEBUG; level <= THS_LOG_ERROR; level++) {
		snprintf(words, sizeof(words), "at level %d", level);
		STAGE_CHECK(diary_count(diary, (ths_log_level)level, words) ==
		    (level >= (int)from ? DIARY_ACTORS : 0));
		STAGE_CHECK(level >= (int)from || diary_count(diary,
		    (ths_log_level)level, "") == 0);
	}
	/* T-028 */
	STAGE_CHECK(from < THS_LOG_NONE || diary->length == 0);
}

static inline void
diary_of_failures(ths_vm *vm)
{
	ths_address clumsy = stage_spawn(vm, &clumsy_actor);

	for (uint32_t times = 1; times <= 2; times++) {
		ths_mail *mail = ths_call(vm, clumsy, THS_SECONDS(60), spoil,
		    .times = times);

		STAGE_CHECK((ths_mail_as(mail, jotted) != NULL) ==
		    (times == 1));
		STAGE_CHECK((ths_mail_as(mail, ths_poison) != NULL) ==
		    (times == 2));
		ths_mail_free(mail);
	}
	STAGE_CHECK(ths_tell(vm, clumsy, ths_exit_request) == THS_OK);
	STAGE_CHECK(ths_wait(vm, clumsy, THS_SECONDS(60), NULL) == THS_OK);
}

/* D-33, T-145: of a VM that has stopped: a first failure is a warning, a second
 * an error; one at an exit request is the only one. */
static inline void
diary_tells_failures(const struct diary *diary)
{
	STAGE_CHECK(diary_count(diary, THS_LOG_WARNING, "spoilt 1 of 1") == 1);
	STAGE_CHECK(diary_count(diary, THS_LOG_DEFAULT, "of 1") == 1);
	STAGE_CHECK(diary_count(diary, THS_LOG_WARNING, "spoilt 1 of 2") == 1);
	STAGE_CHECK(diary_count(diary, THS_LOG_ERROR, "spoilt 2 of 2") == 1);
	STAGE_CHECK(diary_count(diary, THS_LOG_DEFAULT, "of 2") == 2);
	/* T-145 */
	STAGE_CHECK(diary_count(diary, THS_LOG_DEFAULT, "out of ink") == 1);
}

#endif
