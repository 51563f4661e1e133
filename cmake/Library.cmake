# SPDX-License-Identifier: MIT
# libthespis and libthespis_sim: the floors joined, and what a user links.
#
#   thespis             libthespis.a, exported as thespis::thespis
#   thespis_shared      libthespis.so, exported as thespis::thespis_shared
#   thespis_sim         the same with live scheduling points and the simulator:
#                       libthespis_sim.a, exported as thespis::sim
#   thespis_sim_shared  libthespis_sim.so, exported as thespis::sim_shared
#
# All give away ths_* and nothing else.  In an archive a hidden symbol still
# meets those of its host, so the floors are first joined to one object in which
# all hidden names are made local.  Instrumented and link-time optimised objects
# do not bear that; there the archive is a plain one.
include(GNUInstallDirs)

configure_file(${CMAKE_CURRENT_LIST_DIR}/version.h.in
    ${PROJECT_BINARY_DIR}/include/thespis/version.h @ONLY)

# thespis_library(NAME EXPORTED OBJECT...): NAME, NAME_shared.
function(thespis_library name exported)
	if(THS_SANITIZE OR THS_COVERAGE OR THS_LTO)
		add_library(${name} STATIC ${ARGN})
	else()
		set(joined ${PROJECT_BINARY_DIR}/${name}.o)
		add_custom_command(OUTPUT ${joined}
		    COMMAND ${CMAKE_LINKER} -r -o ${joined} ${ARGN}
		    COMMAND ${CMAKE_OBJCOPY} --localize-hidden ${joined}
		    DEPENDS ${ARGN} COMMAND_EXPAND_LISTS VERBATIM
		    COMMENT "Joining the floors of ${name}")
		add_library(${name} STATIC ${joined})
		set_source_files_properties(${joined} PROPERTIES
		    EXTERNAL_OBJECT ON GENERATED ON)
		set_target_properties(${name} PROPERTIES LINKER_LANGUAGE C)
	endif()

	add_library(${name}_shared SHARED ${ARGN})
	set_target_properties(${name}_shared PROPERTIES OUTPUT_NAME ${name}
	    LINKER_LANGUAGE C VERSION ${PROJECT_VERSION}
	    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
	target_link_options(${name}_shared PRIVATE LINKER:--as-needed)
	if(NOT THS_SANITIZE)
		target_link_options(${name}_shared PRIVATE LINKER:-z,defs)
	endif()

	set_target_properties(${name} PROPERTIES EXPORT_NAME ${exported})
	set_target_properties(${name}_shared PROPERTIES
	    EXPORT_NAME ${exported}_shared)
	foreach(kind "" _shared)
		add_library(thespis::${exported}${kind} ALIAS ${name}${kind})
		target_include_directories(${name}${kind} PUBLIC
		    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
		    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
		    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
		target_link_libraries(${name}${kind} PRIVATE Threads::Threads
		    PkgConfig::THESPIS_PACKAGES)
	endforeach()
endfunction()

thespis_library(thespis thespis
    $<TARGET_OBJECTS:ths_base> $<TARGET_OBJECTS:ths_mailbox>
    $<TARGET_OBJECTS:ths_sched> $<TARGET_OBJECTS:ths_vm>)
set(THS_LIBRARIES thespis thespis_shared)
if(THS_SIM)
	thespis_library(thespis_sim sim
	    $<TARGET_OBJECTS:ths_base_sim> $<TARGET_OBJECTS:ths_mailbox_sim>
	    $<TARGET_OBJECTS:ths_sched_sim> $<TARGET_OBJECTS:ths_vm_sim>
	    $<TARGET_OBJECTS:ths_sim>)
	list(APPEND THS_LIBRARIES thespis_sim thespis_sim_shared)
endif()
