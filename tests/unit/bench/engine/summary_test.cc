// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/summary.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/unit/bench/engine/made_up.h"

namespace parkway_bench {
namespace {

// As a terminal shows it, without the title.
std::string Text(const std::vector<SummaryLine>& lines) {
  std::ostringstream out;
  PrintText(lines, out);
  const std::string title = "\nIn short\n";
  EXPECT_EQ(out.str().substr(0, title.size()), title);
  return out.str().substr(title.size());
}

TEST(Summary, LossesThenProgramsThenGains) {
  MadeUp run;
  run.Ours("program/index", "parkway", 1, {9, 9, 9})
      .Theirs("program/index", "stock", 1, {10, 10, 10})
      .Ours("program/index", "parkway", 2, {9, 11, 11})
      .Theirs("program/index", "stock", 2, {10, 10, 10})
      .Ours("program/hasher", "parkway", 1, {11, 11, 11})
      .Theirs("program/hasher", "stock", 1, {10, 10, 10})
      .Ours("program/hasher", "parkway", 2, {9, 11, 9})
      .Theirs("program/hasher", "stock", 2, {10, 10, 10})
      .Ours("Contention", "FutexMutex", 1, {5, 5, 5})
      .Ours("Contention", "SemaMutex", 1, {20, 20, 20})
      .Theirs("Contention", "std::mutex", 1, {30, 30, 30})
      .Theirs("Contention", "tbb::mutex", 1, {10, 10, 10})
      .Ours("Contention", "FutexMutex", 2, {5, 5, 5})
      .Ours("Contention", "SemaMutex", 2, {15, 9, 15})
      .Theirs("Contention", "tbb::mutex", 2, {10, 10, 10})
      .Ours("Wake", "FutexNote", 2, {1, 1, 1})
      .Theirs("Wake", "std::condition_variable", 2, {10, 10, 10});
  EXPECT_EQ(
      Text(InShort(run.measured())),
      "  Lost: parkway is slower than the best other in 2 of 5 cells; 1 of "
      "these within the spread.\n"
      "    Contention: SemaMutex takes 2.00 and 1.50 times as long as "
      "tbb::mutex with 1 and 2 threads; within the spread with 2 threads.\n"
      "  Programs, time of parkway over that of stock:\n"
      "    Slower in every run: hasher 1.10 with 1 thread.\n"
      "    Slower, within the spread: index 1.10 with 2 threads.\n"
      "    Faster in every run: index 0.90 with 1 thread.\n"
      "    Faster or the same, within the spread: hasher 0.90 with 2 threads.\n"
      "  Gains: parkway is faster than the best other in every run in 3 of 5 "
      "cells.\n"
      "    Wake: FutexNote takes 0.10 times as long as "
      "std::condition_variable with 2 threads, in every run.\n"
      "    Contention: FutexMutex takes 0.50 and 0.50 times as long as "
      "tbb::mutex with 1 and 2 threads, in every run.\n");
}

TEST(Summary, SureLossesComeFirstAndFewAreShown) {
  MadeUp run;
  for (int i = 0; i < 7; ++i) {
    const std::string group = "G" + std::to_string(i);
    run.Ours(group, "Lock", 4, {11.0 + i, 11.0 + i, 11.0 + i})
        .Theirs(group, "other", 4, {10, 10, 10});
  }
  run.Ours("Noisy", "Lock", 4, {90, 90, 9})
      .Theirs("Noisy", "other", 4, {10, 10, 10});
  const std::vector<SummaryLine> lines = InShort(run.measured());
  ASSERT_EQ(lines.size(), 8u);
  EXPECT_EQ(lines[0].text,
            "Lost: parkway is slower than the best other in 8 of 8 cells; 1 of "
            "these within the spread.");
  EXPECT_EQ(lines[1].text,
            "G6: Lock takes 1.70 times as long as other with 4 threads, in "
            "every run.");
  EXPECT_EQ(lines[5].text,
            "G2: Lock takes 1.30 times as long as other with 4 threads, in "
            "every run.");
  EXPECT_EQ(lines[6].text, "And 3 more; LOSES marks them in the tables.");
  EXPECT_TRUE(lines[6].detail);
  EXPECT_EQ(lines[7].text,
            "Gains: parkway is faster than the best other in every run in 0 of "
            "8 cells.");
}

TEST(Summary, LossesOfOneKind) {
  MadeUp sure;
  sure.Ours("G", "Lock", 1, {2, 2}).Theirs("G", "other", 1, {1, 1});
  EXPECT_EQ(InShort(sure.measured())[0].text,
            "Lost: parkway is slower than the best other in 1 of 1 cell, in "
            "every run.");
  MadeUp unsure;
  unsure.Ours("G", "Lock", 1, {5, 0.5}).Theirs("G", "other", 1, {1, 1});
  EXPECT_EQ(InShort(unsure.measured())[0].text,
            "Lost: parkway is slower than the best other in 1 of 1 cell, "
            "always within the spread.");
  EXPECT_EQ(InShort(unsure.measured())[1].text,
            "G: Lock takes 2.75 times as long as other with 1 thread, within "
            "the spread.");
}

TEST(Summary, NothingIsLost) {
  MadeUp run;
  run.Ours("G", "Lock", 1, {1, 1}).Theirs("G", "other", 1, {2, 2});
  EXPECT_EQ(InShort(run.measured())[0].text,
            "Lost: nothing. In none of 1 cell is parkway slower than the best "
            "other.");
}

TEST(Summary, SmallRatiosKeepTwoDigits) {
  MadeUp run;
  run.Ours("G", "Lock", 1, {19, 19}).Theirs("G", "other", 1, {1e4, 1e4});
  EXPECT_EQ(InShort(run.measured()).back().text,
            "G: Lock takes 0.0019 times as long as other with 1 thread, in "
            "every run.");
}

TEST(Summary, TheLargestGainsAreOfDifferentGroups) {
  MadeUp run;
  run.Ours("G", "A", 1, {1}).Ours("G", "B", 1, {2}).Ours("H", "A", 1, {3});
  run.Ours("I", "A", 1, {4});
  for (const char* const group : {"G", "H", "I"}) {
    run.Theirs(group, "other", 1, {10});
  }
  const std::vector<SummaryLine> lines = InShort(run.measured());
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[2].text.substr(0, 4), "G: A");
  EXPECT_EQ(lines[3].text.substr(0, 4), "H: A");
}

TEST(Summary, OneSideAloneIsNotCompared) {
  MadeUp run;
  run.Ours("G", "Lock", 1, {1}).Theirs("G", "other", 2, {2});
  const std::vector<SummaryLine> lines = InShort(run.measured());
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].text.find("Nothing is compared"), 0u);
}

