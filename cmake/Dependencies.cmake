# SPDX-License-Identifier: MIT
# Each package and the one door it stands behind; see ARCHITECTURE.md.
find_package(PkgConfig REQUIRED)
pkg_check_modules(URCU REQUIRED IMPORTED_TARGET liburcu-qsbr liburcu-cds)
pkg_check_modules(CK REQUIRED IMPORTED_TARGET ck)

# What a program needs beside libthespis.a, in the words of thespis.pc; the
# target's name is one that no user of the package has already taken.
set(THS_LIBRARY_MODULES liburcu-qsbr liburcu-cds ck)
pkg_check_modules(THESPIS_PACKAGES REQUIRED IMPORTED_TARGET
    ${THS_LIBRARY_MODULES})

if(THS_WITH_JEMALLOC)
	pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)
endif()
# Criterion works neither under ThreadSanitizer nor under valgrind, and is not
# there for other processors.
if(THS_SANITIZE STREQUAL "thread" OR THS_SANITIZE STREQUAL "memcheck" OR
    CMAKE_CROSSCOMPILING)
	set(THS_IN_PROCESS ON)
else()
	set(THS_IN_PROCESS OFF)
endif()
if(THS_TESTS AND NOT THS_IN_PROCESS)
	pkg_check_modules(CRITERION REQUIRED IMPORTED_TARGET criterion)
endif()
