# SPDX-License-Identifier: MIT
# What `cmake --install` leaves: the libraries, the headers, and how CMake
# (thespisConfig.cmake) and pkg-config (thespis.pc, thespis_sim.pc) find them.
include(CMakePackageConfigHelpers)

set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/thespis)
install(TARGETS ${THS_LIBRARIES} EXPORT thespisTargets)
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

# Each .pc finds its prefix from where it lies, so a tree may be moved.
set(pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH prefix_from_pkgconfig /${pkgconfig_dir} /)
string(REGEX REPLACE "/$" "" prefix_from_pkgconfig ${prefix_from_pkgconfig})
string(JOIN " " library_modules ${THS_LIBRARY_MODULES})
set(descriptions_thespis "${PROJECT_DESCRIPTION}")
set(descriptions_thespis_sim "Simulated worlds for programs of Thespis")
foreach(library thespis thespis_sim)
	if(library IN_LIST THS_LIBRARIES)
		set(library_description "${descriptions_${library}}")
		configure_file(${CMAKE_CURRENT_LIST_DIR}/thespis.pc.in
		    ${library}.pc @ONLY)
		install(FILES ${PROJECT_BINARY_DIR}/${library}.pc
		    DESTINATION ${pkgconfig_dir})
	endif()
endforeach()
