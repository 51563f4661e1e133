/* SPDX-License-Identifier: MIT */
/*
 * process - what the operating system says about this process.
 *
 * Source: proc(5), /proc/self/status and /proc/self/task.
 */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

/* Resident memory now, in KiB; 0 when it cannot be read. */
int64_t process_resident_kib(void);

/* The most that was ever resident, in KiB; 0 when it cannot be read. */
int64_t process_peak_kib(void);

/*
 * Waits, at most limit_ns, until every thread but the calling one sleeps.
 * Returns false when some thread was still running at the end.
 */
bool process_wait_asleep(int64_t limit_ns);

#endif
