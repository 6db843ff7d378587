// The decision of this process: which layers are in use, over which host.
#ifndef PARKWAY_ADAPTERS_TBB_PRELOAD_STATE_H_
#define PARKWAY_ADAPTERS_TBB_PRELOAD_STATE_H_

#include "adapters/tbb/preload/entries.h"
#include "adapters/tbb/preload/layers.h"
#include "adapters/tbb/preload/loaded_host.h"

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

#endif  // PARKWAY_ADAPTERS_TBB_PRELOAD_STATE_H_
