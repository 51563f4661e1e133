/* SPDX-License-Identifier: MIT */
/* inspect: what is told of actors, while they work and without their help. */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "tests/unit/vm/world.h"

enum { TEXT_SIZE = 8192 };

THS_SIGNAL(poke)
THS_SIGNAL(fail)
THS_SIGNAL(leave)
THS_SIGNAL(breed)
THS_SIGNAL(bury)
THS_SIGNAL(watch_dead)
THS_MESSAGE(nap, THS_FIELD(int64_t, delay))
THS_MESSAGE(look_at, THS_FIELD(ths_address, whom))

static _Atomic int is_held;   /* a handler waits */
static _Atomic int may_go_on; /* until then */

static ths_actor_status seen_inside;

static void
hold(void)
{
	atomic_store(&is_held, 1);
	cr_assert(world_await(&may_go_on, 1));
	atomic_store(&is_held, 0);
}

extern const ths_actor subject_again;

static ths_status
subject_poke(ths_self *self, ths_nothing *state, const struct poke *poke)
{
	(void)self, (void)state, (void)poke;
	return THS_OK;
}

static ths_status
subject_fail(ths_self *self, ths_nothing *state, const struct fail *fail)
{
	(void)state, (void)fail;
	return ths_fail(self, "as it was told");
}

static ths_status
subject_leave(ths_self *self, ths_nothing *state, const struct leave *leave)
{
	(void)state, (void)leave;
	ths_exit(self);
	return THS_OK;
}

static ths_status
subject_breed(ths_self *self, ths_nothing *state, const struct breed *breed)
{
	ths_address child;

	(void)state, (void)breed;
	return ths_spawn_child(self, &child, &subject_again, NULL);
}

static ths_status
subject_nap(ths_self *self, ths_nothing *state, const struct nap *nap)
{
	(void)state;
	return ths_timer_set(self, nap->delay, 0, NULL);
}

static ths_status
subject_watch_dead(ths_self *self, ths_nothing *state,
    const struct watch_dead *watch)
{
	(void)state, (void)watch;
	ths_handle_dead_letters(self, true);
	return THS_OK;
}

static ths_status
subject_look_at(ths_self *self, ths_nothing *state, const struct look_at *look)
{
	(void)state;
	cr_assert_eq(ths_actor_status_read(ths_self_vm(self), look->whom,
	    &seen_inside), THS_OK);
	return ths_reply(self, poke);
}

THS_ACTOR(subject, ths_nothing, THS_ON(poke, subject_poke),
    THS_ON(fail, subject_fail), THS_ON(leave, subject_leave),
    THS_ON(breed, subject_breed), THS_ON(nap, subject_nap),
    THS_ON(watch_dead, subject_watch_dead), THS_ON(look_at, subject_look_at))

const ths_actor subject_again = { "subject", sizeof(ths_nothing),
	ths_subject_rows, 7 };

static ths_status
sticky_poke(ths_self *self, ths_nothing *state, const struct poke *poke)
{
	(void)self, (void)state, (void)poke;
	hold();
	return THS_OK;
}

static void
sticky_exit(ths_self *self, ths_nothing *state)
{
	(void)self, (void)state;
	hold();
}

THS_ACTOR(sticky, ths_nothing, THS_ON(poke, sticky_poke))
THS_ACTOR(late, ths_nothing, THS_EXIT(sticky_exit))

static ths_actor_status
status_of(const struct world *world, ths_address address)
{
	ths_actor_status status = { .kind = NULL };

	cr_assert_eq(ths_actor_status_read(world->vm, address, &status),
	    THS_OK);
	return status;
}

#define TELL(world, to, ...) \
	cr_assert_eq(ths_tell((world)->vm, (to), __VA_ARGS__), THS_OK)

static void
reset(void)
{
	atomic_store(&is_held, 0);
	atomic_store(&may_go_on, 0);
}

/* ---------------------------------------------------------------- one actor */

