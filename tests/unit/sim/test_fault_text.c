/* SPDX-License-Identifier: MIT */
/* fault_text: faults from words, and back. */
#include "thespis/sim.h"

#include <string.h>

#include "tests/harness.h"

/* What is printed of what was read; "?" if it was refused. */
static const char *
again(const char *text)
{
	static char printed[256];
	ths_sim_faults faults = { .call_at = 77 };

	if (ths_sim_faults_read(text, &faults) != THS_OK) {
		cr_assert_eq(faults.call_at, 77);
		return "?";
	}
	cr_assert_eq(ths_sim_faults_print(&faults, printed, sizeof(printed)),
	    strlen(printed));
	return printed;
}

Test(fault_text, reads_each_part)
{
	ths_sim_faults faults;

	cr_assert_eq(ths_sim_faults_read("memory=100,late=5@3:20ms,death",
	    &faults), THS_OK);
	cr_assert_eq(faults.memory_one_in, 100);
	cr_assert_eq(faults.memory_at, 0);
	cr_assert_eq(faults.late_one_in, 5);
	cr_assert_eq(faults.late_at, 3);
	cr_assert_eq(faults.late_max, THS_MILLISECONDS(20));
	cr_assert_eq(faults.death_one_in, 20);
	cr_assert_eq(faults.slow_one_in, 0);
}

Test(fault_text, is_read_as_it_was_printed)
{
	cr_assert_str_eq(again(""), "");
	cr_assert_str_eq(again("timer@9,handler"), "handler=20,timer@9");
	cr_assert_str_eq(again("slow=4@18446744073709551615:3s,call=4294967295"),
	    "slow=4@18446744073709551615:3000000000ns,call=4294967295");
	cr_assert_str_eq(again("slow:7us,late@1:1ns"),
	    "slow=20:7000ns,late@1:1ns");
	cr_assert_str_eq(again("memory=2,handler=3,slow=4,late=5,death=6,"
	    "call=7,timer=8,wall=9"), "memory=2,handler=3,slow=4,late=5,"
	    "death=6,call=7,timer=8,wall=9");
	cr_assert_str_eq(again("wall=3@2:7200s"), "wall=3@2:7200000000000ns");
}

Test(fault_text, refuses_what_makes_no_sense)
{
	static const char *const wrong[] = {
		"memor", "memory1", "memory=", "memory=0", "memory=-1",
		"memory=4294967296", "memory@", "memory@0", "memory,",
		",memory", "memory,,call", "memory:1ms", "slow:1", "slow:1m",
		"slow:0ms", "slow:9223372036854775807s", "slow=1:1msx",
		"late@3=5", "late 3", " late", "walls",
		"late@18446744073709551616",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_assert_str_eq(again(wrong[i]), "?", "%s", wrong[i]);
	cr_assert_eq(ths_sim_faults_read(NULL, NULL), THS_BAD_ARGUMENT);
}

Test(fault_text, is_cut_where_there_is_no_room)
{
	ths_sim_faults faults = { .memory_one_in = 12, .call_at = 3 };
	char small[8];

	cr_assert_eq(ths_sim_faults_print(&faults, small, sizeof(small)), 16);
	cr_assert_str_eq(small, "memory=");
	cr_assert_eq(ths_sim_faults_print(&faults, NULL, 0), 16);
}

Test(fault_text, names_each_kind)
{
	cr_assert_str_eq(ths_sim_fault_name(THS_SIM_FAULT_MEMORY), "memory");
	cr_assert_str_eq(ths_sim_fault_name(THS_SIM_FAULT_TIMER), "timer");
	cr_assert_str_eq(ths_sim_fault_name(THS_SIM_FAULT_WALL), "wall");
	cr_assert_null(ths_sim_fault_name(THS_SIM_FAULT_KINDS));
}
