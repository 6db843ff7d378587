// SPDX-License-Identifier: Apache-2.0

// Libraries that came by dlopen(), and the places in them where the dynamic
// linker has written the address of a function of ours.
//
// It looks for functions in this library first, whoever calls. A plug-in that
// brought its own copy of the host would have got that copy's functions without
// this library. Who calls can be told by the return address, but not where the
// call was made a jump. So the places are written once more, with what belongs
// there: the copy's own functions, or ours for that copy.
#ifndef PARKWAY_PRELOAD_NEWCOMERS_H_
#define PARKWAY_PRELOAD_NEWCOMERS_H_

#include <link.h>

#include <cstddef>
#include <cstdint>

#include "parkway/preload/loaded_modules.h"
#include "parkway/wait/word_lock.h"

namespace parkway::preload {

// A place, and what answers there.
struct ImportPlace {
  void** place;
  std::size_t symbol;      // index, as index_of() has it
  std::size_t candidate;   // in Newcomer::candidates
  void* target = nullptr;  // what is to be written; null: leave it
};

// Writes such a place of a library that is certainly loaded meanwhile. False
// where the system does not allow it.
bool write_place(const dl_phdr_info& info, void** place, void* target) noexcept;

// A library and its places.
struct Newcomer {
  static constexpr std::size_t kMostImports = 512;
  static constexpr std::size_t kMostCandidates = 4;
  dl_phdr_info info;
  std::size_t imports_count;
  std::size_t candidates_count;
  ImportPlace imports[kMostImports];
  // Read by the caller of next(), as long as they are certainly loaded.
  const LoadedModule* candidates[kMostCandidates];
};

// What there is to know of names.
struct HostNames {
  // Of a function that this library defines as well, or kNoIndex.
  std::size_t (*index_of)(const char* name);
  // Whether it is the host's, one of these or another one.
  bool (*is_hosts)(const char* name);
  static constexpr std::size_t kNoIndex = ~std::size_t{0};
};

class Newcomers {
 public:
  // Finds the next library that nobody has looked at, with at least one such
  // place. False: there is none. For the callback of LoadedModules::look().
  bool next(LoadedModules& modules, const HostNames& names,
            Newcomer& into) noexcept;

  // Writes the targets, if the library is still there.
  void write(const Newcomer& newcomer) noexcept;

  // After a dlclose(): everything is new once more.
  void forget() noexcept;

 private:
  static constexpr std::size_t kMostSeen = 1024;

  bool was_seen(const dl_phdr_info& info) const noexcept;
  bool collect(LoadedModules& modules, const LoadedModule& module,
               const HostNames& names, Newcomer& into) noexcept;

  WordLock lock_;
  std::uintptr_t seen_[kMostSeen] = {};
  std::size_t seen_count_ = 0;
};

}  // namespace parkway::preload

#endif  // PARKWAY_PRELOAD_NEWCOMERS_H_