Test(inspect, of_an_idle_actor_shows_nothing_pending, .description = "M-01")
{
	struct world world;
	ths_actor_status status;
	ths_address subject;

	world_begin_inline(&world);
	subject = world_spawn(&world, &subject_actor);
	ths_vm_run(world.vm, 0);
	status = status_of(&world, subject);
	cr_assert(ths_address_equal(status.address, subject));
	cr_assert_str_eq(status.kind, "subject");
	cr_assert(ths_address_is_nobody(status.parent));
	cr_assert_str_eq(status.name, "");
	cr_assert_eq(status.mailbox, 0);
	cr_assert_eq(status.timers, 0);
	cr_assert_eq(status.children, 0);
	cr_assert_eq(status.handled, 0);
	cr_assert_not(status.is_ready);
	cr_assert_not(status.is_exiting);
	world_end(&world);
}

Test(inspect, counts_mail_timers_and_failures, .description = "T-291 M-03")
{
	struct world world;
	ths_actor_status status;
	ths_address subject;

	world_begin_inline(&world);
	subject = world_spawn(&world, &subject_actor);
	for (int i = 0; i < 3; i++)
		TELL(&world, subject, poke);
	status = status_of(&world, subject);
	cr_assert_eq(status.mailbox, 3);
	cr_assert(status.is_ready);
	ths_vm_run(world.vm, 0);
	status = status_of(&world, subject);
	cr_assert_eq(status.mailbox, 0);
	cr_assert_eq(status.handled, 3);
	TELL(&world, subject, fail);
	TELL(&world, subject, nap, .delay = THS_SECONDS(10));
	ths_vm_run(world.vm, 0);
	status = status_of(&world, subject);
	cr_assert_eq(status.failed, 1);
	cr_assert_eq(status.timers, 1);
	TELL(&world, subject, nap, .delay = THS_SECONDS(10));
	TELL(&world, subject, breed);
	ths_vm_run(world.vm, 0);
	status = status_of(&world, subject);
	/* T-291 */
	cr_assert(status.timers == 2 && status.children == 1 &&
	    status.handled == 7 && status.failed == 1);
	world_end(&world);
}

Test(inspect, knows_children_and_parents, .description = "M-02")
{
	struct world world;
	ths_address parent;
	ths_address children[3];

	world_begin_inline(&world);
	parent = world_spawn(&world, &subject_actor);
	TELL(&world, parent, breed);
	TELL(&world, parent, breed);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(status_of(&world, parent).children, 2);
	cr_assert_eq(ths_actor_children(world.vm, parent, children, 3), 2);
	for (int i = 0; i < 2; i++)
		cr_assert(ths_address_equal(status_of(&world,
		    children[i]).parent, parent));
	TELL(&world, children[0], leave);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(status_of(&world, parent).children, 1);
	cr_assert_eq(ths_actor_children(world.vm, parent, &children[2], 1), 1);
	cr_assert(ths_address_equal(children[2], children[1]));
	cr_assert_eq(ths_actor_children(world.vm, children[0], children, 3), 0);
	cr_assert_eq(ths_actor_children(world.vm, THS_NOBODY, children, 3), 1);
	cr_assert(ths_address_equal(children[0], parent));
	world_end(&world);
}

Test(inspect, tells_the_names, .description = "T-206")
{
	const ths_spawn_options options = { .name = "front desk" };
	struct world world;
	ths_actor_status status;
	ths_address subject;

	world_begin_inline(&world);
	world_spawn(&world, &subject_actor);
	cr_assert_eq(ths_spawn(world.vm, &subject, &subject_actor, &options),
	    THS_OK);
	status = status_of(&world, subject);
	cr_assert_eq(status.names, 1);
	cr_assert_str_eq(status.name, "front desk");
	world_end(&world);
}

