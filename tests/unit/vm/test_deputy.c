/* SPDX-License-Identifier: MIT */
/* deputy: an actor's own threads send, log and set timers in its name. */
#include <pthread.h>

#include "tests/unit/vm/world.h"
#include "thespis/client.h"
#include "thespis/deputy.h"

enum { THREADS = 4, LETTERS = 2000, ALARMS = 20 };

THS_MESSAGE(appoint, THS_FIELD(uint64_t, deputies))
THS_MESSAGE(letter, THS_FIELD(uint32_t, thread), THS_FIELD(uint32_t, number))
THS_SIGNAL(ping)
THS_SIGNAL(leave)
THS_SIGNAL(try_inside)

/* What the threads and the test share. */
struct office {
	struct world world;
	ths_address head;
	ths_address reader;
	ths_deputy *deputies[2];
	_Atomic int read;     /* letters that the reader has read */
	_Atomic int answered; /* answers that the head has got */
	_Atomic int woken;
	_Atomic int disorder; /* letters from somebody else, or out of order */
	_Atomic int early;
	_Atomic uint64_t payloads; /* their sum */
	uint32_t next[THREADS]; /* the reader's */
	ths_status inside[4];
	ths_status at_start;
};

static struct office office;

/* ------------------------------------------------------------------ actors */

static ths_status
head_init(ths_self *self, ths_nothing *state)
{
	ths_deputy *deputy;

	(void)state;
	office.at_start = ths_deputy_open(self, &deputy);
	return THS_OK;
}

static ths_status
head_appoint(ths_self *self, ths_nothing *state, const struct appoint *appoint)
{
	(void)state;
	for (uint64_t i = 0; i < appoint->deputies; i++) {
		ths_status status = ths_deputy_open(self, &office.deputies[i]);

		office.inside[3] = status;
		if (status != THS_OK)
			return THS_OK;
	}
	return ths_reply(self, ping);
}

static ths_status
head_ping(ths_self *self, ths_nothing *state, const struct ping *ping)
{
	(void)state, (void)ping;
	return ths_reply(self, ping);
}

static ths_status
head_letter(ths_self *self, ths_nothing *state, const struct letter *letter)
{
	(void)self, (void)state, (void)letter;
	atomic_fetch_add(&office.answered, 1);
	return THS_OK;
}

static ths_status
head_wakeup(ths_self *self, ths_nothing *state,
    const struct ths_wakeup *wakeup)
{
	(void)state;
	if ((uint64_t)ths_now(self) < wakeup->payload)
		atomic_fetch_add(&office.early, 1);
	atomic_fetch_add(&office.payloads, wakeup->payload);
	atomic_fetch_add(&office.woken, 1);
	return THS_OK;
}

static ths_status
head_try_inside(ths_self *self, ths_nothing *state,
    const struct try_inside *message)
{
	(void)state, (void)message;
	office.inside[0] = ths_deputy_send(office.deputies[0], office.reader,
	    letter);
	office.inside[1] = ths_deputy_timer_set(office.deputies[0], 0, 0,
	    NULL);
	ths_deputy_log(office.deputies[0], THS_LOG_WARNING, "from inside");
	ths_deputy_close(office.deputies[0]);
	ths_exit(self);
	office.inside[2] = ths_deputy_open(self, &office.deputies[0]);
	return THS_OK;
}

