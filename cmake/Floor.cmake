# SPDX-License-Identifier: MIT
# thespis_floor(NAME [SOURCES file...] [FLOORS floor...] [PACKAGES target...])
#
# One floor of the house, twice: ths_NAME, which ships, and ths_NAME_sim, whose
# scheduling points are live (THS_SIM_POINTS).  A floor links only those below,
# so an upward call fails to link.
function(thespis_floor name)
	cmake_parse_arguments(F "" "" "SOURCES;FLOORS;PACKAGES" ${ARGN})
	set(variants "")
	if(THS_SIM)
		list(APPEND variants _sim)
	endif()
	list(APPEND variants "-")
	foreach(variant IN LISTS variants)
		string(REPLACE "-" "" suffix "${variant}")
		set(target ths_${name}${suffix})
		add_library(${target} STATIC ${F_SOURCES})
		target_link_libraries(${target} PUBLIC Threads::Threads ${F_PACKAGES})
		foreach(below IN LISTS F_FLOORS)
			target_link_libraries(${target} PUBLIC ths_${below}${suffix})
		endforeach()
		if(suffix)
			target_compile_definitions(${target} PUBLIC THS_SIM_POINTS=1)
			target_compile_options(${target} PRIVATE -O2)
		endif()
	endforeach()
endfunction()
