/* SPDX-License-Identifier: MIT */
/*
 * print - reports of a VM and of its actors, as lines or as JSON; see
 * thespis/inspect.h.
 */
#include <stdio.h>

#include "vm/admin/inspect.h"
#include "vm/admin/pending.h"
#include "vm/admin/print.h"
#include "vm/admin/report.h"
#include "vm/vm.h"

enum {
	VALUE_WIDTH = 40, /* of the column of values in an actor's report */
	LABEL_WIDTH = 10, /* of the first column in a VM's */
};

/* ----------------------------------------------------------------- an actor */

static void
actor_line(struct report *report, const char *value, const char *label)
{
	report_right(report, value, VALUE_WIDTH);
	report_text(report, " ");
	report_text(report, label);
	report_text(report, "\n");
}

static void
actor_count(struct report *report, uint64_t count, const char *label)
{
	char text[21];

	actor_line(report, report_digits(count, text), label);
}

static void
actor_text(struct report *report, const ths_actor_status *status)
{
	char text[THS_ADDRESS_TEXT_SIZE];

	actor_line(report, report_show(report, status->address, text),
	    "address");
	actor_line(report, status->kind, "kind");
	actor_line(report, report_show(report, status->parent, text), "parent");
	if (status->names > 0)
		actor_line(report, status->name, "name");
	actor_line(report, status->is_exiting ? "exiting" :
	    status->is_ready ? "ready" : "idle", "state");
	actor_count(report, status->children, "children");
	actor_count(report, status->mailbox, "messages waiting");
	actor_count(report, status->timers, "wake-ups pending");
	actor_count(report, status->handled, "messages handled");
	actor_count(report, status->failed, "messages failed");
	actor_count(report, status->names, "names");
}

static void
actor_json(struct report *report, const ths_actor_status *status)
{
	report_open(report, "{");
	report_member_address(report, "address", status->address);
	report_member_text(report, "kind", status->kind);
	report_member_address(report, "parent", status->parent);
	report_member_text(report, "name", status->name);
	report_member_bool(report, "exiting", status->is_exiting);
	report_member_bool(report, "ready", status->is_ready);
	report_member_number(report, "children", status->children);
	report_member_number(report, "mailbox", status->mailbox);
	report_member_number(report, "timers", status->timers);
	report_member_number(report, "handled", status->handled);
	report_member_number(report, "failed", status->failed);
	report_member_number(report, "names", status->names);
	report_close(report, "}");
	report_text(report, "\n");
}

size_t
ths_actor_report(const ths_actor_status *status,
    const ths_report_options *options, char *buffer, size_t size)
{
	struct report report;

	report_init(&report, options, buffer, size, -1);
	if (status == NULL || status->kind == NULL)
		return 0;
	if (report.options->form == THS_REPORT_JSON)
		actor_json(&report, status);
	else
		actor_text(&report, status);
	return report.size;
}

/* ----------------------------------------------------------- a VM, as lines */

/* Numbers between texts: "5 accepted, 3 handled". */
static void
part(struct report *report, uint64_t number, const char *text)
{
	report_number(report, number);
	report_text(report, text);
}

static void
label(struct report *report, const char *text)
{
	report_left(report, text, LABEL_WIDTH);
}

void
print_counts(struct report *report, const ths_vm_status *status)
{
	label(report, "actors");
	part(report, status->actors, " alive, ");
	part(report, status->spawned, " spawned, ");
	part(report, status->exited, " exited");
	if (status->unborn > 0) {
		report_text(report, ", ");
		part(report, status->unborn, " unborn");
	}
	report_text(report, "\n");
	label(report, "messages");
	part(report, status->accepted, " accepted, ");
	part(report, status->handled, " handled, ");
	part(report, status->absorbed, " absorbed, ");
	part(report, status->queued, " queued\n");
	label(report, "failures");
	part(report, status->failed, " handlers, ");
	part(report, status->retried, " retried, ");
	part(report, status->poisoned, " poisoned, ");
	part(report, status->limits_hit, " limits hit\n");
	label(report, "timers");
	part(report, status->timers, " set\n");
	label(report, "clients");
	part(report, status->clients, " open\n");
	label(report, "memory");
	part(report, status->memory / MiB, ".");
	part(report, status->memory % MiB * 10 / MiB, " MiB\n");
	label(report, "blobs");
	part(report, status->blobs, " held, ");
	part(report, status->blob_bytes, " bytes\n");
	if (status->log_lost > 0) {
		label(report, "log");
		part(report, status->log_lost, " lines lost\n");
	}
}

