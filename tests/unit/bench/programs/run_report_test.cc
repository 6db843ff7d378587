// SPDX-License-Identifier: Apache-2.0

#include "bench/programs/run_report.h"

#include <gtest/gtest.h>

#include <fstream>

#include "bench/programs/wait_meter.h"

namespace parkway_bench {
namespace {

TEST(RunReport, ComesBackAsItWasWritten) {
  const std::string path = testing::TempDir() + "/run_report.json";
  RunReport report;
  report.locks = "stock";
  report.wall_seconds = 0.1234567890123;
  report.cpu_seconds = 2.5;
  report.voluntary_switches = 1e6 + 1;
  report.longest_wait_microseconds = 17.25;
  ASSERT_TRUE(WriteRunReport(path, report));
  RunReport back;
  ASSERT_TRUE(ReadRunReport(path, &back));
  EXPECT_EQ(back.locks, "stock");
  EXPECT_EQ(back.wall_seconds, report.wall_seconds);
  EXPECT_EQ(back.cpu_seconds, report.cpu_seconds);
  EXPECT_EQ(back.voluntary_switches, report.voluntary_switches);
  EXPECT_EQ(back.longest_wait_microseconds, report.longest_wait_microseconds);
}

TEST(RunReport, RejectsWhatIsNotOne) {
  const std::string path = testing::TempDir() + "/not_a_report.json";
  std::ofstream(path) << "{\"locks\":\"stock\",\"wall_seconds\":}";
  RunReport report;
  EXPECT_FALSE(ReadRunReport(path, &report));
  EXPECT_FALSE(ReadRunReport(path + ".missing", &report));
  EXPECT_FALSE(WriteRunReport("/no/such/folder/report", report));
}

TEST(RunMeter, MetersTimeAndTheLongestWait) {
  const RunMeter meter;
  RecordWait(5000);
  RecordWait(3000);
  const RunReport report = meter.Finish("parkway");
  EXPECT_EQ(report.locks, "parkway");
  EXPECT_GT(report.wall_seconds, 0);
  EXPECT_GE(report.cpu_seconds, 0);
  EXPECT_EQ(report.longest_wait_microseconds, 5);
}

}  // namespace
}  // namespace parkway_bench
