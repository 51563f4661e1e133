/* SPDX-License-Identifier: MIT */
/* vm: its start, its stop, several of them, and what it does without memory. */
#include <dirent.h>
#include <stdlib.h>

#include "tests/unit/vm/world.h"
#include "thespis/client.h"

THS_MESSAGE(number, THS_FIELD(int64_t, value))
THS_MESSAGE(aim, THS_FIELD(ths_address, at))
THS_SIGNAL(for_ever)
THS_SIGNAL(slow)
THS_SIGNAL(breed)

static _Atomic int handled;
static _Atomic int exited;

/* ------------------------------------------------------------------- actors */

struct hand { ths_address at; };

static ths_status
hand_number(ths_self *self, struct hand *hand,
    const struct number *number)
{
	(void)hand;
	atomic_fetch_add(&handled, 1);
	return ths_reply(self, number, .value = number->value + 1);
}

static ths_status
hand_aim(ths_self *self, struct hand *hand, const struct aim *aim)
{
	(void)self;
	hand->at = aim->at;
	atomic_fetch_add(&handled, 1);
	return THS_OK;
}

static ths_status
hand_for_ever(ths_self *self, struct hand *hand,
    const struct for_ever *ever)
{
	(void)hand, (void)ever;
	atomic_fetch_add(&handled, 1);
	return ths_send(self, ths_me(self), for_ever);
}

static ths_status
hand_slow(ths_self *self, struct hand *hand, const struct slow *slow)
{
	(void)self, (void)hand, (void)slow;
	atomic_fetch_add(&handled, 1);
	world_sleep_ms(20);
	return THS_OK;
}

extern const ths_actor hand_again;

static ths_status
hand_breed(ths_self *self, struct hand *hand, const struct breed *breed)
{
	ths_address child;
	ths_status status = ths_spawn_child(self, &child, &hand_again, NULL);

	(void)hand, (void)breed;
	if (status != THS_OK)
		return THS_OK; /* the VM stops */
	return ths_send(self, child, breed);
}

static void
hand_exit(ths_self *self, struct hand *hand)
{
	atomic_fetch_add(&exited, 1);
	if (!ths_address_is_nobody(hand->at))
		ths_send(self, hand->at, number, .value = 77);
}

THS_ACTOR(hand, struct hand, THS_ON(number, hand_number),
    THS_ON(aim, hand_aim), THS_ON(for_ever, hand_for_ever),
    THS_ON(slow, hand_slow), THS_ON(breed, hand_breed), THS_EXIT(hand_exit))

const ths_actor hand_again = { "hand", sizeof(struct hand),
	ths_hand_rows, 6 };

static void
reset(void)
{
	atomic_store(&handled, 0);
	atomic_store(&exited, 0);
}

static int
thread_count(void)
{
	DIR *tasks = opendir("/proc/self/task");
	int count = -2; /* . and .. */

	cr_assert_not_null(tasks);
	while (readdir(tasks) != NULL)
		count++;
	closedir(tasks);
	return count;
}

/* ------------------------------------------------------------------- start */

Test(vm, starts_with_every_default_and_ends_without_a_stop)
{
	ths_vm *vm = NULL;

	cr_assert_eq(ths_vm_start(&vm, NULL), THS_OK);
	cr_assert_not_null(vm);
	ths_vm_free(vm);
	ths_vm_free(NULL);
	cr_assert_eq(ths_vm_start(NULL, NULL), THS_BAD_ARGUMENT);
}

static void *
no_alloc(void *context, size_t size, size_t alignment)
{
	(void)context, (void)size, (void)alignment;
	return NULL;
}

static void
no_wake(void *context)
{
	(void)context;
}

