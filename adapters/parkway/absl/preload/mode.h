// SPDX-License-Identifier: Apache-2.0

// What the environment asks for.
#ifndef PARKWAY_ABSL_PRELOAD_MODE_H_
#define PARKWAY_ABSL_PRELOAD_MODE_H_

#include <cstddef>

namespace parkway::preload {

enum class Mode : int {
  kUndecided,
  kOff,        // PARKWAY=off: the host's own functions
  kLocks,      // our Mutex and what goes with it
  kSemaphore,  // PARKWAY_ABSL=sem: the host's Mutex over our semaphore
  kWatch,      // PARKWAY=watch: the host's own, whose waits are noted
};

// kOff with a sentence in `complaint` (else left empty) if a variable has a
// value that we do not know.
Mode mode_asked_for(char* complaint, std::size_t size) noexcept;

// As one would set it.
const char* spelled(Mode mode) noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_ABSL_PRELOAD_MODE_H_
