/* SPDX-License-Identifier: MIT */
/* log: what its users are promised. */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness.h"

struct heard {
	int lines;
	ths_log_level level;
	char text[LOG_LINE_MAX];
};

static void
hear(void *context, ths_log_level level, const char *text)
{
	struct heard *heard = context;

	heard->lines++;
	heard->level = level;
	strncpy(heard->text, text, sizeof(heard->text) - 1);
	errno = EIO;
}

static uint64_t
lines_of(const struct log *log)
{
	return atomic_load_explicit(&log->lines, memory_order_relaxed);
}

Test(log, hands_each_line_to_the_sink)
{
	struct heard heard = { 0 };
	struct log log;

	log_init(&log, hear, &heard, THS_LOG_DEBUG);
	log_write(&log, THS_LOG_ERROR, "worker %d has %s", 3, "stalled");
	cr_assert_eq(heard.lines, 1);
	cr_assert_eq(heard.level, THS_LOG_ERROR);
	cr_assert_str_eq(heard.text, "worker 3 has stalled");
	cr_assert_eq(lines_of(&log), 1);
}

Test(log, drops_what_is_below_its_level)
{
	struct heard heard = { 0 };
	struct log log;

	log_init(&log, hear, &heard, THS_LOG_DEFAULT);
	log_write(&log, THS_LOG_DEBUG, "a");
	log_write(&log, THS_LOG_INFO, "b");
	cr_assert_eq(heard.lines, 0);
	log_write(&log, THS_LOG_WARNING, "c");
	cr_assert_eq(heard.lines, 1);
	cr_assert_not(log_wants(&log, THS_LOG_INFO));
	cr_assert(log_wants(&log, THS_LOG_WARNING));

	log_init(&log, hear, &heard, THS_LOG_NONE);
	log_write(&log, THS_LOG_ERROR, "d");
	cr_assert_eq(heard.lines, 1);
	cr_assert_eq(lines_of(&log), 0);
}

Test(log, cuts_a_line_at_its_limit)
{
	struct heard heard = { 0 };
	char text[2 * LOG_LINE_MAX];
	struct log log;

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	log_init(&log, hear, &heard, THS_LOG_DEBUG);
	log_write(&log, THS_LOG_INFO, "%s", text);
	cr_assert_eq(strlen(heard.text), LOG_LINE_MAX - 1);
}

Test(log, makes_one_line_of_a_text_with_several)
{
	struct heard heard = { 0 };
	struct log log;

	log_init(&log, hear, &heard, THS_LOG_DEBUG);
	log_write(&log, THS_LOG_INFO, "%s", "a\nthespis: error: b\x1b[2J\x7f");
	cr_assert_str_eq(heard.text, "a thespis: error: b [2J ");
	log_write(&log, THS_LOG_INFO, "%s", "gr\xc3\xbc\xc3\x9f");
	cr_assert_str_eq(heard.text, "gr\xc3\xbc\xc3\x9f");
}

Test(log, leaves_errno_alone)
{
	struct heard heard = { 0 };
	struct log log;

	log_init(&log, hear, &heard, THS_LOG_DEBUG);
	errno = ENOENT;
	log_write(&log, THS_LOG_INFO, "a");
	cr_assert_eq(errno, ENOENT);
}

/* A pipe of packets keeps each write apart. */
Test(log, writes_to_standard_error_in_one_piece)
{
	char packet[2 * LOG_LINE_MAX];
	struct log log;
	ssize_t length;
	int ends[2];
	int saved;

	cr_assert_eq(pipe2(ends, O_DIRECT | O_NONBLOCK), 0);
	saved = dup(STDERR_FILENO);
	dup2(ends[1], STDERR_FILENO);
	log_init(&log, NULL, NULL, THS_LOG_DEBUG);
	log_write(&log, THS_LOG_WARNING, "%s", "text");
	log_write(&log, THS_LOG_DEBUG, "%s", "more");
	dup2(saved, STDERR_FILENO);

	length = read(ends[0], packet, sizeof(packet));
	cr_assert_eq(length, (ssize_t)strlen("thespis: warning: text\n"));
	cr_assert_eq(memcmp(packet, "thespis: warning: text\n",
	    (size_t)length), 0);
	length = read(ends[0], packet, sizeof(packet));
	cr_assert_eq(length, (ssize_t)strlen("thespis: debug: more\n"));
	cr_assert_eq(read(ends[0], packet, sizeof(packet)), -1);
	close(saved);
	close(ends[0]);
	close(ends[1]);
}

Test(log, is_as_good_before_it_is_open_and_after_it_is_closed)
{
	struct heard heard = { 0 };
	struct memory memory;
	struct log log;

	memory_init(&memory, NULL, 0);
	log_init(&log, hear, &heard, THS_LOG_DEBUG);
	log_write(&log, THS_LOG_INFO, "a");
	cr_assert_eq(log_open(&log, &memory, 2), THS_OK);
	for (int i = 0; i < 5; i++) {
		errno = ENOENT;
		log_write(&log, THS_LOG_INFO, "b%d", i);
		cr_assert_eq(errno, ENOENT);
		cr_assert_eq(heard.lines, i + 2);
	}
	cr_assert_str_eq(heard.text, "b4");
	log_flush(&log);
	cr_assert_eq(log_lost(&log), 0);
	log_close(&log, &memory);
	log_write(&log, THS_LOG_INFO, "c");
	log_flush(&log);
	cr_assert_str_eq(heard.text, "c");
	cr_assert_eq(heard.lines, 7);
	cr_assert_eq(lines_of(&log), 7);
	memory_fini(&memory);
}
