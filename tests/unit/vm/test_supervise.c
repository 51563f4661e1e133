/* SPDX-License-Identifier: MIT */
/*
 * supervise: who is started anew after which end, how often, when, and in which
 * order everybody ends.  Inline VMs under a clock that stands still until a
 * test moves it; what happened is a text: a capital letter for a start, a small
 * one for an end.
 */
#include "tests/unit/vm/world.h"

THS_MESSAGE(badge, THS_FIELD(ths_string, letter), THS_FIELD(bool, is_stillborn))
THS_SIGNAL(crash)
THS_SIGNAL(leave)
THS_SIGNAL(hang)
THS_MESSAGE(order, THS_FIELD(uint32_t, supervisor))

static uint64_t time_ns;

static uint64_t
now(void *context)
{
	(void)context;
	return time_ns;
}

static const struct clock still_clock = { .now = now };

enum { STEPS_MAX = 256, FAMILY = 4 };

static struct {
	char steps[STEPS_MAX];
	int steps_length;
	ths_address members[26]; /* the last of each letter */
	bool are_stillborn;      /* whoever is told so */
	int hangs;               /* how many more times a hanging one goes on */
	int told;
	ths_exit_reason reason;
	char why[THS_FAILURE_TEXT_SIZE];
	ths_address supervisor;
} notes;

static void
note(char step)
{
	if (notes.steps_length < STEPS_MAX - 1)
		notes.steps[notes.steps_length++] = step;
}

/* ------------------------------------------------------------- the children */

struct member { char letter; };

static ths_status
member_init(ths_self *self, struct member *member, const struct badge *badge)
{
	if (badge->is_stillborn && notes.are_stillborn) {
		note('!');
		return ths_fail(self, "stillborn");
	}
	member->letter = badge->letter[0];
	note((char)(member->letter - 'a' + 'A'));
	notes.members[member->letter - 'a'] = ths_me(self);
	return THS_OK;
}

static ths_status
member_crash(ths_self *self, struct member *member, const struct crash *crash)
{
	(void)member, (void)crash;
	return ths_crash(self, "it hurts");
}

static ths_status
member_leave(ths_self *self, struct member *member, const struct leave *leave)
{
	(void)member, (void)leave;
	ths_exit(self);
	return THS_OK;
}

/* Has always another message before the exit request. */
static ths_status
member_hang(ths_self *self, struct member *member, const struct hang *hang)
{
	(void)self, (void)member, (void)hang;
	return THS_OK;
}

static void
member_exit(ths_self *self, struct member *member)
{
	(void)self;
	note(member->letter);
}

THS_ACTOR(member, struct member,
    THS_INIT(badge, member_init),
    THS_ON(crash, member_crash),
    THS_ON(leave, member_leave),
    THS_ON(hang, member_hang),
    THS_EXIT(member_exit))

#define MEMBER(text, ...) \
	{ .name = text, .actor = &member_actor, \
	  .start = { THS_PAYLOAD(badge, .letter = text) }, __VA_ARGS__ }

/* --------------------------------------------------------- the supervisors */

static const ths_child_spec permanent[] = {
	MEMBER("a"), MEMBER("b"), MEMBER("c"), MEMBER("d"),
};
#define FOUR .children = permanent, .children_length = 4

THS_SUPERVISOR(one_for_one, FOUR)
THS_SUPERVISOR(one_for_all, .strategy = THS_ONE_FOR_ALL, FOUR)
THS_SUPERVISOR(rest_for_one, .strategy = THS_REST_FOR_ONE, FOUR)

static const ths_child_spec mixed[] = {
	MEMBER("a", .restart = THS_TRANSIENT),
	MEMBER("b", .restart = THS_TEMPORARY),
	MEMBER("c"),
	MEMBER("d", .restart = THS_TRANSIENT,
	    .abnormal = THS_EXIT_BIT(THS_EXIT_ASKED)),
};
#define MIXED .children = mixed, .children_length = 4, .restarts_max = 10

THS_SUPERVISOR(mixed_one, MIXED)
THS_SUPERVISOR(mixed_all, .strategy = THS_ONE_FOR_ALL, MIXED)
THS_SUPERVISOR(mixed_rest, .strategy = THS_REST_FOR_ONE, MIXED)

static const ths_child_spec alone[] = { MEMBER("a") };

THS_SUPERVISOR(stern, .children = alone, .children_length = 1,
    .restarts_max = THS_RESTARTS_NONE)
THS_SUPERVISOR(slow, .children = alone, .children_length = 1,
    .restarts_max = 100, .window = THS_SECONDS(1000),
    .backoff = THS_SECONDS(1), .backoff_factor = 3,
    .backoff_max = THS_SECONDS(5), .quiet = THS_SECONDS(60))
THS_SUPERVISOR(slow_all, .strategy = THS_REST_FOR_ONE, FOUR,
    .backoff = THS_SECONDS(1))

static const ths_child_spec stillborn[] = {
	{ .name = "a", .actor = &member_actor, .start = { THS_PAYLOAD(badge,
	    .letter = "a", .is_stillborn = true) } },
};
THS_SUPERVISOR(unlucky, .children = stillborn, .children_length = 1,
    .restarts_max = 2, .backoff = THS_SECONDS(1))

