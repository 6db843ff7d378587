// SPDX-License-Identifier: Apache-2.0

// How a process ends after a misuse, and what it says.
#ifndef PARKWAY_TESTS_SUITES_FAULT_REPORT_H_
#define PARKWAY_TESTS_SUITES_FAULT_REPORT_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <string>

#include "tests/suites/support.h"

namespace parkway::test {

// What the tests of checked builds say where there are no checks.
inline constexpr char kNotChecked[] =
    "this build has no misuse checks (--//bazel:checks=on has)";

// ThreadSanitizer has its say first, and ends the process, where it knows of
// the mutex.
inline bool EndedByFault(int status) {
  return testing::KilledBySignal(SIGABRT)(status) ||
         (kTsan && WIFEXITED(status) && WEXITSTATUS(status) != 0);
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
