// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/task/exception_state.h"

#include <cxxabi.h>

#include <cstring>

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
