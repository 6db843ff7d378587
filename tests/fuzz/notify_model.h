// SPDX-License-Identifier: Apache-2.0

// Who has been notified, of those that wait on a condition variable in the
// order in which they came.
#ifndef PARKWAY_TESTS_FUZZ_NOTIFY_MODEL_H_
#define PARKWAY_TESTS_FUZZ_NOTIFY_MODEL_H_

#include <cstddef>
#include <vector>

namespace parkway::fuzz {

// A notify takes the oldest. A waiter with a limit may have left by then, which
// is known only when it comes back: until then some things are not certain.
// Without such waiters everything is.
class NotifyModel {
 public:
  // A waiter has queued, behind all others. Its number.
  std::size_t Queue(bool may_leave);
  void NotifyOne();
  void NotifyAll();
  // The waiter has come back, and says whether it was notified.
  void CameBack(std::size_t waiter, bool notified);

  // Whether it has been notified for sure, and whether it may have been.
  bool must(std::size_t waiter) const;
  bool may(std::size_t waiter) const;
  // At least and at most so many wait and have not been notified.
  std::size_t fewest() const;
  std::size_t most() const;
  // Whether each of those that have not come back has been notified, and none
  // of them may leave by time.
  bool nobody_touches_it() const;

 private:
  struct Waiter {
    bool may_leave;
    bool back = false;
    bool notified = false;  // valid when it is back
    bool all = false;       // by a NotifyAll()
    std::size_t ones = 0;   // NotifyOne()s since it came
    // Those that had not been notified when it came, and those of which that
    // was not known.
    std::vector<std::size_t> ahead;
    std::vector<std::size_t> perhaps_ahead;
  };

  // Whether it takes a notify that comes while it is the oldest, for sure or
  // perhaps.
  bool takes(const Waiter& w) const {
    return w.back ? w.notified : !w.may_leave;
  }
  bool perhaps_takes(const Waiter& w) const { return !w.back || w.notified; }

  std::vector<Waiter> waiters_;
};

}  // namespace parkway::fuzz

#endif  // PARKWAY_TESTS_FUZZ_NOTIFY_MODEL_H_