Test(vm, names_the_member_of_its_configuration_that_is_wrong)
{
	static const ths_allocator half = { no_alloc, NULL, NULL };
	const struct { const char *name; ths_vm_config config; } wrong[] = {
		{ "mode", { .mode = (ths_mode)7 } },
		{ "workers", { .workers = THS_WORKERS_MAX + 1 } },
		{ "workers", { .mode = THS_MODE_INLINE, .workers = 2 } },
		{ "wake", { .wake = no_wake } },
		{ "spares_max", { .spares_max = THS_SPARES_MAX + 1 } },
		{ "slice_ns", { .slice_ns = -1 } },
		{ "sentinel_ns", { .sentinel_ns = -1 } },
		{ "long_handler_ns", { .long_handler_ns = -1 } },
		{ "actors_max", { .actors_max = UINT32_MAX } },
		{ "timers_max", { .timers_max = UINT32_MAX } },
		{ "mailbox_max", { .mailbox_max = UINT32_MAX } },
		{ "allocator", { .allocator = &half } },
		{ "log_level", { .log_level = (ths_log_level)9 } },
		{ "log_lines_max", { .log_lines_max = UINT32_MAX } },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct world world;

		cr_assert_eq(world_try(&world, wrong[i].config, NULL),
		    THS_BAD_ARGUMENT, "%s", wrong[i].name);
		cr_assert_null(world.vm);
		if (wrong[i].config.log_level == THS_LOG_DEFAULT)
			cr_assert_eq(world_logged(&world, wrong[i].name), 1,
			    "%s", wrong[i].name);
	}
}

Test(vm, has_as_many_workers_as_it_is_told_and_leaves_no_thread)
{
	int before = thread_count();

	for (uint32_t workers = 1; workers <= 5; workers += 2) {
		struct world world;

		reset();
		world_begin_local(&world, workers);
		/* And the sentinel's. */
		cr_assert_eq(thread_count(), before + (int)workers + 1);
		cr_assert_eq(world_status(&world).workers, workers);
		world_spawn(&world, &hand_actor);
		cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(30)), THS_OK);
		for (int i = 0; i < 1000 && thread_count() > before; i++)
			world_sleep_ms(1); /* the kernel takes its time */
		cr_assert_eq(thread_count(), before);
		world_end(&world);
	}
}

Test(vm, starts_no_thread_when_it_is_inline)
{
	int before = thread_count();
	struct world world;

	world_begin_inline(&world);
	cr_assert_eq(thread_count(), before);
	world_end(&world);
}

Test(vm, can_be_started_many_times)
{
	for (int i = 0; i < 30; i++) {
		struct world world;

		reset();
		world_begin_local(&world, 2);
		cr_assert_eq(ths_tell(world.vm,
		    world_spawn(&world, &hand_actor), number), THS_OK);
		world_end(&world);
		cr_assert_eq(atomic_load(&handled), 1, "before the exit");
	}
}

/* Each VM takes one of the process's keys for its threads' clients. */
Test(vm, refuses_to_start_when_the_process_has_no_key_left)
{
	static pthread_key_t keys[4096];
	struct world world;
	int count = 0;

	while (count < 4096 && pthread_key_create(&keys[count], NULL) == 0)
		count++;
	cr_assert_lt(count, 4096);
	cr_assert_eq(world_try(&world, (ths_vm_config){ .workers = 1 }, NULL),
	    THS_SYSTEM);
	cr_assert_eq(world_logged(&world, "key"), 1);
	while (count > 0)
		pthread_key_delete(keys[--count]);
	world_begin_local(&world, 1);
	world_end(&world);
}

/* -------------------------------------------------------------- several VMs */

Test(vm, knows_nothing_of_another_in_the_same_process)
{
	struct world a, b;
	ths_address in_a, in_b;
	ths_mail *mail;

	reset();
	world_begin_local(&a, 1);
	world_begin_local(&b, 1);
	in_a = world_spawn(&a, &hand_actor);
	in_b = world_spawn(&b, &hand_actor);
	cr_assert_neq(in_a.vm, in_b.vm);
	cr_assert_eq(ths_tell(b.vm, in_a, number), THS_GONE);
	cr_assert_eq(ths_tell(a.vm, in_b, number), THS_GONE);
	cr_assert_eq(world_dead(&a, THS_DEAD_FOREIGN), 1);
	cr_assert_eq(world_dead(&b, THS_DEAD_FOREIGN), 1);
	mail = ths_call(a.vm, in_a, THS_SECONDS(30), number, .value = 1);
	cr_assert_eq(ths_mail_as(mail, number)->value, 2);
	ths_mail_free(mail);
	cr_assert_eq(atomic_load(&handled), 1);
	world_end(&a);
	mail = ths_call(b.vm, in_b, THS_SECONDS(30), number, .value = 5);
	cr_assert_eq(ths_mail_as(mail, number)->value, 6);
	ths_mail_free(mail);
	world_end(&b);
}

