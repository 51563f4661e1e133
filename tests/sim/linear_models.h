/* SPDX-License-Identifier: MIT */
/*
 * linear_models - what a register, a queue, a set and a name are to be, for
 * linear.h.
 *
 * Threads: any.
 */
#ifndef TESTS_SIM_LINEAR_MODELS_H
#define TESTS_SIM_LINEAR_MODELS_H

#include "tests/sim/linear.h"

/* A number, 0 at first. */
enum linear_register_operation {
	REGISTER_READ,  /* the result is what it holds */
	REGISTER_WRITE, /* argument */
	REGISTER_SWAP,  /* argument, if it holds `expected`; the result is 1
			 * then, else 0 */
};
extern const struct linear_model linear_register;

/* First in, first out; of numbers from 1 to UINT16_MAX, each put in once. */
enum linear_queue_operation {
	QUEUE_PUT,  /* argument */
	QUEUE_TAKE, /* the result is the oldest; 0: it is empty */
};
extern const struct linear_model linear_queue;

/* Of numbers from 0 to 63. */
enum linear_set_operation {
	SET_ADD,    /* argument; the result is 1 if it was not there */
	SET_REMOVE, /* argument; the result is 1 if it was there */
	SET_HAS,    /* argument; the result is 1 if it is there */
};
extern const struct linear_model linear_set;

/* One name of a table; who has it is {slot:32, generation:32}, or 0. */
enum linear_name_operation {
	NAME_FIND,     /* the result is who has it */
	NAME_REGISTER, /* argument: by whom; an enum linear_name_result */
	NAME_GIVE_UP,  /* the same */
	NAME_CREATE,   /* the result is who has it by now; 0: no room */
	NAME_END,      /* argument: of whom; only he who has it */
};

enum linear_name_result { NAME_DONE, NAME_TAKEN, NAME_NO_ROOM, NAME_UNKNOWN };

extern const struct linear_model linear_name;

#endif