TEST(Summary, ProgramsAlone) {
  MadeUp run;
  run.Ours("program/x", "parkway", 1, {1}).Theirs("program/x", "stock", 1, {2});
  EXPECT_EQ(Text(InShort(run.measured())),
            "  Programs, time of parkway over that of stock:\n"
            "    Faster in every run: x 0.50 with 1 thread.\n");
}

TEST(Summary, WhoDoesNotFinish) {
  MadeUp run;
  run.Ours("SuspendedTasks/a", "parkway", 1, {1})
      .Lost()
      .Theirs("SuspendedTasks/a", "stock", 1, {1})
      .Ours("SuspendedTasks/b", "parkway", 1, {1})
      .Theirs("SuspendedTasks/b", "stock", 1, {1})
      .Lost();
  EXPECT_EQ(
      Text(InShort(run.measured())),
      "  Lost: parkway is slower than the best other in 1 of 2 cells, in every "
      "run.\n"
      "    SuspendedTasks/a with 1 thread: parkway does not finish, stock "
      "does.\n"
      "  Gains: parkway is faster than the best other in every run in 1 of 2 "
      "cells.\n"
      "    SuspendedTasks/b with 1 thread: stock does not finish, parkway "
      "does.\n");
}

TEST(Summary, Doubts) {
  EXPECT_TRUE(Doubts(5, 0.01).empty());
  EXPECT_TRUE(Doubts(5, -1).empty());
  ASSERT_EQ(Doubts(2, 0.3).size(), 2u);
  EXPECT_NE(Doubts(2, 0.3)[0].text.find("2 runs"), std::string::npos);
  EXPECT_NE(Doubts(1, 0.3)[0].text.find("1 run "), std::string::npos);
  EXPECT_NE(Doubts(2, 0.3)[1].text.find("30 %"), std::string::npos);
}

}  // namespace
}  // namespace parkway_bench
