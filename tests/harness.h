/* SPDX-License-Identifier: MIT */
/*
 * harness - one way to write a test, two ways to run it.
 *
 *     Test(ring, gives_the_oldest_first) { cr_assert_eq(...); }
 *
 * Normally that is Criterion, each test in a process of its own.  Criterion
 * does not work under ThreadSanitizer or valgrind, so with THS_IN_PROCESS the
 * same sources are run one after another by a small runner that takes an
 * optional part of "suite/name" as filter and prints "N passed, N failed".
 * Before each test it prints the name, so that whatever ends the process tells
 * which.
 *
 * Only these of Criterion's assertions are offered by both: cr_assert,
 * cr_assert_not, cr_assert_eq, _neq, _lt, _leq, _gt, _geq, _null, _not_null,
 * _str_eq; each with an optional printf-like message.  Test's options
 * are limited to two:
 *   .timeout      in seconds: the in-process runner allows ten times as much,
 *                 for the sanitizer's sake, and then ends the process
 *   .description  the ids of the rows of docs/ledger.rows that the test proves,
 *                 three at most, and of scenarios: "T-136 T-143 D-10"
 */
#ifndef TESTS_HARNESS_H
#define TESTS_HARNESS_H

#ifndef THS_IN_PROCESS

#include <criterion/criterion.h>

#else

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct harness_options {
	double timeout; /* seconds; 0: none but the caller's */
	const char *description; /* NULL: proves no row */
};

struct harness_test {
	const char *suite;
	const char *name;
	void (*body)(void);
	struct harness_options options;
	struct harness_test *next;
};

/* Called by constructors, before main. */
void harness_register(struct harness_test *test);

/* Reports where and what, and ends the running test (from its own thread) or
 * the process (from another). */
_Noreturn void harness_fail(const char *file, int line, const char *what,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

#define Test(suite_, name_, ...) \
	static void suite_##_##name_##_body(void); \
	__attribute__((constructor)) static void \
	suite_##_##name_##_register(void) \
	{ \
		static struct harness_test test = { #suite_, #name_, \
			suite_##_##name_##_body, { __VA_ARGS__ }, NULL }; \
		harness_register(&test); \
	} \
	static void suite_##_##name_##_body(void)

#define HARNESS_CHECK(x, text, ...) \
	((x) ? (void)0 : \
	    harness_fail(__FILE__, __LINE__, text, " " __VA_ARGS__))
#define cr_assert(x, ...) HARNESS_CHECK(x, #x, __VA_ARGS__)
#define cr_assert_not(x, ...) HARNESS_CHECK(!(x), "not " #x, __VA_ARGS__)
#define cr_assert_eq(a, b, ...) \
	HARNESS_CHECK((a) == (b), #a " == " #b, __VA_ARGS__)
#define cr_assert_neq(a, b, ...) \
	HARNESS_CHECK((a) != (b), #a " != " #b, __VA_ARGS__)
#define cr_assert_lt(a, b, ...) \
	HARNESS_CHECK((a) < (b), #a " < " #b, __VA_ARGS__)
#define cr_assert_leq(a, b, ...) \
	HARNESS_CHECK((a) <= (b), #a " <= " #b, __VA_ARGS__)
#define cr_assert_gt(a, b, ...) \
	HARNESS_CHECK((a) > (b), #a " > " #b, __VA_ARGS__)
#define cr_assert_geq(a, b, ...) \
	HARNESS_CHECK((a) >= (b), #a " >= " #b, __VA_ARGS__)
#define cr_assert_null(a, ...) \
	HARNESS_CHECK((a) == NULL, #a " is NULL", __VA_ARGS__)
#define cr_assert_not_null(a, ...) \
	HARNESS_CHECK((a) != NULL, #a " is not NULL", __VA_ARGS__)
#define cr_assert_str_eq(a, b, ...) \
	HARNESS_CHECK(strcmp((a), (b)) == 0, #a " is " #b, __VA_ARGS__)

#endif
#endif