static uint64_t
dead_of(const ths_vm_status *status)
{
	uint64_t dead = 0;

	for (int i = 0; i < THS_DEAD_COUNT; i++)
		dead += status->dead[i];
	return dead;
}

static void
print_letter(struct report *report, const ths_dead_status *letter)
{
	label(report, "");
	report_text(report, letter->type->name);
	if (!ths_address_is_nobody(letter->from)) {
		report_text(report, " from ");
		report_address(report, letter->from);
	}
	report_text(report, " to ");
	report_address(report, letter->to);
	report_text(report, ", ");
	part(report, (uint64_t)letter->age / 1000000, " ms ago: ");
	report_text(report, ths_dead_reason_text(letter->reason));
	report_text(report, "\n");
}

void
print_letters(struct report *report, const ths_vm *vm)
{
	ths_dead_status letters[THS_DEAD_LETTERS_KEPT];
	size_t length = ths_vm_dead_letters(vm, letters,
	    THS_DEAD_LETTERS_KEPT);

	if (length == 0)
		return;
	label(report, "the last");
	part(report, length, " of them\n");
	for (size_t i = 0; i < length; i++)
		print_letter(report, &letters[i]);
}

void
print_dead(struct report *report, const ths_vm_status *status)
{
	label(report, "dead");
	part(report, dead_of(status), " letters\n");
	for (int i = 0; i < THS_DEAD_COUNT; i++) {
		if (status->dead[i] == 0)
			continue;
		label(report, "");
		part(report, status->dead[i], " ");
		report_text(report, ths_dead_reason_text((ths_dead_reason)i));
		report_text(report, "\n");
	}
	if (ths_address_is_nobody(status->undertaker))
		return;
	label(report, "");
	report_text(report, "told to ");
	report_address(report, status->undertaker);
	report_text(report, "\n");
}

static void
print_timer(struct report *report, const ths_timer_status *timer)
{
	label(report, "");
	report_address(report, timer->owner);
	if (timer->left == THS_FOREVER) {
		report_text(report, " never\n");
		return;
	}
	report_text(report, " in ");
	part(report, (uint64_t)timer->left / 1000000, " ms");
	if (timer->period != 0) {
		report_text(report, ", every ");
		part(report, (uint64_t)timer->period / 1000000, " ms");
	}
	report_text(report, "\n");
}

void
print_timers(struct report *report, const ths_vm *vm)
{
	struct pending pending;

	pending_read(vm, &pending);
	label(report, "pending");
	part(report, pending.count, " wake-ups\n");
	for (uint32_t i = 0; i < pending.length; i++)
		print_timer(report, &pending.nearest[i]);
	if (pending.count == pending.length)
		return;
	label(report, "");
	report_text(report, "and ");
	part(report, pending.count - pending.length, " more\n");
}

/* Names, as they are met; what else is printed of them depends on the form. */
static void
print_name(void *context, const char *name, uint32_t slot, uint32_t generation)
{
	const struct print_names *names = context;
	struct report *report = names->report;
	ths_address address = vm_address(names->vm, slot, generation);

	if (report->options->form == THS_REPORT_JSON) {
		report_member(report, NULL);
		report_open(report, "{");
		report_member_text(report, "name", name);
		report_member_address(report, "address", address);
		report_close(report, "}");
		return;
	}
	label(report, "");
	report_address(report, address);
	report_text(report, " ");
	report_text(report, name);
	report_text(report, "\n");
}

static void
print_names(struct report *report, const ths_vm *vm,
    const ths_vm_status *status)
{
	struct print_names names = { vm, report };

	label(report, "names");
	part(report, status->names, " held\n");
	names_each(&vm->names, print_name, &names);
}

/* A fraction as people and JSON read it. */
static void
print_float(struct report *report, double number)
{
	char text[40];

	snprintf(text, sizeof(text), "%.17g", number);
	report_text(report, text);
}

