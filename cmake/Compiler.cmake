# SPDX-License-Identifier: MIT
# How every target of the house is compiled.
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

# Without a preset: what the release preset builds.
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
	set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

# Frame pointers stay, so that a profile of a release build has its stacks.
add_compile_definitions(_GNU_SOURCE)
add_compile_options(-Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes
    -Wmissing-prototypes -Wno-missing-field-initializers -ffp-contract=off
    -fno-omit-frame-pointer)
# Two fields side by side are two stores: gathered in a vector register first, as
# gcc would, they take twice the instructions, on the path of each message.
add_compile_options(-fno-tree-slp-vectorize)
if(THS_WERROR)
	add_compile_options(-Werror)
endif()
include_directories(${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include
    ${PROJECT_BINARY_DIR}/include)

if(THS_SANITIZE STREQUAL "address")
	add_compile_options(-fsanitize=address,undefined
	    -fno-sanitize-recover=all)
	add_link_options(-fsanitize=address,undefined)
elseif(THS_SANITIZE STREQUAL "thread")
	add_compile_options(-fsanitize=thread)
	add_link_options(-fsanitize=thread)
elseif(THS_SANITIZE STREQUAL "memcheck")
	# Not instrumented: the tests run under valgrind, which is told of pools.
	add_compile_definitions(THS_MEMCHECK=1)
elseif(THS_SANITIZE)
	message(FATAL_ERROR "THS_SANITIZE is empty, address, thread or "
	    "memcheck; not ${THS_SANITIZE}")
endif()
if(THS_FUZZ)
	add_compile_options(-fsanitize=fuzzer-no-link)
endif()
# Sanitizers bring an allocator of their own.
if(THS_SANITIZE)
	set(THS_WITH_JEMALLOC OFF)
endif()
if(THS_COVERAGE)
	add_compile_options(--coverage)
	add_link_options(--coverage)
endif()

if(THS_LTO)
	include(CheckIPOSupported)
	check_ipo_supported(LANGUAGES C)
	set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
endif()
