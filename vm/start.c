/* SPDX-License-Identifier: MIT */
/*
 * start - makes a VM and frees it.
 *
 * ths_vm_start() builds from the ground up: ports, memory, pool, tables,
 * workers, threads; a failure on the way takes down what stands, in reverse.
 */
#include <stdalign.h>
#include <string.h>

#include "base/check.h"
#include "base/random.h"
#include "vm/actor/slice.h"
#include "vm/actor/wakeup.h"
#include "vm/admin/announce.h"
#include "vm/endpoint/client.h"
#include "vm/message/system.h"
#include "vm/observe.h"
#include "vm/vm.h"

enum {
	DEFAULT_SLICE_MAX = 65536,
	DEFAULT_SLICE_NS = 1000000,
	DEFAULT_SENTINEL_NS = 10000000,
	DEFAULT_LONG_HANDLER_NS = 100000000,
	DEFAULT_SPARES_MAX = 8,
	DEFAULT_SPIN_MAX = 2000,
	DEFAULT_ACTORS_MAX = 1 << 24,
	DEFAULT_TIMERS_MAX = 1 << 24,
	DEFAULT_NAMES_MAX = 1 << 16,
	NAMES_MAX_MAX = 1 << 24,
	DEFAULT_NAME_MONITORS_MAX = 1 << 20,
	DEFAULT_KINDS_MAX = 1 << 16,
	KINDS_MAX_MAX = 1 << 24,
	DEFAULT_KEPT_MAX = 1 << 16,
	KEPT_MAX_MAX = 1 << 30,
	DEFAULT_STASH_MAX = 1 << 16,
	DEFAULT_CALLS_MAX = 1 << 16,
	DEFAULT_MESSAGE_MAX = 1 << 30,
	DEFAULT_RELATIONS_MAX = 1 << 20,
	DEFAULT_LOG_LINES_MAX = 1 << 9,
	ACTORS_MAX_MAX = (1 << 30),
};

#define MESSAGE_MAX_MAX (SIZE_MAX / 4) /* so that sums of a few do not wrap */

/* ----------------------------------------------------------- configuration */

static uint32_t
or_default(uint32_t value, uint32_t otherwise)
{
	return value != 0 ? value : otherwise;
}

static void
fill_in(ths_vm_config *config)
{
	if (config->mode == THS_MODE_INLINE) {
		config->workers = 1;
	} else if (config->workers == 0) {
		config->workers = threads_usable_cores();
		if (config->workers > THS_WORKERS_MAX)
			config->workers = THS_WORKERS_MAX;
	}
	if (config->long_handler_ns == 0)
		config->long_handler_ns = DEFAULT_LONG_HANDLER_NS;
	/* One alone needs no atomic operation to take its next task. */
	if (config->spares_max == 0)
		config->spares_max = config->workers == 1 ? 0 :
		    DEFAULT_SPARES_MAX;
	if (config->spares_max == THS_SPARES_NONE ||
	    config->mode == THS_MODE_INLINE)
		config->spares_max = 0;
	config->slice_max = or_default(config->slice_max, DEFAULT_SLICE_MAX);
	if (config->slice_ns == 0)
		config->slice_ns = DEFAULT_SLICE_NS;
	if (config->sentinel_ns == 0)
		config->sentinel_ns = DEFAULT_SENTINEL_NS;
	config->spin_max = or_default(config->spin_max, DEFAULT_SPIN_MAX);
	config->actors_max = or_default(config->actors_max,
	    DEFAULT_ACTORS_MAX);
	config->timers_max = or_default(config->timers_max,
	    DEFAULT_TIMERS_MAX);
	config->names_max = or_default(config->names_max, DEFAULT_NAMES_MAX);
	config->name_monitors_max = or_default(config->name_monitors_max,
	    DEFAULT_NAME_MONITORS_MAX);
	config->kinds_max = or_default(config->kinds_max, DEFAULT_KINDS_MAX);
	config->kept_max = or_default(config->kept_max, DEFAULT_KEPT_MAX);
	config->stash_max = or_default(config->stash_max, DEFAULT_STASH_MAX);
	config->calls_max = or_default(config->calls_max, DEFAULT_CALLS_MAX);
	if (config->message_max == 0)
		config->message_max = DEFAULT_MESSAGE_MAX;
	config->relations_max = or_default(config->relations_max,
	    DEFAULT_RELATIONS_MAX);
	config->log_lines_max = or_default(config->log_lines_max,
	    DEFAULT_LOG_LINES_MAX);
	if (config->seed == 0)
		config->seed = random_entropy();
}

