/* SPDX-License-Identifier: MIT */
/*
 * context: what a switch promises to those it switches between.  The same file
 * is built once more over the portable machine layer (THS_CONTEXT_PORTABLE).
 */
#include "sim/context.h"

#include <errno.h>
#include <pthread.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <unwind.h>

#include "sim/stack.h"
#include "tests/harness.h"

/* A context with a stack of its own, and whom it goes back to. */
struct fellow {
	struct memory *memory;
	struct stack stack;
	struct context context;
	struct context *home;
	uint64_t count;
	uint64_t rounds;
	bool is_over;
};

static void
fellow_start(struct fellow *fellow, struct memory *memory,
    struct context *home, void (*entry)(void *))
{
	*fellow = (struct fellow){ .memory = memory, .home = home };
	cr_assert_eq(stack_init(&fellow->stack, memory, 0), THS_OK);
	context_init(&fellow->context, fellow->stack.base, fellow->stack.size,
	    entry, fellow);
}

static void
fellow_end(struct fellow *fellow)
{
	context_fini(&fellow->context);
	stack_fini(&fellow->stack);
}

static void
go_home(struct fellow *fellow)
{
	context_switch(&fellow->context, fellow->home);
}

static _Noreturn void
leave(struct fellow *fellow)
{
	fellow->is_over = true;
	context_exit(&fellow->context, fellow->home);
}

static void
count_rounds(void *argument)
{
	struct fellow *fellow = argument;

	for (;;) {
		fellow->count++;
		go_home(fellow);
	}
}

Test(context, comes_back_a_million_times)
{
	enum { ROUNDS = 1000 * 1000 };
	struct memory memory;
	struct context home;
	struct fellow fellow;

	memory_init(&memory, NULL, 0);
	context_adopt(&home);
	fellow_start(&fellow, &memory, &home, count_rounds);
	for (uint64_t round = 0; round < ROUNDS; round++)
		context_switch(&home, &fellow.context);
	cr_assert_eq(fellow.count, ROUNDS);
	fellow_end(&fellow);
	memory_fini(&memory);
}

static void
count_to_rounds(void *argument)
{
	struct fellow *fellow = argument;
	volatile uint64_t local = 0;

	while (local < fellow->rounds) {
		local++;
		go_home(fellow);
		fellow->count++;
	}
	leave(fellow);
}

Test(context, keeps_many_stacks_apart)
{
	enum { MANY = 200 };
	static struct fellow fellows[MANY];
	struct memory memory;
	struct context home;
	bool is_any;

	memory_init(&memory, NULL, 0);
	context_adopt(&home);
	for (uint64_t i = 0; i < MANY; i++) {
		fellow_start(&fellows[i], &memory, &home, count_to_rounds);
		fellows[i].rounds = i;
	}
	do {
		is_any = false;
		for (uint64_t i = 0; i < MANY; i++) {
			if (fellows[i].is_over)
				continue;
			is_any = true;
			context_switch(&home, &fellows[i].context);
		}
	} while (is_any);
	for (uint64_t i = 0; i < MANY; i++) {
		cr_assert_eq(fellows[i].count, i);
		fellow_end(&fellows[i]);
	}
	memory_fini(&memory);
}

static uint64_t
bits_of(double number)
{
	uint64_t bits;

	memcpy(&bits, &number, sizeof(bits));
	return bits;
}

/* Eight integers and eight doubles that live across switches, as many as any
 * processor has callee-saved registers for; other NULL: without a switch. */
static uint64_t
churn(struct context *self, struct context *other, uint64_t seed)
{
	uint64_t a = seed, b = a * 3, c = b * 5, d = c * 7;
	uint64_t e = d * 11, f = e * 13, g = f * 17, h = g * 19;
	double p = (double)seed, q = p / 3, r = q / 5, s = r / 7;
	double t = s / 11, u = t / 13, v = u / 17, w = v / 19;

	for (int round = 0; round < 100; round++) {
		if (other != NULL)
			context_switch(self, other);
		a += 1, b += a, c += b, d += c, e += d, f += e, g += f, h += g;
		p += 1, q += p, r += q, s += r, t += s, u += t, v += u, w += v;
	}
	return (a ^ b ^ c ^ d ^ e ^ f ^ g ^ h) + (bits_of(p) ^ bits_of(q) ^
	    bits_of(r) ^ bits_of(s) ^ bits_of(t) ^ bits_of(u) ^ bits_of(v) ^
	    bits_of(w));
}

