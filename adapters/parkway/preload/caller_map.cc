// SPDX-License-Identifier: Apache-2.0

#include "parkway/preload/caller_map.h"

namespace parkway::preload {

void CallerMap::remember(const void* caller, unsigned copy) noexcept {
  const std::uint64_t page = page_of(caller);
  // release: pairs with the acquire in find().
  pages_[page % kPages].store(page * (kMost + 1) + copy,
                              std::memory_order_release);
}

// In the child of a fork the table may be half written.
void CallerMap::take_lock() noexcept {
  if (!lock_.lock()) return;
  for (Library& library : libraries_) library = {};
}

unsigned CallerMap::find_library(const void* caller) noexcept {
  unsigned copy = kUnknown;
  take_lock();
  for (const Library& library : libraries_) {
    if (library.copy != kUnknown && library.code.contains(caller)) {
      copy = library.copy;
    }
  }
  if (copy != kUnknown) remember(caller, copy);
  lock_.unlock();
  return copy;
}

void CallerMap::put(const void* caller, const CodeRange& code,
                    unsigned copy) noexcept {
  take_lock();
  if (code.contains(caller)) {
    libraries_[next_] = {code, copy};
    next_ = (next_ + 1) % kLibraries;
  }
  remember(caller, copy);
  lock_.unlock();
}

void CallerMap::clear() noexcept {
  take_lock();
  for (Library& library : libraries_) library = {};
  for (std::atomic<std::uint64_t>& page : pages_) {
    page.store(0, std::memory_order_relaxed);
  }
  lock_.unlock();
}

}  // namespace parkway::preload
