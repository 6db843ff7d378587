// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/task/exception_state.h"

#include <cxxabi.h>

#include <cstring>

#if defined(_LIBCPP_VERSION)
// Of the Itanium C++ ABI, 2.2.2, which libc++abi follows, and its header leaves
// this out.
namespace __cxxabiv1 {
struct __cxa_eh_globals;
extern "C" __cxa_eh_globals* __cxa_get_globals();
}  // namespace __cxxabiv1
#endif

namespace parkway {
namespace tbb {

// Not inline: the address of a thread's globals, which compilers take for
// a constant of the function, is not one of a task.

[[gnu::noinline]] ExceptionState take_exception_state() noexcept {
  ExceptionState state;
  abi::__cxa_eh_globals* const globals = abi::__cxa_get_globals();
  std::memcpy(static_cast<void*>(&state), globals, sizeof state);
  const ExceptionState none;
  std::memcpy(static_cast<void*>(globals), &none, sizeof none);
  return state;
}

[[gnu::noinline]] void put_exception_state(
    const ExceptionState& state) noexcept {
  std::memcpy(static_cast<void*>(abi::__cxa_get_globals()), &state,
              sizeof state);
}

}  // namespace tbb
}  // namespace parkway
