/* SPDX-License-Identifier: MIT */
/* workloads - every workload of thespis-bench; each is in the file of its name,
 * and those that share their actors share a file. */
#ifndef BENCH_WORKLOADS_H
#define BENCH_WORKLOADS_H

#include "bench/bench.h"

extern const struct workload workload_ask;        /* ask.c */
extern const struct workload workload_big;        /* big.c */
extern const struct workload workload_count;      /* count.c */
extern const struct workload workload_create;     /* create.c */
extern const struct workload workload_fanout;     /* fanout.c */
extern const struct workload workload_idle;       /* create.c */
extern const struct workload workload_pingpong;   /* pingpong.c */
extern const struct workload workload_ring;       /* ring.c */
extern const struct workload workload_skynet;     /* skynet.c */
extern const struct workload workload_timers;     /* timers.c */
extern const struct workload workload_unbalanced; /* create.c */
extern const struct workload workload_wake;       /* wake.c */

#endif
