// SPDX-License-Identifier: Apache-2.0

#include "parkway/os/stack_trace.h"

#include <unwind.h>

#include <cstdint>

#include "parkway/os/compiler.h"

namespace parkway::os {
namespace {

struct Walk {
  void** addresses;
  int most;
  int skip;
  int found;
};

_Unwind_Reason_Code visit(_Unwind_Context* context, void* argument) {
  Walk& walk = *static_cast<Walk*>(argument);
  const auto address = static_cast<std::uintptr_t>(_Unwind_GetIP(context));
  if (address == 0) return _URC_END_OF_STACK;
  if (walk.skip > 0) {
    --walk.skip;
    return _URC_NO_REASON;
  }
  if (walk.found == walk.most) return _URC_END_OF_STACK;
  walk.addresses[walk.found++] = reinterpret_cast<void*>(address);
  return _URC_NO_REASON;
}

}  // namespace

PARKWAY_NOINLINE int stack_trace(void** addresses, int most,
                                 int skip) noexcept {
  Walk walk = {addresses, most, skip + 1, 0};
  _Unwind_Backtrace(visit, &walk);
  return walk.found;
}

}  // namespace parkway::os
