# SPDX-License-Identifier: MIT
# What `cmake --install` leaves: both libraries, the headers, and how CMake
# (thespisConfig.cmake) and pkg-config (thespis.pc) find them.
include(CMakePackageConfigHelpers)

set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/thespis)
install(TARGETS thespis thespis_shared EXPORT thespisTargets)
install(DIRECTORY include/thespis ${PROJECT_BINARY_DIR}/include/thespis
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(EXPORT thespisTargets NAMESPACE thespis:: DESTINATION ${config_dir})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/thespisConfig.cmake.in
    thespisConfig.cmake INSTALL_DESTINATION ${config_dir})
write_basic_package_version_file(thespisConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/thespisConfig.cmake
    ${PROJECT_BINARY_DIR}/thespisConfigVersion.cmake
    DESTINATION ${config_dir})

# thespis.pc finds its prefix from where it lies, so a tree may be moved.
set(pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH prefix_from_pkgconfig /${pkgconfig_dir} /)
string(REGEX REPLACE "/$" "" prefix_from_pkgconfig ${prefix_from_pkgconfig})
string(JOIN " " library_modules ${THS_LIBRARY_MODULES})
configure_file(${CMAKE_CURRENT_LIST_DIR}/thespis.pc.in thespis.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/thespis.pc DESTINATION ${pkgconfig_dir})
