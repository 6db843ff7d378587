// SPDX-License-Identifier: Apache-2.0

// SmallLock: the lock below all others, of the queues of derived futexes.
#include "parkway/os/derived/small_lock.h"

#include "tests/model/mutex_suites.h"

namespace parkway::model {

template <class K>
struct SmallLockPolicy : ModelPlatform<K> {
  static constexpr std::uint32_t kLooks = 1;
  static constexpr std::uint32_t kYields = 1;
};

}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway::model;
  using P = ModelPlatform<WeakMemory>;
  using Mutex =
      parkway::os::derived::BasicSmallLock<SmallLockPolicy<WeakMemory>>;
  constexpr Budget kCalm{0, 0, 0};
  start(argc, argv);
  check<Exclusion<P, Mutex, 2, 2>>("exclusion, 2 threads twice", 200000);
  check<Exclusion<P, Mutex, 3, 1>>("exclusion, 3 threads", 200000);
  check<Exclusion<P, Mutex, 3, 2>>("exclusion, 3 threads twice", 200000);
  check<Destroy<P, Mutex, 2>>("destroyed after the last of 2", 200000);
  check<Destroy<P, Mutex, 3>>("destroyed after the last of 3", 200000);
  check_met("a thread slept", coverage.sleeps);
  check<Exclusion<P, Mutex, 2, 1>, Search::kContextBound>(
      "exclusion, 2 threads", 300000, 3, kCalm);
  check<Destroy<P, Mutex, 2>, Search::kContextBound>(
      "destroyed after the last of 2", 300000, 3, kCalm);
  return finish();
}