Test(inspect, finds_nobody_where_nobody_lives)
{
	struct world world;
	ths_actor_status status = { .handled = 77 };
	ths_address subject, stale;
	ths_client *client;

	world_begin_inline(&world);
	stale = world_spawn(&world, &subject_actor);
	TELL(&world, stale, leave);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(ths_actor_status_read(world.vm, stale, &status), THS_GONE);
	subject = world_spawn(&world, &subject_actor);
	cr_assert_eq(ths_actor_status_read(world.vm, stale, &status), THS_GONE);
	stale = subject;
	stale.generation++;
	cr_assert_eq(ths_actor_status_read(world.vm, stale, &status), THS_GONE);
	stale = subject;
	stale.vm++;
	cr_assert_eq(ths_actor_status_read(world.vm, stale, &status), THS_GONE);
	cr_assert_eq(ths_actor_status_read(world.vm, THS_NOBODY, &status),
	    THS_GONE);
	cr_assert_eq(ths_client_open(world.vm, &client), THS_OK);
	cr_assert_eq(ths_actor_status_read(world.vm,
	    ths_client_address(client), &status), THS_GONE);
	cr_assert_eq(status.handled, 77);
	cr_assert_eq(ths_actor_status_read(NULL, subject, &status),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_actor_status_read(world.vm, subject, NULL),
	    THS_BAD_ARGUMENT);
	world_end(&world);
}

Test(inspect, lists_all_actors_in_the_order_of_their_slots,
    .description = "T-296")
{
	ths_address spawned[20], listed[21];
	struct world world;

	world_begin_inline(&world);
	cr_assert_eq(ths_vm_actors(world.vm, NULL, 0), 0);
	for (int i = 0; i < 20; i++)
		spawned[i] = world_spawn(&world, &subject_actor);
	cr_assert_eq(ths_vm_actors(world.vm, listed, 21), 20);
	for (int i = 0; i < 20; i++) {
		bool found = false;

		for (int j = 0; j < 20; j++)
			found |= ths_address_equal(listed[i], spawned[j]);
		cr_assert(found);
		/* T-296 */
		cr_assert(i == 0 || listed[i].slot > listed[i - 1].slot);
	}
	listed[3] = THS_NOBODY;
	cr_assert_eq(ths_vm_actors(world.vm, listed, 3), 20);
	cr_assert(ths_address_is_nobody(listed[3]));
	cr_assert_eq(ths_vm_actors(NULL, NULL, 0), 0);
	world_end(&world);
}

Test(inspect, works_while_the_handler_is_busy, .description = "T-290 M-25")
{
	struct world world;
	ths_actor_status status;
	ths_address sticky, subject;
	ths_mail *mail;

	reset();
	world_begin_local(&world, 2);
	sticky = world_spawn(&world, &sticky_actor);
	subject = world_spawn(&world, &subject_actor);
	TELL(&world, sticky, poke);
	cr_assert(world_await(&is_held, 1));
	TELL(&world, sticky, poke);
	TELL(&world, sticky, poke);
	status = status_of(&world, sticky);
	cr_assert_str_eq(status.kind, "sticky");
	cr_assert_eq(status.mailbox, 3, "the one being handled is one");
	cr_assert(status.is_ready);
	/* Another actor asks: T-290 */
	memset(&seen_inside, 0, sizeof(seen_inside));
	mail = ths_call(world.vm, subject, THS_SECONDS(10), look_at,
	    .whom = sticky);
	cr_assert_not_null(ths_mail_as(mail, poke));
	ths_mail_free(mail);
	cr_assert(ths_address_equal(seen_inside.address, sticky)); /* T-290 */
	atomic_store(&may_go_on, 1);
	world_end(&world);
}

Test(inspect, sees_who_runs_its_exit)
{
	struct world world;
	ths_address late;

	reset();
	world_begin_local(&world, 1);
	late = world_spawn(&world, &late_actor);
	cr_assert_not(status_of(&world, late).is_exiting);
	TELL(&world, late, ths_exit_request);
	cr_assert(world_await(&is_held, 1));
	cr_assert(status_of(&world, late).is_exiting);
	atomic_store(&may_go_on, 1);
	world_end(&world);
}

/* ------------------------------------------------------------------ reports */

static char *
show_slot(void *context, ths_address address, char text[THS_ADDRESS_TEXT_SIZE])
{
	snprintf(text, THS_ADDRESS_TEXT_SIZE, "%s%u", (const char *)context,
	    address.slot);
	return text;
}

/* Every line is whole, and none is empty. */
static void
check_lines(const char *text)
{
	size_t size = strlen(text);

	cr_assert_gt(size, 0);
	cr_assert_eq(text[size - 1], '\n');
	cr_assert_null(strstr(text, "\n\n"));
	cr_assert_null(strchr(text, '\r'));
}

