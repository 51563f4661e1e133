/* SPDX-License-Identifier: MIT */
/* system: a VM as a whole: its modes, its settings, what its log tells of its
 * life, and how an actor ends it. */
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/vm/world.h"
#include "thespis/client.h"

enum { STEPS_MAX = 64 };

THS_SIGNAL(poke)
THS_SIGNAL(stop_all)
THS_SIGNAL(stuck)
THS_MESSAGE(step, THS_FIELD(uint32_t, number))
THS_MESSAGE(aim, THS_FIELD(ths_address, at))

static uint32_t steps[STEPS_MAX]; /* of inline actors, as they happened */
static uint32_t steps_length;
static _Atomic int asked;
static _Atomic int exited;
static _Atomic int is_held;
static _Atomic int may_go_on;
static ths_status spawned_late;
static pthread_t ran_in; /* the thread of an inline actor's handler */

static void
reset(void)
{
	steps_length = 0;
	atomic_store(&asked, 0);
	atomic_store(&exited, 0);
	atomic_store(&is_held, 0);
	atomic_store(&may_go_on, 0);
	spawned_late = THS_OK;
}

extern const ths_actor member_again;

static void
note(uint32_t number)
{
	cr_assert_lt(steps_length, STEPS_MAX);
	steps[steps_length++] = number;
}

static ths_status
member_step(ths_self *self, ths_address *next, const struct step *step)
{
	ran_in = pthread_self();
	note(step->number);
	return step->number % 10 == 9 || ths_address_is_nobody(*next) ? THS_OK :
	    ths_send(self, *next, step, .number = step->number + 1);
}

static ths_status
member_aim(ths_self *self, ths_address *next, const struct aim *aim)
{
	(void)self;
	*next = aim->at;
	return THS_OK;
}

static ths_status
member_poke(ths_self *self, ths_address *next, const struct poke *poke)
{
	(void)next, (void)poke;
	return ths_reply(self, poke);
}

static ths_status
member_stop_all(ths_self *self, ths_address *next, const struct stop_all *stop)
{
	ths_address child;

	(void)next, (void)stop;
	ths_self_stop_vm(self);
	ths_self_stop_vm(self); /* changes nothing */
	spawned_late = ths_spawn_child(self, &child, &member_again, NULL);
	return THS_OK;
}

static ths_status
member_stuck(ths_self *self, ths_address *next, const struct stuck *stuck)
{
	(void)self, (void)next, (void)stuck;
	atomic_store(&is_held, 1);
	cr_assert(world_await(&may_go_on, 1));
	return THS_OK;
}

static ths_status
member_asked(ths_self *self, ths_address *next,
    const struct ths_exit_request *request)
{
	(void)self, (void)next, (void)request;
	atomic_fetch_add(&asked, 1);
	return THS_OK;
}

static void
member_exit(ths_self *self, ths_address *next)
{
	(void)next;
	ths_self_log(self, THS_LOG_INFO, "last word");
	atomic_fetch_add(&exited, 1);
}

THS_ACTOR(member, ths_address, THS_ON(step, member_step),
    THS_ON(aim, member_aim), THS_ON(poke, member_poke),
    THS_ON(stop_all, member_stop_all), THS_ON(stuck, member_stuck),
    THS_ON(ths_exit_request, member_asked), THS_EXIT(member_exit))

const ths_actor member_again = { "member", sizeof(ths_address),
	ths_member_rows, 7 };

#define TELL(world, to, ...) \
	cr_assert_eq(ths_tell((world)->vm, (to), __VA_ARGS__), THS_OK)

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

/* -------------------------------------------------------------------- modes */

/* Two chains of messages that cross each other. */
static void
run_chains(void)
{
	struct world world;
	ths_address a, b;

	steps_length = 0;
	world_begin_inline(&world);
	a = world_spawn(&world, &member_actor);
	b = world_spawn(&world, &member_actor);
	TELL(&world, a, aim, .at = b);
	TELL(&world, b, aim, .at = a);
	TELL(&world, a, step, .number = 10);
	TELL(&world, b, step, .number = 20);
	cr_assert_eq(steps_length, 0, "nobody is inside");
	ths_vm_run(world.vm, 0);
	world_end(&world);
}

