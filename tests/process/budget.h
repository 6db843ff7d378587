// SPDX-License-Identifier: Apache-2.0

// How often a test tries something that only fails now and then.
#ifndef PARKWAY_TESTS_PROCESS_BUDGET_H_
#define PARKWAY_TESTS_PROCESS_BUDGET_H_

#include <chrono>

#include "tests/suites/support.h"

namespace parkway::test {

// So many rounds, or as many as fit into a time: beside other work a test gets
// shorter, not longer. Some rounds are made in any case.
class Budget {
 public:
  Budget(int rounds, std::chrono::nanoseconds time)
      : rounds_(rounds), end_(Clock::now() + StressTime(time)) {}

  bool Next() {
    constexpr int kLeast = 2;
    return made_++ < kLeast || (made_ <= rounds_ && Clock::now() < end_);
  }

 private:
  using Clock = std::chrono::steady_clock;

  const int rounds_;
  const Clock::time_point end_;
  int made_ = 0;
};

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_PROCESS_BUDGET_H_
