/* SPDX-License-Identifier: MIT */
/*
 * referee: each breach is found and told in words.  What is told of the VM here
 * is made by hand; that nothing sound is called a breach is the business of
 * all programs in tests/sim/.
 */
#include "sim/referee_parts.h"

#include <string.h>

#include "tests/harness.h"
#include "vm/message/system.h"

enum {
	PARENT,
	CHILD,
	OTHER,
	SLOTS,
	FIRST_INDEX = 1000,
	WORKERS = 2,
	LETTERS = 4,
};

/* A world with a VM that does nothing, and actors made by hand that it does not
 * know. */
static struct bench {
	ths_sim sim;
	struct sim_vm sim_vm;
	struct worker workers[WORKERS];
	struct crew crews[WORKERS];
	struct slot slots[SLOTS];
	alignas(CACHE_LINE) unsigned char letters[LETTERS][2 * CACHE_LINE];
} bench;

static struct behaviour behaviour = { .name = "bank" };

static void
begin(void)
{
	memset(&bench, 0, sizeof(bench));
	sim_init(&bench.sim, &(ths_sim_config){ .seed = 1 });
	cr_assert_eq(sim_vm_start(&bench.sim_vm, &bench.sim, &(ths_vm_config){
	    .mode = THS_MODE_INLINE }), THS_OK);
	for (uint32_t i = 0; i < WORKERS; i++) {
		bench.workers[i].index = i;
		bench.crews[i].worker = &bench.workers[i];
		bench.crews[i].vm = bench.sim_vm.vm;
	}
	for (uint32_t i = 0; i < SLOTS; i++) {
		bench.slots[i].index = FIRST_INDEX + i;
		bench.slots[i].generation = 1;
		bench.slots[i].behaviour = &behaviour;
		bench.slots[i].crew = &bench.crews[0];
	}
}

/* The world has failed, and this stands in its reason. */
static void
end_with(const char *words)
{
	const char *why = ths_sim_why(&bench.sim);

	cr_assert_not_null(why);
	cr_assert_not_null(strstr(why, words), "%s", why);
	ths_vm_free(bench.sim_vm.vm);
	sim_fini(&bench.sim);
}

/* The referee has nothing to say. */
static void
end_well(void)
{
	cr_assert_null(ths_sim_why(&bench.sim), "%s", bench.sim.why);
	/* What was made by hand is not to be accounted for. */
	ths_sim_fail(&bench.sim, "", 0, "over");
	end_with("over");
}

static struct envelope *
letter(uint32_t number)
{
	return (struct envelope *)(void *)bench.letters[number];
}

static void
be_born(uint32_t who, uint32_t parent)
{
	struct slot *slot = &bench.slots[who];

	atomic_store_explicit(&slot->parent_slot, parent == SLOTS ? SLOT_NONE :
	    bench.slots[parent].index, memory_order_relaxed);
	atomic_store_explicit(&slot->parent_generation, parent == SLOTS ? 0 :
	    bench.slots[parent].generation, memory_order_relaxed);
	referee_born(&bench.sim_vm, slot);
}

static void
run(uint32_t who, uint32_t worker)
{
	bench.slots[who].crew = &bench.crews[worker];
	referee_slice_begins(&bench.sim_vm, &bench.slots[who]);
}

static void
rest(uint32_t who, uint32_t worker)
{
	referee_slice_ends(&bench.sim_vm, &bench.crews[worker],
	    &bench.slots[who]);
}

/* Whoever runs on worker sends a letter. */
static void
post(uint32_t worker, uint32_t number, uint32_t to)
{
	struct envelope *envelope = letter(number);

	envelope->type = SYSTEM_EXIT_REQUEST;
	envelope->kind = ENVELOPE_MAIL;
	envelope->to_generation = bench.slots[to].generation;
	envelope->from_slot = bench.slots[PARENT].index;
	envelope->from_generation = 1;
	referee_accepted(&bench.sim_vm, &bench.crews[worker],
	    (ths_address){ bench.sim_vm.vm->id, bench.slots[to].index,
	    bench.slots[to].generation }, envelope);
}

static void
handle(uint32_t who, uint32_t number)
{
	referee_handled(&bench.sim_vm, &bench.slots[who], letter(number),
	    NULL);
}

static void
handle_whole(uint32_t who, uint32_t number)
{
	handle(who, number);
	referee_returned(&bench.sim_vm, &bench.slots[who], THS_OK);
}

