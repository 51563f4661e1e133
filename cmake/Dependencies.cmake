# SPDX-License-Identifier: MIT
# Each package and the one door it stands behind; see ARCHITECTURE.md.
find_package(PkgConfig REQUIRED)
pkg_check_modules(URCU REQUIRED IMPORTED_TARGET liburcu-qsbr liburcu-cds)
pkg_check_modules(CK REQUIRED IMPORTED_TARGET ck)
if(THS_WITH_JEMALLOC)
	pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)
endif()
if(THS_TESTS AND NOT THS_SANITIZE STREQUAL "thread")
	pkg_check_modules(CRITERION REQUIRED IMPORTED_TARGET criterion)
endif()