static bool
keeps_values(struct context *self, struct context *other, uint64_t seed)
{
	return churn(self, other, seed) == churn(self, NULL, seed);
}

static void
keep_values(void *argument)
{
	struct fellow *fellow = argument;

	for (;;)
		fellow->count += keeps_values(&fellow->context, fellow->home,
		    fellow->rounds + 1000);
}

Test(context, keeps_registers_and_floating_point)
{
	struct memory memory;
	struct context home;
	struct fellow fellow;

	memory_init(&memory, NULL, 0);
	context_adopt(&home);
	fellow_start(&fellow, &memory, &home, keep_values);
	for (uint64_t seed = 1; seed < 50; seed++)
		cr_assert(keeps_values(&home, &fellow.context, seed));
	cr_assert_eq(fellow.count, 48); /* the 49th is not at its end */
	fellow_end(&fellow);
	memory_fini(&memory);
}

/* Fills `frames` frames of about 1 KiB each, switching at the bottom. */
static uint64_t
dive(struct fellow *fellow, uint64_t frames)
{
	volatile unsigned char block[1024];
	uint64_t sum = 0;

	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = (unsigned char)(frames + i);
	if (frames == 0)
		go_home(fellow);
	else
		sum = dive(fellow, frames - 1);
	for (size_t i = 0; i < sizeof(block); i++)
		sum += block[i] == (unsigned char)(frames + i);
	return sum;
}

static void
dive_once(void *argument)
{
	struct fellow *fellow = argument;

	fellow->count = dive(fellow, fellow->rounds - 1);
	leave(fellow);
}

Test(context, may_use_nearly_all_of_its_stack)
{
	struct memory memory;
	struct context home;
	struct fellow fellow;

	memory_init(&memory, NULL, 0);
	context_adopt(&home);
	fellow_start(&fellow, &memory, &home, dive_once);
	fellow.rounds = 40;
	context_switch(&home, &fellow.context);
	cr_assert_not(fellow.is_over);
	context_switch(&home, &fellow.context);
	cr_assert(fellow.is_over);
	cr_assert_eq(fellow.count, 40 * 1024);
	fellow_end(&fellow);
	memory_fini(&memory);
}

/* A store that faults unless the compiler's idea of the alignment holds. */
static void
store_aligned(void *argument)
{
	struct fellow *fellow = argument;
	alignas(16) volatile unsigned char block[64];
	volatile uintptr_t address = (uintptr_t)block;

#if defined(__x86_64__)
	__asm__ volatile("movaps %%xmm0, %0" : "=m"(block[0]) : : "memory");
#endif
	memset((void *)block, 7, sizeof(block));
	fellow->count = address;
	leave(fellow);
}

Test(context, begins_with_an_aligned_stack)
{
	static const size_t cuts[] = { 0, 1, 7, 8, 15, 16, 24, 40, 63 };
	struct memory memory;
	struct context home;
	struct fellow fellow = { 0 };
	struct stack stack;

	memory_init(&memory, NULL, 0);
	context_adopt(&home);
	cr_assert_eq(stack_init(&stack, &memory, 0), THS_OK);
	for (size_t i = 0; i < sizeof(cuts) / sizeof(*cuts); i++) {
		fellow.home = &home;
		context_init(&fellow.context, stack.base,
		    stack.size - cuts[i], store_aligned, &fellow);
		context_switch(&home, &fellow.context);
		cr_assert_eq(fellow.count % 16, 0);
		context_fini(&fellow.context);
	}
	stack_fini(&stack);
	memory_fini(&memory);
}

