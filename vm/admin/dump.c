/* SPDX-License-Identifier: MIT */
/*
 * dump - what a VM and its actors do, written by a signal handler; see
 * thespis/inspect.h.
 *
 * All that is read here is atomic or constant, and nothing waits: not the
 * names, which stand behind a gate, nor the capabilities, behind a mutex.
 */
#include <errno.h>

#include "vm/admin/inspect.h"
#include "vm/admin/print.h"
#include "vm/vm.h"

enum { PART_SIZE = 1024 }; /* bytes written at once */

/* ths_address_print() calls printf; this prints the same. */
static char *
show_plainly(void *context, ths_address address,
    char text[THS_ADDRESS_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	char *at = text;

	(void)context;
	if (ths_address_is_nobody(address)) {
		for (const char *from = "nobody"; *from != '\0';)
			*at++ = *from++;
		*at = '\0';
		return text;
	}
	for (int shift = 60; shift >= 0; shift -= 4)
		*at++ = digits[address.vm >> shift & 15];
	*at++ = ':';
	report_digits(address.slot, at);
	while (*at != '\0')
		at++;
	*at++ = '.';
	report_digits(address.generation, at);
	return text;
}

static void
dump_count(struct report *report, uint64_t count, const char *what)
{
	report_text(report, ", ");
	report_number(report, count);
	report_text(report, what);
}

static void
dump_actor(struct report *report, const ths_vm *vm, uint32_t slot,
    const struct inspected *seen)
{
	report_address(report, vm_address(vm, slot, seen->life));
	report_text(report, " ");
	report_text(report, inspect_kind(vm, seen->kind));
	report_text(report, seen->is_exiting ? " exiting" :
	    seen->is_ready ? " ready" : " idle");
	dump_count(report, seen->mailbox, " waiting");
	dump_count(report, seen->handled, " handled");
	dump_count(report, seen->failed, " failed");
	report_text(report, ", parent ");
	report_address(report, inspect_parent(vm, seen));
	report_text(report, "\n");
}

void
ths_vm_dump(const ths_vm *vm, int descriptor)
{
	static const ths_report_options plain = { .address = show_plainly };
	int saved_errno = errno;
	struct inspected seen;
	struct report report;
	char buffer[PART_SIZE];
	ths_vm_status status;

	if (vm == NULL || descriptor < 0)
		return;
	report_init(&report, &plain, buffer, sizeof(buffer), descriptor);
	ths_vm_status_read(vm, &status);
	if (status.is_stopping)
		report_text(&report, "[IN SHUTDOWN]\n");
	print_counts(&report, &status);
	print_dead(&report, &status);
	print_letters(&report, vm);
	print_timers(&report, vm);
	print_workers(&report, vm);
	for (uint32_t i = 1; i < slots_used(&vm->slots); i++) {
		if (inspect_slot(slots_at(&vm->slots, i), &seen))
			dump_actor(&report, vm, i, &seen);
	}
	report_flush(&report);
	errno = saved_errno;
}
