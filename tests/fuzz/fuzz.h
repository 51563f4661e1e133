/* SPDX-License-Identifier: MIT */
/*
 * fuzz - what a fuzz target offers: one function that takes any bytes, returns
 * 0 and aborts when a promise is broken.
 *
 * libFuzzer calls it with bytes it makes up (make fuzz); without libFuzzer
 * replay.c calls it with the files of the corpus, so that what was found once
 * is tried in every suite.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#endif
