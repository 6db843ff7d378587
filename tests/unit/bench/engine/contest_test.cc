// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/contest.h"

#include <gtest/gtest.h>

#include "tests/unit/bench/engine/made_up.h"

namespace parkway_bench {
namespace {

TEST(Contest, IsAgainstTheFastestOther) {
  MadeUp run;
  run.Ours("G", "ours", 2, {3, 3, 3})
      .Theirs("G", "slow", 2, {9, 9, 9})
      .Theirs("G", "fast", 2, {2, 2, 2})
      .Theirs("G", "middle", 2, {4, 4, 4});
  const std::vector<Contest> contests = Contests(run.measured());
  ASSERT_EQ(contests.size(), 1u);
  ASSERT_EQ(contests[0].rivals.size(), 3u);
  EXPECT_EQ(contests[0].rivals[0]->cell->subject, "fast");
  EXPECT_EQ(contests[0].rivals[1]->cell->subject, "middle");
  EXPECT_EQ(contests[0].rivals[2]->cell->subject, "slow");
  EXPECT_EQ(contests[0].ratios, (std::vector<double>{1.5, 1.5, 1.5}));
}

TEST(Contest, IsWithinAGroupAndAThreadCount) {
  MadeUp run;
  run.Ours("G", "ours", 2, {3})
      .Ours("G", "ours", 4, {3})
      .Ours("H", "ours", 2, {3})
      .Theirs("G", "other", 4, {1});
  const std::vector<Contest> contests = Contests(run.measured());
  ASSERT_EQ(contests.size(), 1u);
  EXPECT_EQ(contests[0].ours->cell->threads, 4);
  EXPECT_EQ(contests[0].ours->cell->group, "G");
}

TEST(Contest, Outcomes) {
  EXPECT_EQ(OutcomeOf({1.1, 1.2, 1.3}), Outcome::kSlower);
  EXPECT_EQ(OutcomeOf({0.9, 1.2, 1.3}), Outcome::kPerhapsSlower);
  EXPECT_EQ(OutcomeOf({0.9, 0.9, 1.3}), Outcome::kPerhapsFaster);
  EXPECT_EQ(OutcomeOf({1, 1, 1}), Outcome::kPerhapsFaster);
  EXPECT_EQ(OutcomeOf({0.9, 0.8, 0.7}), Outcome::kFaster);
}

TEST(Contest, RatiosAreOfNeighboursThatWereNotLost) {
  MadeUp run;
  run.Ours("G", "ours", 1, {2, 4, 6}).Theirs("G", "other", 1, {1, 2, 2});
  std::vector<Measured> measured = run.measured();
  measured[0].samples[0].lost = "hung";
  measured[1].samples[2].lost = "crashed";
  EXPECT_EQ(RatiosOf(measured[0], measured[1]), (std::vector<double>{2}));
  measured[0].samples[1].lost = "hung";
  EXPECT_TRUE(RatiosOf(measured[0], measured[1]).empty());
  // Each has a run left, but no two of them are neighbours.
  EXPECT_EQ(Contests(measured).at(0).outcome, Outcome::kUnknown);
}

TEST(Contest, OneSideDoesNotFinish) {
  MadeUp ours;
  ours.Ours("G", "ours", 1, {1}).Lost().Theirs("G", "other", 1, {1});
  EXPECT_EQ(Contests(ours.measured()).at(0).outcome, Outcome::kNotFinished);
  MadeUp theirs;
  theirs.Ours("G", "ours", 1, {1}).Theirs("G", "other", 1, {1}).Lost();
  EXPECT_EQ(Contests(theirs.measured()).at(0).outcome,
            Outcome::kRivalNotFinished);
  MadeUp both;
  both.Ours("G", "ours", 1, {1}).Lost().Theirs("G", "other", 1, {1}).Lost();
  EXPECT_EQ(Contests(both.measured()).at(0).outcome, Outcome::kUnknown);
}

TEST(Contest, WhoDoesNotFinishIsTheLastRival) {
  MadeUp run;
  run.Ours("G", "ours", 1, {5})
      .Theirs("G", "hangs", 1, {1})
      .Lost()
      .Theirs("G", "finishes", 1, {4});
  EXPECT_EQ(Contests(run.measured()).at(0).rivals[0]->cell->subject,
            "finishes");
}

}  // namespace
}  // namespace parkway_bench
