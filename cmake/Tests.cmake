# SPDX-License-Identifier: MIT
# How tests enter ctest: tests are programs, one per noun.
#
# Criterion lets a leak pass and passes a filter that matches nothing, so the
# output is searched for both.
set(THS_FAIL_PATTERNS
    "ERROR: (Leak|Address)Sanitizer" "runtime error:"
    "WARNING: ThreadSanitizer" "Tested: 0 ")

# Criterion's programs tell here what became of each test; scripts/ledger reads
# that.  Not under a sanitizer: what Criterion reads from the variable leaks.
set(THS_TEST_RESULTS ${PROJECT_BINARY_DIR}/results)
file(MAKE_DIRECTORY ${THS_TEST_RESULTS})

set(THS_TEST_ENVIRONMENT
    # ctest runs programs side by side; each runs its tests one by one.
    CRITERION_JOBS=1
    ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
    UBSAN_OPTIONS=print_stacktrace=1
    TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/tsan.supp:second_deadlock_stack=1)

# Programs under test are started by these words: none, an emulator's or
# valgrind's.  What stands in memory at the end is no error as long as something
# points at it.
set(THS_TEST_LAUNCHER ${CMAKE_CROSSCOMPILING_EMULATOR})
set(THS_SLOWNESS 1)
set(THS_SEEDS 500)
if(CMAKE_CROSSCOMPILING)
	set(THS_SLOWNESS 10)
	set(THS_SEEDS 20)
elseif(THS_SANITIZE STREQUAL "memcheck")
	find_program(THS_VALGRIND valgrind REQUIRED)
	mark_as_advanced(THS_VALGRIND)
	set(THS_TEST_LAUNCHER ${THS_VALGRIND} --quiet --error-exitcode=99
	    --leak-check=full --errors-for-leak-kinds=definite,possible
	    --fair-sched=yes)
	set(THS_SLOWNESS 10)
	set(THS_SEEDS 20)
elseif(THS_SANITIZE STREQUAL "thread")
	# A race shows in each order that has one; it need not be the 500th.
	set(THS_SEEDS 100)
elseif(THS_SANITIZE STREQUAL "address")
	set(THS_SEEDS 200)
endif()

# thespis_test_properties(NAME SECONDS [PROPERTY VALUE]...)
#
# Every test of the house gets these; SECONDS is its time-out, 0 for the one
# that ctest is given.
function(thespis_test_properties name seconds)
	set(environment ${THS_TEST_ENVIRONMENT})
	if(THS_TEST_LAUNCHER)
		list(JOIN THS_TEST_LAUNCHER " " launcher)
		list(APPEND environment "THS_TEST_LAUNCHER=${launcher}")
	endif()
	if(NOT THS_SANITIZE)
		list(APPEND environment
		    CRITERION_OUTPUTS=xml:${THS_TEST_RESULTS}/${name}.xml)
	endif()
	set_tests_properties(${name} PROPERTIES
	    FAIL_REGULAR_EXPRESSION "${THS_FAIL_PATTERNS}"
	    ENVIRONMENT "${environment}" ${ARGN})
	if(seconds GREATER 0)
		math(EXPR seconds "${seconds} * ${THS_SLOWNESS}")
		set_tests_properties(${name} PROPERTIES TIMEOUT ${seconds})
	endif()
endfunction()

# thespis_unit_tests(FLOOR): every tests/unit/FLOOR/test_NOUN.c becomes a program
# that links that floor and those below, and one ctest entry unit.FLOOR.NOUN.
# Those named in THS_TESTS_ALONE measure time and run with nothing beside them.
function(thespis_unit_tests floor)
	file(GLOB files CONFIGURE_DEPENDS
	    ${PROJECT_SOURCE_DIR}/tests/unit/${floor}/test_*.c)
	foreach(file IN LISTS files)
		get_filename_component(noun ${file} NAME_WE)
		string(REPLACE "test_" "" noun ${noun})
		set(target test_${floor}_${noun})
		set(test unit.${floor}.${noun})
		add_executable(${target} ${file})
		target_link_libraries(${target} PRIVATE ths_${floor}
		    thespis_harness)
		add_test(NAME ${test} COMMAND ${THS_TEST_LAUNCHER}
		    $<TARGET_FILE:${target}>)
		thespis_test_properties(${test} 120)
		if(test IN_LIST THS_TESTS_ALONE)
			set_tests_properties(${test} PROPERTIES RUN_SERIAL ON)
		endif()
	endforeach()
endfunction()

# thespis_stress_tests(FLOOR): every tests/stress/FLOOR/stress_NOUN.c becomes a
# program taking --seed --seconds --workers, and one short ctest entry for each
# number of workers: fewer than, as many as and more than a small machine's
# cores.  They run alone: what they prove is what happens under load.
function(thespis_stress_tests floor)
	file(GLOB files CONFIGURE_DEPENDS
	    ${PROJECT_SOURCE_DIR}/tests/stress/${floor}/stress_*.c)
	foreach(file IN LISTS files)
		get_filename_component(target ${file} NAME_WE)
		string(REPLACE "stress_" "" noun ${target})
		add_executable(${target} ${file}
		    ${PROJECT_SOURCE_DIR}/tests/stress/options.c)
		target_link_libraries(${target} PRIVATE ths_${floor})
		foreach(workers 1 2 8)
			set(test stress.${noun}.${workers})
			add_test(NAME ${test}
			    COMMAND ${THS_TEST_LAUNCHER}
			    $<TARGET_FILE:${target}> --workers ${workers})
			thespis_test_properties(${test} 0 RUN_SERIAL ON)
		endforeach()
	endforeach()
endfunction()