static const ths_child_spec two_levels[] = {
	MEMBER("x"),
	{ .name = "inner", .actor = &one_for_one_actor },
	MEMBER("y"),
};
THS_SUPERVISOR(outer, .strategy = THS_ONE_FOR_ALL, .children = two_levels,
    .children_length = 3, .restarts_max = 1)

static const ths_child_spec killed[] = {
	{ .name = "inner", .actor = &one_for_one_actor,
	  .shutdown = THS_KILL_AT_ONCE },
};
THS_SUPERVISOR(above, .children = killed, .children_length = 1)

static const ths_actor *const kinds[] = { &member_actor, &one_for_one_actor };
THS_SUPERVISOR(empty, .kinds = kinds, .kinds_length = 2, .children_max = 3)

/* Stands above a supervisor and notes how it ends. */
static const ths_actor *const tops[] = {
	&one_for_one_actor, &one_for_all_actor, &rest_for_one_actor,
	&mixed_one_actor, &mixed_all_actor, &mixed_rest_actor, &stern_actor,
	&slow_actor, &slow_all_actor, &unlucky_actor, &outer_actor,
	&empty_actor, &above_actor,
};

static ths_status
watcher_order(ths_self *self, ths_nothing *state, const struct order *order)
{
	(void)state;
	return ths_spawn_child(self, &notes.supervisor,
	    tops[order->supervisor], NULL);
}

static ths_status
watcher_told(ths_self *self, ths_nothing *state,
    const struct ths_actor_exited *exited)
{
	(void)self, (void)state;
	notes.told++;
	notes.reason = exited->reason;
	snprintf(notes.why, sizeof(notes.why), "%s", exited->why);
	return THS_OK;
}

THS_ACTOR(watcher, ths_nothing, THS_ON(order, watcher_order),
    THS_ON(ths_actor_exited, watcher_told))

/* ------------------------------------------------------------------ helpers */

static void
run(struct world *world)
{
	ths_vm_run(world->vm, 0);
}

/* Starts a VM with this supervisor and forgets the steps of its start. */
static void
begin_with(struct world *world, const ths_actor *supervisor,
    ths_vm_config config)
{
	const struct vm_ports ports = { .clock = &still_clock };
	uint32_t number = 0;

	memset(&notes, 0, sizeof(notes));
	time_ns = 1;
	config.mode = THS_MODE_INLINE;
	cr_assert_eq(world_try(world, config, &ports), THS_OK);
	while (tops[number] != supervisor)
		number++;
	cr_assert_eq(ths_tell(world->vm, world_spawn(world, &watcher_actor),
	    order, .supervisor = number), THS_OK);
	run(world);
}

static void
begin(struct world *world, const ths_actor *supervisor)
{
	begin_with(world, supervisor, (ths_vm_config){ 0 });
}

static void
forget_steps(void)
{
	memset(notes.steps, 0, sizeof(notes.steps));
	notes.steps_length = 0;
}

static ths_address
member(char letter)
{
	return notes.members[letter - 'a'];
}

#define TELL(world, to, ...) do { \
		cr_assert_eq(ths_tell((world)->vm, (to), __VA_ARGS__), \
		    THS_OK); \
		run(world); \
	} while (0)

/* Whoever has `letter` crashes; what happened then. */
static const char *
crashes(struct world *world, char letter)
{
	forget_steps();
	TELL(world, member(letter), crash);
	return notes.steps;
}

static const char *
leaves(struct world *world, char letter)
{
	forget_steps();
	TELL(world, member(letter), leave);
	return notes.steps;
}

static const char *
is_asked(struct world *world, char letter)
{
	forget_steps();
	TELL(world, member(letter), ths_exit_request);
	return notes.steps;
}

/* Lets time go by; what happened then. */
static const char *
passes(struct world *world, ths_duration span)
{
	forget_steps();
	time_ns += (uint64_t)span;
	run(world);
	return notes.steps;
}

/* The order of inits is the workers' business: one worker runs the newest
 * first.  So starts are compared as a set, ends as they are. */
static void
split(const char *steps, char *starts, char *ends)
{
	int letters[128] = { 0 };

	for (; *steps != '\0'; steps++) {
		if (*steps >= 'a')
			*ends++ = *steps;
		else
			letters[(int)*steps]++;
	}
	*ends = '\0';
	for (int i = 0; i < 128; i++) {
		while (letters[i]-- > 0)
			*starts++ = (char)i;
	}
	*starts = '\0';
}

static void
check_steps(const char *steps, const char *ends, const char *starts)
{
	char got_starts[STEPS_MAX], got_ends[STEPS_MAX];

	split(steps, got_starts, got_ends);
	cr_assert_str_eq(got_ends, ends, "%s", steps);
	cr_assert_str_eq(got_starts, starts, "%s", steps);
}

static ths_status
status_of(ths_mail *mail)
{
	const struct ths_child_answer *answer = ths_mail_as(mail,
	    ths_child_answer);
	ths_status status;

	cr_assert_not_null(answer, "%s", ths_mail_why(mail));
	status = (ths_status)answer->status;
	ths_mail_free(mail);
	return status;
}

#define REQUEST(world, ...) \
	status_of(ths_call((world)->vm, notes.supervisor, THS_SECONDS(5), \
	    __VA_ARGS__))

