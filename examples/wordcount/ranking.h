/* SPDX-License-Identifier: MIT */
/*
 * ranking - the actor that puts the words of all counters into one order.
 *
 * It tells the host when it has them all, and then gives them out in pages.
 */
#ifndef WORDCOUNT_RANKING_H
#define WORDCOUNT_RANKING_H

#include <thespis/thespis.h>

#include "table.h"

/*
 * Starts a ranking that waits for `counters` counters, sends `ranked` to host,
 * and then gives out the first `top` words in this order.  As ths_spawn().
 */
ths_status ranking_spawn(ths_vm *vm, ths_address *ranking, ths_address host,
    uint32_t counters, uint32_t top, enum table_order order);

#endif
