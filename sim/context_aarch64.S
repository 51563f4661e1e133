/* SPDX-License-Identifier: MIT */
/*
 * context_machine for aarch64, procedure call standard AAPCS64; see
 * context_machine.h.
 *
 * What a left context keeps on its stack, from its stack pointer up:
 *
 *    0 x29   8 x30   16 x19 ... 88 x28   96 d8 ... 152 d15
 *
 * Only the lower halves of v8 to v15 are the callee's to keep.  x18 belongs to
 * the platform; on Linux it is the caller's.
 *
 * The jump ends in `ret` and not in `br`: where a program is built with branch
 * targets guarded (BTI), only a ret may arrive behind a call.
 *
 * The unwind rows hold on both sides of the change of stacks, because both have
 * the same frame at that place.
 */
	.text

	/* void context_machine_jump(void **saved, void *stack_pointer) */
	.globl	context_machine_jump
	.hidden	context_machine_jump
	.type	context_machine_jump, %function
	.balign	16
context_machine_jump:
	.cfi_startproc
	stp	x29, x30, [sp, #-160]!
	.cfi_adjust_cfa_offset 160
	.cfi_rel_offset x29, 0
	.cfi_rel_offset x30, 8
	stp	x19, x20, [sp, #16]
	.cfi_rel_offset x19, 16
	.cfi_rel_offset x20, 24
	stp	x21, x22, [sp, #32]
	.cfi_rel_offset x21, 32
	.cfi_rel_offset x22, 40
	stp	x23, x24, [sp, #48]
	.cfi_rel_offset x23, 48
	.cfi_rel_offset x24, 56
	stp	x25, x26, [sp, #64]
	.cfi_rel_offset x25, 64
	.cfi_rel_offset x26, 72
	stp	x27, x28, [sp, #80]
	.cfi_rel_offset x27, 80
	.cfi_rel_offset x28, 88
	stp	d8, d9, [sp, #96]
	.cfi_rel_offset d8, 96
	.cfi_rel_offset d9, 104
	stp	d10, d11, [sp, #112]
	.cfi_rel_offset d10, 112
	.cfi_rel_offset d11, 120
	stp	d12, d13, [sp, #128]
	.cfi_rel_offset d12, 128
	.cfi_rel_offset d13, 136
	stp	d14, d15, [sp, #144]
	.cfi_rel_offset d14, 144
	.cfi_rel_offset d15, 152
	mov	x9, sp
	str	x9, [x0]
	mov	sp, x1
	ldp	d14, d15, [sp, #144]
	.cfi_restore d14
	.cfi_restore d15
	ldp	d12, d13, [sp, #128]
	.cfi_restore d12
	.cfi_restore d13
	ldp	d10, d11, [sp, #112]
	.cfi_restore d10
	.cfi_restore d11
	ldp	d8, d9, [sp, #96]
	.cfi_restore d8
	.cfi_restore d9
	ldp	x27, x28, [sp, #80]
	.cfi_restore x27
	.cfi_restore x28
	ldp	x25, x26, [sp, #64]
	.cfi_restore x25
	.cfi_restore x26
	ldp	x23, x24, [sp, #48]
	.cfi_restore x23
	.cfi_restore x24
	ldp	x21, x22, [sp, #32]
	.cfi_restore x21
	.cfi_restore x22
	ldp	x19, x20, [sp, #16]
	.cfi_restore x19
	.cfi_restore x20
	ldp	x29, x30, [sp], #160
	.cfi_adjust_cfa_offset -160
	.cfi_restore x29
	.cfi_restore x30
	ret
	.cfi_endproc
	.size	context_machine_jump, . - context_machine_jump

	/*
	 * Where a new context begins: its first frame has entry in x19 and
	 * argument in x20.  Nobody has called it: unwinding ends here, and so
	 * does a walk over frame pointers, for x29 is zero.
	 */
	.type	context_machine_begin, %function
	.balign	16
context_machine_begin:
	.cfi_startproc
	.cfi_undefined x30
	mov	x0, x20
	blr	x19
	brk	#1
	.cfi_endproc
	.size	context_machine_begin, . - context_machine_begin

	/*
	 * void *context_machine_prepare(void *stack, size_t stack_size,
	 *     void (*entry)(void *), void *argument)
	 *
	 * The frame of 160 bytes stands at the aligned top, so that the stack
	 * pointer is aligned once it has been loaded.
	 */
	.globl	context_machine_prepare
	.hidden	context_machine_prepare
	.type	context_machine_prepare, %function
	.balign	16
context_machine_prepare:
	.cfi_startproc
	add	x4, x0, x1
	and	x4, x4, #-16
	sub	x0, x4, #160
	adr	x5, context_machine_begin
	stp	xzr, x5, [x0]
	stp	x2, x3, [x0, #16]
	stp	xzr, xzr, [x0, #32]
	stp	xzr, xzr, [x0, #48]
	stp	xzr, xzr, [x0, #64]
	stp	xzr, xzr, [x0, #80]
	stp	xzr, xzr, [x0, #96]
	stp	xzr, xzr, [x0, #112]
	stp	xzr, xzr, [x0, #128]
	stp	xzr, xzr, [x0, #144]
	ret
	.cfi_endproc
	.size	context_machine_prepare, . - context_machine_prepare

	.section .note.GNU-stack, "", %progbits
