// SPDX-License-Identifier: Apache-2.0

// A test that runs once more, as a program that is started in an environment
// of its own.
#ifndef PARKWAY_TESTS_PROCESS_RUN_AGAIN_H_
#define PARKWAY_TESTS_PROCESS_RUN_AGAIN_H_

#include <functional>

#include "tests/process/child.h"

namespace parkway::test {

// Whether this is the second run.
bool RunsAgain();

// Starts this program anew, with the current test alone, in a child. prepare()
// is called there before: it may set variables and install filters; what it
// returns, unless it is 0, is the end of the child.
Outcome RunThisTestAgain(const std::function<int()>& prepare,
                         const ChildOptions& options = {60, &fork});

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_PROCESS_RUN_AGAIN_H_