static void
print_value(struct report *report, const ths_variant *value)
{
	bool is_json = report->options->form == THS_REPORT_JSON;

	switch ((int)value->kind) {
	case THS_KIND_INTEGER:
		report_integer(report, value->integer);
		break;
	case THS_KIND_UNSIGNED:
		report_number(report, value->natural);
		break;
	case THS_KIND_BOOL:
		report_text(report, value->truth ? "true" : "false");
		break;
	case THS_KIND_FLOAT:
		/* Neither infinite nor no number, which JSON does not know. */
		if (is_json && !(value->number - value->number <= 0))
			report_text(report, "null");
		else
			print_float(report, value->number);
		break;
	case THS_KIND_STRING:
		report_quoted(report, value->string);
		break;
	case THS_KIND_BYTES:
		report_hexadecimal(report, value->bytes.data,
		    value->bytes.size);
		break;
	}
}

void
print_capability(struct report *report, const ths_pair *pair)
{
	report_text(report, pair->key);
	report_text(report, " = ");
	print_value(report, &pair->value);
}

static void
print_capabilities(struct report *report, const ths_vm *vm)
{
	const ths_capabilities *held = ths_capabilities_hold(vm);
	ths_map map = ths_capabilities_map(held);

	label(report, "capable");
	part(report, map.length, " capabilities\n");
	for (size_t i = 0; i < map.length; i++) {
		label(report, "");
		print_capability(report, &map.pairs[i]);
		report_text(report, "\n");
	}
	ths_capabilities_drop(held);
}

static void
column(struct report *report, uint64_t number, size_t width)
{
	char text[21];

	report_text(report, " ");
	report_right(report, report_digits(number, text), width);
}

void
print_workers(struct report *report, const ths_vm *vm)
{
	ths_worker_status worker;

	report_text(report, "worker   busy ms      slices    messages    "
	    "steals     parks     wakes\n");
	for (uint32_t i = 0; ths_vm_worker_status_read(vm, i, &worker); i++) {
		column(report, i, 5);
		column(report, worker.busy_ns / 1000000, 9);
		column(report, worker.slices, 11);
		column(report, worker.messages, 11);
		column(report, worker.steals, 9);
		column(report, worker.parks, 9);
		column(report, worker.wakes, 9);
		report_text(report, "\n");
	}
}

static void
vm_text(struct report *report, const ths_vm *vm, const ths_vm_status *status)
{
	if (status->is_stopping)
		report_text(report, "[IN SHUTDOWN]\n");
	print_counts(report, status);
	print_dead(report, status);
	print_letters(report, vm);
	print_timers(report, vm);
	print_names(report, vm, status);
	print_capabilities(report, vm);
	print_workers(report, vm);
}

/* ------------------------------------------------------------ a VM, as JSON */

