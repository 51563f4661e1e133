/* SPDX-License-Identifier: MIT */
/* announce - what a VM's log says of its start and its stop; see announce.h. */
#include "vm/admin/announce.h"

#include <inttypes.h>

#include "thespis/version.h"
#include "vm/admin/print.h"
#include "vm/vm.h"

static void
announce_capabilities(struct ths_vm *vm)
{
	const ths_capabilities *held = ths_capabilities_hold(vm);
	ths_map map = ths_capabilities_map(held);
	char text[LOG_LINE_MAX];

	for (size_t i = 0; i < map.length; i++) {
		struct report report;

		report_init(&report, NULL, text, sizeof(text), -1);
		print_capability(&report, &map.pairs[i]);
		log_write(&vm->log, THS_LOG_INFO, "VM %016" PRIx64
		    " has capability %s", vm->id, text);
	}
	ths_capabilities_drop(held);
}

void
announce_start(struct ths_vm *vm)
{
	if (!log_wants(&vm->log, THS_LOG_INFO))
		return;
	log_write(&vm->log, THS_LOG_INFO, "VM %016" PRIx64 " started: thespis "
	    THS_VERSION ", %s, %" PRIu32 " workers", vm->id,
	    vm->config.mode == THS_MODE_INLINE ? "inline" : "local",
	    vm->config.workers);
	announce_capabilities(vm);
}

void
announce_stopping(struct ths_vm *vm, const struct slot *by)
{
	if (by == NULL)
		log_write(&vm->log, THS_LOG_INFO, "VM %016" PRIx64 " stopping",
		    vm->id);
	else
		log_write(&vm->log, THS_LOG_INFO, "VM %016" PRIx64
		    " stopping, asked by actor %s %" PRIu32 ".%" PRIu32, vm->id,
		    by->behaviour->name, by->index, by->generation);
}

void
announce_stopped(struct ths_vm *vm)
{
	ths_vm_status status;
	uint64_t dead = 0;

	if (!log_wants(&vm->log, THS_LOG_INFO))
		return;
	ths_vm_status_read(vm, &status);
	for (int i = 0; i < THS_DEAD_COUNT; i++)
		dead += status.dead[i];
	log_write(&vm->log, THS_LOG_INFO, "VM %016" PRIx64 " stopped: %" PRIu64
	    " actors, %" PRIu64 " messages handled, %" PRIu64 " dead letters",
	    vm->id, status.spawned, status.handled, dead);
}
