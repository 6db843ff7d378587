// SPDX-License-Identifier: Apache-2.0

// With shell scripts in the place of the programs.
#include "bench/tasks/task_runner.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "bench/engine/scratch_folder.h"

namespace parkway_bench {
namespace {

class TaskRunnerTest : public testing::Test {
 protected:
  // A program that runs `commands`.
  std::string Program(const std::string& commands) const {
    const std::string path = folder_.path() + "/program";
    {
      std::ofstream out(path);
      out << "#!/bin/sh\ncd '" << folder_.path() << "'\n" << commands << "\n";
    }
    chmod(path.c_str(), 0700);
    return path;
  }
  // A file of that name, which only counts as there.
  std::string File(const std::string& name) const {
    std::ofstream(folder_.path() + "/" + name);
    return folder_.path() + "/" + name;
  }
  Sample Measure(const std::string& commands, Side side = Side::kStock) const {
    TaskPrograms programs;
    programs.library = File("library");
    return TaskRunner(programs).Measure(Program(commands), {"3", "1"}, "time",
                                        10, side);
  }
  std::string Contents(const std::string& name) const {
    std::ifstream in(folder_.path() + "/" + name);
    std::string line;
    std::getline(in, line);
    return line;
  }

 private:
  const ScratchFolder folder_;
};

TEST_F(TaskRunnerTest, ReadsTheFigureAndTheMemory) {
  const Sample sample = Measure(
      "echo \"$@\" >arguments; echo time: 250.5 us; echo other time: 1 ns;"
      "echo resident: 12.5 MiB; echo page tables: 3.0 MiB");
  EXPECT_EQ(sample.error, "");
  EXPECT_EQ(sample.lost, "");
  EXPECT_DOUBLE_EQ(sample.seconds_per_op, 250.5e-6);
  EXPECT_EQ(sample.operations, 10);
  EXPECT_EQ(sample.counters.at(kResident), 12.5);
  EXPECT_EQ(sample.counters.at(kPageTables), 3);
  EXPECT_EQ(Contents("arguments"), "3 1");
}

TEST_F(TaskRunnerTest, OnlyParkwaysSideIsPreloaded) {
  const std::string command =
      "echo \"preloaded $LD_PRELOAD\" >saw; echo time: 1 ns";
  // The loader says what it thinks of that library.
  EXPECT_EQ(Measure(command, Side::kParkway).error, "");
  EXPECT_EQ(Contents("saw"), "preloaded " + File("library"));
  EXPECT_EQ(Measure(command, Side::kStock).error, "");
  EXPECT_EQ(Contents("saw"), "preloaded ");
}

TEST_F(TaskRunnerTest, AHangIsTriedAgainAndLostAfterThree) {
  const Sample hangs = Measure("echo x >>runs; kill -ALRM $$");
  EXPECT_EQ(hangs.error, "");
  EXPECT_EQ(hangs.lost, "hung");
  const Sample third = Measure(
      "echo x >>tries; [ $(wc -l <tries) = 3 ] || kill -ALRM $$;"
      "echo time: $(wc -l <runs) ns");
  EXPECT_EQ(third.error, "");
  EXPECT_EQ(third.lost, "");
  EXPECT_DOUBLE_EQ(third.seconds_per_op, 3e-9);
}

TEST_F(TaskRunnerTest, ACrashThatTheProgramTellsIsLost) {
  const Sample sample = Measure("echo time: crashed");
  EXPECT_EQ(sample.error, "");
  EXPECT_EQ(sample.lost, "crashed");
}

TEST_F(TaskRunnerTest, OtherFailuresAreErrors) {
  EXPECT_NE(Measure("echo why >&2; exit 3").error.find("status 3: why"),
            std::string::npos);
  EXPECT_NE(Measure("kill -SEGV $$").error.find("signal 11"),
            std::string::npos);
  EXPECT_NE(Measure("echo times: 1 ns").error.find("does not print"),
            std::string::npos);
  EXPECT_NE(Measure("echo time: soon").error.find("does not print"),
            std::string::npos);
}

TEST_F(TaskRunnerTest, SaysWhyNothingCanBeMeasured) {
  TaskPrograms programs;
  EXPECT_EQ(TaskRunner(programs).WhyNot(),
            "there is no program on a shared oneTBB");
  programs.resumable = programs.suspended = programs.conditions =
      Program("echo stats of it: PARKWAY=on PARKWAY_TBB=waits >&2");
  EXPECT_EQ(TaskRunner(programs).WhyNot(), "there is no libparkway_tbb.so");
  programs.library = File("library");
  EXPECT_EQ(TaskRunner(programs).WhyNot(), "");
  Program("exit 4");
  EXPECT_NE(TaskRunner(programs).WhyNot().find("ended with status 4"),
            std::string::npos);
  Program("[ -z \"$LD_PRELOAD\" ] || exit 5");
  EXPECT_NE(
      TaskRunner(programs).WhyNot().find("preloaded, ended with status 5"),
      std::string::npos);
  Program("echo something else >&2");
  EXPECT_NE(TaskRunner(programs).WhyNot().find("is not in use: "),
            std::string::npos);
}

}  // namespace
}  // namespace parkway_bench
