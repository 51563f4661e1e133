/* SPDX-License-Identifier: MIT */
/*
 * context_machine - the two operations beneath a context that each processor
 * does its own way: context_x86_64.S, context_aarch64.S, context_ucontext.c.
 */
#ifndef SIM_CONTEXT_MACHINE_H
#define SIM_CONTEXT_MACHINE_H

#include <stddef.h>

/* Builds the first frame of a stack, such that jumping to what is returned
 * calls entry(argument) there. */
void *context_machine_prepare(void *stack, size_t stack_size,
    void (*entry)(void *argument), void *argument);

/* Saves where the caller stands in *saved and goes on at stack_pointer.
 * Returns when something jumps to *saved. */
void context_machine_jump(void **saved, void *stack_pointer);

#endif
