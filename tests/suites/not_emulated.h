// SPDX-License-Identifier: Apache-2.0

// Whoever includes this needs the kernel for all its cases: they fork, or end
// by a signal with an exact last word, or start the program anew. qemu-user
// does none of that as a kernel does; under it every case is skipped.
#ifndef PARKWAY_TESTS_SUITES_NOT_EMULATED_H_
#define PARKWAY_TESTS_SUITES_NOT_EMULATED_H_

#include <gtest/gtest.h>

#include "tests/suites/support.h"

namespace parkway::test {

class NotEmulated : public testing::Environment {
 public:
  void SetUp() override {
    if (Emulated()) GTEST_SKIP() << "qemu-user neither forks nor dies as Linux";
  }
};

inline testing::Environment* const g_not_emulated =
    testing::AddGlobalTestEnvironment(new NotEmulated);

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_SUITES_NOT_EMULATED_H_
