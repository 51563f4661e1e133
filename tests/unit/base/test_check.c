/* SPDX-License-Identifier: MIT */
/* check: a broken one stops the process and says where and what. */
#include "base/check.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness.h"

/* Runs body in a child whose standard error goes to text; its wait status. */
static int
run_in_child(void (*body)(void), char *text, size_t size)
{
	size_t length = 0;
	ssize_t got;
	int ends[2];
	int status;
	pid_t child;

	cr_assert_eq(pipe(ends), 0);
	child = fork();
	cr_assert_geq(child, 0);
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		body();
		_exit(0);
	}
	close(ends[1]);
	while ((got = read(ends[0], text + length, size - 1 - length)) > 0)
		length += (size_t)got;
	close(ends[0]);
	text[length] = '\0';
	cr_assert_eq(waitpid(child, &status, 0), child);
	return status;
}

static void
break_a_check(void)
{
	int cows = 3;

	CHECK(cows == 4);
}

static void
reach_the_unreachable(void)
{
	UNREACHABLE("cows do not fly");
}

static void
say_too_much(void)
{
	char what[4096];

	memset(what, 'x', sizeof(what));
	what[sizeof(what) - 1] = '\0';
	check_failed("far.c", 1, what);
}

static void
keep_every_check(void)
{
	CHECK(1 + 1 == 2);
	ASSERT(1 + 1 == 2);
}

static bool
was_aborted(int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

Test(check, stops_and_says_where_and_what)
{
	char text[8192];

	cr_assert(was_aborted(run_in_child(break_a_check, text,
	    sizeof(text))));
	cr_assert_not_null(strstr(text, "thespis: "));
	cr_assert_not_null(strstr(text, "test_check.c:"));
	cr_assert_not_null(strstr(text, "not so: cows == 4\n"));

	cr_assert(was_aborted(run_in_child(reach_the_unreachable, text,
	    sizeof(text))));
	cr_assert_not_null(strstr(text, "cows do not fly\n"));
}

Test(check, cuts_a_long_line_and_still_ends_it)
{
	char text[8192];
	char *newline;

	cr_assert(was_aborted(run_in_child(say_too_much, text,
	    sizeof(text))));
	newline = strchr(text, '\n');
	cr_assert_not_null(newline);
	cr_assert_lt(newline - text, 512);
}

Test(check, is_silent_when_all_is_well)
{
	char text[8192];

	cr_assert_eq(run_in_child(keep_every_check, text, sizeof(text)), 0);
	cr_assert_str_eq(text, "");
}