/* Names the first member that makes no sense; NULL when all do. */
static const char *
wrong_member(const ths_vm_config *config)
{
	if (config->mode != THS_MODE_LOCAL && config->mode != THS_MODE_INLINE)
		return "mode";
	if (config->workers > THS_WORKERS_MAX)
		return "workers";
	if (config->mode == THS_MODE_INLINE && config->workers > 1)
		return "workers";
	if (config->mode != THS_MODE_INLINE && config->wake != NULL)
		return "wake";
	if (config->spares_max > THS_SPARES_MAX &&
	    config->spares_max != THS_SPARES_NONE)
		return "spares_max";
	if (config->slice_ns < 0)
		return "slice_ns";
	if (config->sentinel_ns < 0)
		return "sentinel_ns";
	if (config->long_handler_ns < 0)
		return "long_handler_ns";
	if (config->actors_max > ACTORS_MAX_MAX)
		return "actors_max";
	if (config->timers_max > DEFAULT_TIMERS_MAX * 4)
		return "timers_max";
	if (config->names_max > NAMES_MAX_MAX)
		return "names_max";
	if (config->kinds_max > KINDS_MAX_MAX)
		return "kinds_max";
	if (config->kept_max > KEPT_MAX_MAX)
		return "kept_max";
	if (config->message_max > MESSAGE_MAX_MAX)
		return "message_max";
	if (config->mailbox_max >= INBOX_COUNT_MAX)
		return "mailbox_max";
	if (config->allocator != NULL && (config->allocator->alloc == NULL ||
	    config->allocator->free == NULL))
		return "allocator";
	if (config->log_level > THS_LOG_NONE)
		return "log_level";
	if (config->log_lines_max > LOG_PLACES_MAX)
		return "log_lines_max";
	return NULL;
}

/* ------------------------------------------------------------------- parts */

/* A parked worker's free blocks would pin the slabs they lie in. */
static void
idles(void *context, struct worker *worker)
{
	struct crew *crew = worker->user;

	(void)context;
	pool_cache_flush(&crew->cache);
}

static void
quiet(void *context)
{
	struct ths_vm *vm = context;

	pool_trim(vm->pool);
}

static void
injected(void *context)
{
	pump_notice(context);
}

static void
still(void *context)
{
	struct ths_vm *vm = context;

	/* Seq_cst: the stopper stores the state, then looks who is idle; this
	 * worker has announced itself idle, and now looks at the state. */
	if (atomic_load_explicit(&vm->state, memory_order_seq_cst) !=
	    VM_RUNNING)
		parker_wake(&vm->stopper);
}

static bool
help(void *context, struct worker *worker, struct worker *victim)
{
	(void)context;
	/* Relaxed: to see whether it changes. */
	return outbox_help(worker->user, victim->user, atomic_load_explicit(
	    &victim->picks, memory_order_relaxed));
}

static bool
relieve(void *context, struct worker *worker, struct worker *victim)
{
	(void)context;
	return outbox_relieve(worker->user, victim->user);
}

static void
stays(void *context, const struct worker *victim, struct task *task,
    uint64_t now)
{
	long_handler_seen(context, victim, task, now);
}

static ths_status
recruit(void *context, struct worker *spare)
{
	struct ths_vm *vm = context;
	ths_status status = vm->ports.recruit != NULL ?
	    vm->ports.recruit(vm->ports.context, spare) :
	    threads_recruit(&vm->threads, spare);

	if (status != THS_OK)
		log_write(&vm->log, THS_LOG_WARNING, "no thread to be had for "
		    "a spare worker, while a handler stays: %s",
		    ths_status_text(status));
	return status;
}

static const struct scheduler_ops local_ops = {
	.run = slice_run,
	.fire = wakeup_fire,
	.help = help,
	.relieve = relieve,
	.stays = stays,
	.recruit = recruit,
	.idles = idles,
	.quiet = quiet,
	.still = still,
};

static const struct scheduler_ops inline_ops = {
	.run = slice_run,
	.fire = wakeup_fire,
	.injected = injected,
};

static enum ths_status
start_scheduler(struct ths_vm *vm)
{
	struct scheduler_config config = {
		.workers = vm->config.workers,
		.spares_max = vm->config.spares_max,
		.spin_max = vm->config.spin_max,
		.timers_max = vm->config.timers_max,
		.sentinel_ns = vm->config.sentinel_ns,
		.clock = vm->ports.clock,
		.parker = vm->ports.parker,
		.choose = vm->ports.choose,
		.choose_context = vm->ports.context,
		.seed = vm->config.seed,
		.ops = &local_ops,
		.context = vm,
	};

	if (vm->config.mode == THS_MODE_INLINE) {
		config.ops = &inline_ops;
		config.spin_max = 0;
		config.sentinel_ns = 0;
	}
	return scheduler_init(&vm->scheduler, &vm->memory, &config);
}

