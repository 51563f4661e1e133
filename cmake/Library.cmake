# SPDX-License-Identifier: MIT
# libthespis: the floors joined, and what a user links.
#
#   thespis         libthespis.a, exported as thespis::thespis
#   thespis_shared  libthespis.so, exported as thespis::thespis_shared
#
# Both give away ths_* and nothing else.  In an archive a hidden symbol still
# meets those of its host, so the floors are first joined to one object in which
# all hidden names are made local.  Instrumented and link-time optimised objects
# do not bear that; there the archive is a plain one.
include(GNUInstallDirs)

configure_file(${CMAKE_CURRENT_LIST_DIR}/version.h.in
    ${PROJECT_BINARY_DIR}/include/thespis/version.h @ONLY)

set(objects $<TARGET_OBJECTS:ths_base> $<TARGET_OBJECTS:ths_mailbox>
    $<TARGET_OBJECTS:ths_sched> $<TARGET_OBJECTS:ths_vm>)
if(THS_SANITIZE OR THS_COVERAGE OR THS_LTO)
	add_library(thespis STATIC ${objects})
else()
	set(joined ${PROJECT_BINARY_DIR}/thespis.o)
	add_custom_command(OUTPUT ${joined}
	    COMMAND ${CMAKE_LINKER} -r -o ${joined} ${objects}
	    COMMAND ${CMAKE_OBJCOPY} --localize-hidden ${joined}
	    DEPENDS ${objects} COMMAND_EXPAND_LISTS VERBATIM
	    COMMENT "Joining the floors")
	add_library(thespis STATIC ${joined})
	set_source_files_properties(${joined} PROPERTIES EXTERNAL_OBJECT ON
	    GENERATED ON)
	set_target_properties(thespis PROPERTIES LINKER_LANGUAGE C)
endif()

add_library(thespis_shared SHARED ${objects})
set_target_properties(thespis_shared PROPERTIES OUTPUT_NAME thespis
    LINKER_LANGUAGE C VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
target_link_options(thespis_shared PRIVATE LINKER:--as-needed)
if(NOT THS_SANITIZE)
	target_link_options(thespis_shared PRIVATE LINKER:-z,defs)
endif()

foreach(library thespis thespis_shared)
	add_library(thespis::${library} ALIAS ${library})
	target_include_directories(${library} PUBLIC
	    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
	    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
	    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
	target_link_libraries(${library} PRIVATE Threads::Threads
	    PkgConfig::THESPIS_PACKAGES)
endforeach()
