# SPDX-License-Identifier: MIT
# libthespis: the floors joined, and what a user links.
add_library(thespis STATIC
    $<TARGET_OBJECTS:ths_base> $<TARGET_OBJECTS:ths_mailbox>
    $<TARGET_OBJECTS:ths_sched> $<TARGET_OBJECTS:ths_vm>)
add_library(thespis::thespis ALIAS thespis)
target_include_directories(thespis PUBLIC ${CMAKE_SOURCE_DIR}/include)
target_link_libraries(thespis PUBLIC Threads::Threads PRIVATE PkgConfig::URCU PkgConfig::CK)
