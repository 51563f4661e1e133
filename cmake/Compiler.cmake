# SPDX-License-Identifier: MIT
# How every target of the house is compiled.
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

add_compile_definitions(_GNU_SOURCE)
add_compile_options(-Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes
    -Wmissing-prototypes -Wno-missing-field-initializers -ffp-contract=off)
if(THS_WERROR)
	add_compile_options(-Werror)
endif()
include_directories(${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/include
    ${CMAKE_BINARY_DIR}/include)

if(THS_SANITIZE STREQUAL "address")
	add_compile_options(-fsanitize=address,undefined
	    -fno-sanitize-recover=all -fno-omit-frame-pointer)
	add_link_options(-fsanitize=address,undefined)
elseif(THS_SANITIZE STREQUAL "thread")
	add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
	add_link_options(-fsanitize=thread)
endif()
if(THS_SANITIZE)
	set(THS_WITH_JEMALLOC OFF CACHE BOOL "" FORCE)
endif()
if(THS_COVERAGE)
	add_compile_options(--coverage)
	add_link_options(--coverage)
endif()
