// SPDX-License-Identifier: Apache-2.0

// Pins the library that this code is in, when it is loaded. Not when it is
// first needed: that takes the loader's lock, and a thread that loads another
// library may hold it while it waits for this one. Here the caller is the
// loader itself.
#include "parkway/os/os.h"
#include "parkway/os/windows/keep_last_error.h"
#include "parkway/os/windows/system_header.h"

namespace parkway::os {

extern const bool keeps_code_mapped = true;

namespace {

// An address in this library and in no other copy of it.
const char here = 0;

// False for the main program of a system that does not count it: it stays.
bool pin() noexcept {
  const windows::KeepLastError keep;
  HMODULE module;
  return GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN |
                                GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                            reinterpret_cast<const wchar_t*>(&here),
                            &module) != 0;
}

[[maybe_unused]] const bool pinned = pin();

}  // namespace
}  // namespace parkway::os
