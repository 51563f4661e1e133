/* SPDX-License-Identifier: MIT */
/* busy - an inline VM whose actors never rest: calls end in time, and so does a
 * stop while another thread pumps. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "tests/harness.h"
#include "thespis/thespis.h"

THS_SIGNAL(again)
THS_MESSAGE(count, THS_FIELD(uint64_t, counter))

struct restless { _Atomic uint64_t *count; };

static ths_status
restless_started(ths_self *self, struct restless *restless,
    const struct count *count)
{
	(void)self;
	restless->count = (void *)(uintptr_t)count->counter;
	return THS_OK;
}

static ths_status
restless_again(ths_self *self, struct restless *restless,
    const struct again *again)
{
	(void)again;
	atomic_fetch_add(restless->count, 1);
	return ths_send(self, ths_me(self), again);
}

THS_ACTOR(restless, struct restless, THS_START(count, restless_started),
    THS_ON(again, restless_again))

static ths_vm *
busy_vm(_Atomic uint64_t *counter, ths_address *restless)
{
	ths_vm_config config = { .mode = THS_MODE_INLINE };
	ths_spawn_options options = { .start = THS_ANY(count,
	    .counter = (uintptr_t)counter) };
	ths_vm *vm = NULL;

	cr_assert_eq(ths_vm_start(&vm, &config), THS_OK);
	cr_assert_eq(ths_spawn(vm, restless, &restless_actor, &options),
	    THS_OK);
	cr_assert_eq(ths_tell(vm, *restless, again), THS_OK);
	return vm;
}

Test(busy, a_call_ends_in_time, .timeout = 30)
{
	_Atomic uint64_t counter = 0;
	ths_address restless;
	ths_vm *vm = busy_vm(&counter, &restless);
	ths_mail *mail = ths_call(vm, THS_NOBODY, THS_MILLISECONDS(5), again);

	cr_assert_eq(ths_mail_status(mail), THS_TIMEOUT);
	cr_assert_gt(atomic_load(&counter), 0);
	ths_vm_free(vm);
}

static void *
run_for_ever(void *vm)
{
	ths_vm_run(vm, 0);
	return NULL;
}

Test(busy, a_stop_ends_what_another_thread_pumps, .timeout = 30)
{
	_Atomic uint64_t counter = 0;
	ths_address restless;
	ths_vm *vm = busy_vm(&counter, &restless);
	uint64_t stopped_at;
	pthread_t thread;

	cr_assert_eq(pthread_create(&thread, NULL, run_for_ever, vm), 0);
	while (atomic_load(&counter) < 100)
		;
	ths_vm_stop(vm, 0);
	stopped_at = atomic_load(&counter);
	cr_assert_eq(ths_vm_run(vm, 0), 0);
	pthread_join(thread, NULL);
	cr_assert_eq(atomic_load(&counter), stopped_at);
	ths_vm_free(vm);
}

static void *
call_for_ever(void *vm)
{
	ths_mail *mail = ths_call(vm, THS_NOBODY, THS_FOREVER, again);
	bool is_stopped = ths_mail_status(mail) == THS_STOPPED;

	ths_mail_free(mail);
	return is_stopped ? vm : NULL;
}

Test(busy, a_stop_ends_a_call_that_pumps, .timeout = 30)
{
	_Atomic uint64_t counter = 0;
	ths_address restless;
	ths_vm *vm = busy_vm(&counter, &restless);
	pthread_t thread;
	void *is_stopped;

	cr_assert_eq(pthread_create(&thread, NULL, call_for_ever, vm), 0);
	while (atomic_load(&counter) < 100)
		;
	ths_vm_stop(vm, 0);
	pthread_join(thread, &is_stopped);
	cr_assert_not_null(is_stopped);
	ths_vm_free(vm);
}