static struct ths_children_counted
count(struct world *world)
{
	ths_mail *mail = ths_call(world->vm, notes.supervisor, THS_SECONDS(5),
	    ths_children_count);
	const struct ths_children_counted *counted = ths_mail_as(mail,
	    ths_children_counted);
	struct ths_children_counted copy;

	cr_assert_not_null(counted);
	copy = *counted;
	ths_mail_free(mail);
	return copy;
}

/* -------------------------------------------------- strategies and restarts */

Test(supervise, one_for_one_restarts_the_one)
{
	struct world world;

	begin(&world, &one_for_one_actor);
	check_steps(notes.steps, "", "ABCD");
	check_steps(crashes(&world, 'b'), "b", "B");
	check_steps(leaves(&world, 'c'), "c", "C");
	check_steps(is_asked(&world, 'a'), "a", "A");
	cr_assert_eq(count(&world).running, 4);
	cr_assert_eq(count(&world).failures, 3);
	world_end(&world);
}

Test(supervise, one_for_all_restarts_all_the_youngest_ended_first)
{
	struct world world;

	begin(&world, &one_for_all_actor);
	check_steps(crashes(&world, 'b'), "bdca", "ABCD");
	check_steps(leaves(&world, 'd'), "dcba", "ABCD");
	check_steps(is_asked(&world, 'a'), "adcb", "ABCD");
	cr_assert_eq(count(&world).failures, 3);
	world_end(&world);
}

Test(supervise, rest_for_one_restarts_those_behind_it)
{
	struct world world;

	begin(&world, &rest_for_one_actor);
	check_steps(crashes(&world, 'b'), "bdc", "BCD");
	check_steps(leaves(&world, 'd'), "d", "D");
	check_steps(is_asked(&world, 'a'), "adcb", "ABCD");
	world_end(&world);
}

/* a and d are transient, b temporary, c permanent; d minds being
 * asked, only. */
Test(supervise, a_child_says_which_ends_are_to_be_mended)
{
	struct world world;

	begin(&world, &mixed_one_actor);
	check_steps(crashes(&world, 'a'), "a", "A");
	check_steps(is_asked(&world, 'd'), "d", "D");
	check_steps(crashes(&world, 'd'), "d", "");
	check_steps(leaves(&world, 'a'), "a", "");
	check_steps(crashes(&world, 'b'), "b", "");
	check_steps(is_asked(&world, 'c'), "c", "C");
	cr_assert_eq(count(&world).total, 3, "b is forgotten");
	cr_assert_eq(count(&world).running, 1);
	cr_assert_eq(REQUEST(&world, ths_child_restart, .name = "a"), THS_OK);
	run(&world);
	check_steps(is_asked(&world, 'a'), "a", "");
	cr_assert_eq(count(&world).waiting, 0);
	world_end(&world);
}

Test(supervise, one_for_all_leaves_who_is_down_and_forgets_temporary_ones)
{
	struct world world;

	begin(&world, &mixed_all_actor);
	check_steps(leaves(&world, 'a'), "a", "");
	check_steps(crashes(&world, 'c'), "cdb", "CD");
	cr_assert_eq(count(&world).total, 3);
	cr_assert_eq(count(&world).running, 2);
	check_steps(leaves(&world, 'd'), "d", "");
	check_steps(crashes(&world, 'c'), "c", "C");
	world_end(&world);
}

Test(supervise, rest_for_one_does_not_restart_for_a_temporary_child)
{
	struct world world;

	begin(&world, &mixed_rest_actor);
	check_steps(crashes(&world, 'b'), "b", "");
	check_steps(crashes(&world, 'a'), "adc", "ACD");
	check_steps(crashes(&world, 'c'), "cd", "CD");
	check_steps(crashes(&world, 'd'), "d", "");
	world_end(&world);
}

/* ---------------------------------------------------------------- intensity */

Test(supervise, allows_so_many_restarts_and_not_one_more)
{
	struct world world;

	begin(&world, &one_for_one_actor);
	for (int i = 0; i < 3; i++)
		check_steps(crashes(&world, 'a'), "a", "A");
	cr_assert_eq(notes.told, 0);
	check_steps(crashes(&world, 'a'), "adcb", "");
	cr_assert_eq(notes.told, 1);
	cr_assert_eq(notes.reason, THS_EXIT_CRASHED);
	cr_assert_str_eq(notes.why, "more than 3 restarts in 5.000 s; the last "
	    "of child a: it hurts");
	cr_assert_eq(world_status(&world).actors, 1, "the watcher");
	world_end(&world);
}

/* Restarts that are older than the window do not count; at its end they
 * do not. */
Test(supervise, forgets_restarts_when_their_window_is_over)
{
	struct world world;

	begin(&world, &one_for_one_actor);
	crashes(&world, 'a');
	passes(&world, THS_SECONDS(1));
	crashes(&world, 'b');
	crashes(&world, 'b');
	passes(&world, THS_SECONDS(4));
	check_steps(crashes(&world, 'a'), "a", "A");
	cr_assert_eq(notes.told, 0, "the first is 5 s ago");
	check_steps(crashes(&world, 'a'), "adcb", "");
	cr_assert_eq(notes.told, 1);
	world_end(&world);
}

