// SPDX-License-Identifier: Apache-2.0

// The copies of Abseil in this process, and what is ours over each.
#ifndef PARKWAY_ABSL_PRELOAD_COPIES_H_
#define PARKWAY_ABSL_PRELOAD_COPIES_H_

#include <cstddef>
#include <cstdint>

#include "parkway/absl/preload/mode.h"
#include "parkway/absl/preload/table.h"
#include "parkway/preload/copy_table.h"

namespace parkway::preload {

struct Copy : CopyBase {
  // kUndecided: there is no such copy.
  Mode mode = Mode::kUndecided;
  // The sum of its symbols.
  std::uint64_t fingerprint = 0;
  // Whether nothing but Abseil is in that library.
  bool alone = false;
  char name[96] = {};  // libabsl_synchronization.so.20220623
};

struct AbslHost {
  static const char* symbol(std::size_t i) { return entries[i].symbol; }
  static std::size_t symbol_count() noexcept { return entry_count; }
  static HostNames names() noexcept;
  static void read(const LoadedModule& module, Copy& copy) noexcept;
  // Ours only over the Abseil that this library was built for, by what it
  // defines and not by its name.
  static void decide(Copy& copy, Remarks& remarks) noexcept;
  static void leave_alone(Copy& copy) noexcept { copy.mode = Mode::kOff; }
  static void* target(const Copy& copy, unsigned number,
                      std::size_t entry) noexcept;
  static void has_come(const Copy&) noexcept {}
};

// Where the entry goes on over that copy: to ours or to its own. Null if it has
// none.
ParkwayCode target_of(const Copy& copy, const Entry& entry) noexcept;

namespace internal {

extern CopyTable<Copy, AbslHost> copies;

}  // namespace internal
}  // namespace parkway::preload

#endif  // PARKWAY_ABSL_PRELOAD_COPIES_H_
