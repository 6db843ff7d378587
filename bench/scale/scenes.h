// SPDX-License-Identifier: Apache-2.0

// The benchmarks of bench/locks, and some more, for any lock in a world.
#ifndef PARKWAY_BENCH_SCALE_SCENES_H_
#define PARKWAY_BENCH_SCALE_SCENES_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "bench/scale/atomic.h"
#include "bench/scale/figures.h"
#include "bench/scale/random.h"
#include "bench/scale/world.h"

namespace parkway_bench::scale {

// A number beside a lock, as plain data: what its accesses cost is charged.
class Number {
 public:
  void Add(std::uint64_t n) {
    value_.store(value_.load_ahead() + n, std::memory_order_relaxed);
  }
  std::uint64_t Get() { return value_.load_ahead(); }
  void Set(std::uint64_t value) {
    value_.store(value, std::memory_order_relaxed);
  }
  std::uint64_t now() const { return value_.now(); }

 private:
  Atomic<std::uint64_t> value_{0};
};

// MutexContention and MutexContentionWork (bench/locks/micro_contention.cc).
template <class Lock>
Figures Contention(const Setup& setup, int inside, int outside) {
  return Measure(setup, [=] {
    struct alignas(128) Shared {
      Lock lock;
      Number count;
    };
    auto* const shared = World::Get().Make<Shared>();
    Scene scene;
    scene.body = [=](Turn& turn) {
      while (turn.Goes()) {
        turn.Metered([&] { shared->lock.lock(); });
        shared->count.Add(1);
        turn.Work(inside);
        shared->lock.unlock();
        turn.Work(outside);
        turn.Done();
      }
    };
    scene.check = [=](std::uint64_t operations) -> std::string {
      return shared->count.now() == operations
                 ? ""
                 : "two threads were inside at once";
    };
    return scene;
  });
}

// Numbers that are used one after the other: a processor sees that, and fetches
// them ahead. They cost their loads and stores.
class Sequence {
 public:
  explicit Sequence(std::uint64_t n)
      : numbers_(World::Get().MakeArray<std::uint64_t>(n)) {}
  void Set(std::uint64_t at, std::uint64_t value) const {
    World::Get().kernel().Spend(World::Get().kernel().costs().store);
    numbers_[at] = value;
  }
  std::uint64_t Get(std::uint64_t at) const {
    World::Get().kernel().Spend(World::Get().kernel().costs().load);
    return numbers_[at];
  }

 private:
  std::uint64_t* const numbers_;
};

// ChanContended (bench/locks/micro_channel.cc): there is always room, and
// always something to take.
template <class Lock>
Figures Channel(const Setup& setup) {
  return Measure(setup, [=] {
    constexpr int kBurst = 100;
    struct alignas(64) Shared {
      Lock lock;
      Number first;
      Number count;
      Number waiters;  // two lists, and the capacity
    };
    auto* const shared = World::Get().Make<Shared>();
    const auto capacity = static_cast<std::uint64_t>(kBurst * setup.threads);
    const Sequence ring(capacity);
    const auto send = [=] {
      shared->lock.lock();
      std::uint64_t at = shared->first.Get();
      at += shared->count.Get();
      ring.Set(at % capacity, 1);
      shared->count.Add(1);
      shared->waiters.Get();
      shared->lock.unlock();
    };
    const auto receive = [=] {
      shared->lock.lock();
      shared->count.Add(static_cast<std::uint64_t>(-1));
      ring.Get(shared->first.Get());
      shared->first.Set((shared->first.Get() + 1) % capacity);
      shared->waiters.Get();
      shared->lock.unlock();
    };
    Scene scene;
    scene.body = [=](Turn& turn) {
      // The first bursts differ, so that not all threads send at once.
      int burst = 1 + turn.index() * 37 % kBurst;
      for (; turn.Goes(); burst = kBurst) {
        for (int i = 0; i < burst; ++i) {
          turn.Metered(send);
        }
        for (int i = 0; i < burst; ++i) {
          turn.Metered(receive);
          turn.Done();
        }
      }
    };
    scene.check = [=](std::uint64_t) -> std::string {
      return shared->count.now() == 0 ? ""
                                      : "what came out is not what went in";
    };
    return scene;
  });
}

// NoteWakeSleeper (bench/locks/micro_note.cc): threads 2k and 2k + 1 wake each
// other in turn.
template <class Note>
Figures WakeSleeper(const Setup& setup) {
  return Measure(setup, [=] {
    struct alignas(128) Pair {
      Note ping;
      alignas(128) Note pong;
      alignas(128) Number last;
    };
    auto* const pairs = World::Get().MakeArray<Pair>(
        static_cast<std::size_t>(setup.threads + 1) / 2);
    Scene scene;
    scene.body = [=](Turn& turn) {
      Pair& pair = pairs[turn.index() / 2];
      const bool first = turn.index() % 2 == 0;
      if (turn.index() == (setup.threads - 1) / 2 * 2 &&
          setup.threads % 2 != 0) {
        return;  // the odd one
      }
      bool last = false;
      while (!last) {
        if (first) {
          last = !turn.Goes();
          pair.last.Set(last ? 1 : 0);
          pair.ping.wakeup();
          turn.Metered([&] { pair.pong.sleep(); });
          pair.pong.clear();
        } else {
          turn.Metered([&] { pair.ping.sleep(); });
          pair.ping.clear();
          last = pair.last.Get() != 0;
          pair.pong.wakeup();
        }
        turn.Work(1);
        turn.Done();
      }
    };
    return scene;
  });
}

// Readers and writers of one lock; of a hundred operations `readers` read.
template <class RwLock>
Figures ReadersWriters(const Setup& setup, int readers, int inside,
                       int outside) {
  return Measure(setup, [=] {
    struct alignas(128) Shared {
      RwLock lock;
      alignas(128) Number count;
    };
    // Beside the machine: what has gone wrong.
    struct Seen {
      std::uint64_t writes = 0;
      int inside = 0;  // -1: a writer
      bool together = false;
    };
    auto* const shared = World::Get().Make<Shared>();
    auto* const seen = World::Get().Make<Seen>();
    const auto read = [=](Turn& turn) {
      turn.Metered([&] { shared->lock.lock_shared(); });
      seen->together |= seen->inside++ < 0;
      shared->count.Get();
      turn.Work(inside);
      --seen->inside;
      shared->lock.unlock_shared();
    };
    const auto write = [=](Turn& turn) {
      turn.Metered([&] { shared->lock.lock(); });
      seen->together |= seen->inside != 0;
      seen->inside = -1;
      shared->count.Add(1);
      turn.Work(inside);
      seen->inside = 0;
      ++seen->writes;
      shared->lock.unlock();
    };
    Scene scene;
    scene.body = [=](Turn& turn) {
      Random random(static_cast<std::uint64_t>(turn.index()));
      while (turn.Goes()) {
        if (static_cast<int>(random.Below(100)) < readers) {
          read(turn);
        } else {
          write(turn);
        }
        turn.Work(outside);
        turn.Done();
      }
    };
    scene.check = [=](std::uint64_t) -> std::string {
      return !seen->together && shared->count.now() == seen->writes
                 ? ""
                 : "a writer was inside with somebody else";
    };
    return scene;
  });
}

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_SCENES_H_