Test(inspect, reports_an_actor_as_text, .description = "T-294")
{
	ths_report_options options = { .address = show_slot, .context = "#" };
	char text[THS_REPORT_SIZE], shown[64];
	ths_actor_status status;
	struct world world;
	ths_address subject;
	size_t size;

	world_begin_inline(&world);
	subject = world_spawn(&world, &subject_actor);
	TELL(&world, subject, poke);
	status = status_of(&world, subject);
	size = ths_actor_report(&status, NULL, text, sizeof(text));
	cr_assert_eq(size, strlen(text));
	check_lines(text);
	ths_address_print(subject, shown);
	cr_assert_not_null(strstr(text, strcat(shown, " address\n")));
	cr_assert_not_null(strstr(text, "subject kind\n"));
	cr_assert_not_null(strstr(text, " 1 messages waiting\n"));
	cr_assert_eq(strcspn(text, "\n"), 40 + strlen(" address"),
	    "values end at one column");
	cr_assert_eq(ths_actor_report(&status, NULL, NULL, 0), size);
	snprintf(shown, sizeof(shown), " #%u address\n", subject.slot);
	cr_assert_lt(ths_actor_report(&status, &options, text, sizeof(text)),
	    sizeof(text));
	/* T-294 */
	cr_assert_not_null(strstr(text, shown));
	world_end(&world);
}

Test(inspect, reports_an_actor_as_json)
{
	ths_report_options options = { .form = THS_REPORT_JSON,
		.address = show_slot, .context = "" };
	ths_actor_status status = {
		.address = { 1, 2, 3 }, .kind = "a \"kind\"\n\xff\xc3\xa9",
		.parent = { 1, 4, 1 }, .name = "anna", .names = 1,
		.children = 2, .timers = 3, .mailbox = 4, .handled = 5,
		.failed = 6, .is_exiting = true,
	};
	char text[THS_REPORT_SIZE];

	ths_actor_report(&status, &options, text, sizeof(text));
	cr_assert_str_eq(text, "{\"address\":\"2\","
	    "\"kind\":\"a \\\"kind\\\"\\u000a\xef\xbf\xbd\xc3\xa9\","
	    "\"parent\":\"4\",\"name\":\"anna\",\"exiting\":true,"
	    "\"ready\":false,\"children\":2,\"mailbox\":4,\"timers\":3,"
	    "\"handled\":5,\"failed\":6,\"names\":1}\n");
	cr_assert_eq(ths_actor_report(NULL, &options, text, sizeof(text)), 0);
	cr_assert_str_eq(text, "");
}

/* A VM with something of everything. */
static ths_address
furnish(struct world *world)
{
	const ths_pair pairs[] = { THS_PAIR_STRING("paint", "red"),
		THS_PAIR_FLOAT("load", 0.5), THS_PAIR_INTEGER("below", -7),
		THS_PAIR_BYTES("key", "\x01\xab", 2) };
	const ths_spawn_options options = { .name = "front desk" };
	ths_address subject;

	world_begin_with(world, (ths_vm_config){ .mode = THS_MODE_INLINE,
		.capabilities = { pairs, 4 } });
	cr_assert_eq(ths_spawn(world->vm, &subject, &subject_actor, &options),
	    THS_OK);
	TELL(world, subject, watch_dead);
	ths_vm_run(world->vm, 0);
	return subject;
}

Test(inspect, reports_a_vm_as_text, .description = "T-292 M-25")
{
	char text[TEXT_SIZE], line[128], shown[THS_ADDRESS_TEXT_SIZE];
	struct world world;
	ths_address subject = furnish(&world);

	ths_address_print(subject, shown);
	cr_assert_lt(ths_vm_report(world.vm, NULL, text, sizeof(text)),
	    sizeof(text));
	check_lines(text);
	cr_assert_null(strstr(text, "[IN SHUTDOWN]"));
	cr_assert_not_null(strstr(text, " paint = \"red\"\n"));
	cr_assert_not_null(strstr(text, " load = 0.5\n"));
	cr_assert_not_null(strstr(text, " below = -7\n"));
	cr_assert_not_null(strstr(text, " key = \"01ab\"\n"));
	snprintf(line, sizeof(line), " told to %s\n", shown);
	cr_assert_not_null(strstr(text, line));
	snprintf(line, sizeof(line), " %s front desk\n", shown);
	cr_assert_not_null(strstr(text, line));
	cr_assert(ths_address_equal(world_status(&world).undertaker, subject));
	cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(30)), THS_OK);
	cr_assert(ths_address_is_nobody(world_status(&world).undertaker));
	ths_vm_report(world.vm, NULL, text, sizeof(text));
	/* T-292 */
	cr_assert(world_status(&world).is_stopping &&
	    strncmp(text, "[IN SHUTDOWN]\n", 14) == 0);
	world_end(&world);
}

