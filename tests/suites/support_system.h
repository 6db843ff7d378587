// SPDX-License-Identifier: Apache-2.0

// What support.cc asks of a system: support_<system>.cc.
#ifndef PARKWAY_TESTS_SUITES_SUPPORT_SYSTEM_H_
#define PARKWAY_TESTS_SUITES_SUPPORT_SYSTEM_H_

#include <cstdint>

#include "tests/suites/support.h"

namespace parkway::test::internal {

// Calls handler() when so many seconds have passed, in a signal handler or on
// a thread of its own; ends the program 10 seconds later. A later call takes
// the place of this one, and one with 0 of none.
void SetAlarm(unsigned seconds, void (*handler)());

// The stacks of all threads on standard error, if that can be had. For
// a program that is about to end.
void ShowStacks();

std::uint64_t ProcessNumber();

// Whether that thread sleeps at this moment, as WaitAsleep() has it; or all but
// the caller, in whatever.
bool SleepsNow(ThreadNumber thread);
bool OthersSleepNow();

// How many looks in a row have to find a thread asleep: on its way to a wait it
// may sleep for a moment, for a lock inside malloc() or a sanitizer.
extern const int kLooks;

}  // namespace parkway::test::internal

#endif  // PARKWAY_TESTS_SUITES_SUPPORT_SYSTEM_H_
