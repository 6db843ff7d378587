// SPDX-License-Identifier: Apache-2.0

// A barrier that threads share is one for each of them: with membarrier and
// with a fence for the compiler on the other side, and where it fails at times.
#include "parkway/wait/shared_barrier.h"

#include "tests/model/model_test.h"

namespace parkway::model {
namespace {

std::uint64_t others_barriers = 0;

// One thread that stores and looks, with nothing but a fence for the compiler
// in between, and sleepers that announce themselves and look. Of each pair one
// sees the other.
template <class P, int kSleepers, bool kPatient, int kRounds = 1>
class Sharing
    : public Suite<Sharing<P, kSleepers, kPatient, kRounds>, P, kSleepers + 1> {
 public:
  void thread(unsigned index) {
    for (int round = 0; round < kRounds; ++round) {
      if (index == kSleepers) {
        release(round);
      } else {
        sleep(round, index);
      }
    }
    drain();
  }

  void after() {
    for (int round = 0; round < kRounds; ++round) {
      for (int i = 0; i < kSleepers; ++i) {
        RL_ASSERT(!passed_[round][i] || saw_sleeper_[round][i] ||
                  saw_release_[round][i]);
      }
    }
  }

 private:
  // Until somebody wakes it, or any time: then it makes its own.
  static constexpr std::int64_t kPatience =
      kPatient ? 2 * DelayedStore::kFar : 2;

  void release(int round) {
    P::store_late(released_[round], 1);
    P::compiler_fence();
    for (int i = 0; i < kSleepers; ++i) {
      saw_sleeper_[round][i] =
          asleep_[round][i].load(std::memory_order_relaxed) != 0;
    }
    drain();
  }

  void sleep(int round, unsigned i) {
    P::store_late(asleep_[round][i], 1);
    const std::uint64_t sleeps = coverage.sleeps;
    passed_[round][i] = barrier_.pass(kPatience);
    if (passed_[round][i] && coverage.sleeps > sleeps) ++others_barriers;
    saw_release_[round][i] =
        released_[round].load(std::memory_order_relaxed) != 0;
  }

  BasicSharedBarrier<P> barrier_;
  typename P::template Atomic<int> released_[2] = {0, 0};
  typename P::template Atomic<int> asleep_[2][3] = {{0, 0, 0}, {0, 0, 0}};
  bool passed_[2][3] = {};
  bool saw_sleeper_[2][3] = {};
  bool saw_release_[2][3] = {};
};

template <class K>
void check_sharing(const char* machine) {
  using P = ModelPlatform<K>;
  constexpr Budget kCalm{0, 0, 0};
  const auto named = [machine](const char* test) {
    static char name[64];
    std::snprintf(name, sizeof(name), "%s: %s", machine, test);
    return name;
  };
  check<Sharing<P, 1, false>>(named("one"), 50000);
  check<Sharing<P, 2, false>>(named("two"), 1000000);
  check<Sharing<P, 2, true>>(named("two, patient"), 1000000);
  check<Sharing<P, 2, false, 2>>(named("two twice"), 200000);
  check<Sharing<P, 3, true>>(named("three, patient"), 200000);
  check<Sharing<P, 2, true>, Search::kContextBound>(named("two, in order"),
                                                    500000, 3, kCalm);
}

}  // namespace
}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_sharing<DelayedStore>("delayed");
  check_met("a store came late", coverage.late_stores);
  check_met("a barrier waited for one", coverage.barrier_waits);
  check_met("a thread slept for another one's barrier", others_barriers);
  check_met("it was not patient", coverage.timeouts);
  check_sharing<FailingBarrier>("delayed, failing");
  check_met("a barrier failed", coverage.barrier_failures);
  check_sharing<WeakMemory>("weak");
  return finish();
}
