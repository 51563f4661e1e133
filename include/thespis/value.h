/* SPDX-License-Identifier: MIT */
/*
 * value - what a message's fields can hold beside C's own scalars: text, bytes,
 * time, a map of names to values, a whole message of any type, and blobs.
 *
 * What one of these points to is copied when its message is sent, and the
 * receiver finds the copy in the message's own memory; but for blobs, which are
 * shared.
 *
 * Threads: values; any thread.
 */
#ifndef THESPIS_VALUE_H
#define THESPIS_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "thespis/status.h"
#include "thespis/type.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Text that ends with a NUL; may be NULL.  Copied at send. */
typedef const char *ths_string;

/* One byte of a THS_TEXT. */
typedef char ths_char;

/* Bytes of a known size; data may be NULL when size is 0.  Copied at send. */
typedef struct ths_bytes {
	const void *data;
	size_t size;
} ths_bytes;

/*
 * Bytes that nobody changes any more and that everybody who sends them on
 * shares; made, held and dropped by the functions of thespis/blob.h.  All zero:
 * none.
 *
 * Sending counts the message among those who hold it: nothing is copied,
 * however large it is and however many get it.  `block` is the library's own;
 * where it is NULL the bytes are somebody's memory, and are copied once, at the
 * send.
 */
typedef struct ths_blob {
	const void *bytes;
	size_t size;
	struct ths_blob_block *block;
} ths_blob;

/* A span of time in nanoseconds. */
typedef int64_t ths_duration;

#define THS_NANOSECONDS(n) ((ths_duration)(n))
#define THS_MICROSECONDS(n) ((ths_duration)(n) * 1000)
#define THS_MILLISECONDS(n) ((ths_duration)(n) * 1000000)
#define THS_SECONDS(n) ((ths_duration)(n) * 1000000000)
#define THS_FOREVER INT64_MAX

/* A moment: nanoseconds since 1970-01-01 00:00 UTC, leap seconds
 * not counted. */
typedef int64_t ths_time;

/*
 * A whole message of any type, where it stands inside another or in a larger
 * structure.  type is NULL when there is none.
 */
typedef struct ths_any {
	const ths_type *type;
	const void *message; /* may be NULL for a signal */
} ths_any;

/*
 * The message in `any` if it is of this type or extends it, else NULL:
 *     const struct total *total = ths_any_as(any, total);
 * For a signal, which has no bytes, any pointer that is not NULL.
 */
#define ths_any_as(any, name) \
	((const struct name *)ths_any_message((any), &name##_type))
THS_PUBLIC const void *ths_any_message(ths_any any, const ths_type *type);

/* A value that says itself what it is: kind is THS_KIND_INTEGER, _UNSIGNED,
 * _BOOL, _FLOAT, _STRING or _BYTES. */
typedef struct ths_variant {
	ths_kind kind;
	union {
		int64_t integer;   /* THS_KIND_INTEGER */
		uint64_t natural;  /* THS_KIND_UNSIGNED */
		bool truth;        /* THS_KIND_BOOL */
		double number;     /* THS_KIND_FLOAT */
		ths_string string; /* THS_KIND_STRING */
		ths_bytes bytes;   /* THS_KIND_BYTES */
	};
} ths_variant;

/* One name and its value; key is never NULL. */
typedef struct ths_pair {
	ths_string key;
	ths_variant value;
} ths_pair;

enum { THS_MAP_MAX = 256 }; /* pairs of one map */

/*
 * Names with a value each, no name twice:
 *     const ths_pair pairs[] = {
 *         THS_PAIR_UNSIGNED("cores", 8), THS_PAIR_STRING("os", "linux"),
 *     };
 *     ths_map map = { pairs, 2 };
 */
typedef struct ths_map {
	const ths_pair *pairs;
	size_t length;
} ths_map;

/* Elements of an array of ths_pair.  C only. */
#define THS_PAIR_INTEGER(name, is) \
	{ (name), { .kind = THS_KIND_INTEGER, .integer = (is) } }
#define THS_PAIR_UNSIGNED(name, is) \
	{ (name), { .kind = THS_KIND_UNSIGNED, .natural = (is) } }
#define THS_PAIR_BOOL(name, is) \
	{ (name), { .kind = THS_KIND_BOOL, .truth = (is) } }
#define THS_PAIR_FLOAT(name, is) \
	{ (name), { .kind = THS_KIND_FLOAT, .number = (is) } }
#define THS_PAIR_STRING(name, is) \
	{ (name), { .kind = THS_KIND_STRING, .string = (is) } }
#define THS_PAIR_BYTES(name, start, count) \
	{ (name), { .kind = THS_KIND_BYTES, .bytes = { (start), (count) } } }

/* The value under this key, or NULL; the first, should there be two.  Looks
 * through all pairs.  It belongs to the map. */
THS_PUBLIC const ths_variant *ths_map_get(ths_map map, ths_string key);

#ifdef __cplusplus
}
#endif
#endif