Test(system, inline_runs_in_the_caller_in_the_same_order_each_time,
    .description = "T-002")
{
	uint32_t first[STEPS_MAX];
	int threads = thread_count();

	run_chains();
	cr_assert_eq(steps_length, 20);
	memcpy(first, steps, sizeof(first));
	for (int i = 0; i < 10; i++) {
		run_chains();
		cr_assert_eq(thread_count(), threads);
		cr_assert(pthread_equal(ran_in, pthread_self()));
		/* T-002 */
		cr_assert_eq(memcmp(first, steps, 20 * sizeof(steps[0])), 0);
	}
}

Test(system, local_runs_in_parallel_and_ends_with_its_process_or_before,
    .description = "T-003")
{
	struct world world;
	ths_address held, free_one;
	int threads;

	reset();
	/* With the first thread of all comes one of ThreadSanitizer's own. */
	world_begin_local(&world, 1);
	world_end(&world);
	world_sleep_ms(50);
	threads = thread_count();
	world_begin_local(&world, 2);
	cr_assert_eq(thread_count(), threads + 3, "two and the sentinel");
	held = world_spawn(&world, &member_actor);
	free_one = world_spawn(&world, &member_actor);
	TELL(&world, held, stuck);
	cr_assert(world_await(&is_held, 1));
	ths_mail *mail = ths_call(world.vm, free_one, THS_SECONDS(10), poke);
	cr_assert_not_null(ths_mail_as(mail, poke), "beside the stuck one");
	ths_mail_free(mail);
	atomic_store(&may_go_on, 1);
	world_end(&world);
	/* A thread that was joined may still be listed for a moment. */
	for (int i = 0; i < 1000 && thread_count() > threads; i++)
		world_sleep_ms(1);
	/* T-003 */
	cr_assert_eq(thread_count(), threads);
}

Test(system, mail_for_who_is_not_ready_waits_and_keeps_its_order,
    .description = "T-010")
{
	const ths_spawn_options options = { .name = "service" };
	struct world world;
	ths_address first, found;

	reset();
	world_begin_inline(&world);
	cr_assert_eq(ths_spawn(world.vm, &first, &member_actor, &options),
	    THS_OK);
	for (uint32_t i = 0; i < 5; i++) {
		cr_assert_eq(ths_name_find(world.vm, "service", &found),
		    THS_OK);
		TELL(&world, found, step, .number = 10 * i);
	}
	cr_assert_eq(steps_length, 0);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(steps_length, 5);
	for (uint32_t i = 0; i < 5; i++)
		cr_assert_eq(steps[i], 10 * i); /* T-010 */
	world_end(&world);
}

/* --------------------------------------------------------------------- stop */

struct waiter {
	pthread_t id;
	ths_vm *vm;
	ths_status status;
};

static void *
wait_for_ever(void *argument)
{
	struct waiter *waiter = argument;
	ths_mail *mail = ths_listen(waiter->vm, NULL, THS_FOREVER);

	waiter->status = ths_mail_status(mail);
	ths_mail_free(mail);
	return NULL;
}

/* There is a host that may bring work; so who waits inline waits for it. */
static void
wake_nobody(void *context)
{
	(void)context;
}

static void
stop_by_actor(ths_mode mode)
{
	struct world world;
	struct waiter waiter;
	ths_address member = THS_NOBODY;

	reset();
	world_begin_with(&world, (ths_vm_config){ .mode = mode,
		.workers = mode == THS_MODE_LOCAL ? 2 : 0,
		.wake = mode == THS_MODE_INLINE ? wake_nobody : NULL,
		.log_level = THS_LOG_INFO });
	waiter = (struct waiter){ .vm = world.vm };
	cr_assert_eq(pthread_create(&waiter.id, NULL, wait_for_ever, &waiter),
	    0);
	for (int i = 0; i < 50; i++)
		member = world_spawn(&world, &member_actor);
	TELL(&world, member, stop_all);
	if (mode == THS_MODE_INLINE)
		ths_vm_run(world.vm, 0);
	cr_assert_eq(pthread_join(waiter.id, NULL), 0);
	cr_assert_eq(waiter.status, THS_STOPPED);
	cr_assert_eq(ths_spawn(world.vm, &member, &member_actor, NULL),
	    THS_STOPPED);
	cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(30)), THS_OK);
	cr_assert_eq(world_logged(&world, "stopping, asked by actor member"),
	    1);
	cr_assert_eq(atomic_load(&asked), 50, "each once");
	cr_assert_eq(atomic_load(&exited), 50);
	cr_assert_eq(spawned_late, THS_STOPPED);
	world_end(&world);
}

