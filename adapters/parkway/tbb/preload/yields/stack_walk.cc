// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/preload/yields/stack_walk.h"

#include <unwind.h>

#include "parkway/preload/code_range.h"
#include "parkway/tbb/preload/host/coroutine_start.h"

namespace parkway::preload {
namespace {

struct Walk {
  const CodeRange own;
  const CodeRange host;
  int host_frames = 0;
  bool back_home = false;
};

_Unwind_Reason_Code look_at(_Unwind_Context* context, void* data) {
  Walk& walk = *static_cast<Walk*>(data);
  const auto* const at = reinterpret_cast<const void*>(_Unwind_GetIP(context));
  if (walk.host.contains(at)) {
    ++walk.host_frames;
    return _URC_NO_REASON;
  }
  if (!walk.own.contains(at)) return _URC_NORMAL_STOP;
  if (walk.host_frames == 0) return _URC_NO_REASON;
  // A coroutine's loop also waits for the task that is suspended on the
  // worker's own stack, of which the server hears nothing.
  walk.back_home = _Unwind_FindEnclosingFunction(const_cast<void*>(at)) !=
                   reinterpret_cast<void*>(&coroutine_start);
  return _URC_NORMAL_STOP;
}

}  // namespace

bool only_host_frames(const CodeRange& host) noexcept {
  Walk walk{own_code(), host};
  _Unwind_Backtrace(&look_at, &walk);
  return walk.back_home;
}

}  // namespace parkway::preload