/* -------------------------------------------------------------------- stop */

Test(vm, lets_actors_handle_their_mail_before_it_stops)
{
	struct world world;
	ths_address hand;

	reset();
	world_begin_local(&world, 2);
	hand = world_spawn(&world, &hand_actor);
	for (int i = 0; i < 1000; i++)
		cr_assert_eq(ths_tell(world.vm, hand, number), THS_OK);
	world_end(&world);
	cr_assert_eq(atomic_load(&handled), 1000);
	cr_assert_eq(atomic_load(&exited), 1);
}

Test(vm, may_be_stopped_twice_and_says_the_same, .description = "T-017 A-02")
{
	struct world world;

	reset();
	world_begin_local(&world, 2);
	world_spawn(&world, &hand_actor);
	cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(30)), THS_OK);
	/* T-017 */
	cr_assert_eq(ths_vm_stop(world.vm, 0), THS_OK);
	cr_assert_eq(ths_vm_stop(NULL, 0), THS_BAD_ARGUMENT);
	world_end(&world);
	cr_assert_eq(atomic_load(&exited), 1);
}

struct thread {
	pthread_t id;
	struct world *world;
	ths_status status;
	bool is_stopped;
};

static void *
stop_too(void *argument)
{
	struct thread *thread = argument;

	thread->status = ths_vm_stop(thread->world->vm, THS_SECONDS(30));
	thread->is_stopped = vm_state(thread->world->vm) == VM_STOPPED;
	return NULL;
}

