// SPDX-License-Identifier: Apache-2.0

// FutexMutex under C++'s memory model, where a load may return an old value and
// the barrier is a pair of fences.
#include "tests/model/futex_mutex_suites.h"

namespace parkway::model {

// Nobody relies on a watcher for long.
struct Doubting : WeakMemory {
  static constexpr std::int64_t kRelyNs = 1;
};
// Some rely on none.
struct Urgent : WeakMemory {
  static constexpr unsigned kPriorities = 2;
};

}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_futex_mutex_random<WeakMemory>();
  check_met("an unlock found a sleeper after its release", coverage.late_looks);
  check_futex_mutex_search<WeakMemory>();
  constexpr std::uint64_t kShare = 4;
  check_futex_mutex_random<Doubting>(kShare);
  check_futex_mutex_random<Urgent>(kShare);
  return finish();
}
