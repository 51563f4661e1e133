/* SPDX-License-Identifier: MIT */
/*
 * layout - what a descriptor says, as one number, and whether two say the same.
 *
 * The digest is of all that one side must know to read what another has written
 * into the same memory: names, places, sizes and kinds, those of nested types and
 * of enums included.  The wire digest leaves out where a field lies in memory and
 * how large the struct is: two machines may differ there and still understand each
 * other.
 *
 * Threads: any.
 */
#ifndef VM_MESSAGE_LAYOUT_H
#define VM_MESSAGE_LAYOUT_H

#include <stdint.h>

#include "thespis/type.h"

uint64_t layout_digest(const ths_type *type);
uint64_t layout_wire_digest(const ths_type *type);

#endif