/* Two that live, and run. */
static void
begin_with_two(void)
{
	begin();
	be_born(PARENT, SLOTS);
	be_born(OTHER, SLOTS);
	run(PARENT, 0);
	run(OTHER, 1);
}

/* ----------------------------------------------------------------- messages */

Test(referee, lets_mail_come_in_its_order)
{
	begin_with_two();
	post(0, 0, OTHER);
	post(0, 1, OTHER);
	handle_whole(OTHER, 0);
	handle_whole(OTHER, 1);
	post(0, 0, OTHER);
	handle_whole(OTHER, 0);
	end_well();
}

Test(referee, sees_mail_overtake)
{
	begin_with_two();
	post(0, 0, OTHER);
	post(0, 1, OTHER);
	handle(OTHER, 1);
	end_with("ths_exit_request from bank 1000.1 to bank 1002.1 is handled "
	    "before ths_exit_request from bank 1000.1 to bank 1002.1, which "
	    "was sent earlier");
}

Test(referee, lets_senders_overtake_each_other)
{
	begin_with_two();
	post(0, 0, OTHER);
	post(1, 1, OTHER);
	handle_whole(OTHER, 1);
	handle_whole(OTHER, 0);
	end_well();
}

Test(referee, sees_a_message_lost_by_what_comes_behind_it)
{
	begin_with_two();
	post(0, 0, OTHER);
	post(0, 1, OTHER);
	referee_absorbed(&bench.sim_vm, letter(1));
	end_with("is absorbed before");
}

Test(referee, sees_a_message_handled_twice)
{
	begin_with_two();
	post(0, 0, OTHER);
	handle_whole(OTHER, 0);
	handle(OTHER, 0);
	end_with("a message from bank 1000.1 is handled that is not under way "
	    "any more");
}

Test(referee, sees_a_dead_letter_of_one_that_was_handled)
{
	begin_with_two();
	post(0, 0, OTHER);
	handle_whole(OTHER, 0);
	referee_dead(&bench.sim_vm, letter(0), THS_NOBODY, THS_DEAD_EXITED);
	end_with("is a dead letter that is not under way any more");
}

Test(referee, sees_an_envelope_sent_that_is_under_way)
{
	begin_with_two();
	post(0, 0, OTHER);
	post(1, 0, OTHER);
	end_with("an envelope is sent that is under way as ths_exit_request "
	    "from bank 1000.1 to bank 1002.1");
}

Test(referee, lets_mail_die_in_its_senders_hands)
{
	begin_with_two();
	post(0, 0, OTHER);
	post(0, 1, OTHER);
	referee_dead(&bench.sim_vm, letter(1), THS_NOBODY, THS_DEAD_FULL);
	post(0, 2, OTHER);
	referee_retracted(&bench.sim_vm, letter(2));
	handle_whole(OTHER, 0);
	end_well();
}

Test(referee, lets_an_actor_put_mail_aside)
{
	begin_with_two();
	post(0, 0, OTHER);
	handle(OTHER, 0);
	referee_stashed(&bench.sim_vm, &bench.slots[OTHER], letter(0));
	referee_returned(&bench.sim_vm, &bench.slots[OTHER], THS_OK);
	post(0, 1, OTHER);
	handle_whole(OTHER, 1);
	handle_whole(OTHER, 0);
	end_well();
}

Test(referee, sees_an_answer_passed_out_of_order)
{
	begin_with_two();
	post(0, 0, OTHER);
	post(0, 1, OTHER);
	referee_passed(&bench.sim_vm, &bench.slots[OTHER], letter(1));
	end_with("is passed to a caller before");
}

/* Two messages in one pack, which is letter 0. */
static void
pack_two(void)
{
	const ths_address to = { bench.sim_vm.vm->id,
		bench.slots[OTHER].index, 1 };
	struct envelope *pack = letter(0);

	pack->type = SYSTEM_EXIT_REQUEST;
	pack->kind = ENVELOPE_PACK;
	referee_packed(&bench.sim_vm, &bench.crews[0], to, pack);
	referee_packed(&bench.sim_vm, &bench.crews[0], to, pack);
}

static void
unpack(uint32_t number)
{
	struct envelope *single = letter(number);

	single->type = SYSTEM_EXIT_REQUEST;
	single->kind = ENVELOPE_MAIL;
	single->to_generation = 1;
	referee_unpacked(&bench.sim_vm, letter(0), single);
}

Test(referee, lets_a_pack_be_copied_and_taken_apart)
{
	begin_with_two();
	pack_two();
	referee_split(&bench.sim_vm, letter(0), letter(1), 1);
	unpack(2);
	/* The copy's is the older one. */
	handle_whole(OTHER, 1);
	handle_whole(OTHER, 2);
	end_well();
}

