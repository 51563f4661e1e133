/* SPDX-License-Identifier: MIT */
/* clients - threads of the host, each with mail of its own. */
#include <pthread.h>
#include <stdio.h>
#include <thespis/thespis.h>

enum { THREADS = 4, TURNS = 1000 };

THS_MESSAGE(add,   THS_FIELD(int, amount))
THS_MESSAGE(total, THS_FIELD(int, value))

struct counter { int value; };

static ths_status
on_add(ths_self *self, struct counter *counter, const struct add *add)
{
	counter->value += add->amount;
	return ths_reply(self, total, .value = counter->value);
}

THS_ACTOR(counter, struct counter, THS_ON(add, on_add))

struct job { ths_vm *vm; ths_address counter; int answers; };

static void *
job_run(void *context)
{
	struct job *job = context;
	ths_client *client;

	if (ths_client_open(job->vm, &client))
		return NULL;
	for (int i = 0; i < TURNS; i++) {
		const struct add add = { .amount = 1 };
		ths_mail *mail = ths_call_message(job->vm, client,
		    job->counter, THS_SECONDS(10), &add_type, &add);
		if (ths_mail_as(mail, total))
			job->answers++;
		ths_mail_free(mail);
	}
	ths_client_close(client);
	return NULL;
}

int
main(void)
{
	struct job jobs[THREADS];
	pthread_t threads[THREADS];
	ths_vm *vm;
	ths_address counter;
	int answers = 0;

	if (ths_vm_start(&vm, NULL) ||
	    ths_spawn(vm, &counter, &counter_actor, NULL))
		return 1;
	for (int i = 0; i < THREADS; i++) {
		jobs[i] = (struct job){ vm, counter, 0 };
		if (pthread_create(&threads[i], NULL, job_run, &jobs[i]))
			return 1;
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		answers += jobs[i].answers;
	}
	printf("%d answers\n", answers);
	ths_mail *mail = ths_call(vm, counter, THS_SECONDS(10), add);
	const struct total *total = ths_mail_as(mail, total);
	if (total)
		printf("total %d\n", total->value);
	ths_mail_free(mail);
	ths_vm_stop(vm, THS_SECONDS(10));
	ths_vm_free(vm);
}
