/* SPDX-License-Identifier: MIT */
/*
 * fit - which actors can live with which capabilities: before they are started,
 * and when the capabilities change.
 *
 * A spawner looks at a set, starts its actor, and looks whether the set is
 * still the present one.  Who changes the set replaces it first and then looks
 * at everybody alive.  The mutex of vm/admin/capabilities.h puts the two in
 * order: either the spawner finds another set, or the other finds its actor.
 *
 * Threads: the crew's owner.
 */
#ifndef VM_ADMIN_FIT_H
#define VM_ADMIN_FIT_H

#include "thespis/capability.h"

struct behaviour;
struct crew;

/*
 * Looks whether an actor of this kind may be started.  THS_OK, with the set it
 * was looked up in, which fit_settle() wants back when the actor lives, or is
 * not to be; THS_UNFIT, which is logged; THS_BAD_ARGUMENT or THS_TOO_LARGE.
 */
enum ths_status fit_admit(struct crew *crew, const struct behaviour *behaviour,
    ths_map requirements, const struct ths_capabilities **admitted);
void fit_settle(struct crew *crew, const struct behaviour *behaviour,
    ths_address actor, const struct ths_capabilities *admitted);

/* Asks everybody to exit who does not fit a map.  One that cannot be asked for
 * lack of memory is logged. */
void fit_ask_unfit(struct crew *crew, ths_map map);

#endif