Test(referee, sees_a_message_out_of_an_empty_pack)
{
	begin_with_two();
	pack_two();
	for (int i = 0; i < 2; i++) {
		unpack(1);
		handle_whole(OTHER, 1);
	}
	unpack(1);
	end_with("is taken out of a pack that has no more");
}

Test(referee, sees_a_third_attempt)
{
	begin_with_two();
	post(0, 0, OTHER);
	handle(OTHER, 0);
	referee_retried(&bench.sim_vm, &bench.slots[OTHER]);
	cr_assert_null(ths_sim_why(&bench.sim));
	referee_retried(&bench.sim_vm, &bench.slots[OTHER]);
	end_with("bank 1002.1 is given a message a third time");
}

/* -------------------------------------------------------------- who handles */

Test(referee, sees_an_actor_run_by_two)
{
	begin();
	be_born(OTHER, SLOTS);
	run(OTHER, 0);
	run(OTHER, 1);
	end_with("bank 1002.1 is run by worker 0 and by worker 1 at once");
}

Test(referee, sees_a_slice_ended_by_another)
{
	begin();
	be_born(OTHER, SLOTS);
	run(OTHER, 0);
	rest(OTHER, 1);
	end_with("worker 1 ends a slice of bank 1002.1, which it does not run");
}

Test(referee, sees_a_handler_on_another_worker)
{
	begin_with_two();
	post(0, 0, OTHER);
	bench.slots[OTHER].crew = &bench.crews[0];
	handle(OTHER, 0);
	end_with("bank 1002.1 handles a message on worker 0, which does not "
	    "run it");
}

Test(referee, sees_the_dead_handle_mail)
{
	begin_with_two();
	post(0, 0, OTHER);
	referee_ended(&bench.sim_vm, &bench.slots[OTHER]);
	handle(OTHER, 0);
	end_with("bank 1002.1 handles a message and does not live");
}

Test(referee, sees_mail_for_another_life_handled)
{
	begin_with_two();
	post(0, 0, OTHER);
	letter(0)->to_generation = 7;
	handle(OTHER, 0);
	end_with("bank 1002.1 handles a message for life 7 of its slot");
}

/* ------------------------------------------------------------------- actors */

static void
begin_with_a_family(void)
{
	begin();
	be_born(PARENT, SLOTS);
	be_born(CHILD, PARENT);
	run(PARENT, 0);
	run(CHILD, 1);
}

/* The child has ended, and its notice is under way. */
static void
end_child(void)
{
	struct slot *child = &bench.slots[CHILD];
	struct envelope *notice = slot_notice(child);

	referee_ended(&bench.sim_vm, child);
	referee_told(&bench.sim_vm, child, 1);
	notice->type = SYSTEM_ACTOR_EXITED;
	notice->kind = ENVELOPE_CHILD;
	notice->to_generation = 1;
	notice->from_slot = child->index;
	notice->from_generation = 1;
	referee_accepted(&bench.sim_vm, &bench.crews[1], (ths_address){
	    bench.sim_vm.vm->id, bench.slots[PARENT].index, 1 }, notice);
	child->generation = 2;
}

Test(referee, lets_a_parent_end_after_its_child)
{
	begin_with_a_family();
	end_child();
	referee_absorbed(&bench.sim_vm, slot_notice(&bench.slots[CHILD]));
	be_born(CHILD, SLOTS);
	referee_ended(&bench.sim_vm, &bench.slots[PARENT]);
	end_well();
}

Test(referee, sees_a_parent_end_before_its_child)
{
	begin_with_a_family();
	referee_ended(&bench.sim_vm, &bench.slots[PARENT]);
	end_with("bank 1000.1 ends before 1 of its children");
}

Test(referee, lets_a_parent_leave_its_child_alone)
{
	begin_with_a_family();
	bench.slots[PARENT].flags = SLOT_ALONE;
	referee_ended(&bench.sim_vm, &bench.slots[PARENT]);
	end_well();
}

Test(referee, sees_a_parent_told_twice)
{
	begin_with_a_family();
	end_child();
	referee_told(&bench.sim_vm, &bench.slots[CHILD], 1);
	end_with("the parent of bank 1001.1 is told of an end that was not, or "
	    "once more");
}

Test(referee, sees_a_slot_used_before_the_notice_was_met)
{
	begin_with_a_family();
	end_child();
	be_born(CHILD, SLOTS);
	end_with("an actor moves in where the parent of bank 1001.1 has not "
	    "heard of its end");
}

