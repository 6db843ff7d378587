// SPDX-License-Identifier: Apache-2.0

// Uses the fake host as a library in a program would: first while libraries
// are initialised, that is before the preload library is, then from exported
// functions.
#include <cstdio>

#include "tests/preload/absl/fake_absl.h"

namespace {

absl::Mutex mutex;

struct Early {
  Early() {
    std::printf("Mixed %g\n", absl::Mixed(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
                                          13, 14, 15, 16));
  }
} early;

}  // namespace

extern "C" void parkway_test_use() {
  std::printf("Sum %g\n", absl::Sum(4, 1.0, 2.0, 3.0, 4.5));
  mutex.Lock();
  mutex.Lock();  // finds it held
  mutex.Unlock();
  mutex.ReaderLock();
  absl::Condition::kTrue.Eval();
  PARKWAY_FAKE_SEM_WAIT(7);
}

// Its last call is a jump: the host's function returns to whoever called this.
extern "C" [[gnu::optimize("O2")]] void parkway_test_jump() { mutex.Unlock(); }
