# SPDX-License-Identifier: Apache-2.0
# find_package(parkway [COMPONENTS absl tbb])
#
# Targets:
#   parkway::lock  the mutexes and what goes with them
#   parkway::task  these, stacks, park() and ready(), calls that block
#   parkway::absl  parkway/absl/*.h over your Abseil; component absl
#   parkway::tbb   parkway/tbb/*.h over your oneTBB; component tbb
# The last two are compiled in your build, because they need your version of the host.
# With PARKWAY_SHARED=ON the first two are libparkway.so, else libparkway.a.
include(CMakeFindDependencyMacro)
find_dependency(Threads)

get_filename_component(PARKWAY_ROOT "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

if(NOT TARGET parkway::lock)
  if(PARKWAY_SHARED)
    add_library(parkway::lock SHARED IMPORTED)
    set(_parkway_library "${PARKWAY_ROOT}/lib/libparkway.so.0")
  else()
    add_library(parkway::lock STATIC IMPORTED)
    set(_parkway_library "${PARKWAY_ROOT}/lib/libparkway.a")
  endif()
  set_target_properties(parkway::lock PROPERTIES
    IMPORTED_LOCATION "${_parkway_library}"
    INTERFACE_INCLUDE_DIRECTORIES "${PARKWAY_ROOT}/include"
    INTERFACE_COMPILE_FEATURES cxx_std_17
    INTERFACE_LINK_LIBRARIES "Threads::Threads;${CMAKE_DL_LIBS}")
  add_library(parkway::task INTERFACE IMPORTED)
  set_target_properties(parkway::task PROPERTIES INTERFACE_LINK_LIBRARIES parkway::lock)
endif()

# _parkway_host(NAME SOURCES LIBRARY...): the adapter NAME, compiled over the host's libraries.
function(_parkway_host name sources)
  if(TARGET parkway::${name})
    return()
  endif()
  file(GLOB files "${PARKWAY_ROOT}/src/parkway/${sources}/*.cc")
  add_library(parkway_${name} STATIC EXCLUDE_FROM_ALL ${files})
  target_link_libraries(parkway_${name} PUBLIC parkway::task ${ARGN})
  set_target_properties(parkway_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  add_library(parkway::${name} ALIAS parkway_${name})
endfunction()

foreach(_parkway_component IN LISTS parkway_FIND_COMPONENTS)
  if(_parkway_component STREQUAL "absl")
    find_dependency(absl)
    _parkway_host(absl absl absl::base absl::config absl::core_headers absl::time)
    set(parkway_absl_FOUND TRUE)
  elseif(_parkway_component STREQUAL "tbb")
    find_dependency(TBB)
    _parkway_host(tbb tbb/task TBB::tbb)
    set(parkway_tbb_FOUND TRUE)
  elseif(_parkway_component MATCHES "^(lock|task)$")
    set(parkway_${_parkway_component}_FOUND TRUE)
  else()
    set(parkway_FOUND FALSE)
    set(parkway_NOT_FOUND_MESSAGE
      "there is no component ${_parkway_component}; there are lock, task, absl, tbb")
  endif()
endforeach()
