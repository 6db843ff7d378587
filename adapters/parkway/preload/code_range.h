// SPDX-License-Identifier: Apache-2.0

// Where the code of a loaded library is.
#ifndef PARKWAY_PRELOAD_CODE_RANGE_H_
#define PARKWAY_PRELOAD_CODE_RANGE_H_

#include <link.h>

#include <cstdint>

namespace parkway::preload {

// A range of addresses.
struct CodeRange {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  bool contains(const void* address) const noexcept {
    const auto at = reinterpret_cast<std::uintptr_t>(address);
    return begin <= at && at < end;
  }
};

// From the first to the last executable byte.
CodeRange code_of(const dl_phdr_info& info) noexcept;

// Of this library.
CodeRange own_code() noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_PRELOAD_CODE_RANGE_H_
