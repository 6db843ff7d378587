// SPDX-License-Identifier: Apache-2.0

// All that makes parkway known to the system, for a program and for a library
// that it opens. Each has its own copy of this, and of parkway.
#ifndef PARKWAY_TESTS_UNIT_OS_USES_H_
#define PARKWAY_TESTS_UNIT_OS_USES_H_

namespace parkway::test {

// What plugin.cc offers.
struct Uses {
  // A mutex of each kind for four threads, which the caller is one of. True if
  // all was counted.
  bool (*locks)();
  // A call for a thread of the pool, which then rests for `idle_us`.
  void (*pool)(int idle_us);
  // A stack, and all that is in the thread's list.
  bool (*stacks)();
  // The calling thread becomes one that is told of its end.
  void (*thread)();
};

// By which name dlsym() finds it.
inline constexpr char kUses[] = "parkway_test_uses";

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_UNIT_OS_USES_H_
