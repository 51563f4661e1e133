# SPDX-License-Identifier: MIT
# thespis_unit_tests(FLOOR): every tests/unit/FLOOR/test_NOUN.c becomes a program
# that links that floor and those below, and one ctest entry unit.FLOOR.NOUN.
# Criterion lets a leak pass and passes a filter that matches nothing, so the
# output is searched for both.
set(THS_FAIL_PATTERNS
    "ERROR: (Leak|Address)Sanitizer|LeakSanitizer|runtime error:|WARNING: ThreadSanitizer|Tested: 0 |^0 passed")

function(thespis_test_properties name seconds)
	set_tests_properties(${name} PROPERTIES TIMEOUT ${seconds}
	    FAIL_REGULAR_EXPRESSION "${THS_FAIL_PATTERNS}")
endfunction()

function(thespis_unit_tests floor)
	file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/${floor}/test_*.c)
	foreach(file IN LISTS files)
		get_filename_component(noun ${file} NAME_WE)
		string(REPLACE "test_" "" noun ${noun})
		set(target test_${floor}_${noun})
		add_executable(${target} ${file})
		target_link_libraries(${target} PRIVATE ths_${floor} thespis_harness)
		add_test(NAME unit.${floor}.${noun} COMMAND ${target})
		thespis_test_properties(unit.${floor}.${noun} 120)
	endforeach()
endfunction()

# thespis_stress_tests(FLOOR): every tests/stress/FLOOR/stress_NOUN.c becomes a
# program taking --seed --seconds --workers, and one short ctest entry.
function(thespis_stress_tests floor)
	file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/stress/${floor}/stress_*.c)
	foreach(file IN LISTS files)
		get_filename_component(target ${file} NAME_WE)
		string(REPLACE "stress_" "" noun ${target})
		add_executable(${target} ${file} ${CMAKE_SOURCE_DIR}/tests/stress/options.c)
		target_link_libraries(${target} PRIVATE ths_${floor})
		add_test(NAME stress.${noun} COMMAND ${target} --seconds 1 --workers 2)
		thespis_test_properties(stress.${noun} 120)
	endforeach()
endfunction()
