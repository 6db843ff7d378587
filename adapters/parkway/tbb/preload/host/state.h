// SPDX-License-Identifier: Apache-2.0

// The decision of this process: which layers are in use, over which host.
#ifndef PARKWAY_TBB_PRELOAD_HOST_STATE_H_
#define PARKWAY_TBB_PRELOAD_HOST_STATE_H_

#include "parkway/tbb/preload/host/code_range.h"
#include "parkway/tbb/preload/host/entries.h"
#include "parkway/tbb/preload/host/layers.h"
#include "parkway/tbb/preload/host/tbb_host.h"

namespace parkway::preload {

// The layers in use. The first call decides, once and for all, with one line on
// standard error if that is to step aside.
unsigned layers() noexcept;

// The same without deciding: none as long as nobody has. For functions that
// anybody may call, at any time; libtbb's first thread has decided before it
// can make a coroutine (__RML_open_factory).
unsigned decided_layers() noexcept;

inline bool in_use(unsigned layer) noexcept { return (layers() & layer) != 0; }

// libtbb's own function behind an entry; valid after layers().
void* host_function(Entry entry) noexcept;

template <class Function>
Function* host(Entry entry) noexcept {
  return reinterpret_cast<Function*>(host_function(entry));
}

// Where libtbb's code is; nowhere if it is not known. Valid after layers().
CodeRange host_code() noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_HOST_STATE_H_