Test(supervise, one_for_all_counts_a_restart_of_all_as_one)
{
	struct world world;

	begin(&world, &one_for_all_actor);
	for (int i = 0; i < 3; i++)
		check_steps(crashes(&world, 'd'), "dcba", "ABCD");
	check_steps(crashes(&world, 'c'), "cdba", "");
	cr_assert_eq(notes.reason, THS_EXIT_CRASHED);
	world_end(&world);
}

Test(supervise, may_allow_none)
{
	struct world world;

	begin(&world, &stern_actor);
	check_steps(crashes(&world, 'a'), "a", "");
	cr_assert_eq(notes.reason, THS_EXIT_CRASHED);
	world_end(&world);
}

Test(supervise, escalates_through_two_levels)
{
	struct world world;

	begin(&world, &outer_actor);
	check_steps(notes.steps, "", "ABCDXY");
	for (int i = 0; i < 3; i++)
		crashes(&world, 'a');
	/* The inner one gives up: the outer restarts all. */
	check_steps(crashes(&world, 'a'), "adcbyx", "ABCDXY");
	cr_assert_eq(notes.told, 0);
	for (int i = 0; i < 3; i++)
		crashes(&world, 'd');
	check_steps(crashes(&world, 'd'), "dcbayx", "");
	cr_assert_eq(notes.told, 1);
	cr_assert_eq(notes.reason, THS_EXIT_CRASHED);
	cr_assert_not_null(strstr(notes.why, "of child inner: more than 3"));
	cr_assert_not_null(strstr(notes.why, "of child d: it hurts"));
	cr_assert_eq(world_status(&world).actors, 1);
	world_end(&world);
}

/* ----------------------------------------------------------------- back-off */

Test(supervise, backs_off_longer_each_time_up_to_a_limit)
{
	static const int seconds[] = { 1, 3, 5, 5 };
	struct world world;

	begin(&world, &slow_actor);
	for (int i = 0; i < 4; i++) {
		ths_duration delay = THS_SECONDS(seconds[i]);

		check_steps(crashes(&world, 'a'), "a", "");
		cr_assert_eq(count(&world).waiting, 1);
		cr_assert_leq(ths_vm_next_deadline(world.vm),
		    delay + THS_MILLISECONDS(2), "it sleeps until then");
		cr_assert_gt(ths_vm_next_deadline(world.vm), 0);
		check_steps(passes(&world, delay - 1), "", "");
		check_steps(passes(&world, THS_MILLISECONDS(2)), "", "A");
	}
	world_end(&world);
}

Test(supervise, begins_its_back_off_anew_after_a_quiet_time)
{
	struct world world;

	begin(&world, &slow_actor);
	crashes(&world, 'a');
	passes(&world, THS_MILLISECONDS(1002));
	passes(&world, THS_SECONDS(59));
	crashes(&world, 'a');
	check_steps(passes(&world, THS_MILLISECONDS(2990)), "", "");
	check_steps(passes(&world, THS_MILLISECONDS(20)), "", "A");
	passes(&world, THS_SECONDS(60));
	crashes(&world, 'a');
	check_steps(passes(&world, THS_MILLISECONDS(990)), "", "");
	check_steps(passes(&world, THS_MILLISECONDS(20)), "", "A");
	world_end(&world);
}

Test(supervise, makes_all_wait_that_are_restarted_together)
{
	struct world world;

	begin(&world, &slow_all_actor);
	check_steps(crashes(&world, 'b'), "bdc", "");
	cr_assert_eq(count(&world).waiting, 3);
	/* Another failure in between starts the waiting again. */
	passes(&world, THS_MILLISECONDS(500));
	check_steps(crashes(&world, 'a'), "a", "");
	check_steps(passes(&world, THS_MILLISECONDS(990)), "", "");
	check_steps(passes(&world, THS_MILLISECONDS(20)), "", "ABCD");
	world_end(&world);
}

/* --------------------------------------------------------- starts that fail */

Test(supervise, counts_a_failed_init_as_a_failure)
{
	struct world world;

	begin(&world, &unlucky_actor);
	check_steps(notes.steps, "", "A");
	notes.are_stillborn = true;
	check_steps(crashes(&world, 'a'), "a", "");
	check_steps(passes(&world, THS_MILLISECONDS(1010)), "", "!");
	notes.are_stillborn = false;
	check_steps(passes(&world, THS_MILLISECONDS(2010)), "", "A");
	cr_assert_eq(count(&world).failures, 2);
	notes.are_stillborn = true;
	crashes(&world, 'a');
	cr_assert_eq(notes.reason, THS_EXIT_CRASHED);
	cr_assert_not_null(strstr(notes.why, "it hurts"));
	world_end(&world);
}

/* Room for the watcher, the supervisor, four children, and the client. */
Test(supervise, tries_again_when_there_is_no_room_for_a_child)
{
	struct world world;

	begin_with(&world, &one_for_one_actor,
	    (ths_vm_config){ .actors_max = 7 });
	cr_assert_eq(world_status(&world).actors, 6);
	/* The place of the one that has ended is not free yet when its notice
	 * is handled, so a VM that is full keeps a supervisor waiting. */
	check_steps(crashes(&world, 'a'), "a", "");
	check_steps(passes(&world, THS_MILLISECONDS(9)), "", "");
	check_steps(passes(&world, THS_MILLISECONDS(3)), "", "A");
	cr_assert_eq(world_status(&world).limits_hit, 1);
	cr_assert_eq(notes.told, 0);
	world_end(&world);
}