Test(system, is_stopped_by_an_actor, .description = "T-018 A-07")
{
	stop_by_actor(THS_MODE_INLINE);
	stop_by_actor(THS_MODE_LOCAL);
	/* T-018 */
	cr_assert_eq(atomic_load(&exited), 50);
}

static void *
stop_it(void *vm)
{
	ths_vm_stop(vm, THS_SECONDS(30));
	return NULL;
}

Test(system, takes_no_new_work_while_it_stops, .description = "T-019")
{
	const ths_variant yes = { .kind = THS_KIND_BOOL, .truth = true };
	struct world world;
	ths_address member, other;
	ths_client *client;
	ths_mail *mail;
	pthread_t stopper;

	reset();
	world_begin_local(&world, 2);
	member = world_spawn(&world, &member_actor);
	TELL(&world, member, stuck);
	cr_assert(world_await(&is_held, 1));
	cr_assert_eq(pthread_create(&stopper, NULL, stop_it, world.vm), 0);
	for (int i = 0; vm_state(world.vm) == VM_RUNNING; i++) {
		cr_assert_lt(i, WORLD_TRIES);
		world_sleep_ms(1);
	}
	cr_assert_eq(ths_spawn(world.vm, &other, &member_actor, NULL),
	    THS_STOPPED);
	cr_assert_eq(ths_tell(world.vm, member, poke), THS_STOPPED);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_STOPPED);
	cr_assert_eq(ths_capability_set(world.vm, "x", &yes), THS_STOPPED);
	mail = ths_ask(world.vm, member, THS_FOREVER, poke);
	cr_assert_eq(ths_mail_status(mail), THS_STOPPED);
	ths_mail_free(mail);
	atomic_store(&may_go_on, 1);
	cr_assert_eq(pthread_join(stopper, NULL), 0);
	/* T-019 */
	cr_assert_eq(world_status(&world).spawned, 1);
	world_end(&world);
}

/* ---------------------------------------------------------------------- log */

static void
live_and_die(struct world *world, ths_mode mode)
{
	const ths_pair pairs[] = { THS_PAIR_STRING("paint", "red") };

	world_begin_with(world, (ths_vm_config){ .mode = mode,
		.log_level = THS_LOG_INFO, .capabilities = { pairs, 1 } });
	for (int i = 0; i < 3; i++)
		world_spawn(world, &member_actor);
	cr_assert_eq(ths_vm_stop(world->vm, THS_SECONDS(30)), THS_OK);
}

static void
check_log(struct world *world, const char *mode)
{
	char id[32];

	snprintf(id, sizeof(id), "VM %016llx ",
	    (unsigned long long)world->vm->id);
	for (int i = 0; i < world->lines_length; i++)
		cr_assert_eq(strncmp(world->lines[i], id, strlen(id)) != 0,
		    strstr(world->lines[i], "last word") != NULL);
	cr_assert_not_null(strstr(world->lines[0], " started: thespis "));
	cr_assert_not_null(strstr(world->lines[0], mode));
	cr_assert_eq(world_logged(world, "has capability paint = \"red\""),
	    1);
	cr_assert_eq(world_logged(world,
	    "has capability Thespian Generation = \"0."), 1);
	cr_assert_eq(world_logged(world, " stopping"), 1);
}

Test(system, tells_of_its_start_and_stop, .description = "T-027 T-035 A-15")
{
	struct world world;
	int last;

	for (ths_mode mode = THS_MODE_LOCAL; mode <= THS_MODE_INLINE; mode++) {
		live_and_die(&world, mode);
		check_log(&world, mode == THS_MODE_LOCAL ? "local" : "inline");
		last = world.lines_length - 1;
		cr_assert_eq(world_logged(&world, "last word"), 3); /* T-035 */
		/* T-027 */
		cr_assert_not_null(strstr(world.lines[last],
		    " stopped: 3 actors, "));
		world_end(&world);
	}
}

