/* SPDX-License-Identifier: MIT */
/*
 * sim_vm: how a VM in a simulated world starts and ends.  What runs in it is
 * the business of tests/sim/.
 */
#include "sim/sim_vm.h"

#include "tests/harness.h"

static void
stop(void *argument)
{
	struct sim_vm *sim_vm = argument;

	cr_assert_eq(ths_vm_stop(sim_vm->vm, THS_SECONDS(1)), THS_OK);
}

static ths_sim_end
run_to_stop(ths_sim *sim, struct sim_vm *sim_vm)
{
	cr_assert_eq(sim_spawn(sim, "stopper", stop, sim_vm, NULL), THS_OK);
	return sim_run(sim);
}

Test(sim_vm, starts_and_stops_without_a_thread)
{
	ths_sim sim;
	struct sim_vm sim_vm;

	sim_init(&sim, &(ths_sim_config){ .seed = 3 });
	cr_assert_eq(sim_vm_start(&sim_vm, &sim, NULL), THS_OK);
	cr_assert_eq(sim.threads_count, 2 + 1, "and the sentinel");
	cr_assert_eq(run_to_stop(&sim, &sim_vm), THS_SIM_DONE);
	ths_vm_free(sim_vm.vm);
	sim_fini(&sim);
}

Test(sim_vm, shares_a_world_with_another)
{
	ths_sim sim;
	struct sim_vm one;
	struct sim_vm two;

	sim_init(&sim, &(ths_sim_config){ .seed = 4 });
	cr_assert_eq(sim_vm_start(&one, &sim, &(ths_vm_config){
	    .workers = 3 }), THS_OK);
	cr_assert_eq(sim_vm_start(&two, &sim, &(ths_vm_config){
	    .mode = THS_MODE_INLINE }), THS_OK);
	cr_assert_eq(sim.threads_count, 3 + 1, "and the sentinel");
	cr_assert_eq(sim_spawn(&sim, "stopper", stop, &one, NULL), THS_OK);
	cr_assert_eq(run_to_stop(&sim, &two), THS_SIM_DONE);
	ths_vm_free(one.vm);
	ths_vm_free(two.vm);
	sim_fini(&sim);
}

Test(sim_vm, says_so_when_there_are_too_few_threads)
{
	ths_sim sim;
	struct sim_vm sim_vm[5];
	ths_vm_config config = { .workers = THS_SIM_WORKERS_MAX + 1 };

	sim_init(&sim, &(ths_sim_config){ .seed = 5 });
	cr_assert_eq(sim_vm_start(&sim_vm[0], &sim, &config), THS_LIMIT);
	config.workers = THS_SIM_WORKERS_MAX - 2;
	for (int i = 0; i < 4; i++)
		cr_assert_eq(sim_vm_start(&sim_vm[i], &sim, &config), THS_OK);
	/* Four of its workers would have found a thread. */
	cr_assert_eq(sim_vm_start(&sim_vm[4], &sim, &config), THS_LIMIT);
	cr_assert_eq(sim.threads_count, 4 * (config.workers + 1));
	for (int i = 1; i < 4; i++)
		cr_assert_eq(sim_spawn(&sim, "stopper", stop, &sim_vm[i],
		    NULL), THS_OK);
	cr_assert_eq(run_to_stop(&sim, &sim_vm[0]), THS_SIM_DONE);
	for (int i = 0; i < 4; i++)
		ths_vm_free(sim_vm[i].vm);
	sim_fini(&sim);
}

Test(sim_vm, fails_with_a_status_wherever_memory_ends)
{
	ths_sim sim;
	struct sim_vm sim_vm;

	sim_init(&sim, &(ths_sim_config){ .seed = 6 });
	for (uint64_t call = 1; call <= 6; call++) {
		memory_fault_at(&sim.memory, call);
		cr_assert_eq(sim_vm_start(&sim_vm, &sim, NULL), THS_NO_MEMORY);
		cr_assert_eq(sim.threads_count, 0);
	}
	memory_fault_at(&sim.memory, 0);
	cr_assert_eq(sim_vm_start(&sim_vm, &sim, NULL), THS_OK);
	cr_assert_eq(run_to_stop(&sim, &sim_vm), THS_SIM_DONE);
	ths_vm_free(sim_vm.vm);
	sim_fini(&sim);
}