/* One for each worker, spares and the sentinel included. */
static enum ths_status
start_crews(struct ths_vm *vm)
{
	vm->crews_count = scheduler_room(&vm->scheduler.config);
	vm->crews = memory_take(&vm->memory, vm->crews_count *
	    sizeof(struct crew), CACHE_LINE);
	if (vm->crews == NULL)
		return THS_NO_MEMORY;
	for (uint32_t i = 0; i < vm->crews_count; i++) {
		struct worker *worker = &vm->scheduler.workers[i];

		crew_init(&vm->crews[i], vm, worker);
		worker->user = &vm->crews[i];
	}
	return THS_OK;
}

static void
end_crews(struct ths_vm *vm)
{
	for (uint32_t i = 0; i < vm->crews_count; i++)
		crew_fini(&vm->crews[i]);
	memory_give(&vm->memory, vm->crews, vm->crews_count *
	    sizeof(struct crew), CACHE_LINE);
}

static enum ths_status
start_driver(struct ths_vm *vm)
{
	enum ths_status status;

	if (vm->ports.drive != NULL)
		return vm->ports.drive(vm->ports.context, &vm->scheduler);
	if (vm->config.mode == THS_MODE_INLINE)
		return THS_OK;
	status = threads_start(&vm->threads, &vm->scheduler, vm->config.pin);
	if (status == THS_SYSTEM)
		log_write(&vm->log, THS_LOG_ERROR,
		    "ths_vm_start: no thread to be had for every worker");
	return status;
}

/* What the host, or mail that it has not given back, still holds. */
static void
end_blobs(struct ths_vm *vm)
{
	size_t held = blobs_fini(&vm->blobs);

	if (held > 0)
		log_write(&vm->log, THS_LOG_WARNING,
		    "ths_vm_free: %zu blobs are still held", held);
}

static void
end_tables(struct ths_vm *vm)
{
	last_words_fini(&vm->last_words);
	capabilities_fini(&vm->capabilities);
	kinds_fini(&vm->kinds);
	names_fini(&vm->names);
	behaviours_fini(&vm->behaviours);
	types_fini(&vm->types);
	end_blobs(vm);
	slots_fini(&vm->slots);
	pool_free(vm->pool);
}

/* The tables that need only memory. */
static enum ths_status
start_tables(struct ths_vm *vm)
{
	enum ths_status status;

	vm->pool = pool_new(&vm->memory);
	if (vm->pool == NULL)
		return THS_NO_MEMORY;
	status = slots_init(&vm->slots, &vm->memory, vm->config.actors_max);
	if (status != THS_OK) {
		pool_free(vm->pool);
		return status;
	}
	blobs_init(&vm->blobs, &vm->memory, vm->config.message_max,
	    vm->config.blob_bytes_max);
	pool_set_drop(vm->pool, blob_drop);
	types_init(&vm->types, &vm->memory);
	behaviours_init(&vm->behaviours, &vm->memory, &vm->types);
	last_words_init(&vm->last_words);
	names_init(&vm->names, &vm->memory, vm->config.names_max,
	    vm->config.name_monitors_max, vm->ports.parker,
	    vm->ports.clock);
	kinds_init(&vm->kinds, &vm->memory, vm->config.kinds_max);
	status = capabilities_init(&vm->capabilities, &vm->memory, &vm->config,
	    vm->ports.parker, vm->ports.clock);
	if (status == THS_OK)
		status = system_init(&vm->types);
	else if (status != THS_NO_MEMORY)
		log_write(&vm->log, THS_LOG_ERROR,
		    "ths_vm_start: capabilities: %s", ths_status_text(status));
	vm->config.capabilities = (ths_map){ NULL, 0 }; /* copied */
	if (status != THS_OK)
		end_tables(vm);
	return status;
}

static enum ths_status
start_parts(struct ths_vm *vm)
{
	enum ths_status status = start_tables(vm);

	if (status != THS_OK)
		return status;
	status = start_scheduler(vm);
	if (status != THS_OK)
		goto tables;
	status = start_crews(vm);
	if (status != THS_OK)
		goto scheduler;
	if (pthread_key_create(&vm->client_key, client_thread_ended) != 0) {
		log_write(&vm->log, THS_LOG_ERROR, "no thread-specific key "
		    "left: too many VMs in this process");
		status = THS_SYSTEM;
		goto crews;
	}
	vm->door = client_new(vm);
	status = vm->door != NULL ? start_driver(vm) : THS_NO_MEMORY;
	if (status == THS_OK)
		return THS_OK;
	client_free_all(vm);
	pthread_key_delete(vm->client_key);
crews:
	end_crews(vm);
scheduler:
	scheduler_fini(&vm->scheduler);
tables:
	end_tables(vm);
	return status;
}

