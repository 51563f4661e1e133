/* SPDX-License-Identifier: MIT */
/* settings - what of a VM's configuration can be changed while it runs; see
 * thespis/vm.h. */
#include <string.h>

#include "mailbox/inbox.h"
#include "vm/vm.h"

/* One setting: how it is read and written; write is given what `max` allows. */
struct setting {
	const char *name;
	int64_t max;
	int64_t (*read)(const struct ths_vm *vm);
	void (*write)(struct ths_vm *vm, int64_t value);
};

static int64_t
read_log_level(const struct ths_vm *vm)
{
	/* Relaxed: see base/log.h. */
	return atomic_load_explicit(&vm->log.level, memory_order_relaxed);
}

static void
write_log_level(struct ths_vm *vm, int64_t value)
{
	log_set_level(&vm->log, (ths_log_level)value);
}

static int64_t
read_mailbox_max(const struct ths_vm *vm)
{
	return vm_mailbox_max(vm);
}

static void
write_mailbox_max(struct ths_vm *vm, int64_t value)
{
	/* Relaxed: as where it is read. */
	atomic_store_explicit(&vm->mailbox_max, (uint32_t)value,
	    memory_order_relaxed);
}

static const struct setting settings[] = {
	{ "log_level", THS_LOG_NONE, read_log_level, write_log_level },
	{ "mailbox_max", INBOX_COUNT_MAX - 1, read_mailbox_max,
	    write_mailbox_max },
};

static const struct setting *
find(const char *name)
{
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		if (strcmp(settings[i].name, name) == 0)
			return &settings[i];
	}
	return NULL;
}

ths_status
ths_vm_setting_set(ths_vm *vm, const char *name, int64_t value)
{
	const struct setting *setting;

	if (vm == NULL || name == NULL)
		return THS_BAD_ARGUMENT;
	setting = find(name);
	if (setting == NULL)
		return THS_UNKNOWN;
	if (value < 0 || value > setting->max)
		return THS_BAD_ARGUMENT;
	setting->write(vm, value);
	return THS_OK;
}

ths_status
ths_vm_setting_get(const ths_vm *vm, const char *name, int64_t *value)
{
	const struct setting *setting;

	if (vm == NULL || name == NULL || value == NULL)
		return THS_BAD_ARGUMENT;
	setting = find(name);
	if (setting == NULL)
		return THS_UNKNOWN;
	*value = setting->read(vm);
	return THS_OK;
}
