// SPDX-License-Identifier: Apache-2.0

// Whether a wait is worth yields before its sleep.
//
// Yields pay where the next event is near and its maker waits for this CPU: it
// comes to run, finds the waiter runnable, and neither makes a system call. But
// Linux takes a yield for a whole time slice (3 ms): whoever yields in vain is
// in debt when it is woken at last, and whoever runs on its CPU then runs on.
// (One yield before each sleep, an item every millisecond, from a thread on the
// same CPU that then worked on for 100 us: there after 110 us, in place of 4.)
//
// So yields are for threads whose last wait was short. Where they cost a time
// slice, as with a maker that works for 20 us on each item and never lets go of
// the CPU, they are left out for a while, and for twice as many waits the next
// time.
#ifndef PARKWAY_WAIT_WAIT_PACE_H_
#define PARKWAY_WAIT_WAIT_PACE_H_

#include <algorithm>
#include <cstdint>

#include "parkway/base/spin.h"

namespace parkway {

// What a thread's waits tell of its next one. One for each thread and kind of
// wait; only that thread uses it. All zero at start.
class WaitPace {
 public:
  // Longer than it takes to wake a thread on another CPU. With 10 us, or 20,
  // most of what yields bring was gone; with 200 more waits for an item every
  // 10 us took a time slice.
  static constexpr std::int64_t kQuickNs = 50'000;
  // Shorter than a time slice, and longer than most waits that yields are good
  // for.
  static constexpr std::int64_t kSliceNs = 1'000'000;
  static constexpr std::uint32_t kMostLeftOut = 1 << 16;

  // Whether the next wait is to yield.
  bool yields() const { return quick_ && left_out_ == 0; }

  // How the next wait spins. Unlike a mutex's owner, the maker of an event may
  // take any time to come: the first gap only, for one that is about to, and
  // `most_yields` or none.
  SpinPlan plan(std::uint32_t most_yields) const {
    SpinPlan plan = SpinPlan::every(2, yields() ? most_yields : 0);
    plan.gaps = 1;
    return plan;
  }

  // After every wait that ended by what it waited for, so long after its start.
  void ended_after(std::int64_t ns) {
    const bool yielded = yields();
    quick_ = ns < kQuickNs;
    if (!yielded) {
      if (left_out_ > 0) --left_out_;
    } else if (quick_) {
      next_left_out_ = 0;
    } else if (ns >= kSliceNs) {
      next_left_out_ = std::clamp(2 * next_left_out_, 1u, kMostLeftOut);
      left_out_ = next_left_out_;
    }
  }

  // After a wait that ended by time.
  void timed_out() { ended_after(kQuickNs); }

 private:
  bool quick_ = false;
  std::uint32_t left_out_ = 0;
  std::uint32_t next_left_out_ = 0;
};

}  // namespace parkway

#endif  // PARKWAY_WAIT_WAIT_PACE_H_
