// SPDX-License-Identifier: Apache-2.0

// Every lock of every scene, ours and our readings of others', on small
// machines: nobody is inside with somebody else, nobody sleeps for ever. And
// that a lock which is none is found.
#include <cstdint>
#include <string>

#include "bench/scale/cells.h"
#include "bench/scale/peers/futex2011.h"
#include "bench/scale/peers/peer.h"
#include "bench/scale/scenes.h"
#include "bench/scale/scenes_wait.h"
#include "gtest/gtest.h"

namespace parkway_bench::scale {
namespace {

Setup SetupOf(int cpus, int threads) {
  Setup setup;
  setup.costs = Server();
  setup.topology.cpus = cpus;
  setup.topology.sockets = cpus > 4 ? 2 : 1;
  setup.topology.cpus_per_cluster = 4;
  setup.threads = threads;
  setup.lead = 0;
  setup.duration = Micros(1000);
  return setup;
}

class EveryCell : public testing::TestWithParam<int> {};

TEST_P(EveryCell, ExcludesAndEnds) {
  const int cpus = GetParam();
  for (const Cell& cell : Cells()) {
    for (const int factor : {1, 2, 4}) {
      const Figures figures = cell.measure(SetupOf(cpus, factor * cpus));
      EXPECT_EQ(figures.fault, "") << cell.Name() << ", " << factor * cpus
                                   << " threads on " << cpus << " CPUs";
      EXPECT_GT(figures.operations, 0u) << cell.Name();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cpus, EveryCell, testing::Values(2, 3, 8, 16));

TEST(Cells, HaveNamesOfTheirOwn) {
  std::string before;
  for (const Cell& cell : Cells()) {
    EXPECT_STRNE(WhatIs(cell.scene), "") << cell.scene;
    EXPECT_NE(cell.Name(), before);
    before = cell.Name();
  }
}

TEST(Cells, TheSameSeedGivesTheSameFiguresAndAnotherOneOthers) {
  for (const Cell& cell : Cells()) {
    if (cell.lock != "FutexMutex" && cell.lock != "RwMutex") continue;
    auto setup = SetupOf(4, 6);
    const Figures once = cell.measure(setup);
    const Figures again = cell.measure(setup);
    setup.seed = 2;
    const Figures other = cell.measure(setup);
    EXPECT_EQ(once.operations, again.operations) << cell.Name();
    EXPECT_EQ(once.longest_wait, again.longest_wait) << cell.Name();
    EXPECT_EQ(once.transfers, again.transfers) << cell.Name();
    EXPECT_EQ(once.cpu_ns_per_operation, again.cpu_ns_per_operation);
    EXPECT_TRUE(once.transfers != other.transfers ||
                once.operations != other.operations ||
                once.longest_wait != other.longest_wait)
        << cell.Name();
  }
}

// Looks, and takes without a second look.
class NoLock {
 public:
  void lock() {
    while (word_.load() != 0) Pause();
    word_.store(1, std::memory_order_relaxed);
  }
  void unlock() { word_.store(0, std::memory_order_release); }
  void lock_shared() { lock(); }
  void unlock_shared() { unlock(); }

 private:
  Atomic<std::uint32_t> word_{0};
};

// Forgets to wake.
class NoWake {
 public:
  void lock() {
    while (word_.exchange(1) != 0) Sleep(word_, 1);
  }
  void unlock() { word_.exchange(0); }

 private:
  Atomic<std::uint32_t> word_{0};
};

TEST(Scenes, FindALockThatIsNone) {
  const auto setup = SetupOf(4, 4);
  EXPECT_NE(Contention<NoLock>(setup, 0, 0).fault, "");
  EXPECT_NE(Channel<NoLock>(SetupOf(16, 64)).fault, "");
  EXPECT_NE(ReadersWriters<NoLock>(setup, 50, 10, 10).fault, "");
}

TEST(Scenes, FindALostWake) {
  EXPECT_EQ(Contention<NoWake>(SetupOf(4, 4), 50, 0).fault,
            "a thread sleeps for ever");
}

TEST(Scenes, CountWhatIsInTheirTimeOnly) {
  auto setup = SetupOf(2, 2);
  const Figures one = Contention<Futex2011>(setup, 100, 100);
  setup.lead = Micros(1000);
  setup.duration = Micros(2000);
  const Figures two = Contention<Futex2011>(setup, 100, 100);
  EXPECT_NEAR(static_cast<double>(two.operations),
              2 * static_cast<double>(one.operations),
              .1 * static_cast<double>(two.operations));
  EXPECT_NEAR(two.ns_per_operation, one.ns_per_operation,
              .1 * one.ns_per_operation);
}

}  // namespace
}  // namespace parkway_bench::scale
