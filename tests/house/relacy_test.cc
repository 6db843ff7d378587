// SPDX-License-Identifier: Apache-2.0

// The model checker finds the one race of this program, and none in its mended
// twin.
#include <relacy/relacy.hpp>

template <rl::memory_order kStore>
struct Publish : rl::test_suite<Publish<kStore>, 2> {
  rl::atomic<int> ready;
  rl::var<int> data;
  void before() {
    ready($).store(0, rl::mo_relaxed);
    data($) = 0;
  }
  void thread(unsigned index) {
    if (index == 0) {
      data($) = 1;
      ready($).store(1, kStore);
    } else if (ready($).load(rl::mo_acquire) == 1) {
      RL_ASSERT(data($) == 1);
    }
  }
};

int main() {
  rl::test_params params;
  params.iteration_count = 1000;
  const bool good = rl::simulate<Publish<rl::mo_release>>(params);
  const bool bad = rl::simulate<Publish<rl::mo_relaxed>>(params);
  return good && !bad ? 0 : 1;
}
