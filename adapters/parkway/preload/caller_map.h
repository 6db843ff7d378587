// SPDX-License-Identifier: Apache-2.0

// Whose calls come from where: which copy of the host a place in the code
// belongs to. There can be several in one process, and each has to get its own
// calls back.
#ifndef PARKWAY_PRELOAD_CALLER_MAP_H_
#define PARKWAY_PRELOAD_CALLER_MAP_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "parkway/preload/code_range.h"
#include "parkway/wait/word_lock.h"

namespace parkway::preload {

// Any thread, any time. Copies are numbers from 1 to kMost.
class CallerMap {
 public:
  static constexpr unsigned kUnknown = 0;
  static constexpr unsigned kMost = 255;
  static constexpr std::size_t kPages = 1024;
  static constexpr std::size_t kPageBytes = 4096;

  constexpr CallerMap() noexcept = default;

  // The copy, if the page of the caller's code has been asked for lately. One
  // load.
  unsigned find(const void* caller) const noexcept {
    const std::uint64_t page = page_of(caller);
    // acquire: pairs with the release in remember(), for the copy's record.
    const std::uint64_t known =
        pages_[page % kPages].load(std::memory_order_acquire);
    return known / (kMost + 1) == page ? known % (kMost + 1) : kUnknown;
  }

  // The same for who is not in that table: by the caller's library.
  unsigned find_library(const void* caller) noexcept;

  // From now on both find the copy, for all callers in the code of a library.
  void put(const void* caller, const CodeRange& code, unsigned copy) noexcept;

  // Forgets everything: libraries were unloaded, or there is one more copy.
  void clear() noexcept;

 private:
  struct Library {
    CodeRange code;
    unsigned copy = kUnknown;
  };
  // A table of pages, so that a call costs a load; a table of libraries, so
  // that a page costs no search.
  static constexpr std::size_t kLibraries = 64;

  static std::uint64_t page_of(const void* caller) noexcept {
    return reinterpret_cast<std::uintptr_t>(caller) / kPageBytes;
  }
  void remember(const void* caller, unsigned copy) noexcept;
  void take_lock() noexcept
      PARKWAY_ACQUIRE(lock_) PARKWAY_NO_THREAD_SAFETY_ANALYSIS;

  // A page and its copy in one word. First: assembly looks into it.
  std::atomic<std::uint64_t> pages_[kPages] = {};
  WordLock lock_;
  Library libraries_[kLibraries];
  std::size_t next_ = 0;
};

}  // namespace parkway::preload

#endif  // PARKWAY_PRELOAD_CALLER_MAP_H_
