// SPDX-License-Identifier: Apache-2.0

// What is known of one copy of oneTBB in this process.
#ifndef PARKWAY_TBB_PRELOAD_HOST_COPY_H_
#define PARKWAY_TBB_PRELOAD_HOST_COPY_H_

#include "parkway/preload/copy_table.h"
#include "parkway/tbb/preload/host/entries.h"
#include "parkway/tbb/preload/host/layers.h"

namespace parkway::preload {

struct Copy : CopyBase {
  unsigned layers = kNoLayers;
  // PARKWAY=watch: those whose waits are noted where they are the copy's own.
  unsigned watched = kNoLayers;
  // TBB_runtime_interface_version(), or 0 if it does not say.
  int interface = 0;
  // Whether nothing but oneTBB is in that library.
  bool alone = false;
  // Its own, or null where it has none.
  void* functions[kEntries] = {};
  char name[96] = {};     // libtbb.so.12 (interface 12080)
  char foreign[96] = {};  // a function of a kind of which we know all others

  bool uses(unsigned layer) const noexcept { return (layers & layer) != 0; }
  bool watches(unsigned layer) const noexcept { return (watched & layer) != 0; }
};

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_HOST_COPY_H_