static void
json_counts(struct report *report, const ths_vm_status *status)
{
	const struct {
		const char *key;
		uint64_t number;
	} rows[] = {
		{ "actors", status->actors }, { "spawned", status->spawned },
		{ "exited", status->exited }, { "unborn", status->unborn },
		{ "accepted", status->accepted },
		{ "handled", status->handled }, { "failed", status->failed },
		{ "retried", status->retried },
		{ "poisoned", status->poisoned },
		{ "absorbed", status->absorbed }, { "queued", status->queued },
		{ "timers", status->timers }, { "clients", status->clients },
		{ "name_monitors", status->name_monitors },
		{ "memory", status->memory }, { "blobs", status->blobs },
		{ "blob_bytes", status->blob_bytes },
		{ "limits_hit", status->limits_hit },
		{ "log_lost", status->log_lost },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		report_member_number(report, rows[i].key, rows[i].number);
}

static void
json_dead(struct report *report, const ths_vm_status *status)
{
	report_member(report, "dead");
	report_open(report, "{");
	for (int i = 0; i < THS_DEAD_COUNT; i++)
		report_member_number(report,
		    ths_dead_reason_text((ths_dead_reason)i), status->dead[i]);
	report_close(report, "}");
	report_member(report, "dead_letter_handler");
	if (ths_address_is_nobody(status->undertaker)) {
		report_text(report, "null");
		return;
	}
	report_quoted_address(report, status->undertaker);
}

static void
json_letters(struct report *report, const ths_vm *vm)
{
	ths_dead_status letters[THS_DEAD_LETTERS_KEPT];
	size_t length = ths_vm_dead_letters(vm, letters,
	    THS_DEAD_LETTERS_KEPT);

	report_member(report, "last_dead_letters");
	report_open(report, "[");
	for (size_t i = 0; i < length; i++) {
		report_member(report, NULL);
		report_open(report, "{");
		report_member_text(report, "message", letters[i].type->name);
		report_member_address(report, "from", letters[i].from);
		report_member_address(report, "to", letters[i].to);
		report_member_text(report, "why",
		    ths_dead_reason_text(letters[i].reason));
		report_member_number(report, "age_ns",
		    (uint64_t)letters[i].age);
		report_close(report, "}");
	}
	report_close(report, "]");
}

static void
json_timers(struct report *report, const ths_vm *vm)
{
	struct pending pending;

	pending_read(vm, &pending);
	report_member_number(report, "wakeups", pending.count);
	report_member(report, "nearest_wakeups");
	report_open(report, "[");
	for (uint32_t i = 0; i < pending.length; i++) {
		const ths_timer_status *timer = &pending.nearest[i];

		report_member(report, NULL);
		report_open(report, "{");
		report_member_address(report, "owner", timer->owner);
		report_member(report, "left_ns");
		if (timer->left == THS_FOREVER)
			report_text(report, "null");
		else
			report_integer(report, timer->left);
		report_member_number(report, "period_ns",
		    (uint64_t)timer->period);
		report_close(report, "}");
	}
	report_close(report, "]");
}

static void
json_names(struct report *report, const ths_vm *vm)
{
	struct print_names names = { vm, report };

	report_member(report, "names");
	report_open(report, "[");
	names_each(&vm->names, print_name, &names);
	report_close(report, "]");
}

static void
json_capabilities(struct report *report, const ths_vm *vm)
{
	const ths_capabilities *held = ths_capabilities_hold(vm);
	ths_map map = ths_capabilities_map(held);

	report_member(report, "capabilities");
	report_open(report, "{");
	for (size_t i = 0; i < map.length; i++) {
		report_member(report, map.pairs[i].key);
		print_value(report, &map.pairs[i].value);
	}
	report_close(report, "}");
	ths_capabilities_drop(held);
}

static void
json_workers(struct report *report, const ths_vm *vm)
{
	ths_worker_status worker;

	report_member(report, "workers");
	report_open(report, "[");
	for (uint32_t i = 0; ths_vm_worker_status_read(vm, i, &worker); i++) {
		report_member(report, NULL);
		report_open(report, "{");
		report_member_number(report, "busy_ns", worker.busy_ns);
		report_member_number(report, "slices", worker.slices);
		report_member_number(report, "messages", worker.messages);
		report_member_number(report, "steals", worker.steals);
		report_member_number(report, "parks", worker.parks);
		report_member_number(report, "wakes", worker.wakes);
		report_close(report, "}");
	}
	report_close(report, "]");
}

static void
vm_json(struct report *report, const ths_vm *vm, const ths_vm_status *status)
{
	report_open(report, "{");
	report_member_bool(report, "in_shutdown", status->is_stopping);
	json_counts(report, status);
	json_dead(report, status);
	json_names(report, vm);
	json_letters(report, vm);
	json_timers(report, vm);
	json_capabilities(report, vm);
	json_workers(report, vm);
	report_close(report, "}");
	report_text(report, "\n");
}

size_t
ths_vm_report(const ths_vm *vm, const ths_report_options *options, char *buffer,
    size_t size)
{
	struct report report;
	ths_vm_status status;

	report_init(&report, options, buffer, size, -1);
	if (vm == NULL)
		return 0;
	ths_vm_status_read(vm, &status);
	if (report.options->form == THS_REPORT_JSON)
		vm_json(&report, vm, &status);
	else
		vm_text(&report, vm, &status);
	return report.size;
}

size_t
ths_vm_status_print(const ths_vm *vm, char *buffer, size_t size)
{
	return ths_vm_report(vm, NULL, buffer, size);
}
