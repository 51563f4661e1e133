/* SPDX-License-Identifier: MIT */
/*
 * log: what a VM's host is promised of the function that it gives.  The ring
 * beneath has tests of its own (test_log_ring.c), the lines have theirs
 * (test_diary.c, test_system.c).
 */
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

#include "tests/unit/vm/world.h"

enum { LINES_MAX = 4 };

/* A host whose function stays at a line that says "slow". */
static struct host {
	ths_vm *vm;
	sem_t is_inside, may_leave;
	uint32_t heard; /* plain: one thread at a time */
	char last[WORLD_LINE_SIZE];
	char lines[WORLD_LINES][WORLD_LINE_SIZE];
} host;

static void
hear(void *context, ths_log_level level, const char *text)
{
	(void)context, (void)level;
	if (strstr(text, "slow") != NULL) {
		sem_post(&host.is_inside);
		sem_wait(&host.may_leave);
	}
	snprintf(host.lines[host.heard++ % WORLD_LINES], WORLD_LINE_SIZE, "%s",
	    text);
	snprintf(host.last, sizeof(host.last), "%s", text);
}

static void
begin(ths_vm_config config)
{
	memset(&host, 0, sizeof(host));
	sem_init(&host.is_inside, 0, 0);
	sem_init(&host.may_leave, 0, 0);
	if (config.log == NULL)
		config.log = hear;
	cr_assert_eq(ths_vm_start(&host.vm, &config), THS_OK);
}

static void
end(void)
{
	cr_assert_eq(ths_vm_stop(host.vm, THS_SECONDS(30)), THS_OK);
	ths_vm_free(host.vm);
	sem_destroy(&host.is_inside);
	sem_destroy(&host.may_leave);
}

/* ------------------------------------------------------------------ a crier */

THS_MESSAGE(cry, THS_TEXT(text, 16), THS_FIELD(uint32_t, times))
THS_SIGNAL(cried)

static ths_status
crier_cry(ths_self *self, ths_nothing *state, const struct cry *cry)
{
	(void)state;
	for (uint32_t i = 0; i < cry->times; i++)
		ths_self_log(self, THS_LOG_WARNING, "%s %u", cry->text, i);
	return ths_reply(self, cried);
}

THS_ACTOR(crier, ths_nothing, THS_ON(cry, crier_cry))

static void
call_to_cry(ths_address crier, uint32_t times)
{
	ths_mail *mail = ths_call(host.vm, crier, THS_SECONDS(30), cry,
	    .text = "cry", .times = times);

	cr_assert_not_null(ths_mail_as(mail, cried), "%s", ths_mail_why(mail));
	ths_mail_free(mail);
}

/* -------------------------------------------------------------------- tests */

/* One worker is inside for as long as the other works, and loses lines. */
Test(log, that_blocks_holds_up_one_thread, .timeout = 60)
{
	ths_address slow, quick;
	ths_vm_status status;
	char text[4096];

	begin((ths_vm_config){ .workers = 2, .log_lines_max = LINES_MAX });
	cr_assert_eq(ths_spawn(host.vm, &slow, &crier_actor, NULL), THS_OK);
	cr_assert_eq(ths_spawn(host.vm, &quick, &crier_actor, NULL), THS_OK);
	cr_assert_eq(ths_tell(host.vm, slow, cry, .text = "slow", .times = 1),
	    THS_OK);
	sem_wait(&host.is_inside);
	call_to_cry(quick, 2);
	ths_vm_status_read(host.vm, &status);
	cr_assert_eq(status.log_lost, 0);
	call_to_cry(quick, 6);
	ths_vm_status_read(host.vm, &status);
	cr_assert_eq(status.log_lost, 5); /* the slow one has a place, too */
	ths_vm_status_print(host.vm, text, sizeof(text));
	cr_assert_not_null(strstr(text, "5 lines lost"));
	cr_assert_eq(host.heard, 0);
	sem_post(&host.may_leave);
	end();
	cr_assert_eq(host.heard, 5);
	cr_assert_not_null(strstr(host.lines[0], "slow 0"));
	cr_assert_not_null(strstr(host.lines[1], "cry 0"));
	cr_assert_not_null(strstr(host.lines[2], "cry 1"));
	cr_assert_not_null(strstr(host.lines[3], "cry 0"));
	cr_assert_str_eq(host.lines[4],
	    "lines of the log lost: 5; log_lines_max is 4");
}

static void *
make_a_mistake(void *argument)
{
	ths_status status = ths_tell(host.vm, (ths_address){ 0 }, cried);

	(void)argument;
	cr_assert(status == THS_BAD_ARGUMENT || status == THS_STOPPED);
	return NULL;
}

static void
hear_mistake(void *context, ths_log_level level, const char *text)
{
	hear(context, level, strstr(text, "ths_tell:") != NULL ? "slow" :
	    text);
}

static void *
let_go(void *argument)
{
	(void)argument;
	usleep(50 * 1000);
	sem_post(&host.may_leave);
	return NULL;
}

/* A thread from outside is in the function when the VM is stopped. */
Test(log, has_every_line_when_the_stop_returns, .timeout = 60)
{
	for (int mode = 0; mode < 2; mode++) {
		pthread_t mistaken, helper;

		begin((ths_vm_config){ .log = hear_mistake,
		    .mode = mode == 0 ? THS_MODE_LOCAL : THS_MODE_INLINE,
		    .log_level = THS_LOG_INFO });
		cr_assert_eq(pthread_create(&mistaken, NULL, make_a_mistake,
		    NULL), 0);
		sem_wait(&host.is_inside);
		cr_assert_eq(pthread_create(&helper, NULL, let_go, NULL), 0);
		cr_assert_eq(ths_vm_stop(host.vm, THS_SECONDS(30)), THS_OK);
		cr_assert_not_null(strstr(host.last, " stopped: "));
		pthread_join(helper, NULL);
		pthread_join(mistaken, NULL);
		end();
	}
}

/* Each line makes it say two more. */
static void
hear_and_say(void *context, ths_log_level level, const char *text)
{
	hear(context, level, text);
	make_a_mistake(NULL);
	make_a_mistake(NULL);
}

Test(log, may_make_the_vm_say_more, .timeout = 60)
{
	for (int mode = 0; mode < 2; mode++) {
		ths_vm_status status;

		begin((ths_vm_config){ .log = hear_and_say,
		    .mode = mode == 0 ? THS_MODE_LOCAL : THS_MODE_INLINE,
		    .log_lines_max = LINES_MAX });
		make_a_mistake(NULL);
		ths_vm_status_read(host.vm, &status);
		cr_assert_gt(host.heard, LINES_MAX);
		cr_assert_gt(status.log_lost, 0);
		end();
		for (uint32_t i = 0; i < 3; i++)
			cr_assert_not_null(strstr(host.lines[i],
			    "ths_tell: nobody"));
	}
}
