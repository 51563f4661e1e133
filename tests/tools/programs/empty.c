/* SPDX-License-Identifier: MIT */
/* empty - a shared object without programs, for what thespis-sim says of it. */
extern const int nothing_to_explore;
const int nothing_to_explore = 1;
