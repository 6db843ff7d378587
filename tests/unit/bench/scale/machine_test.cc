// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/machine.h"

#include <algorithm>
#include <cstdint>

#include "gtest/gtest.h"
#include "tests/unit/bench/scale/lab.h"

namespace parkway_bench::scale {
namespace {

constexpr std::uint32_t kLine = 7;

class MachineTest : public testing::Test {
 protected:
  // CPUs 0 and 1 are a cluster, 0 to 7 a socket.
  Costs costs_ = RoundCosts();
  Machine machine_{costs_, Cpus(16), 1};
};

TEST_F(MachineTest, ALineThatNobodyHasComesFromMemory) {
  EXPECT_EQ(machine_.Read(0, kLine, 0), Nanos(80));
  EXPECT_EQ(machine_.transfers(), 0u);
}

TEST_F(MachineTest, WhatIsThereCostsNothing) {
  const Time here = machine_.Own(0, kLine, 0);
  EXPECT_EQ(machine_.Own(0, kLine, here + 5), here + 5);
  EXPECT_EQ(machine_.Read(0, kLine, here + 5), here + 5);
}

TEST_F(MachineTest, DistancesDiffer) {
  machine_.Own(0, kLine, 0);
  machine_.Own(0, kLine + 1, 0);
  machine_.Own(0, kLine + 2, 0);
  const Time now = Micros(1);
  EXPECT_EQ(machine_.Read(1, kLine, now), now + Nanos(10));
  EXPECT_EQ(machine_.Read(2, kLine + 1, now), now + Nanos(50));
  EXPECT_EQ(machine_.far_transfers(), 0u);
  EXPECT_EQ(machine_.Read(8, kLine + 2, now), now + Nanos(200));
  EXPECT_EQ(machine_.transfers(), 3u);
  EXPECT_EQ(machine_.far_transfers(), 1u);
}

TEST_F(MachineTest, FarIsAPlaceAndNotATime) {
  costs_.from_cluster = costs_.from_socket = costs_.from_other_socket;
  machine_.Own(0, kLine, 0);
  machine_.Read(7, kLine, Micros(1));
  EXPECT_EQ(machine_.far_transfers(), 0u);
}

TEST_F(MachineTest, AReaderGetsTheNearestCopy) {
  machine_.Own(0, kLine, 0);
  machine_.Read(8, kLine, Micros(1));
  EXPECT_EQ(machine_.Read(9, kLine, Micros(2)), Micros(2) + Nanos(10));
}

TEST_F(MachineTest, AWriteEndsAllCopies) {
  machine_.Own(0, kLine, 0);
  machine_.Read(1, kLine, Micros(1));
  machine_.Read(8, kLine, Micros(2));
  // The farthest answers last.
  EXPECT_EQ(machine_.Own(0, kLine, Micros(3)), Micros(3) + Nanos(200));
  EXPECT_EQ(machine_.Read(1, kLine, Micros(4)), Micros(4) + Nanos(10));
}

TEST_F(MachineTest, EachCopyThatAWriteEndsCosts) {
  costs_.for_each_copy = Nanos(3);
  for (int i = 0; i < 8; ++i) machine_.Read(i, kLine, Micros(i + 1));
  EXPECT_EQ(machine_.Own(0, kLine, Micros(20)), Micros(20) + Nanos(50 + 6 * 3));
}

TEST_F(MachineTest, TheOwnerKeepsTheLineUntilTheRequestHasReachedIt) {
  machine_.Own(0, kLine, 0);
  const Time now = Micros(1);
  const Time here = machine_.Own(2, kLine, now);
  EXPECT_EQ(here, now + Nanos(50));
  EXPECT_EQ(machine_.Own(0, kLine, now + Nanos(24)), now + Nanos(24));
  EXPECT_GT(machine_.Own(0, kLine, now + Nanos(26)), here);
}

TEST_F(MachineTest, AReaderLeavesTheOwnerACopy) {
  machine_.Own(0, kLine, 0);
  const Time here = machine_.Read(2, kLine, Micros(1));
  EXPECT_EQ(machine_.Read(0, kLine, here + 1), here + 1);
  EXPECT_GT(machine_.Own(0, kLine, here + 1), here + 1);
}

TEST_F(MachineTest, WhereLinesMigrateAReaderOfWhatWasWrittenHasItAlone) {
  costs_.lines_migrate = true;
  machine_.Own(0, kLine, 0);
  const Time here = machine_.Read(2, kLine, Micros(1));
  EXPECT_EQ(machine_.Own(2, kLine, here + 1), here + 1);
  EXPECT_GT(machine_.Read(0, kLine, here + 2), here + 2);
}

TEST_F(MachineTest, ThoseThatAskGetItOneAfterTheOther) {
  machine_.Own(0, kLine, 0);
  const Time now = Micros(1);
  const Time first = machine_.Own(2, kLine, now);
  const Time second = machine_.Own(4, kLine, now);
  const Time third = machine_.Own(6, kLine, now);
  EXPECT_GE(second, first + Nanos(50));
  EXPECT_GE(third, second + Nanos(50));
}

TEST_F(MachineTest, ReadersGetItSideBySide) {
  machine_.Read(0, kLine, 0);
  const Time now = Micros(1);
  EXPECT_EQ(machine_.Read(2, kLine, now), now + Nanos(50));
  EXPECT_EQ(machine_.Read(4, kLine, now), now + Nanos(50 + 5));
}

TEST_F(MachineTest, SaysWhoHasLostWhatItWatches) {
  const Time here = machine_.Read(0, kLine, 0);
  EXPECT_EQ(machine_.KeptUntil(0, kLine), kForever);
  machine_.Watch(0, kLine);
  machine_.Read(2, kLine, here);
  EXPECT_TRUE(machine_.lost().empty());
  machine_.Own(2, kLine, Micros(1));
  ASSERT_EQ(machine_.lost().size(), 1u);
  EXPECT_EQ(machine_.lost()[0].cpu, 0);
  EXPECT_EQ(machine_.lost()[0].at, Micros(1) + Nanos(25));
  EXPECT_EQ(machine_.KeptUntil(0, kLine), Micros(1) + Nanos(25));
}

TEST_F(MachineTest, TransfersDifferByTheSpread) {
  costs_.spread_percent = 20;
  Machine other(costs_, Cpus(16), 2);
  bool differs = false;
  Time least = kForever;
  Time most = 0;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    const Time now = Micros(i + 1);
    machine_.Own(0, i, 0);
    other.Own(0, i, 0);
    const Time took = machine_.Own(2, i, now) - now;
    differs |= other.Own(2, i, now) - now != took;
    least = std::min(least, took);
    most = std::max(most, took);
  }
  EXPECT_TRUE(differs);
  EXPECT_GE(least, Nanos(40));
  EXPECT_LT(least, Nanos(42));
  EXPECT_LE(most, Nanos(60));
  EXPECT_GT(most, Nanos(58));
}

}  // namespace
}  // namespace parkway_bench::scale