Test(vm, may_be_stopped_by_several_threads_at_once)
{
	struct thread threads[4];
	struct world world;

	reset();
	world_begin_local(&world, 2);
	for (int i = 0; i < 100; i++)
		cr_assert_eq(ths_tell(world.vm,
		    world_spawn(&world, &hand_actor), number), THS_OK);
	for (int i = 0; i < 4; i++) {
		threads[i] = (struct thread){ .world = &world };
		cr_assert_eq(pthread_create(&threads[i].id, NULL, stop_too,
		    &threads[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		cr_assert_eq(pthread_join(threads[i].id, NULL), 0);
		cr_assert_eq(threads[i].status, THS_OK);
		cr_assert(threads[i].is_stopped);
	}
	world_end(&world);
	cr_assert_eq(atomic_load(&exited), 100);
}

Test(vm, stops_although_actors_write_to_themselves_for_ever)
{
	struct world world;

	reset();
	world_begin_local(&world, 2);
	for (int i = 0; i < 5; i++)
		cr_assert_eq(ths_tell(world.vm,
		    world_spawn(&world, &hand_actor), for_ever), THS_OK);
	cr_assert(world_await(&handled, 100));
	world_end(&world);
	cr_assert_eq(atomic_load(&exited), 5);
}

Test(vm, stops_although_actors_spawn_for_ever)
{
	struct world world;

	reset();
	world_begin_local(&world, 2);
	for (int i = 0; i < 3; i++)
		cr_assert_eq(ths_tell(world.vm,
		    world_spawn(&world, &hand_actor), breed), THS_OK);
	world_sleep_ms(10);
	world_end(&world);
	cr_assert_geq(atomic_load(&exited), 3);
}

Test(vm, that_is_stopped_without_time_leaves_dead_letters_and_runs_exits,
    .description = "T-599")
{
	struct world world;
	ths_address hand;

	reset();
	world_begin_local(&world, 1);
	hand = world_spawn(&world, &hand_actor);
	for (int i = 0; i < 50; i++)
		cr_assert_eq(ths_tell(world.vm, hand, slow), THS_OK);
	cr_assert(world_await(&handled, 1));
	cr_assert_eq(ths_vm_stop(world.vm, 0), THS_TIMEOUT);
	cr_assert_lt(atomic_load(&handled), 50);
	cr_assert_eq(atomic_load(&exited), 1);
	cr_assert_eq(world_dead(&world, THS_DEAD_STOPPED),
	    50 - (uint64_t)atomic_load(&handled));
	/* T-599 */
	cr_assert_eq(world_end_within(&world, 0), THS_TIMEOUT);
}

/* The exit handler of the one that is buried writes to a client. */
static void
bury_one_that_writes(ths_mode mode)
{
	ths_client *client = NULL;
	struct world world;
	ths_address hand;

	reset();
	world_begin_with(&world, (ths_vm_config){ .mode = mode,
		.workers = 1 });
	hand = world_spawn(&world, &hand_actor);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	cr_assert_eq(ths_tell(world.vm, hand, aim,
	    .at = ths_client_address(client)), THS_OK);
	cr_assert_eq(ths_tell(world.vm, hand, slow), THS_OK);
	cr_assert_eq(ths_tell(world.vm, hand, slow), THS_OK);
	if (mode == THS_MODE_LOCAL)
		cr_assert(world_await(&handled, 2));
	else
		ths_vm_run(world.vm, 0);
	for (int i = 0; i < 50; i++)
		cr_assert_eq(ths_tell(world.vm, hand, slow), THS_OK);
	cr_assert_eq(ths_vm_stop(world.vm, 0), THS_TIMEOUT);
	cr_assert_eq(atomic_load(&exited), 1);
	cr_assert_geq(world_dead(&world, THS_DEAD_STOPPED), 2);
	ths_client_close(client);
	world_end_within(&world, 0);
}

Test(vm, accounts_for_what_exit_handlers_send_to_clients)
{
	bury_one_that_writes(THS_MODE_LOCAL);
}

Test(vm, accounts_for_what_exit_handlers_send_to_clients_when_inline)
{
	bury_one_that_writes(THS_MODE_INLINE);
}

static void *
stop_alone(void *argument)
{
	struct thread *thread = argument;

	thread->status = ths_vm_stop(thread->world->vm, THS_SECONDS(30));
	return NULL;
}

Test(vm, that_is_full_of_actors_stops_in_order)
{
	struct thread thread = { 0 };
	struct world world;
	ths_address hand;
	int count = 0;

	reset();
	world_begin_with(&world, (ths_vm_config){ .workers = 1,
		.actors_max = 20 });
	thread.world = &world;
	while (ths_spawn(world.vm, &hand, &hand_actor, NULL) == THS_OK) {
		cr_assert_eq(ths_tell(world.vm, hand, number), THS_OK);
		count++;
	}
	cr_assert_eq(count, 19, "and the default client");
	cr_assert_eq(world_status(&world).limits_hit, 1);
	cr_assert_eq(pthread_create(&thread.id, NULL, stop_alone, &thread), 0);
	cr_assert_eq(pthread_join(thread.id, NULL), 0);
	cr_assert_eq(thread.status, THS_OK);
	cr_assert_eq(atomic_load(&exited), count);
	world_end(&world);
}

/* ------------------------------------------------------------------ memory */

/* Remembers size and alignment of what it lent. */
struct lender {
	_Atomic int lent;
	_Atomic int wrong;
};

enum { LENT_MAX = 4096 };
static struct { void *pointer; size_t size, alignment; } loans[LENT_MAX];
static pthread_mutex_t loans_mutex = PTHREAD_MUTEX_INITIALIZER;

static void *
lend(void *context, size_t size, size_t alignment)
{
	struct lender *lender = context;
	void *pointer = NULL;

	if (alignment < sizeof(void *))
		alignment = sizeof(void *);
	if (posix_memalign(&pointer, alignment, size) != 0)
		return NULL;
	memset(pointer, 0xa5, size); /* zeroing is not the host's duty */
	atomic_fetch_add(&lender->lent, 1);
	pthread_mutex_lock(&loans_mutex);
	for (int i = 0; i < LENT_MAX; i++) {
		if (loans[i].pointer == NULL) {
			loans[i].pointer = pointer;
			loans[i].size = size;
			loans[i].alignment = alignment;
			break;
		}
	}
	pthread_mutex_unlock(&loans_mutex);
	return pointer;
}

static void
get_back(void *context, void *pointer, size_t size, size_t alignment)
{
	struct lender *lender = context;
	int i = 0;

	if (alignment < sizeof(void *))
		alignment = sizeof(void *);
	pthread_mutex_lock(&loans_mutex);
	while (i < LENT_MAX && loans[i].pointer != pointer)
		i++;
	if (i == LENT_MAX || loans[i].size != size ||
	    loans[i].alignment != alignment)
		atomic_fetch_add(&lender->wrong, 1);
	else
		loans[i].pointer = NULL;
	pthread_mutex_unlock(&loans_mutex);
	atomic_fetch_sub(&lender->lent, 1);
	free(pointer);
}

Test(vm, takes_all_memory_from_the_hosts_allocator_and_gives_it_back)
{
	struct lender lender = { 0 };
	const ths_allocator allocator = { lend, get_back, &lender };
	struct world world;

	reset();
	world_begin_with(&world, (ths_vm_config){ .workers = 2,
		.allocator = &allocator });
	for (int i = 0; i < 200; i++)
		cr_assert_eq(ths_tell(world.vm,
		    world_spawn(&world, &hand_actor), number), THS_OK);
	cr_assert(world_await(&handled, 200));
	cr_assert_gt(atomic_load(&lender.lent), 0);
	world_end(&world);
	cr_assert_eq(atomic_load(&lender.lent), 0);
	cr_assert_eq(atomic_load(&lender.wrong), 0);
}

Test(vm, refuses_what_goes_beyond_its_memory_limit)
{
	size_t limit = 4 * 1024 * 1024;
	struct world world;
	ths_status status;
	ths_address hand;
	int count = 0;

	reset();
	world_begin_with(&world, (ths_vm_config){ .workers = 1,
		.memory_max = limit });
	do {
		status = ths_spawn(world.vm, &hand, &hand_actor, NULL);
		cr_assert_leq(world_status(&world).memory, limit);
		count++;
	} while (status == THS_OK && count < 1000000);
	cr_assert_eq(status, THS_NO_MEMORY);
	cr_assert_gt(count, 1000);
	cr_assert_gt(world_status(&world).limits_hit, 0);
	world_end(&world);
}

Test(vm, does_not_start_within_too_little_memory)
{
	struct world world;
	size_t size = 1;

	while (world_try(&world, (ths_vm_config){ .workers = 2,
	    .memory_max = size }, NULL) != THS_OK) {
		cr_assert_null(world.vm);
		size += size / 4 + 1;
		cr_assert_lt(size, (size_t)64 << 20);
	}
	world_end(&world);
}

/* An allocator that refuses the n-th call, to fail a start at each of them. */
struct miser {
	_Atomic int calls;
	_Atomic int lent;
	int refused;
};

static void *
miser_alloc(void *context, size_t size, size_t alignment)
{
	struct miser *miser = context;
	void *pointer = NULL;

	if (atomic_fetch_add(&miser->calls, 1) + 1 == miser->refused)
		return NULL;
	if (posix_memalign(&pointer, alignment < 16 ? 16 : alignment, size) !=
	    0)
		return NULL;
	atomic_fetch_add(&miser->lent, 1);
	return pointer;
}

static void
miser_free(void *context, void *pointer, size_t size, size_t alignment)
{
	struct miser *miser = context;

	(void)size, (void)alignment;
	atomic_fetch_sub(&miser->lent, 1);
	free(pointer);
}

static void
start_without_memory(ths_mode mode)
{
	int before = thread_count();
	ths_status status;
	int nth = 0;

	do {
		struct miser miser = { .refused = ++nth };
		const ths_allocator allocator = { miser_alloc, miser_free,
			&miser };
		struct world world;

		status = world_try(&world, (ths_vm_config){ .mode = mode,
			.workers = mode == THS_MODE_LOCAL ? 2 : 0,
			.allocator = &allocator }, NULL);
		if (status == THS_OK) {
			world_end(&world);
		} else {
			cr_assert_eq(status, THS_NO_MEMORY);
			cr_assert_null(world.vm);
		}
		cr_assert_eq(atomic_load(&miser.lent), 0, "call %d", nth);
	} while (status != THS_OK);
	cr_assert_gt(nth, 5);
	for (int i = 0; i < 1000 && thread_count() > before; i++)
		world_sleep_ms(1);
	cr_assert_eq(thread_count(), before);
}

Test(vm, survives_a_lack_of_memory_at_every_call_of_its_start)
{
	start_without_memory(THS_MODE_LOCAL);
}

Test(vm, survives_a_lack_of_memory_at_every_call_of_an_inline_start)
{
	start_without_memory(THS_MODE_INLINE);
}

/* Fails each allocation of a first spawn and of a first send in turn, in an
 * inline VM of its own for each; what is tried again works. */
Test(vm, survives_a_lack_of_memory_at_every_call_of_spawn_and_send)
{
	uint64_t calls = 1;

	for (uint64_t nth = 1; nth <= calls; nth++) {
		ths_address hand = THS_NOBODY;
		struct world world;
		ths_status status;
		uint64_t first;

		reset();
		world_begin_inline(&world);
		first = memory_calls(&world.vm->memory);
		memory_fault_at(&world.vm->memory, nth);
		status = ths_spawn(world.vm, &hand, &hand_actor, NULL);
		if (status != THS_OK) {
			cr_assert_eq(status, THS_NO_MEMORY, "call %d",
			    (int)nth);
			hand = world_spawn(&world, &hand_actor);
		}
		status = ths_tell(world.vm, hand, number);
		ths_vm_run(world.vm, 0);
		cr_assert(status == THS_OK || status == THS_NO_MEMORY);
		/* Without: the client itself found none, and sent nothing. */
		cr_assert_leq(world_dead(&world, THS_DEAD_NO_MEMORY),
		    status == THS_NO_MEMORY ? 1 : 0);
		cr_assert_eq(atomic_load(&handled), status == THS_OK ? 1 : 0);
		cr_assert_eq(ths_tell(world.vm, hand, number), THS_OK);
		ths_vm_run(world.vm, 0);
		cr_assert_geq(atomic_load(&handled), 1);
		calls = memory_calls(&world.vm->memory) - first;
		world_end(&world);
	}
	cr_assert_gt(calls, 5);
}

Test(vm, stops_in_order_without_memory)
{
	struct world world;

	reset();
	world_begin_local(&world, 2);
	for (int i = 0; i < 300; i++)
		cr_assert_eq(ths_tell(world.vm,
		    world_spawn(&world, &hand_actor), number), THS_OK);
	world.vm->memory.bytes_max = 1;
	world_end(&world);
	cr_assert_eq(atomic_load(&exited), 300);
}

/* --------------------------------------------------------------------- log */

Test(vm, logs_nothing_below_its_level)
{
	struct world world;

	reset();
	world_begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
		.log_level = THS_LOG_NONE });
	cr_assert_eq(ths_tell(world.vm, world_nowhere(&world), number),
	    THS_GONE);
	cr_assert_eq(world.lines_length, 0);
	world_end(&world);
	world_begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
		.log_level = THS_LOG_DEBUG });
	cr_assert_eq(ths_tell(world.vm, world_nowhere(&world), number),
	    THS_GONE);
	cr_assert_eq(world_logged(&world, "dead letter"), 1);
	world_end(&world);
}
