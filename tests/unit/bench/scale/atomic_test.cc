// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/atomic.h"

#include <cstdint>

#include "bench/scale/memory.h"
#include "bench/scale/world.h"
#include "gtest/gtest.h"
#include "tests/unit/bench/scale/lab.h"

namespace parkway_bench::scale {
namespace {

// How each of two threads orders its store before its load.
enum class Order { kNothing, kFence, kExchange, kBarrierByTheOther };

// Each stores to its word and then looks at the other's. How often neither saw
// the other's store.
int Misses(Order order) {
  int misses = 0;
  for (Time shift = 0; shift < Nanos(300); shift += Nanos(7)) {
    World world(RoundCosts(), Cpus(4), 1);
    struct alignas(64) Word {
      Atomic<std::uint32_t> value{0};
    };
    auto* const words = world.MakeArray<Word>(2);
    std::uint32_t seen[2] = {1, 1};
    // Each line is where the other one wants to write it.
    const auto body = [&](int me) {
      Kernel& kernel = *World::Simulating();
      words[1 - me].value.load();
      kernel.WaitUntil(Micros(10) + (me == 0 ? 0 : shift));
      if (order == Order::kExchange) {
        words[me].value.exchange(1);
      } else {
        words[me].value.store(1, std::memory_order_release);
      }
      if (order == Order::kFence) kernel.DrainStores();
      if (order == Order::kBarrierByTheOther && me == 1) kernel.Barrier();
      seen[me] = words[1 - me].value.load(std::memory_order_acquire);
    };
    world.Spawn(0, 0, [&] { body(0); });
    world.Spawn(2, 0, [&] { body(1); });
    EXPECT_TRUE(world.Run());
    if (seen[0] == 0 && seen[1] == 0) ++misses;
  }
  return misses;
}

TEST(StoreBuffer, WithoutAFenceBothMayMissTheOther) {
  EXPECT_GT(Misses(Order::kNothing), 0);
}
TEST(StoreBuffer, WithFencesOneSees) { EXPECT_EQ(Misses(Order::kFence), 0); }
TEST(StoreBuffer, WithLockedInstructionsOneSees) {
  EXPECT_EQ(Misses(Order::kExchange), 0);
}
TEST(StoreBuffer, WithOnesBarrierOneSees) {
  EXPECT_EQ(Misses(Order::kBarrierByTheOther), 0);
}

// How long it takes to compute for 100 ns, to update a word that another CPU
// has, and to compute once more.
Time ComputeAroundAnUpdate(Time looks_ahead) {
  Costs costs = RoundCosts();
  costs.looks_ahead = looks_ahead;
  World world(costs, Cpus(4), 1);
  auto* const word = world.Make<Atomic<std::uint32_t>>();
  Time took = 0;
  world.Spawn(2, 0, [&] { word->fetch_add(1); });
  world.Spawn(0, Micros(1), [&] {
    Kernel& kernel = *World::Simulating();
    kernel.Dawdle(0);
    const Time start = kernel.now();
    kernel.Compute(Nanos(100));
    word->fetch_add(1);
    kernel.Compute(Nanos(100));
    kernel.AfterComputing();
    took = kernel.now() - start;
  });
  EXPECT_TRUE(world.Run());
  EXPECT_EQ(word->now(), 2u);
  return took;
}

TEST(Computation, HidesWhatComesAfterIt) {
  EXPECT_EQ(ComputeAroundAnUpdate(0), Nanos(100 + 50 + 2 + 100));
  // The line is asked for 30 ns earlier, and the second computation begins as
  // much before the update ends.
  EXPECT_EQ(ComputeAroundAnUpdate(Nanos(30)), Nanos(100 + 100));
  EXPECT_EQ(ComputeAroundAnUpdate(Nanos(10)),
            Nanos(100 + 50 + 2 + 100 - 10 - 10));
}

TEST(Computation, IsNotHiddenByAPause) {
  Costs costs = RoundCosts();
  costs.looks_ahead = Nanos(30);
  World world(costs, Cpus(1), 1);
  world.Spawn(0, 0, [&] {
    Kernel& kernel = *World::Simulating();
    kernel.Dawdle(Nanos(50));
    kernel.Compute(Nanos(100));
    kernel.AfterComputing();
    EXPECT_EQ(kernel.now(), Nanos(150));
  });
  EXPECT_TRUE(world.Run());
}

TEST(CompareAndExchange, WaitsForWhatItsThreadHasLoaded) {
  Costs costs = RoundCosts();
  costs.load_use = Nanos(7);
  World world(costs, Cpus(1), 1);
  auto* const word = world.Make<Atomic<std::uint32_t>>();
  const auto exchange = [&](bool loads) {
    Kernel& kernel = *World::Simulating();
    const Time start = kernel.now();
    std::uint32_t value = loads ? word->load() : word->now();
    EXPECT_TRUE(word->compare_exchange_strong(value, value + 1));
    return kernel.now() - start;
  };
  world.Spawn(0, 0, [&] {
    word->fetch_add(1);
    EXPECT_EQ(exchange(false), Nanos(2));
    EXPECT_EQ(exchange(true), Nanos(1 + 7 + 2));
    EXPECT_EQ(exchange(false), Nanos(2));
  });
  EXPECT_TRUE(world.Run());
}

TEST(StoreBuffer, AThreadSeesItsOwnStores) {
  World world(RoundCosts(), Cpus(4), 1);
  auto* const word = world.Make<Atomic<std::uint32_t>>();
  world.Spawn(2, 0, [&] { word->load(); });
  world.Spawn(0, Micros(1), [&] {
    word->store(1, std::memory_order_relaxed);
    word->store(2, std::memory_order_relaxed);
    EXPECT_EQ(word->now(), 0u);
    EXPECT_EQ(word->load(std::memory_order_relaxed), 2u);
  });
  EXPECT_TRUE(world.Run());
  EXPECT_EQ(word->now(), 2u);
}

TEST(StoreBuffer, StoresArriveInTheirOrder) {
  World world(RoundCosts(), Cpus(16), 1);
  struct alignas(64) Word {
    Atomic<std::uint32_t> value{0};
  };
  auto* const words = world.MakeArray<Word>(2);
  // The first one's line is far away, the second one's here.
  world.Spawn(8, 0, [&] { words[0].value.exchange(0); });
  world.Spawn(0, Micros(1), [&] {
    words[1].value.load();
    words[1].value.exchange(0);
    World::Simulating()->WaitUntil(Micros(2));
    words[0].value.store(1, std::memory_order_relaxed);
    words[1].value.store(1, std::memory_order_relaxed);
  });
  bool looked_between = false;
  world.Spawn(2, Micros(2), [&] {
    for (int i = 0; i < 200; ++i) {
      if (words[1].value.now() == 1) {
        EXPECT_EQ(words[0].value.now(), 1u);
      } else {
        looked_between = true;
      }
      World::Simulating()->WaitUntil(World::Simulating()->now() + Nanos(2));
    }
  });
  EXPECT_TRUE(world.Run());
  EXPECT_TRUE(looked_between);
  EXPECT_EQ(words[1].value.now(), 1u);
}

TEST(StoreBuffer, WhoFillsItWaits) {
  World world(RoundCosts(), Cpus(16), 1);
  auto* const word = world.Make<Atomic<std::uint32_t>>();
  world.Spawn(8, 0, [&] { word->exchange(0); });
  world.Spawn(0, Micros(1), [&] {
    Kernel& kernel = *World::Simulating();
    // The line comes from the other socket, in 200 ns; a store takes 1.
    for (int i = 0; i < 50; ++i) word->store(1, std::memory_order_relaxed);
    EXPECT_EQ(kernel.now(), Micros(1) + Nanos(50));
    for (int i = 0; i < 10; ++i) word->store(1, std::memory_order_relaxed);
    EXPECT_GT(kernel.now(), Micros(1) + Nanos(200));
  });
  EXPECT_TRUE(world.Run());
}

TEST(Atomic, EachAccessCosts) {
  World world(RoundCosts(), Cpus(1), 1);
  auto* const word = world.Make<Atomic<std::uint32_t>>();
  world.Spawn(0, 0, [&] {
    Kernel& kernel = *World::Simulating();
    word->exchange(1);
    const Time start = kernel.now();
    EXPECT_EQ(word->load(), 1u);
    EXPECT_EQ(kernel.now(), start + Nanos(1));
    word->store(2, std::memory_order_release);
    EXPECT_EQ(kernel.now(), start + Nanos(2));
    EXPECT_EQ(word->fetch_add(5), 2u);
    EXPECT_EQ(kernel.now(), start + Nanos(4));
    std::uint32_t expected = 6;
    EXPECT_FALSE(word->compare_exchange_strong(expected, 1));
    EXPECT_EQ(expected, 7u);
    EXPECT_EQ(kernel.now(), start + Nanos(6));
    EXPECT_EQ(word->change([](std::uint32_t v) { return v * 2; }), 7u);
    EXPECT_EQ(word->now(), 14u);
  });
  EXPECT_TRUE(world.Run());
}

TEST(Atomic, CostsNothingForWhoSetsTheWorldUp) {
  World world(RoundCosts(), Cpus(1), 1);
  auto* const word = world.Make<Atomic<std::uint32_t>>();
  word->store(3);
  EXPECT_EQ(word->fetch_or(4), 3u);
  EXPECT_EQ(word->load(), 7u);
}

TEST(Plain, IsChargedAsAnAtomicWord) {
  World world(RoundCosts(), Cpus(1), 1);
  auto* const number = world.Make<Plain<int>>();
  world.Spawn(0, 0, [&] {
    *number = 1;
    World::Simulating()->DrainStores();
    const Time start = World::Simulating()->now();
    *number = *number + 1;
    EXPECT_EQ(World::Simulating()->now(), start + Nanos(2));
  });
  EXPECT_TRUE(world.Run());
  EXPECT_EQ(number->now(), 2);
}

TEST(Memory, LinesDoNotDependOnThePlace) {
  World world(RoundCosts(), Cpus(1), 1);
  auto* const words = world.MakeArray<Atomic<std::uint32_t>>(32);
  EXPECT_EQ(Memory::LineOf(&words[0]), Memory::LineOf(&words[15]));
  EXPECT_EQ(Memory::LineOf(&words[0]) + 1, Memory::LineOf(&words[16]));
  EXPECT_EQ(Memory::LineOf(world.Allocate(1)), Memory::kMostThreads + 2);
}

TEST(Memory, AThreadsStackIsOneLine) {
  World world(RoundCosts(), Cpus(1), 1);
  std::uint32_t lines[2] = {};
  for (std::uint32_t& line : lines) {
    world.Spawn(0, 0, [&] {
      Atomic<std::uint32_t> some[64];
      EXPECT_EQ(Memory::LineOf(&some[0]), Memory::LineOf(&some[63]));
      line = Memory::LineOf(&some[0]);
    });
  }
  EXPECT_TRUE(world.Run());
  EXPECT_NE(lines[0], lines[1]);
  EXPECT_LT(lines[0], Memory::kMostThreads);
}

TEST(Memory, EachWorldBeginsWithNothing) {
  for (int i = 0; i < 2; ++i) {
    World world(RoundCosts(), Cpus(1), 1);
    auto* const numbers = static_cast<std::uint64_t*>(world.Allocate(4096));
    EXPECT_EQ(numbers[10], 0u);
    numbers[10] = 1;
  }
}

}  // namespace
}  // namespace parkway_bench::scale
