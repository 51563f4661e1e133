/* SPDX-License-Identifier: MIT */
/*
 * address - a value that names one life of one actor, in any VM.
 *
 * 16 bytes, to be copied, compared, hashed, printed and put into messages.  It
 * never changes, never keeps its actor alive and may be stale: mail to a dead
 * actor becomes a dead letter and never reaches another actor.
 *
 * Threads: values; any thread.
 */
#ifndef THESPIS_ADDRESS_H
#define THESPIS_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "thespis/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ths_address {
	uint64_t vm;         /* drawn at each start of a VM; 0 names nobody */
	uint32_t slot;       /* place in the VM */
	uint32_t generation; /* which life of that place */
} ths_address;

/* Names nobody. */
#define THS_NOBODY ((ths_address){ 0, 0, 0 })

/* Room that any printed address fits into, its terminating NUL included. */
enum { THS_ADDRESS_TEXT_SIZE = 40 };

/* True when both name the same life of the same actor. */
static inline bool
ths_address_equal(ths_address a, ths_address b)
{
	return a.vm == b.vm && a.slot == b.slot &&
	    a.generation == b.generation;
}

/* True for an address that names nobody. */
static inline bool
ths_address_is_nobody(ths_address address)
{
	return address.vm == 0;
}

/* Spreads an address over 64 bits, for hash tables. */
THS_PUBLIC uint64_t ths_address_hash(ths_address address);

/*
 * Prints address as text, `4f1c…:12.3` in ASCII: VM in 16 hexadecimal digits, a
 * colon, slot, a dot, generation; "nobody" for nobody.  Returns text.
 */
THS_PUBLIC char *ths_address_print(ths_address address,
    char text[THS_ADDRESS_TEXT_SIZE]);

/*
 * Reads what ths_address_print() wrote, and nothing else.
 * Returns THS_OK or THS_BAD_ARGUMENT.
 */
THS_NODISCARD THS_PUBLIC ths_status ths_address_parse(const char *text,
    ths_address *address);

#ifdef __cplusplus
}
#endif
#endif
