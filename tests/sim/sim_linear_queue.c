/* SPDX-License-Identifier: MIT */
/*
 * a queue, simulated: an actor that holds numbers; four threads outside put
 * them in by calls and by telling, straight or by a clerk that sends on what it
 * gets, at once or later, and take them out, with little patience now and then.
 *
 * If this fails, a number was put in and is not there, comes out twice, or
 * before one that had been put in before it was: no order of the operations
 * gives these answers.
 */
#include "tests/sim/linear_models.h"
#include "tests/sim/vm_world.h"

enum {
	CLIENTS = 4,
	TURNS = 10,  /* of each client */
	KEPT_MAX = 2, /* by the clerk */
	PATIENCE_NS = 600,
	PAUSE_NS = 200,
};

_Static_assert(CLIENTS * TURNS <= LINEAR_KEY_MAX, "a queue is one thing");

THS_MESSAGE(put_in, THS_FIELD(uint64_t, value), THS_FIELD(uint32_t, id))
THS_MESSAGE(take_out, THS_FIELD(uint32_t, id))
THS_MESSAGE(taken, THS_FIELD(uint64_t, value)) /* 0: it is empty */

static struct world {
	struct vm_world base;
	struct linear_history history;
	struct linear_result result;
	ths_address queue;
	ths_address clerk;
} world;

/* What must happen now and then. */
enum tally { UNANSWERED };

static uint32_t
draw(uint32_t n)
{
	return sim_random(world.base.sim, n);
}

/* -------------------------------------------------------------------- queue */

struct queue {
	uint32_t oldest;
	uint32_t newest;
	uint64_t values[CLIENTS * TURNS];
};

static ths_status
queue_put(ths_self *self, struct queue *queue, const struct put_in *put)
{
	linear_hint(&world.history, put->id);
	queue->values[queue->newest++] = put->value;
	return ths_reply(self, taken, .value = put->value);
}

static ths_status
queue_take(ths_self *self, struct queue *queue, const struct take_out *take)
{
	linear_hint(&world.history, take->id);
	return ths_reply(self, taken, .value = queue->oldest == queue->newest ?
	    0 : queue->values[queue->oldest++]);
}

THS_ACTOR(queue, struct queue,
    THS_ON(put_in, queue_put),
    THS_ON(take_out, queue_take))

/* -------------------------------------------------------------------- clerk */

struct clerk {
	ths_mail *kept[KEPT_MAX];
	uint32_t length;
};

/* Sends on what is kept, the oldest first. */
static void
clerk_clear(ths_self *self, struct clerk *clerk)
{
	for (uint32_t i = 0; i < clerk->length; i++)
		SEEDS_CHECK(ths_forward_mail(self, clerk->kept[i],
		    world.queue) == THS_OK);
	clerk->length = 0;
}

static ths_status
clerk_wakeup(ths_self *self, struct clerk *clerk,
    const struct ths_wakeup *wakeup)
{
	(void)wakeup;
	clerk_clear(self, clerk);
	return THS_OK;
}

static ths_status
clerk_pass(ths_self *self, struct clerk *clerk)
{
	if (clerk->length < KEPT_MAX && draw(2) == 0) {
		clerk->kept[clerk->length] = ths_keep(self);
		SEEDS_CHECK(ths_mail_status(clerk->kept[clerk->length]) ==
		    THS_OK);
		clerk->length++;
		return ths_timer_set(self, draw(PAUSE_NS), 0, NULL);
	}
	clerk_clear(self, clerk);
	return ths_forward(self, world.queue);
}

static ths_status
clerk_put(ths_self *self, struct clerk *clerk, const struct put_in *put)
{
	(void)put;
	return clerk_pass(self, clerk);
}

static ths_status
clerk_take(ths_self *self, struct clerk *clerk, const struct take_out *take)
{
	(void)take;
	return clerk_pass(self, clerk);
}

THS_ACTOR(clerk, struct clerk,
    THS_ON(put_in, clerk_put),
    THS_ON(take_out, clerk_take),
    THS_ON(ths_wakeup, clerk_wakeup))

/* ------------------------------------------------------------------ clients */

static void
call(struct linear_operation *operation, const ths_type *type,
    const void *message)
{
	ths_address to = draw(3) == 0 ? world.clerk : world.queue;
	ths_duration patience = draw(6) == 0 ?
	    (ths_duration)draw(PATIENCE_NS) : THS_FOREVER;
	ths_mail *mail = ths_call_message(world.base.vm, NULL, to, patience,
	    type, message);
	const struct taken *taken = ths_mail_as(mail, taken);

	if (taken != NULL) {
		linear_answer(operation, taken->value);
	} else {
		SEEDS_CHECK(ths_mail_status(mail) == THS_TIMEOUT);
		seeds_tally(UNANSWERED);
	}
	ths_mail_free(mail);
}

static void
put(uint32_t number, uint64_t value)
{
	struct linear_operation *operation = linear_call(&world.history,
	    (struct linear_operation){ .who = "client", .number = number,
		.what = QUEUE_PUT, .argument = value });

	if (draw(2) == 0) {
		call(operation, THS_PAYLOAD(put_in, .value = value,
		    .id = operation->id));
		return;
	}
	/* What is in the mailbox is before all that comes later. */
	SEEDS_CHECK(ths_tell(world.base.vm, world.queue, put_in,
	    .value = value, .id = operation->id) == THS_OK);
	linear_answer(operation, value);
}

static void
take(uint32_t number)
{
	struct linear_operation *operation = linear_call(&world.history,
	    (struct linear_operation){ .who = "client", .number = number,
		.what = QUEUE_TAKE });

	call(operation, THS_PAYLOAD(take_out, .id = operation->id));
}

static void
go_about(void *argument)
{
	uint32_t number = sim_self(world.base.sim);

	(void)argument;
	for (uint32_t turn = 0; turn < TURNS; turn++) {
		/* Less often than they take: in a long queue a search learns
		 * late that it went wrong. */
		if (draw(5) < 2)
			put(number, 1 + number * TURNS + turn);
		else
			take(number);
		if (draw(4) == 0)
			sim_sleep(world.base.sim, 1 + draw(PAUSE_NS));
	}
}

/* --------------------------------------------------------------------- main */

static void
start(ths_sim *sim)
{
	bool is_inline = sim_random(sim, 4) == 0;

	vm_world_start(&world.base, sim, &(ths_vm_config){
		.mode = is_inline ? THS_MODE_INLINE : THS_MODE_LOCAL,
		.workers = is_inline ? 0 : 1 + sim_random(sim, 3) });
	world.history.points = &sim->points;
	SEEDS_CHECK(ths_spawn(world.base.vm, &world.queue, &queue_actor,
	    NULL) == THS_OK);
	SEEDS_CHECK(ths_spawn(world.base.vm, &world.clerk, &clerk_actor,
	    NULL) == THS_OK);
	for (uint32_t i = 0; i < CLIENTS; i++)
		vm_world_client(&world.base, "client", go_about, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	linear_check(&world.history, &linear_queue, &world.result);
	if (world.result.verdict != LINEAR_YES)
		seeds_fail(__FILE__, __LINE__, world.result.why);
	SEEDS_CHECK(world.result.operations == CLIENTS * TURNS);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "What threads put into an actor comes out in order.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.tallies = { "an operation was not answered" },
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