Test(referee, sees_two_live_in_one_slot)
{
	begin();
	be_born(OTHER, SLOTS);
	be_born(OTHER, SLOTS);
	end_with("an actor moves in where bank 1002.1 lives");
}

Test(referee, sees_an_actor_end_twice)
{
	begin_with_two();
	referee_ended(&bench.sim_vm, &bench.slots[OTHER]);
	referee_ended(&bench.sim_vm, &bench.slots[OTHER]);
	end_with("bank 1002.1 ends and does not live");
}

/* ------------------------------------------------------------------- timers */

Test(referee, sees_a_timer_fire_early)
{
	begin();
	referee_timer_set(&bench.sim_vm, 77, 1000);
	bench.sim.now_ns = 1000;
	referee_timer_fired(&bench.sim_vm, 77);
	cr_assert_null(ths_sim_why(&bench.sim));
	bench.sim.now_ns = 990;
	referee_timer_fired(&bench.sim_vm, 77);
	end_with("a timer fires 10 ns before it is due");
}

Test(referee, sees_a_cancelled_timer_met)
{
	begin_with_two();
	referee_timer_set(&bench.sim_vm, 77, 1);
	referee_timer_cancelled(&bench.sim_vm, 77);
	post(0, 0, OTHER);
	letter(0)->kind = ENVELOPE_WAKEUP;
	letter(0)->correlation = 77;
	handle(OTHER, 0);
	end_with("bank 1002.1 is woken by a timer that it has cancelled");
}

/* ----------------------------------------------------------------- whole VM */

Test(referee, sees_counts_that_do_not_add_up)
{
	begin();
	counts_add(&bench.sim_vm.vm->crews[0].counts.accepted, 1);
	referee_look(&bench.sim_vm.referee);
	counts_add(&bench.sim_vm.vm->crews[0].counts.handled, 1);
	end_with("messages do not add up: 1 accepted, 0 ended, 0 under way, 0 "
	    "in a handler");
}

Test(referee, sees_a_message_that_was_never_met)
{
	begin();
	be_born(PARENT, SLOTS);
	be_born(OTHER, SLOTS);
	post(0, 0, OTHER);
	counts_add(&bench.sim_vm.vm->crews[0].counts.accepted, 1);
	referee_observer.stopped(&bench.sim_vm, bench.sim_vm.vm);
	counts_add(&bench.sim_vm.vm->crews[0].counts.absorbed, 1);
	end_with("ths_exit_request from bank 1000.1 to bank 1002.1 was never "
	    "met: the VM has stopped");
}

Test(referee, sees_an_actor_that_has_not_ended)
{
	begin();
	be_born(OTHER, SLOTS);
	referee_observer.stopped(&bench.sim_vm, bench.sim_vm.vm);
	end_with("bank 1002.1 has not ended, though the VM has stopped");
}

Test(referee, sees_a_parent_that_was_never_told)
{
	begin_with_a_family();
	referee_ended(&bench.sim_vm, &bench.slots[CHILD]);
	rest(CHILD, 1);
	referee_ended(&bench.sim_vm, &bench.slots[PARENT]);
	rest(PARENT, 0);
	referee_observer.stopped(&bench.sim_vm, bench.sim_vm.vm);
	end_with("the parent of bank 1001.1 was not told of its end: the VM "
	    "has stopped");
}

Test(referee, sees_an_envelope_that_has_not_come_back)
{
	struct pool_cache *cache;
	struct envelope *envelope;

	begin();
	cache = &bench.sim_vm.vm->crews[0].cache;
	envelope = pool_take(cache, 8);
	referee_observer.frees(&bench.sim_vm, bench.sim_vm.vm);
	pool_give(cache, envelope);
	end_with("1 envelopes have not come back: the VM is freed");
}

Test(referee, sees_memory_that_has_not_come_back)
{
	begin();
	/* It holds all that it has. */
	referee_observer.freed(&bench.sim_vm, bench.sim_vm.vm);
	referee_init(&bench.sim_vm.referee, &bench.sim);
	end_with("bytes of memory have not come back: the VM is freed");
}

Test(referee, says_no_more_of_a_run_that_has_failed)
{
	begin_with_two();
	post(0, 0, OTHER);
	post(0, 1, OTHER);
	handle(OTHER, 1);
	run(OTHER, 0);
	be_born(OTHER, SLOTS);
	referee_look(&bench.sim_vm.referee);
	end_with("which was sent earlier");
}
