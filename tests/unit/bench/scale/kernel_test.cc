// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/kernel.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "bench/scale/atomic.h"
#include "bench/scale/peers/peer.h"
#include "bench/scale/world.h"
#include "gtest/gtest.h"
#include "tests/unit/bench/scale/lab.h"

namespace parkway_bench::scale {
namespace {

using Runs = std::vector<std::pair<int, Time>>;  // who goes on, and when

// Works for so long in steps of 100 us, and says each time that it goes on
// after somebody else.
void Work(int who, Time time, Runs* runs) {
  Kernel& kernel = *World::Simulating();
  for (Time done = 0; done < time; done += Micros(100)) {
    if (runs->empty() || runs->back().first != who) {
      runs->emplace_back(who, kernel.now());
    }
    kernel.Spend(Micros(100));
    kernel.Sync();
  }
}

TEST(Scheduler, SlicesEndAtTicks) {
  World world(RoundCosts(), Cpus(1), 1);
  Runs runs;
  world.Spawn(0, 0, [&] { Work(0, Micros(10000), &runs); });
  world.Spawn(0, 0, [&] { Work(1, Micros(6000), &runs); });
  ASSERT_TRUE(world.Run());
  // The first tick after 3 ms is at 4. Who has its CPU again ends the step in
  // which it lost that.
  EXPECT_EQ(runs, (Runs{{0, 0},
                        {1, Micros(4000)},
                        {0, Micros(8100)},
                        {1, Micros(12100)},
                        {0, Micros(14100)}}));
  EXPECT_EQ(world.kernel().counts().preemptions, 3u);
  EXPECT_EQ(world.Spent(Micros(16000)), Micros(16000));
}

TEST(Scheduler, WhoIsAloneKeepsItsCpu) {
  World world(RoundCosts(), Cpus(1), 1);
  Runs runs;
  world.Spawn(0, 0, [&] { Work(0, Micros(20000), &runs); });
  ASSERT_TRUE(world.Run());
  EXPECT_EQ(runs, (Runs{{0, 0}}));
  EXPECT_EQ(world.Switches(), 0u);
}

TEST(Scheduler, ASwitchCosts) {
  Costs costs = RoundCosts();
  costs.context_switch = Micros(2);
  World world(costs, Cpus(1), 1);
  Runs runs;
  world.Spawn(0, 0, [&] { Work(0, Micros(4000), &runs); });
  world.Spawn(0, 0, [&] { Work(1, Micros(1000), &runs); });
  ASSERT_TRUE(world.Run());
  EXPECT_EQ(runs, (Runs{{0, Micros(2)}, {1, Micros(4002)}}));
}

TEST(Scheduler, AYieldGivesTheCpuAwayIfSomebodyWaitsForIt) {
  Costs costs = RoundCosts();
  costs.yield = Micros(1);
  World world(costs, Cpus(1), 1);
  std::vector<int> order;
  const auto body = [&](int who) {
    for (int i = 0; i < 3; ++i) {
      order.push_back(who);
      Yield();
    }
  };
  world.Spawn(0, 0, [&] { body(0); });
  world.Spawn(0, 0, [&] { body(1); });
  ASSERT_TRUE(world.Run());
  EXPECT_EQ(order, (std::vector<int>{0, 1, 0, 1, 0, 1}));
}

TEST(Scheduler, AYieldOfOneAloneCostsItsCallOnly) {
  Costs costs = RoundCosts();
  costs.yield = Micros(1);
  World world(costs, Cpus(1), 1);
  Time end = 0;
  bool gave_away = true;
  world.Spawn(0, 0, [&] {
    gave_away = World::Simulating()->Yield();
    end = World::Simulating()->now();
  });
  ASSERT_TRUE(world.Run());
  EXPECT_FALSE(gave_away);
  EXPECT_EQ(end, Micros(1));
}

// One sleeps, and the other wakes it after `delay`. Returns how long after the
// wake the sleeper goes on.
Time WakeAfter(const Costs& costs, Time delay, Counts* counts) {
  World world(costs, Cpus(2), 1);
  auto* const word = world.Make<Atomic<std::uint32_t>>();
  Time woken = 0;
  Time awake = 0;
  world.Spawn(0, 0, [&] {
    EXPECT_TRUE(World::Simulating()->FutexSleep(word, 0, kForever));
    awake = World::Simulating()->now();
  });
  world.Spawn(1, delay, [&] {
    Kernel& kernel = *World::Simulating();
    kernel.FutexWake(word, 1);
    woken = kernel.now();
  });
  EXPECT_TRUE(world.Run());
  *counts = world.kernel().counts();
  return awake - woken;
}

TEST(Futex, AWakeTakesTheLongerTheLongerTheCpuHadNothingToDo) {
  Costs costs = RoundCosts();
  costs.from_socket = costs.from_cluster = 0;
  costs.wake_interrupt = Micros(2);
  costs.idle = {{0, Micros(1)}, {Micros(500), Micros(50)}};
  costs.context_switch = Micros(3);
  Counts counts;
  EXPECT_EQ(WakeAfter(costs, Micros(100), &counts), Micros(2 + 1 + 3));
  EXPECT_EQ(counts.sleeps, 1u);
  EXPECT_EQ(counts.wakes, 1u);
  EXPECT_EQ(counts.futex_calls, 2u);
  EXPECT_EQ(WakeAfter(costs, Micros(1000), &counts), Micros(2 + 50 + 3));
}

TEST(Futex, WhoIsWokenOnItsWayDoesNotSleep) {
  Costs costs = RoundCosts();
  costs.futex_sleep = Micros(10);
  costs.wake_interrupt = Micros(2);
  Counts counts;
  EXPECT_LT(WakeAfter(costs, Micros(5), &counts), Micros(10));
  EXPECT_EQ(counts.sleeps, 0u);
  EXPECT_EQ(counts.wakes, 1u);
}

TEST(Futex, DoesNotSleepIfTheWordHasChanged) {
  World world(RoundCosts(), Cpus(1), 1);
  auto* const word = world.Make<Atomic<std::uint32_t>>(1u);
  world.Spawn(0, 0, [&] {
    EXPECT_TRUE(World::Simulating()->FutexSleep(word, 0, kForever));
  });
  EXPECT_TRUE(world.Run());
  EXPECT_EQ(world.kernel().counts().sleeps, 0u);
}

TEST(Futex, ASleepEndsWhenItsTimeIsUp) {
  Costs costs = RoundCosts();
  costs.wake_interrupt = Micros(2);
  World world(costs, Cpus(1), 1);
  auto* const word = world.Make<Atomic<std::uint32_t>>();
  Time end = 0;
  world.Spawn(0, 0, [&] {
    Kernel& kernel = *World::Simulating();
    EXPECT_FALSE(kernel.FutexSleep(word, 0, Micros(700)));
    end = kernel.now();
    EXPECT_FALSE(kernel.FutexSleep(word, 0, Micros(700)));
  });
  EXPECT_TRUE(world.Run());
  EXPECT_EQ(end, Micros(702));
  EXPECT_EQ(world.kernel().counts().sleeps, 1u);
}

TEST(Futex, WhoWasWokenDoesNotTimeOut) {
  World world(RoundCosts(), Cpus(2), 1);
  auto* const word = world.Make<Atomic<std::uint32_t>>();
  Time second_end = 0;
  world.Spawn(0, 0, [&] {
    Kernel& kernel = *World::Simulating();
    EXPECT_TRUE(kernel.FutexSleep(word, 0, Micros(500)));
    // The first deadline is not the second's.
    EXPECT_FALSE(kernel.FutexSleep(word, 0, Micros(900)));
    second_end = kernel.now();
  });
  world.Spawn(1, Micros(100), [&] { World::Simulating()->FutexWake(word, 1); });
  EXPECT_TRUE(world.Run());
  EXPECT_EQ(second_end, Micros(900));
}

TEST(Futex, WakesAsManyAsItIsToldTheFirstFirst) {
  World world(RoundCosts(), Cpus(4), 1);
  auto* const word = world.Make<Atomic<std::uint32_t>>();
  std::vector<int> order;
  for (int i = 0; i < 3; ++i) {
    world.Spawn(i, Micros(i + 1), [&, i] {
      World::Simulating()->FutexSleep(word, 0, kForever);
      order.push_back(i);
    });
  }
  world.Spawn(3, Micros(100), [&] {
    World::Simulating()->FutexWake(word, 2);
    World::Simulating()->WaitUntil(Micros(200));
    EXPECT_EQ(order, (std::vector<int>{0, 1}));
    World::Simulating()->FutexWake(word, 2);
  });
  EXPECT_TRUE(world.Run());
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
}

TEST(Futex, SleepersThatNobodyWakesAreReported) {
  World world(RoundCosts(), Cpus(1), 1);
  auto* const word = world.Make<Atomic<std::uint32_t>>();
  world.Spawn(0, 0,
              [&] { World::Simulating()->FutexSleep(word, 0, kForever); });
  EXPECT_FALSE(world.Run());
}

TEST(Barrier, InterruptsEachCpuThatHasSomethingToDo) {
  Costs costs = RoundCosts();
  costs.interrupt = Micros(2);
  costs.barrier_send = Micros(1);
  costs.barrier_answer = Micros(5);
  World world(costs, Cpus(4), 1);
  Time end = 0;
  Time worked = 0;
  world.Spawn(0, Micros(10), [&] {
    World::Simulating()->Barrier();
    end = World::Simulating()->now();
  });
  for (int i = 1; i < 3; ++i) {  // CPU 3 sleeps
    world.Spawn(i, 0, [&] {
      World::Simulating()->WaitUntil(Micros(100));
      World::Simulating()->Sync();
      worked = World::Simulating()->now();
    });
  }
  EXPECT_TRUE(world.Run());
  EXPECT_EQ(world.kernel().counts().interrupts, 2u);
  EXPECT_EQ(world.kernel().counts().interrupted, Micros(4));
  EXPECT_EQ(end, Micros(10 + 2 + 5));
  EXPECT_EQ(worked, Micros(102));
}

TEST(Barrier, OneAfterTheOther) {
  Costs costs = RoundCosts();
  costs.barrier = Micros(10);
  costs.from_cluster = costs.from_socket = 0;
  World world(costs, Cpus(4), 1);
  std::vector<Time> ends;
  for (int i = 0; i < 4; ++i) {
    world.Spawn(i, 0, [&] {
      World::Simulating()->Barrier();
      ends.push_back(World::Simulating()->now());
    });
  }
  EXPECT_TRUE(world.Run());
  ASSERT_EQ(ends.size(), 4u);
  for (int i = 1; i < 4; ++i) {
    EXPECT_GE(ends[static_cast<std::size_t>(i)],
              ends[static_cast<std::size_t>(i - 1)] + Micros(10));
  }
}

// A loop of loads and yields takes as long as YieldWhileKept(), of which the
// host runs a part only; and loads alone as long as LoadWhileKept().
Time EndOfSpin(Time change, bool yields, bool all) {
  Costs costs = RoundCosts();
  costs.yield = Nanos(170);
  World world(costs, Cpus(2), 1);
  auto* const word = world.Make<Atomic<std::uint32_t>>();
  Time end = 0;
  world.Spawn(0, 0, [&] {
    Kernel& kernel = *World::Simulating();
    while (word->load() == 0) {
      if (!yields) {
        if (!all) kernel.LoadWhileKept(word, 1 << 20);
      } else if (all) {
        kernel.Yield();
      } else {
        kernel.YieldWhileKept(word);
      }
    }
    end = kernel.now();
  });
  world.Spawn(1, change, [&] { word->store(1, std::memory_order_release); });
  EXPECT_TRUE(world.Run());
  return end;
}

TEST(Linger, IsAsTheLoop) {
  for (Time change = Micros(1); change < Micros(3); change += Nanos(37)) {
    EXPECT_EQ(EndOfSpin(change, true, true), EndOfSpin(change, true, false));
    EXPECT_EQ(EndOfSpin(change, false, true), EndOfSpin(change, false, false));
  }
}

TEST(Linger, CountsWhatItLeavesOut) {
  World world(RoundCosts(), Cpus(1), 1);
  auto* const word = world.Make<Atomic<std::uint32_t>>();
  world.Spawn(0, 0, [&] {
    word->load();
    const Time start = World::Simulating()->now();
    EXPECT_EQ(World::Simulating()->LoadWhileKept(word, 1000), 1000);
    EXPECT_EQ(World::Simulating()->now(), start + Nanos(1000));
  });
  EXPECT_TRUE(world.Run());
}

}  // namespace
}  // namespace parkway_bench::scale