/* The only timer is another's: then the child starts at once. */
Test(supervise, does_not_wait_when_there_is_no_timer_to_be_had)
{
	struct world world;
	ths_address first;

	begin_with(&world, &slow_actor, (ths_vm_config){ .timers_max = 1 });
	first = member('a');
	cr_assert_eq(ths_tell(world.vm, world_spawn(&world, &watcher_actor),
	    order, .supervisor = 7), THS_OK);
	run(&world);
	TELL(&world, first, crash);
	check_steps(crashes(&world, 'a'), "a", "A");
	check_steps(passes(&world, THS_MILLISECONDS(1010)), "", "A");
	world_end(&world);
}

/* Each allocation fails in turn, from the supervisor's own start on. */
Test(supervise, survives_the_lack_of_memory_anywhere)
{
	int refused = 0;

	for (uint64_t nth = 1; nth < 20; nth++) {
		const struct vm_ports ports = { .clock = &still_clock };
		struct world world;
		ths_address watcher;

		memset(&notes, 0, sizeof(notes));
		time_ns = 1;
		cr_assert_eq(world_try(&world, (ths_vm_config){
		    .mode = THS_MODE_INLINE }, &ports), THS_OK);
		watcher = world_spawn(&world, &watcher_actor);
		run(&world);
		memory_fault_at(&world.vm->memory, nth);
		(void)ths_tell(world.vm, watcher, order, .supervisor = 1);
		run(&world);
		for (int i = 0; i < 3; i++) {
			if (notes.steps_length > 0)
				(void)ths_tell(world.vm, member('b'), crash);
			time_ns += (uint64_t)THS_MILLISECONDS(20);
			run(&world);
		}
		/* Either all live, or nobody does and somebody was told. */
		if (world_status(&world).actors > 1)
			cr_assert_eq(world_status(&world).actors, 6, "%d",
			    (int)nth);
		refused += atomic_load(&world.vm->memory.refused) > 0;
		world_end(&world);
	}
	cr_assert_gt(refused, 5, "%d", refused);
}

/* ------------------------------------------------------------------- ending */

Test(supervise, ends_its_children_the_youngest_first_when_asked)
{
	struct world world;

	begin(&world, &one_for_one_actor);
	forget_steps();
	TELL(&world, notes.supervisor, ths_exit_request);
	cr_assert_str_eq(notes.steps, "dcba");
	cr_assert_eq(notes.told, 1);
	cr_assert_eq(notes.reason, THS_EXIT_ASKED);
	world_end(&world);
}

Test(supervise, leaves_its_children_when_asked_to_exit_alone)
{
	struct world world;

	begin(&world, &one_for_one_actor);
	forget_steps();
	TELL(&world, notes.supervisor, ths_exit_request, .is_alone = true);
	cr_assert_str_eq(notes.steps, "");
	cr_assert_eq(notes.told, 1);
	cr_assert_eq(world_status(&world).actors, 5);
	world_end(&world);
}

Test(supervise, ends_in_order_with_its_vm)
{
	struct world world;

	begin(&world, &outer_actor);
	forget_steps();
	world_end(&world);
	cr_assert_str_eq(notes.steps, "ydcbax");
	cr_assert_eq(notes.reason, THS_EXIT_ASKED);
}

/* In the middle of a back-off, nobody is started any more. */
Test(supervise, starts_nobody_once_its_vm_stops)
{
	struct world world;

	begin(&world, &slow_all_actor);
	check_steps(crashes(&world, 'b'), "bdc", "");
	forget_steps();
	world_end(&world);
	cr_assert_str_eq(notes.steps, "a");
}

Test(supervise, starts_nobody_once_its_vm_stops_in_the_middle_of_its_ends)
{
	struct world world;

	begin(&world, &one_for_all_actor);
	forget_steps();
	cr_assert_eq(ths_tell(world.vm, member('b'), crash), THS_OK);
	ths_vm_run(world.vm, 2); /* b has ended, d is asked */
	world_end(&world);
	cr_assert_eq(notes.steps_length, 4, "%s", notes.steps);
	cr_assert_eq(notes.steps[0], 'b');
}

Test(supervise, ends_with_all_below_it_when_its_vm_has_no_time)
{
	struct world world;

	begin(&world, &outer_actor);
	forget_steps();
	cr_assert_eq(world_end_within(&world, 0), THS_TIMEOUT);
	cr_assert_eq(notes.steps_length, 6);
}

/* The inner supervisor is killed: its children are, and nobody is mended. */
Test(supervise, is_killed_with_its_children)
{
	struct world world;

	begin(&world, &above_actor);
	check_steps(notes.steps, "", "ABCD");
	forget_steps();
	cr_assert_eq(REQUEST(&world, ths_child_stop, .name = "inner"), THS_OK);
	cr_assert_eq(notes.steps_length, 4, "%s", notes.steps);
	cr_assert_eq(world_logged(&world, "starts anew"), 0);
	cr_assert_eq(world_status(&world).actors, 2);
	world_end(&world);
}

/* A child that is busy on a worker of its own; the clock is the system's. */
static _Atomic int blocked;
static _Atomic int released;
static _Atomic int handled;