/* A short life with the VM's own sink, or none; what standard error got. */
static size_t
written(ths_mode mode, ths_log_level level, char text[4096])
{
	ths_vm_config config = { .mode = mode, .log_level = level };
	int kept = dup(STDERR_FILENO);
	FILE *file = tmpfile();
	ths_address member;
	ths_vm *vm;
	size_t size;

	cr_assert_not_null(file);
	fflush(stderr);
	cr_assert_geq(dup2(fileno(file), STDERR_FILENO), 0);
	cr_assert_eq(ths_vm_start(&vm, &config), THS_OK);
	cr_assert_eq(ths_spawn(vm, &member, &member_actor, NULL), THS_OK);
	ths_vm_stop(vm, THS_SECONDS(30));
	ths_vm_free(vm);
	cr_assert_geq(dup2(kept, STDERR_FILENO), 0);
	close(kept);
	rewind(file);
	size = fread(text, 1, 4095, file);
	text[size] = '\0';
	fclose(file);
	return size;
}

Test(system, logs_by_default_as_told_or_not_at_all,
    .description = "T-028 A-20")
{
	char text[4096];
	struct world world;

	for (ths_mode mode = THS_MODE_LOCAL; mode <= THS_MODE_INLINE; mode++) {
		cr_assert_eq(written(mode, THS_LOG_DEFAULT, text), 0,
		    "nothing to warn of");
		cr_assert_gt(written(mode, THS_LOG_INFO, text), 0);
		cr_assert_not_null(strstr(text, "thespis: info: "));
		cr_assert_not_null(strstr(text, "last word\n"));
		live_and_die(&world, mode);
		cr_assert_gt(world.lines_length, 0);
		world_end(&world);
		/* T-028 */
		cr_assert_eq(written(mode, THS_LOG_NONE, text), 0);
	}
}

/* ----------------------------------------------------------------- settings */

Test(system, has_settings_by_name, .description = "T-034")
{
	struct world world;
	ths_address member;
	int64_t value = 77;

	reset();
	world_begin_inline(&world);
	cr_assert_eq(ths_vm_setting_get(world.vm, "mailbox_max", &value),
	    THS_OK);
	cr_assert_eq(value, 0);
	cr_assert_eq(ths_vm_setting_set(world.vm, "mailbox_max", 2), THS_OK);
	member = world_spawn(&world, &member_actor);
	for (int i = 0; i < 5; i++)
		cr_assert_eq(ths_tell(world.vm, member, poke),
		    i < 2 ? THS_OK : THS_FULL);
	cr_assert_eq(world_dead(&world, THS_DEAD_FULL), 3);
	cr_assert_eq(ths_vm_setting_set(world.vm, "log_level", THS_LOG_INFO),
	    THS_OK);
	cr_assert_eq(ths_vm_setting_get(world.vm, "log_level", &value), THS_OK);
	cr_assert_eq(value, THS_LOG_INFO);
	TELL(&world, world_spawn(&world, &member_actor), ths_exit_request);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(world_logged(&world, "last word"), 1);
	cr_assert_eq(ths_vm_setting_set(world.vm, "mailbox_max", -1),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_vm_setting_set(world.vm, "mailbox_max", 1 << 20),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_vm_setting_set(world.vm, "log_level",
	    THS_LOG_NONE + 1), THS_BAD_ARGUMENT);
	cr_assert_eq(ths_vm_setting_set(world.vm, NULL, 1), THS_BAD_ARGUMENT);
	cr_assert_eq(ths_vm_setting_set(NULL, "log_level", 1),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_vm_setting_get(world.vm, "log_level", NULL),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_vm_setting_get(world.vm, "thread count", &value),
	    THS_UNKNOWN);
	/* T-034 */
	cr_assert_eq(ths_vm_setting_set(world.vm, "thread count", 9),
	    THS_UNKNOWN);
	world_end(&world);
}
