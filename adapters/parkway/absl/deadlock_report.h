// SPDX-License-Identifier: Apache-2.0

// What deadlock.h says about a cycle.
#ifndef PARKWAY_ABSL_DEADLOCK_REPORT_H_
#define PARKWAY_ABSL_DEADLOCK_REPORT_H_

#include "parkway/absl/namespace.h"
#include "parkway/absl/stack_record.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {

// All that is to be said, gathered while the graph is locked and printed when
// it is not: printing runs code of the program (a hook of the log, a
// symbolizer). Plain data.
struct DeadlockReport {
  static constexpr int kMaxHeld = 40;
  static constexpr int kMaxSteps = 10;

  struct Held {
    const void* mutex;
    bool shared;
  };
  struct Step {
    const void* from;
    const void* to;
    StackRecord stack;
  };

  const void* mutex;  // is about to be locked
  StackRecord stack;  // here
  Held held[kMaxHeld];
  int held_count;
  // The path from `mutex` to the lock that the thread holds; its first steps.
  // Length 0: that is `mutex` itself.
  Step steps[kMaxSteps];
  int length;
  bool symbolize;
};

// Writes the report to standard error through ABSL_RAW_LOG. The caller sees to
// it that reports do not mix.
void PrintDeadlockReport(const DeadlockReport& report);

}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END

#endif  // PARKWAY_ABSL_DEADLOCK_REPORT_H_