static ths_status
blocker_hang(ths_self *self, ths_nothing *state, const struct hang *hang)
{
	(void)self, (void)state, (void)hang;
	atomic_fetch_add(&blocked, 1);
	while (atomic_load(&released) == 0)
		world_sleep_ms(1);
	atomic_fetch_add(&handled, 1);
	return THS_OK;
}

static ths_status
blocker_start(ths_self *self, ths_nothing *state)
{
	(void)state;
	return ths_name_register(self, "blocker");
}

THS_ACTOR(blocker, ths_nothing, THS_START(blocker_start),
    THS_ON(hang, blocker_hang))

static const ths_child_spec busy[] = {
	{ .name = "blocker", .actor = &blocker_actor,
	  .shutdown = THS_MILLISECONDS(20) },
};
static const ths_child_spec hurried[] = {
	{ .name = "blocker", .actor = &blocker_actor,
	  .shutdown = THS_KILL_AT_ONCE },
};
static const ths_child_spec patient[] = {
	{ .name = "blocker", .actor = &blocker_actor,
	  .shutdown = THS_FOREVER },
};
THS_SUPERVISOR(of_busy, .children = busy, .children_length = 1)
THS_SUPERVISOR(of_hurried, .children = hurried, .children_length = 1)
THS_SUPERVISOR(of_patient, .children = patient, .children_length = 1)

enum { HANGS = 50 };

/* How many messages the child handles that is asked to exit before they come,
 * or after; `wait_ms` after that its first handler returns. */
static int
handled_before_the_end(const ths_actor *supervisor, long wait_ms)
{
	struct world world;
	ths_address address, blocker;

	atomic_store(&blocked, 0);
	atomic_store(&released, 0);
	atomic_store(&handled, 0);
	world_begin_with(&world, (ths_vm_config){ .workers = 2,
	    .slice_max = 1 });
	address = world_spawn(&world, supervisor);
	for (int i = 0; i < WORLD_TRIES && ths_name_find(world.vm, "blocker",
	    &blocker) != THS_OK; i++)
		world_sleep_ms(1);
	for (int i = 0; i < HANGS; i++)
		ths_tell(world.vm, blocker, hang);
	cr_assert(world_await(&blocked, 1));
	ths_tell(world.vm, address, ths_exit_request);
	world_sleep_ms(wait_ms);
	atomic_store(&released, 1);
	world_end(&world);
	return atomic_load(&handled);
}

Test(supervise, kills_a_child_whose_time_for_shutdown_is_over)
{
	cr_assert_lt(handled_before_the_end(&of_busy_actor, 500), HANGS);
}

Test(supervise, kills_a_child_at_once_if_it_is_to)
{
	cr_assert_lt(handled_before_the_end(&of_hurried_actor, 200), HANGS);
}

Test(supervise, waits_for_a_child_for_ever_if_it_is_to)
{
	cr_assert_eq(handled_before_the_end(&of_patient_actor, 50), HANGS);
}

/* ----------------------------------------------------------------- requests */

#define START_MEMBER(world, text, ...) \
	REQUEST(world, ths_child_start, .name = text, .actor = "member", \
	    .start = THS_ANY(badge, .letter = text), __VA_ARGS__)

Test(supervise, starts_children_on_request)
{
	struct world world;
	char name[] = "g";

	begin(&world, &empty_actor);
	cr_assert_eq(START_MEMBER(&world, name, .mailbox_max = 5), THS_OK);
	name[0] = '?'; /* what was asked with is its sender's again */
	run(&world);
	check_steps(notes.steps, "", "G");
	cr_assert_eq(START_MEMBER(&world, "h", .restart = THS_TEMPORARY),
	    THS_OK);
	cr_assert_eq(REQUEST(&world, ths_child_start, .name = "inner",
	    .actor = "one_for_one"), THS_OK);
	run(&world);
	cr_assert_eq(count(&world).total, 3);
	cr_assert_eq(count(&world).supervisors, 1);
	check_steps(crashes(&world, 'g'), "g", "G");
	check_steps(crashes(&world, 'h'), "h", "");
	cr_assert_eq(count(&world).total, 2);
	world_end(&world);
}

