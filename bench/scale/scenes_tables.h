// SPDX-License-Identifier: Apache-2.0

// Benchmarks of what many locks share: the table of sleepers; and of the depot
// of stacks.
#ifndef PARKWAY_BENCH_SCALE_SCENES_TABLES_H_
#define PARKWAY_BENCH_SCALE_SCENES_TABLES_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "bench/scale/figures.h"
#include "bench/scale/random.h"
#include "bench/scale/scenes.h"
#include "bench/scale/sim_platform.h"
#include "bench/scale/world.h"
#include "parkway/stack/free_stack.h"
#include "parkway/stack/stack_depot.h"

namespace parkway_bench::scale {

// Two locks for each thread, any of which it takes. Few sections are so long
// that those who meet one sleep.
template <class Lock>
Figures ManyLocks(const Setup& setup) {
  return Measure(setup, [=] {
    struct alignas(128) Shared {
      Lock lock;
      Number count;
    };
    constexpr int kInside = 100;
    constexpr int kLongInside = 20000;
    constexpr int kOneIsLongOf = 200;
    constexpr int kOutside = 400;
    const auto locks = static_cast<std::size_t>(2 * setup.threads);
    auto* const all = World::Get().MakeArray<Shared>(locks);
    Scene scene;
    scene.body = [=](Turn& turn) {
      Random random(static_cast<std::uint64_t>(turn.index()));
      while (turn.Goes()) {
        Shared& one = all[random.Below(locks)];
        const bool is_long = random.Below(kOneIsLongOf) == 0;
        turn.Metered([&] { one.lock.lock(); });
        one.count.Add(1);
        turn.Work(is_long ? kLongInside : kInside);
        one.lock.unlock();
        turn.Work(kOutside);
        turn.Done();
      }
    };
    scene.check = [=](std::uint64_t operations) -> std::string {
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i < locks; ++i) sum += all[i].count.now();
      return sum == operations ? "" : "two threads were inside at once";
    };
    return scene;
  });
}

// The policy of a depot with another lock in it.
template <class Lock>
struct DepotOver : SimPlatform {
  class TableLock {
   public:
    bool lock() {
      lock_.lock();
      return false;
    }
    void unlock() { lock_.unlock(); }

   private:
    Lock lock_;
  };
};

// Each thread takes a batch of stacks and gives it back: what is left of
// stack_alloc() and stack_free() when the thread's own lists do not help.
template <class Policy>
Figures StackDepot(const Setup& setup) {
  return Measure(setup, [=] {
    constexpr int kBetween = 50;
    constexpr std::uint32_t kNoLimit =
        std::numeric_limits<std::uint32_t>::max() / 2;
    using Depot = parkway::BasicStackDepot<Policy>;
    using Stack = typename Depot::Stack;
    struct alignas(128) Shared {
      Depot depot;
    };
    auto* const shared = World::Get().Make<Shared>();
    Scene scene;
    scene.body = [=](Turn& turn) {
      auto* stack = World::Get().Make<Stack>();
      stack->count = 1;
      while (turn.Goes()) {
        turn.Metered([&] { shared->depot.put_whole(stack, kNoLimit); });
        turn.Work(kBetween);
        do {
          turn.Metered([&] { stack = shared->depot.get(); });
        } while (stack == nullptr);
        turn.Work(kBetween);
        turn.Done();
      }
      shared->depot.put_whole(stack, kNoLimit);
    };
    scene.check = [=](std::uint64_t) -> std::string {
      return shared->depot.stacks() == static_cast<std::uint32_t>(setup.threads)
                 ? ""
                 : "a stack was lost, or is there twice";
    };
    return scene;
  });
}

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_SCENES_TABLES_H_
