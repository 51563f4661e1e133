/* SPDX-License-Identifier: MIT */
/*
 * layout - what a descriptor says, as one number, and whether two say the same.
 *
 * The digest is of all that one side must know to read what another has written
 * into the same memory: names, places, sizes and kinds, those of nested types
 * and of enums included.  The wire digest leaves out where a field lies in
 * memory and how large the struct is: two machines may differ there and still
 * understand each other.
 *
 * Descriptors that no macro made are looked at before they are used.
 *
 * Threads: any.
 */
#ifndef VM_MESSAGE_LAYOUT_H
#define VM_MESSAGE_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "thespis/type.h"

/*
 * True when a descriptor describes a struct that could be: every field of a
 * known kind and form, of a size that goes with its kind, inside the struct;
 * what is nested as well.  The other functions of this room rely on it.
 */
bool layout_is_sound(const ths_type *type);

uint64_t layout_digest(const ths_type *type);
uint64_t layout_wire_digest(const ths_type *type);

#endif
