/* SPDX-License-Identifier: MIT */
/*
 * registers, simulated: two actors that hold a number each; four threads
 * outside read, write, and swap by calls, with little patience now and then,
 * write by telling, and write through a front, which sends a burst before the
 * number and answers when all is sent.
 *
 * If this fails, somebody outside has read what had been overwritten by then,
 * or a write has been seen and then not, or a swap has swapped what was not
 * there: no order of the operations gives these answers.
 */
#include "tests/sim/linear_models.h"
#include "tests/sim/vm_world.h"

enum {
	CELLS = 2,
	CLIENTS = 4,
	TURNS = 10, /* of each client */
	VALUES = 4, /* that are swapped */
	BURST_MIN = 11, /* opens the outbox if the cell stands still */
	BURST_MAX = 20,
	PATIENCE_NS = 600,
	PAUSE_NS = 200,
};

_Static_assert(CLIENTS * TURNS <= LINEAR_KEY_MAX, "all may be for one cell");

THS_SIGNAL(read_it)
THS_MESSAGE(write_it, THS_FIELD(uint64_t, value))
THS_MESSAGE(swap_it, THS_FIELD(uint64_t, expected), THS_FIELD(uint64_t, value))
THS_MESSAGE(held, THS_FIELD(uint64_t, value))
THS_MESSAGE(pass_it, THS_FIELD(ths_address, cell), THS_FIELD(uint64_t, value))
THS_MESSAGE(part, THS_FIELD(uint64_t, value)) /* 0: of the burst only */

static struct world {
	struct vm_world base;
	struct linear_history history;
	struct linear_result result;
	ths_address cells[CELLS];
	ths_address front;
} world;

/* What must happen now and then. */
enum tally { UNANSWERED };

static uint32_t
draw(uint32_t n)
{
	return sim_random(world.base.sim, n);
}

/* -------------------------------------------------------------------- cells */

struct cell { uint64_t value; };

static ths_status
cell_read(ths_self *self, struct cell *cell, const struct read_it *read)
{
	(void)read;
	return ths_reply(self, held, .value = cell->value);
}

static ths_status
cell_write(ths_self *self, struct cell *cell, const struct write_it *write)
{
	cell->value = write->value;
	return ths_reply(self, held, .value = write->value);
}

static ths_status
cell_swap(ths_self *self, struct cell *cell, const struct swap_it *swap)
{
	bool swaps = cell->value == swap->expected;

	if (swaps)
		cell->value = swap->value;
	return ths_reply(self, held, .value = swaps);
}

static ths_status
cell_part(ths_self *self, struct cell *cell, const struct part *part)
{
	(void)self;
	if (part->value != 0)
		cell->value = part->value;
	return THS_OK;
}

/* Answers go to nobody when the number was told. */
static ths_status
cell_held(ths_self *self, struct cell *cell, const struct held *ignored)
{
	(void)self, (void)cell, (void)ignored;
	return THS_OK;
}

THS_ACTOR(cell, struct cell,
    THS_ON(read_it, cell_read),
    THS_ON(write_it, cell_write),
    THS_ON(swap_it, cell_swap),
    THS_ON(part, cell_part),
    THS_ON(held, cell_held))

/* What the front has sent must not be overtaken by its answer. */
static ths_status
front_pass(ths_self *self, ths_nothing *nothing, const struct pass_it *pass)
{
	uint32_t count = BURST_MIN + draw(BURST_MAX - BURST_MIN);

	(void)nothing;
	while (count-- > 0)
		SEEDS_CHECK(ths_send(self, pass->cell, part, .value = 0) ==
		    THS_OK);
	SEEDS_CHECK(ths_send(self, pass->cell, part, .value = pass->value) ==
	    THS_OK);
	return ths_reply(self, held, .value = pass->value);
}

THS_ACTOR(front, ths_nothing, THS_ON(pass_it, front_pass))

/* ------------------------------------------------------------------ clients */

/* Ends an operation by what came back. */
static void
answered(struct linear_operation *operation, ths_mail *mail)
{
	const struct held *held = ths_mail_as(mail, held);

	if (held != NULL) {
		linear_answer(operation, held->value);
	} else {
		SEEDS_CHECK(ths_mail_status(mail) == THS_TIMEOUT);
		seeds_tally(UNANSWERED);
	}
	ths_mail_free(mail);
}

static ths_mail *
call(ths_address to, const ths_type *type, const void *message)
{
	return ths_call_message(world.base.vm, NULL, to,
	    draw(4) == 0 ? (ths_duration)draw(PATIENCE_NS) : THS_FOREVER, type,
	    message);
}

/* Writes in one of three ways. */
static void
write_to(uint32_t number, uint32_t cell, uint64_t value)
{
	ths_address to = world.cells[cell];
	struct linear_operation *operation = linear_call(&world.history,
	    (struct linear_operation){ .who = "client", .number = number,
		.key = cell, .what = REGISTER_WRITE, .argument = value });

	switch (draw(3)) {
	case 0:
		answered(operation, call(to, THS_PAYLOAD(write_it,
		    .value = value)));
		break;
	case 1:
		answered(operation, call(world.front, THS_PAYLOAD(pass_it,
		    .cell = to, .value = value)));
		break;
	default: /* what is in the mailbox is before all that comes later */
		SEEDS_CHECK(ths_tell(world.base.vm, to, part,
		    .value = value) == THS_OK);
		linear_answer(operation, value);
		break;
	}
}

static void
swap_at(uint32_t number, uint32_t cell)
{
	uint64_t expected = draw(VALUES);
	uint64_t value = 1 + draw(VALUES - 1);
	struct linear_operation *operation = linear_call(&world.history,
	    (struct linear_operation){ .who = "client", .number = number,
		.key = cell, .what = REGISTER_SWAP, .argument = value,
		.expected = expected });

	answered(operation, call(world.cells[cell], THS_PAYLOAD(swap_it,
	    .expected = expected, .value = value)));
}

static void
read_from(uint32_t number, uint32_t cell)
{
	struct linear_operation *operation = linear_call(&world.history,
	    (struct linear_operation){ .who = "client", .number = number,
		.key = cell, .what = REGISTER_READ });

	answered(operation, call(world.cells[cell], THS_PAYLOAD(read_it)));
}

static void
go_about(void *argument)
{
	uint32_t number = sim_self(world.base.sim);

	(void)argument;
	for (uint32_t turn = 0; turn < TURNS; turn++) {
		uint32_t cell = draw(CELLS);
		/* Values that are known again: no two writes have one. */
		uint64_t value = VALUES + number * TURNS + turn;

		switch (draw(4)) {
		case 0:
			swap_at(number, cell);
			break;
		case 1:
			write_to(number, cell, draw(2) == 0 ? value :
			    1 + draw(VALUES - 1));
			break;
		default:
			read_from(number, cell);
			break;
		}
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
	for (uint32_t i = 0; i < CELLS; i++)
		SEEDS_CHECK(ths_spawn(world.base.vm, &world.cells[i],
		    &cell_actor, NULL) == THS_OK);
	SEEDS_CHECK(ths_spawn(world.base.vm, &world.front, &front_actor,
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
	linear_check(&world.history, &linear_register, &world.result);
	if (world.result.verdict != LINEAR_YES)
		seeds_fail(__FILE__, __LINE__, world.result.why);
	SEEDS_CHECK(world.result.operations == CLIENTS * TURNS);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "What threads read of an actor is what it held.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.tallies = { "an operation was not answered" },
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
