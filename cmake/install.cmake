# Headers, both libraries, the pkg-config file and the CMake package. Everything may be moved to
# another prefix afterwards: paths are computed from where the files lie.
include(CMakePackageConfigHelpers)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/schemas
        DESTINATION ${CMAKE_INSTALL_DATADIR}/gitops FILES_MATCHING PATTERN "*.schema.json")

# Two sets of targets, because only the static library drags its dependencies along.
set(GITOPS_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/gitops)
install(TARGETS gitops EXPORT gitops-shared
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS gitops_static EXPORT gitops-static
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
foreach(kind shared static)
  install(EXPORT gitops-${kind} NAMESPACE gitops:: FILE gitops-${kind}.cmake
          DESTINATION ${GITOPS_PACKAGE_DIR})
endforeach()

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/gitops-config.cmake.in
  ${PROJECT_BINARY_DIR}/gitops-config.cmake INSTALL_DESTINATION ${GITOPS_PACKAGE_DIR}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/gitops-config-version.cmake
  VERSION ${PROJECT_VERSION} COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/gitops-config.cmake
              ${PROJECT_BINARY_DIR}/gitops-config-version.cmake
        DESTINATION ${GITOPS_PACKAGE_DIR})

# gitops.pc finds the prefix from its own place, unless the folders were given as absolute paths.
if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR} OR IS_ABSOLUTE ${CMAKE_INSTALL_INCLUDEDIR})
  set(GITOPS_PC_PREFIX ${CMAKE_INSTALL_PREFIX})
  set(GITOPS_PC_LIBDIR ${CMAKE_INSTALL_FULL_LIBDIR})
  set(GITOPS_PC_INCLUDEDIR ${CMAKE_INSTALL_FULL_INCLUDEDIR})
else()
  file(RELATIVE_PATH GITOPS_PC_UP /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
  string(REGEX REPLACE "/$" "" GITOPS_PC_UP ${GITOPS_PC_UP})
  set(GITOPS_PC_PREFIX "\${pcfiledir}/${GITOPS_PC_UP}")
  set(GITOPS_PC_LIBDIR "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
  set(GITOPS_PC_INCLUDEDIR "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
configure_file(${PROJECT_SOURCE_DIR}/pkgconfig/gitops.pc.in ${PROJECT_BINARY_DIR}/gitops.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/gitops.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