/* Before the threads that log comes what they log by. */
static enum ths_status
start_all(struct ths_vm *vm)
{
	enum ths_status status = log_open(&vm->log, &vm->memory,
	    vm->config.log_lines_max);

	if (status != THS_OK)
		return status;
	status = start_parts(vm);
	if (status != THS_OK)
		log_close(&vm->log, &vm->memory);
	return status;
}

/* ------------------------------------------------------------- whole life */

static void
init_ports(struct ths_vm *vm, const struct vm_ports *ports)
{
	if (ports != NULL)
		vm->ports = *ports;
	if (vm->ports.clock == NULL) {
		clock_init_system(&vm->clock);
		vm->ports.clock = &vm->clock;
	}
	if (vm->ports.parker == NULL)
		vm->ports.parker = &parker_port_system;
}

static void
init_own(struct ths_vm *vm)
{
	struct random random;

	/* Only a simulated VM may have the id of an earlier run: an address of
	 * a VM that is gone must never name anybody. */
	random_init(&random, vm->ports.choose != NULL ? vm->config.seed :
	    random_entropy());
	do {
		vm->id = random_next(&random);
	} while (vm->id == 0);
	atomic_init(&vm->state, VM_RUNNING);
	atomic_init(&vm->mailbox_max, vm->config.mailbox_max);
	gate_init(&vm->stop_gate);
	parker_init(&vm->stopper, vm->ports.parker, vm->ports.clock);
	pthread_mutex_init(&vm->clients_mutex, NULL);
}

static void
fini_own(struct ths_vm *vm)
{
	gate_fini(&vm->stop_gate);
	pthread_mutex_destroy(&vm->clients_mutex);
}

enum ths_status
vm_start(ths_vm **started, const ths_vm_config *config,
    const struct vm_ports *ports)
{
	ths_vm_config wanted = { 0 };
	struct memory memory;
	enum ths_status status;
	const char *wrong;
	struct ths_vm *vm;
	struct log log;

	if (started == NULL)
		return THS_BAD_ARGUMENT;
	if (config != NULL)
		wanted = *config;
	log_init(&log, wanted.log, wanted.log_context, wanted.log_level);
	wrong = wrong_member(&wanted);
	if (wrong != NULL) {
		log_write(&log, THS_LOG_ERROR,
		    "ths_vm_start: %s has no valid value", wrong);
		return THS_BAD_ARGUMENT;
	}
	fill_in(&wanted);
	/* The VM's own block comes from its memory port, which then moves into
	 * it: the port holds nothing but counts and the host's functions. */
	memory_init(&memory, wanted.allocator, wanted.memory_max);
	vm = memory_take(&memory, sizeof(*vm), CACHE_LINE);
	if (vm == NULL) {
		memory_fini(&memory);
		return THS_NO_MEMORY;
	}
	memcpy(&vm->memory, &memory, sizeof(memory));
	memcpy(&vm->log, &log, sizeof(log));
	vm->config = wanted;
	vm->config.allocator = NULL; /* copied into the port */
	init_ports(vm, ports);
	init_own(vm);
	status = start_all(vm);
	if (status == THS_OK) {
		announce_start(vm);
		*started = vm;
		return THS_OK;
	}
	fini_own(vm);
	memcpy(&memory, &vm->memory, sizeof(memory));
	memory_give(&memory, vm, sizeof(*vm), CACHE_LINE);
	memory_fini(&memory);
	return status;
}

ths_status
ths_vm_start(ths_vm **vm, const ths_vm_config *config)
{
	return vm_start(vm, config, NULL);
}

void
ths_vm_free(ths_vm *vm)
{
	struct memory memory;

	if (vm == NULL)
		return;
	if (worker_current() != NULL) {
		log_write(&vm->log, THS_LOG_ERROR,
		    "ths_vm_free: called by a handler; nothing is freed");
		return;
	}
	if (vm_state(vm) != VM_STOPPED)
		ths_vm_stop(vm, 0);
	observe_frees(vm);
	pthread_key_delete(vm->client_key);
	client_free_all(vm);
	end_crews(vm);
	scheduler_fini(&vm->scheduler);
	end_tables(vm);
	log_close(&vm->log, &vm->memory);
	fini_own(vm);
	observe_freed(vm);
	memcpy(&memory, &vm->memory, sizeof(memory));
	memory_give(&memory, vm, sizeof(*vm), CACHE_LINE);
	memory_fini(&memory);
}