Test(context, gives_a_finished_stack_to_the_next)
{
	struct memory memory;
	struct context home;
	struct fellow fellow = { 0 };
	struct stack stack;

	memory_init(&memory, NULL, 0);
	context_adopt(&home);
	cr_assert_eq(stack_init(&stack, &memory, 0), THS_OK);
	for (uint64_t life = 0; life < 1000; life++) {
		fellow = (struct fellow){ .home = &home, .rounds = life % 3 };
		context_init(&fellow.context, stack.base, stack.size,
		    count_to_rounds, &fellow);
		for (uint64_t i = 0; i <= fellow.rounds; i++) {
			cr_assert_not(fellow.is_over);
			context_switch(&home, &fellow.context);
		}
		cr_assert(fellow.is_over);
		context_fini(&fellow.context);
	}
	stack_fini(&stack);
	memory_fini(&memory);
}

/* Counts the frames of a walk from inside to the outermost function. */
static _Unwind_Reason_Code
count_frame(struct _Unwind_Context *frame, void *argument)
{
	int *frames = argument;

	(void)frame;
	return ++*frames < 1000 ? _URC_NO_REASON : _URC_NORMAL_STOP;
}

static void
walk_and_leave(void *argument)
{
	struct fellow *fellow = argument;
	int frames = 0;

	fellow->rounds = _Unwind_Backtrace(count_frame, &frames);
	fellow->count = (uint64_t)frames;
	leave(fellow);
}

/* What a debugger, a profiler or a C++ exception does. */
Test(context, is_where_unwinding_ends)
{
	struct memory memory;
	struct context home;
	struct fellow fellow;

	memory_init(&memory, NULL, 0);
	context_adopt(&home);
	fellow_start(&fellow, &memory, &home, walk_and_leave);
	context_switch(&home, &fellow.context);
	cr_assert(fellow.is_over);
	cr_assert_eq(fellow.rounds, _URC_END_OF_STACK);
	cr_assert_geq(fellow.count, 2);
	cr_assert_leq(fellow.count, 5);
	fellow_end(&fellow);
	memory_fini(&memory);
}

static struct fellow links[3];

/* Each goes on to the next, the last one home: nobody goes back the way it
 * came. */
static void
pass_on(void *argument)
{
	struct fellow *fellow = argument;

	for (;;) {
		fellow->count++;
		context_switch(&fellow->context, fellow == &links[2] ?
		    fellow->home : &(fellow + 1)->context);
	}
}

Test(context, goes_round_in_a_ring)
{
	struct memory memory;
	struct context home;

	memory_init(&memory, NULL, 0);
	context_adopt(&home);
	for (int i = 0; i < 3; i++)
		fellow_start(&links[i], &memory, &home, pass_on);
	for (int round = 0; round < 1000; round++)
		context_switch(&home, &links[0].context);
	for (int i = 0; i < 3; i++) {
		cr_assert_eq(links[i].count, 1000);
		fellow_end(&links[i]);
	}
	memory_fini(&memory);
}

/* Goes on with the fellow from a thread of its own. */
static void *
go_on(void *argument)
{
	struct fellow *fellow = argument;
	struct context home;

	context_adopt(&home);
	fellow->home = &home;
	for (int i = 0; i < 10; i++)
		context_switch(&home, &fellow->context);
	fellow->home = NULL;
	return NULL;
}

Test(context, moves_between_threads)
{
	struct memory memory;
	struct fellow fellow;
	pthread_t thread;

	memory_init(&memory, NULL, 0);
	fellow_start(&fellow, &memory, NULL, count_rounds);
	for (int i = 0; i < 20; i++) {
		cr_assert_eq(pthread_create(&thread, NULL, go_on, &fellow), 0);
		cr_assert_eq(pthread_join(thread, NULL), 0);
	}
	cr_assert_eq(fellow.count, 200);
	fellow_end(&fellow);
	memory_fini(&memory);
}
