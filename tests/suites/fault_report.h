// SPDX-License-Identifier: Apache-2.0

// How a process ends after a misuse, and what it says.
#ifndef PARKWAY_TESTS_SUITES_FAULT_REPORT_H_
#define PARKWAY_TESTS_SUITES_FAULT_REPORT_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#if !defined(_WIN32)
#include <signal.h>
#include <sys/wait.h>
#endif

#include <cstdlib>
#include <string>

#include "tests/suites/support.h"

namespace parkway::test {

// What the tests of checked builds say where there are no checks.
inline constexpr char kNotChecked[] =
    "this build has no misuse checks (--//bazel:checks=on has)";

// Whether abort() has ended it.
inline bool Aborted(int status) {
#if defined(_WIN32)
  // The C runtime's exit code for that, or the system's where it is reported
  // (STATUS_STACK_BUFFER_OVERRUN, as all that ends "fast").
  return status == 3 || static_cast<unsigned>(status) == 0xc0000409;
#else
  return testing::KilledBySignal(SIGABRT)(status);
#endif
}

// Whether an access to memory that is not to be touched has ended it.
inline bool Faulted(int status) {
#if defined(_WIN32)
  return static_cast<unsigned>(status) == 0xc0000005;
#else
  return testing::KilledBySignal(SIGSEGV)(status);
#endif
}

// ThreadSanitizer has its say first, and ends the process, where it knows of
// the mutex.
inline bool EndedByFault(int status) {
  if (Aborted(status)) return true;
#if defined(_WIN32)
  return false;
#else
  return kTsan && WIFEXITED(status) && WEXITSTATUS(status) != 0;
#endif
}

// That `ours` is the whole of standard error, or ThreadSanitizer's report.
inline testing::Matcher<const std::string&> IsReport(
    const testing::Matcher<const std::string&>& ours) {
  if (!kTsan) return ours;
  return testing::AnyOf(ours,
                        testing::ContainsRegex("ThreadSanitizer: .*unlock"));
}

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_SUITES_FAULT_REPORT_H_
