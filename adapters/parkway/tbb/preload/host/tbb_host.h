// SPDX-License-Identifier: Apache-2.0

// The shared oneTBB of this process.
#ifndef PARKWAY_TBB_PRELOAD_HOST_TBB_HOST_H_
#define PARKWAY_TBB_PRELOAD_HOST_TBB_HOST_H_

#include "parkway/preload/loaded_host.h"
#include "parkway/tbb/preload/host/code_range.h"

namespace parkway::preload {

// Known if it is of a release whose sources were compared, and defines all
// entries.
class TbbHost final : public LoadedHost {
 public:
  TbbHost() noexcept;

  // "libtbb.so.12 (interface 12080)" of a known host.
  const char* name() const { return name_; }
  // TBB_runtime_interface_version() of a known host.
  int interface() const { return interface_; }
  // Where a known host's code is.
  CodeRange code() const noexcept { return code_of(info()); }

  // The definition that the process would use without us, or null.
  void* next(const char* symbol) const noexcept;

 private:
  int interface_ = 0;
  char name_[64] = {};
};

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_HOST_TBB_HOST_H_
