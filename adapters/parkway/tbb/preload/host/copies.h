// SPDX-License-Identifier: Apache-2.0

// The copies of oneTBB in this process, and which layers are in use over each.
#ifndef PARKWAY_TBB_PRELOAD_HOST_COPIES_H_
#define PARKWAY_TBB_PRELOAD_HOST_COPIES_H_

#include <cstddef>

#include "parkway/tbb/preload/host/copy.h"

namespace parkway::preload {

namespace internal {

struct TbbHost {
  static const char* symbol(std::size_t i) { return entry_symbols[i]; }
  static std::size_t symbol_count() noexcept { return kEntries; }
  static HostNames names() noexcept;
  static void read(const LoadedModule& module, Copy& copy) noexcept;
  static void decide(Copy& copy, Remarks& remarks) noexcept;
  static void leave_alone(Copy& copy) noexcept {
    copy.layers = copy.watched = kNoLayers;
  }
  static void* target(const Copy& copy, unsigned number,
                      std::size_t entry) noexcept;
  static void has_come(const Copy& copy) noexcept;
};

extern CopyTable<Copy, TbbHost> copies;

[[gnu::cold]] const Copy& find_copy(const void* caller, Entry entry) noexcept;
[[gnu::cold]] void* find_elsewhere(Entry entry) noexcept;
// For a trial in a child: from now on the copy has that layer alone.
const Copy& try_out(const Copy& copy, unsigned layer) noexcept;

}  // namespace internal

// The copy that a call of that function would reach without this library. If
// there is none: a record without layers and functions.
// Decides about the copy at its first call, with a line on standard error for
// each layer that is asked for and can't be had. `caller` is the return address
// of one of our functions.
inline const Copy& copy_for(const void* caller, Entry entry) noexcept {
  const unsigned number = internal::copies.find_fast(caller);
  return number != CallerMap::kUnknown ? internal::copies[number]
                                       : internal::find_copy(caller, entry);
}

// The copy whose own code is there, if it is one that has been decided about
// and is alone in its library, else null. Decides nothing and takes no lock:
// for functions that anybody may call at any time. A copy's first thread has
// had it decided about before it can make a coroutine (__RML_open_factory).
inline const Copy* copy_at(const void* address) noexcept {
  return internal::copies.at(address);
}

// What is in use over any copy, and what is watched of any.
unsigned layers_in_use() noexcept;
unsigned layers_watched() noexcept;

// Copy's own function behind an entry. If it has none: the first that there is,
// or one that ends the process.
template <class Function>
Function* host(const Copy& copy, Entry entry) noexcept {
  void* const function = copy.functions[entry];
  return reinterpret_cast<Function*>(
      function != nullptr ? function : internal::find_elsewhere(entry));
}

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_HOST_COPIES_H_