Test(inspect, reports_a_vm_as_json)
{
	const ths_report_options options = { .form = THS_REPORT_JSON };
	char text[TEXT_SIZE], part[192], shown[THS_ADDRESS_TEXT_SIZE];
	struct world world;
	ths_address subject = furnish(&world);

	ths_address_print(subject, shown);
	cr_assert_eq(ths_vm_report(world.vm, &options, text, sizeof(text)),
	    strlen(text));
	check_lines(text);
	cr_assert_eq(strncmp(text, "{\"in_shutdown\":false,\"actors\":1,", 31),
	    0);
	snprintf(part, sizeof(part), "\"dead_letter_handler\":\"%s\",\"names\":"
	    "[{\"name\":\"front desk\",\"address\":\"%s\"}],", shown, shown);
	cr_assert_not_null(strstr(text, part));
	cr_assert_not_null(strstr(text, "\"paint\":\"red\",\"load\":0.5,"
	    "\"below\":-7,\"key\":\"01ab\"},\"workers\":[{\"busy_ns\":"));
	cr_assert_eq(strcmp(text + strlen(text) - 4, "}]}\n"), 0);
	world_end(&world);
}

/* --------------------------------------------------------------------- dump */

static ths_vm *dumped;
static int dump_to;

static void
on_signal(int number)
{
	(void)number;
	ths_vm_dump(dumped, dump_to);
}

/* Each line of the dump, in one piece; the pipe holds it. */
static void
dump_on_signal(struct world *world, char text[TEXT_SIZE])
{
	struct sigaction action = { .sa_handler = on_signal };
	ssize_t length;
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	dumped = world->vm;
	dump_to = ends[1];
	cr_assert_eq(sigaction(SIGUSR1, &action, NULL), 0);
	errno = 99;
	cr_assert_eq(raise(SIGUSR1), 0);
	cr_assert_eq(errno, 99);
	close(ends[1]);
	length = read(ends[0], text, TEXT_SIZE - 1);
	cr_assert_gt(length, 0);
	text[length] = '\0';
	close(ends[0]);
}

Test(inspect, is_dumped_by_a_signal_handler_while_all_are_stuck,
    .description = "T-295 M-04")
{
	char text[TEXT_SIZE], line[128], shown[THS_ADDRESS_TEXT_SIZE];
	struct world world;
	ths_address sticky, subject;

	reset();
	world_begin_local(&world, 1);
	sticky = world_spawn(&world, &sticky_actor);
	subject = world_spawn(&world, &subject_actor);
	TELL(&world, sticky, poke);
	cr_assert(world_await(&is_held, 1));
	TELL(&world, sticky, poke);
	TELL(&world, subject, poke);
	dump_on_signal(&world, text);
	atomic_store(&may_go_on, 1);
	check_lines(text);
	cr_assert_not_null(strstr(text, "2 alive, 2 spawned, 0 exited\n"));
	snprintf(line, sizeof(line), "\n%s subject ready, 1 waiting, 0 handled,"
	    " 0 failed, parent nobody\n", ths_address_print(subject, shown));
	cr_assert_not_null(strstr(text, line));
	snprintf(line, sizeof(line), "\n%s sticky ready, 2 waiting, 0 handled,"
	    " 0 failed, parent nobody\n", ths_address_print(sticky, shown));
	/* T-295 */
	cr_assert_not_null(strstr(text, line));
	ths_vm_dump(NULL, dump_to);
	ths_vm_dump(world.vm, -1);
	world_end(&world);
}