static ths_status
head_leave(ths_self *self, ths_nothing *state, const struct leave *leave)
{
	(void)state, (void)leave;
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(head, ths_nothing, THS_INIT(head_init),
    THS_ON(appoint, head_appoint), THS_ON(ping, head_ping),
    THS_ON(letter, head_letter), THS_ON(ths_wakeup, head_wakeup),
    THS_ON(try_inside, head_try_inside), THS_ON(leave, head_leave))

/* Answers whoever wrote: that is the head. */
static ths_status
reader_letter(ths_self *self, ths_nothing *state, const struct letter *letter)
{
	(void)state;
	if (!ths_address_equal(ths_sender(self), office.head) ||
	    office.next[letter->thread] != letter->number)
		atomic_fetch_add(&office.disorder, 1);
	office.next[letter->thread] = letter->number + 1;
	atomic_fetch_add(&office.read, 1);
	return ths_reply(self, letter);
}

THS_ACTOR(reader, ths_nothing, THS_ON(letter, reader_letter))

/* ------------------------------------------------------------------- frame */

static void
begin(ths_vm_config config, uint64_t deputies)
{
	ths_mail *mail;

	memset(&office, 0, sizeof(office));
	world_begin_with(&office.world, config);
	office.head = world_spawn(&office.world, &head_actor);
	office.reader = world_spawn(&office.world, &reader_actor);
	mail = ths_call(office.world.vm, office.head, THS_SECONDS(10), appoint,
	    .deputies = deputies);
	cr_assert_eq(ths_mail_status(mail), THS_OK);
	ths_mail_free(mail);
}

/* One thread of the head's. */
struct limb {
	pthread_t thread;
	uint32_t number;
	ths_deputy *deputy;
	int wrong;
};

static void *
work(void *argument)
{
	struct limb *limb = argument;

	for (uint32_t i = 0; i < LETTERS; i++) {
		limb->wrong += ths_deputy_send(limb->deputy, office.reader,
		    letter, .thread = limb->number, .number = i) != THS_OK;
		if (i % (LETTERS / ALARMS) != 0)
			continue;
		limb->wrong += ths_deputy_timer_set(limb->deputy,
		    THS_MILLISECONDS(i % 7), i, NULL) != THS_OK;
		ths_deputy_log(limb->deputy, THS_LOG_WARNING, "at %u", i);
	}
	return NULL;
}

/* All threads at work, two to a deputy; the head answers all the while. */
static void
let_work(struct limb *limbs)
{
	for (uint32_t i = 0; i < THREADS; i++) {
		limbs[i] = (struct limb){ .number = i,
			.deputy = office.deputies[i % 2] };
		cr_assert_eq(pthread_create(&limbs[i].thread, NULL, work,
		    &limbs[i]), 0);
	}
	for (int i = 0; i < 100; i++) {
		ths_mail *mail = ths_call(office.world.vm, office.head,
		    THS_SECONDS(10), ping);

		cr_assert_eq(ths_mail_status(mail), THS_OK);
		ths_mail_free(mail);
	}
	for (uint32_t i = 0; i < THREADS; i++) {
		pthread_join(limbs[i].thread, NULL);
		cr_assert_eq(limbs[i].wrong, 0);
	}
}

/* An inline VM is pumped by whoever asks the head something. */
static void
await(_Atomic int *number, int wanted)
{
	for (int i = 0; i < WORLD_TRIES && atomic_load(number) < wanted; i++) {
		ths_mail_free(ths_call(office.world.vm, office.head,
		    THS_SECONDS(10), ping));
		world_sleep_ms(1);
	}
	cr_assert_eq(atomic_load(number), wanted);
}

static void
check_threads(ths_vm_config config)
{
	struct limb limbs[THREADS];
	char name[64];

	begin(config, 2);
	let_work(limbs);
	await(&office.read, THREADS * LETTERS);
	await(&office.answered, THREADS * LETTERS);
	/* T-054: from the actor, in order; the answers come to it alone. */
	cr_assert_eq(atomic_load(&office.disorder), 0);
	await(&office.woken, THREADS * ALARMS);
	snprintf(name, sizeof(name), "head %u.%u: at ", office.head.slot,
	    office.head.generation);
	cr_assert_geq(world_logged(&office.world, name), WORLD_LINES / 2,
	    "of those that are kept");
	/* T-055: each with the payload that its thread gave it. */
	cr_assert_eq(atomic_load(&office.payloads), (uint64_t)THREADS *
	    (ALARMS * (ALARMS - 1) / 2) * (LETTERS / ALARMS));
	for (int i = 0; i < 2; i++)
		ths_deputy_close(office.deputies[i]);
	world_end(&office.world);
}

Test(deputy, lets_threads_send_log_and_set_timers_for_their_actor,
    .description = "T-054 T-055")
{
	check_threads((ths_vm_config){ .workers = 2 });
	check_threads((ths_vm_config){ .mode = THS_MODE_INLINE });
}

/* ------------------------------------------------------------------ timers */

/* The moment that the payload says is never before its time. */
static void *
set_alarms(void *argument)
{
	struct world *world = argument;

	for (int i = 0; i < ALARMS; i++) {
		/* As ths_now() would, without an actor. */
		uint64_t now = vm_now(world->vm);

		cr_assert_eq(ths_deputy_timer_set(office.deputies[0],
		    THS_MILLISECONDS(5), now + THS_MILLISECONDS(5), NULL),
		    THS_OK);
		world_sleep_ms(1);
	}
	return NULL;
}

static void
check_alarms(ths_vm_config config)
{
	pthread_t thread;

	begin(config, 1);
	cr_assert_eq(pthread_create(&thread, NULL, set_alarms, &office.world),
	    0);
	pthread_join(thread, NULL);
	await(&office.woken, ALARMS);
	cr_assert_eq(atomic_load(&office.early), 0);
	world_end(&office.world);
}

Test(deputy, sets_timers_that_are_never_early, .description = "T-055")
{
	check_alarms((ths_vm_config){ .workers = 2 });
	check_alarms((ths_vm_config){ .mode = THS_MODE_INLINE });
}

Test(deputy, is_refused_timers_at_the_limit)
{
	begin((ths_vm_config){ .workers = 1, .timers_max = 1 }, 1);
	cr_assert_eq(ths_deputy_timer_set(office.deputies[0], THS_SECONDS(99),
	    0, NULL), THS_OK);
	cr_assert_eq(ths_deputy_timer_set(office.deputies[0], THS_SECONDS(99),
	    0, NULL), THS_LIMIT);
	cr_assert_geq(world_status(&office.world).limits_hit, 1);
	world_end(&office.world);
}

static void
count_wake(void *context)
{
	atomic_fetch_add((_Atomic int *)context, 1);
}

static void *
set_one_alarm(void *argument)
{
	(void)argument;
	cr_assert_eq(ths_deputy_timer_set(office.deputies[0],
	    THS_MILLISECONDS(1), 0, NULL), THS_OK);
	return NULL;
}

/* The host sleeps until a time that is too late now. */
Test(deputy, wakes_the_host_of_an_inline_vm_for_its_timer)
{
	_Atomic int wakes = 0;
	pthread_t thread;
	int before;

	begin((ths_vm_config){ .mode = THS_MODE_INLINE, .wake = count_wake,
	    .wake_context = &wakes }, 1);
	ths_vm_run(office.world.vm, 0);
	cr_assert_eq(ths_vm_next_deadline(office.world.vm), THS_FOREVER);
	before = atomic_load(&wakes);
	cr_assert_eq(pthread_create(&thread, NULL, set_one_alarm, NULL), 0);
	pthread_join(thread, NULL);
	cr_assert_eq(atomic_load(&wakes), before + 1);
	cr_assert_leq(ths_vm_next_deadline(office.world.vm),
	    THS_MILLISECONDS(3));
	world_sleep_ms(5);
	ths_vm_run(office.world.vm, 0);
	cr_assert_eq(atomic_load(&office.woken), 1);
	world_end(&office.world);
}

/* ---------------------------------------------------------------- its end */

Test(deputy, knows_that_its_actor_has_ended)
{
	begin((ths_vm_config){ .mode = THS_MODE_INLINE }, 1);
	cr_assert(ths_address_equal(ths_deputy_address(office.deputies[0]),
	    office.head));
	cr_assert_eq(ths_tell(office.world.vm, office.head, leave), THS_OK);
	ths_vm_run(office.world.vm, 0);
	cr_assert_eq(ths_deputy_send(office.deputies[0], office.reader,
	    letter), THS_GONE);
	cr_assert_eq(ths_deputy_timer_set(office.deputies[0], 0, 0, NULL),
	    THS_GONE);
	/* Whoever lives there now is not the one that it is for. */
	office.head = world_spawn(&office.world, &head_actor);
	ths_vm_run(office.world.vm, 0);
	cr_assert_eq(ths_deputy_send(office.deputies[0], office.reader,
	    letter), THS_GONE);
	ths_deputy_log(office.deputies[0], THS_LOG_WARNING, "still heard");
	cr_assert_eq(world_logged(&office.world, "still heard"), 1);
	ths_deputy_close(office.deputies[0]);
	world_end(&office.world);
}

Test(deputy, is_for_threads_and_not_for_handlers)
{
	begin((ths_vm_config){ .mode = THS_MODE_INLINE }, 1);
	cr_assert_eq(office.at_start, THS_NOT_READY);
	cr_assert_eq(ths_tell(office.world.vm, office.head, try_inside),
	    THS_OK);
	ths_vm_run(office.world.vm, 0);
	cr_assert_eq(office.inside[0], THS_WRONG_PLACE);
	cr_assert_eq(office.inside[1], THS_WRONG_PLACE);
	cr_assert_eq(office.inside[2], THS_WRONG_PLACE, "it is leaving");
	cr_assert_eq(world_logged(&office.world, "from inside"), 1);
	cr_assert_eq(ths_deputy_send(NULL, office.reader, letter),
	    THS_BAD_ARGUMENT);
	ths_deputy_close(NULL);
	world_end(&office.world);
}

Test(deputy, is_stopped_with_its_vm_and_freed)
{
	begin((ths_vm_config){ .workers = 2 }, 2);
	ths_deputy_close(office.deputies[1]);
	cr_assert_eq(ths_vm_stop(office.world.vm, THS_SECONDS(10)), THS_OK);
	cr_assert_eq(ths_deputy_send(office.deputies[0], office.reader,
	    letter), THS_STOPPED);
	cr_assert_eq(ths_deputy_timer_set(office.deputies[0], 0, 0, NULL),
	    THS_STOPPED);
	world_end(&office.world);
}

Test(deputy, once_closed_makes_room_for_a_client)
{
	ths_client *client;
	uint64_t memory;

	begin((ths_vm_config){ .mode = THS_MODE_INLINE }, 1);
	memory = world_status(&office.world).memory;
	cr_assert_eq(world_status(&office.world).clients, 1, "this thread");
	ths_deputy_close(office.deputies[0]);
	cr_assert_eq(ths_client_open(office.world.vm, &client), THS_OK);
	cr_assert_eq(world_status(&office.world).memory, memory);
	cr_assert_eq(ths_tell_message(office.world.vm, client, office.reader,
	    &letter_type, &(struct letter){ 0 }), THS_OK);
	ths_vm_run(office.world.vm, 0);
	cr_assert_eq(atomic_load(&office.disorder), 1, "not from the head");
	ths_client_close(client);
	world_end(&office.world);
}

Test(deputy, needs_memory)
{
	begin((ths_vm_config){ .mode = THS_MODE_INLINE }, 0);
	office.world.vm->memory.bytes_max =
	    atomic_load(&office.world.vm->memory.bytes);
	cr_assert_eq(ths_tell(office.world.vm, office.head, appoint,
	    .deputies = 1), THS_OK);
	ths_vm_run(office.world.vm, 0);
	cr_assert_eq(office.inside[3], THS_NO_MEMORY);
	office.world.vm->memory.bytes_max = 0;
	world_end(&office.world);
}