Test(supervise, says_why_a_child_cannot_be_started)
{
	static char long_name[THS_CHILD_NAME_MAX + 2];
	struct world world;

	memset(long_name, 'x', sizeof(long_name) - 1);
	begin(&world, &empty_actor);
	cr_assert_eq(START_MEMBER(&world, "g", .mailbox_max = 0), THS_OK);
	cr_assert_eq(START_MEMBER(&world, "g", .mailbox_max = 0), THS_TAKEN);
	cr_assert_eq(START_MEMBER(&world, "", .mailbox_max = 0),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(START_MEMBER(&world, long_name, .mailbox_max = 0),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(START_MEMBER(&world, "h",
	    .restart = (enum ths_restart)7), THS_BAD_ARGUMENT);
	cr_assert_eq(REQUEST(&world, ths_child_start, .name = "h",
	    .actor = "nobody"), THS_UNKNOWN);
	cr_assert_eq(REQUEST(&world, ths_child_start, .name = "h"),
	    THS_UNKNOWN);
	cr_assert_eq(REQUEST(&world, ths_child_start, .name = "h",
	    .actor = "member"), THS_BAD_ARGUMENT, "no start message");
	cr_assert_eq(count(&world).total, 1);
	cr_assert_eq(START_MEMBER(&world, "h", .mailbox_max = 0), THS_OK);
	cr_assert_eq(START_MEMBER(&world, "i", .mailbox_max = 0), THS_OK);
	cr_assert_eq(START_MEMBER(&world, "j", .mailbox_max = 0), THS_LIMIT);
	cr_assert_geq(world_status(&world).limits_hit, 1);
	cr_assert_eq(count(&world).failures, 0);
	world_end(&world);
}

Test(supervise, stops_restarts_and_deletes_children_on_request)
{
	struct world world;

	begin(&world, &one_for_one_actor);
	forget_steps();
	cr_assert_eq(REQUEST(&world, ths_child_stop, .name = "b"), THS_OK);
	cr_assert_str_eq(notes.steps, "b", "it had ended by the answer");
	cr_assert_eq(REQUEST(&world, ths_child_stop, .name = "b"), THS_OK);
	cr_assert_eq(count(&world).running, 3);
	cr_assert_eq(REQUEST(&world, ths_child_restart, .name = "b"), THS_OK);
	cr_assert_eq(REQUEST(&world, ths_child_restart, .name = "c"), THS_OK);
	run(&world);
	check_steps(notes.steps, "bc", "BC");
	cr_assert_eq(REQUEST(&world, ths_child_delete, .name = "a"), THS_OK);
	cr_assert_eq(REQUEST(&world, ths_child_stop, .name = "a"),
	    THS_UNKNOWN);
	cr_assert_eq(REQUEST(&world, ths_child_delete), THS_UNKNOWN);
	check_steps(notes.steps, "bca", "BC");
	cr_assert_eq(count(&world).total, 3);
	cr_assert_eq(count(&world).failures, 0, "none of this is a failure");
	world_end(&world);
}

static ths_status
next_answer(struct world *world)
{
	return status_of(ths_listen(world->vm, NULL, THS_SECONDS(5)));
}

Test(supervise, takes_one_request_at_a_time_for_a_child)
{
	struct world world;

	begin(&world, &one_for_one_actor);
	ths_tell(world.vm, notes.supervisor, ths_child_stop, .name = "b");
	ths_tell(world.vm, notes.supervisor, ths_child_stop, .name = "a");
	ths_tell(world.vm, notes.supervisor, ths_child_restart, .name = "b");
	cr_assert_eq(next_answer(&world), THS_LIMIT);
	cr_assert_eq(next_answer(&world), THS_OK);
	cr_assert_eq(next_answer(&world), THS_OK);
	cr_assert_eq(count(&world).running, 2);
	world_end(&world);
}

Test(supervise, answers_while_it_ends)
{
	struct world world;

	begin(&world, &one_for_one_actor);
	ths_tell(world.vm, notes.supervisor, ths_child_stop, .name = "b");
	ths_tell(world.vm, notes.supervisor, ths_child_restart, .name = "c");
	ths_tell(world.vm, notes.supervisor, ths_exit_request);
	ths_tell(world.vm, notes.supervisor, ths_child_start, .name = "e",
	    .actor = "member");
	ths_tell(world.vm, notes.supervisor, ths_child_stop, .name = "a");
	run(&world);
	cr_assert_eq(next_answer(&world), THS_STOPPED, "the restart");
	cr_assert_eq(next_answer(&world), THS_STOPPED, "the start");
	cr_assert_eq(next_answer(&world), THS_STOPPED, "the stop of a");
	cr_assert_eq(next_answer(&world), THS_OK, "the stop of b");
	cr_assert_eq(notes.told, 1);
	world_end(&world);
}

/* One whose stop is wanted stays down, whatever happens to the others. */
Test(supervise, keeps_down_who_was_stopped)
{
	struct world world;

	begin(&world, &one_for_all_actor);
	cr_assert_eq(REQUEST(&world, ths_child_stop, .name = "b"), THS_OK);
	check_steps(crashes(&world, 'c'), "cda", "ACD");
	cr_assert_eq(count(&world).running, 3);
	world_end(&world);
}

Test(supervise, stops_one_that_waits_for_its_back_off)
{
	struct world world;

	begin(&world, &slow_actor);
	crashes(&world, 'a');
	cr_assert_eq(REQUEST(&world, ths_child_stop, .name = "a"), THS_OK);
	check_steps(passes(&world, THS_SECONDS(10)), "", "");
	cr_assert_eq(count(&world).waiting, 0);
	cr_assert_eq(REQUEST(&world, ths_child_restart, .name = "a"), THS_OK);
	world_end(&world);
}

/* -------------------------------------------------------- list and the tree */

Test(supervise, lists_its_children_in_order)
{
	struct world world;
	const struct ths_children_listed *listed;
	ths_mail *mail;

	begin(&world, &mixed_rest_actor);
	crashes(&world, 'c');
	leaves(&world, 'a');
	mail = ths_call(world.vm, notes.supervisor, THS_SECONDS(5),
	    ths_children_list, .from = 0);
	listed = ths_mail_as(mail, ths_children_listed);
	cr_assert_not_null(listed);
	cr_assert_eq(listed->strategy, THS_REST_FOR_ONE);
	cr_assert_eq(listed->total, 4);
	cr_assert_eq(listed->children.length, 4);
	cr_assert_str_eq(listed->children.items[0].name, "a");
	cr_assert_eq(listed->children.items[0].state, THS_CHILD_DOWN);
	cr_assert(ths_address_is_nobody(listed->children.items[0].child));
	cr_assert_eq(listed->children.items[1].restart, THS_TEMPORARY);
	cr_assert_eq(listed->children.items[2].failures, 1);
	cr_assert_str_eq(listed->children.items[2].why, "it hurts");
	cr_assert(ths_address_equal(listed->children.items[3].child,
	    member('d')));
	ths_mail_free(mail);
	mail = ths_call(world.vm, notes.supervisor, THS_SECONDS(5),
	    ths_children_list, .from = 3);
	listed = ths_mail_as(mail, ths_children_listed);
	cr_assert_eq(listed->children.length, 1);
	ths_mail_free(mail);
	mail = ths_call(world.vm, notes.supervisor, THS_SECONDS(5),
	    ths_children_list, .from = UINT32_MAX);
	listed = ths_mail_as(mail, ths_children_listed);
	cr_assert_eq(listed->children.length, 0);
	ths_mail_free(mail);
	world_end(&world);
}

Test(supervise, prints_the_tree)
{
	struct world world;
	char text[2048], small[24];
	size_t length;

	begin(&world, &outer_actor);
	crashes(&world, 'b');
	length = ths_supervision_print(world.vm, notes.supervisor,
	    THS_SECONDS(5), text, sizeof(text));
	cr_assert_eq(length, strlen(text));
	cr_assert_eq(strncmp(text, "one_for_all\n  x  member ", 24), 0);
	cr_assert_not_null(strstr(text, "\n  inner  one_for_one "));
	cr_assert_not_null(strstr(text, "\n    one_for_one\n      a  member "));
	cr_assert_not_null(strstr(text, "  running, 1 failure: it hurts\n"));
	cr_assert_eq(ths_supervision_print(world.vm, notes.supervisor,
	    THS_SECONDS(5), small, sizeof(small)), length);
	cr_assert_eq(strlen(small), sizeof(small) - 1);
	ths_supervision_json(world.vm, notes.supervisor, THS_SECONDS(5), text,
	    sizeof(text));
	cr_assert_eq(strncmp(text, "{\"strategy\":\"one_for_all\",\"children\":"
	    "[{\"name\":\"x\",\"actor\":\"member\",\"state\":\"running\",", 81),
	    0, "%s", text);
	cr_assert_not_null(strstr(text,
	    "\"tree\":{\"strategy\":\"one_for_one\","
	    "\"children\":[{\"name\":\"a\""));
	cr_assert_str_eq(text + strlen(text) - 3, "}]}");
	ths_supervision_json(world.vm, notes.supervisor, THS_SECONDS(5),
	    small, sizeof(small));
	cr_assert_str_eq(small, "{\"cut\":true}");
	ths_supervision_json(world.vm, member('a'), THS_SECONDS(5), text,
	    sizeof(text));
	cr_assert_str_eq(text, "{\"error\":\"the actor has no handler for the "
	    "type\"}");
	world_end(&world);
}

/* ------------------------------------------------------------------- tables */

static const ths_child_spec twins[] = { MEMBER("a"), MEMBER("a") };
static const ths_child_spec nameless[] = { { .actor = &member_actor } };
static const ths_child_spec nobody[] = { { .name = "a" } };

THS_SUPERVISOR(of_twins, .children = twins, .children_length = 2)
THS_SUPERVISOR(of_nameless, .children = nameless, .children_length = 1)
THS_SUPERVISOR(of_nobody, .children = nobody, .children_length = 1)
THS_SUPERVISOR(of_none, .children_length = 1)
THS_SUPERVISOR(strange, .strategy = (ths_strategy)9)
THS_SUPERVISOR(endless, .restarts_max = THS_RESTARTS_MAX + 1)
THS_SUPERVISOR(hasty, .backoff_factor = 0.5)
THS_SUPERVISOR(backward, .window = -1)
THS_SUPERVISOR(crowded, FOUR, .children_max = 3)

Test(supervise, does_not_begin_with_a_table_that_makes_no_sense)
{
	static const struct {
		const ths_actor *actor;
		const char *wrong;
	} tables[] = {
		{ &of_twins_actor, "child 1 has the name of another" },
		{ &of_nameless_actor, "child 0 has no name" },
		{ &of_nobody_actor, "child 0 has no actor" },
		{ &of_none_actor, "a length without a list" },
		{ &strange_actor, "no such strategy" },
		{ &endless_actor, "restarts_max is out of range" },
		{ &hasty_actor, "backoff_factor is less than 1" },
		{ &backward_actor, "a time is negative" },
		{ &crowded_actor, "more children than children_max" },
	};
	struct world world;

	memset(&notes, 0, sizeof(notes));
	world_begin_inline(&world);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		world_spawn(&world, tables[i].actor);
		run(&world);
		cr_assert_eq(world_logged(&world, tables[i].wrong), 1, "%s",
		    tables[i].wrong);
	}
	cr_assert_eq(world_status(&world).actors, 0);
	cr_assert_str_eq(notes.steps, "");
	world_end(&world);
}
