// SPDX-License-Identifier: Apache-2.0

#include "tests/process/run_again.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace parkway::test {
namespace {

constexpr char kMark[] = "PARKWAY_TEST_RUNS_AGAIN";

// What Bazel says to a test about its report and its part of the tests.
constexpr const char* kOfTheFirstRun[] = {
    "GTEST_OUTPUT",     "TESTBRIDGE_TEST_ONLY",   "TEST_PREMATURE_EXIT_FILE",
    "TEST_SHARD_INDEX", "TEST_SHARD_STATUS_FILE", "TEST_TOTAL_SHARDS",
    "XML_OUTPUT_FILE",
};

}  // namespace

bool RunsAgain() { return std::getenv(kMark) != nullptr; }

Outcome RunThisTestAgain(const std::function<int()>& prepare,
                         const ChildOptions& options) {
  const testing::TestInfo& test =
      *testing::UnitTest::GetInstance()->current_test_info();
  const std::string filter = std::string("--gtest_filter=") +
                             test.test_suite_name() + "." + test.name();
  return RunChild(
      [&] {
        setenv(kMark, "1", 1);
        for (const char* name : kOfTheFirstRun) unsetenv(name);
        const int status = prepare();
        if (status != 0) return status;
        execl("/proc/self/exe", "test", filter.c_str(), "--gtest_brief=1",
              nullptr);
        return kNotHere;
      },
      options);
}

}  // namespace parkway::test
