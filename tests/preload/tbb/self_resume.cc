// SPDX-License-Identifier: Apache-2.0

// Suspensions that their own callback ends, and everything near them. What it
// prints is the same in every mode.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <thread>

#include "oneapi/tbb/task.h"
#include "oneapi/tbb/task_arena.h"
#include "oneapi/tbb/task_group.h"

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// In an arena without workers: oneTBB 2021.8 by itself loses a task that
// resumes itself now and then to one that is about to fall asleep.
template <class Body>
void alone(const Body& body) {
  tbb::task_arena one(1);
  one.execute([&] {
    tbb::task_group group;
    group.run_and_wait(body);
  });
}

void suspend_and_resume() {
  tbb::task::suspend(
      [](tbb::task::suspend_point point) { tbb::task::resume(point); });
}

void many() {
  int done = 0;
  alone([&] {
    for (; done < 100000; ++done) suspend_and_resume();
  });
  std::printf("many: %d\n", done);
}

// Others have their turn: the one that waits for them does nothing but this.
void as_yields() {
  bool spawned_ran = false;
  std::atomic<bool> resumed_ran{false};
  tbb::task_arena one(1);
  one.execute([&] {
    tbb::task_group group;
    tbb::task::suspend_point suspended = nullptr;
    group.run([&] {
      // Runs last, after all others have been suspended or are done.
      while (suspended == nullptr) suspend_and_resume();
      tbb::task::resume(suspended);
      group.run([&] { spawned_ran = true; });
      while (!spawned_ran || !resumed_ran) suspend_and_resume();
    });
    group.run([&] {
      tbb::task::suspend(
          [&](tbb::task::suspend_point point) { suspended = point; });
      resumed_ran = true;
    });
    group.wait();
  });
  std::printf("as yields: %s\n", spawned_ran && resumed_ran ? "yes" : "no");
}

// One that comes alone is one more turn for the others, at once.
void single_yield() {
  int before = 0;
  for (int round = 0; round < 20; ++round) {
    std::this_thread::sleep_for(milliseconds(1));
    tbb::task_arena one(1);
    one.execute([&] {
      tbb::task_group group;
      bool ran = false;
      group.run([&] {
        std::this_thread::sleep_for(milliseconds(1));
        group.run([&] { ran = true; });
        suspend_and_resume();
        before += ran;
      });
      group.wait();
    });
  }
  std::printf("single yields after which another task had run: %d\n", before);
}

// What the callback throws comes out of suspend(), and suspends nothing.
void throwing() {
  int caught = 0;
  alone([&] {
    for (int i = 0; i < 1000; ++i) {
      try {
        tbb::task::suspend([](tbb::task::suspend_point) {
          throw std::runtime_error("not suspended");
        });
      } catch (const std::runtime_error&) {
        ++caught;
      }
      suspend_and_resume();
    }
  });
  std::printf("thrown: %d\n", caught);
}

// Resumed by another thread, before the callback is done and later.
void by_threads() {
  int done = 0;
  alone([&] {
    for (int i = 0; i < 200; ++i) {
      // So that this thread has left a stack just now, mostly.
      suspend_and_resume();
      std::thread resumer;
      tbb::task::suspend([&](tbb::task::suspend_point point) {
        resumer = std::thread([point] { tbb::task::resume(point); });
        if (i % 2 == 0) resumer.join();
      });
      if (resumer.joinable()) resumer.join();
      ++done;
    }
  });
  std::printf("resumed by threads: %d\n", done);
}

// The callback waits for tasks, which run on top of it and are suspended there;
// the suspend points of all of them are the same.
void nested() {
  int done = 0;
  int inner_done = 0;
  alone([&] {
    for (int i = 0; i < 200; ++i) {
      suspend_and_resume();
      tbb::task::suspend([&](tbb::task::suspend_point outer) {
        tbb::task_group group;
        tbb::task::suspend_point inner = nullptr;
        group.run([&] {
          if (inner != nullptr) tbb::task::resume(inner);
        });
        group.run([&] {
          tbb::task::suspend(
              [&](tbb::task::suspend_point point) { inner = point; });
          ++inner_done;
        });
        group.wait();
        suspend_and_resume();
        tbb::task::resume(outer);
      });
      ++done;
      // Without tasks, and after so long that the inner one leaves its stack.
      suspend_and_resume();
      tbb::task::suspend([&](tbb::task::suspend_point outer) {
        const auto end = steady_clock::now() + microseconds(i % 4);
        while (steady_clock::now() < end) {
        }
        suspend_and_resume();
        ++inner_done;
        tbb::task::resume(outer);
      });
      ++done;
    }
  });
  std::printf("nested: %d, %d\n", done, inner_done);
}

// Tasks that pass the turn on to one that they spawn, on several threads. With
// pauses, in which workers fall asleep.
void together() {
  std::atomic<int> done{0};
  for (int round = 0; round < 20; ++round) {
    tbb::task_group group;
    for (int t = 0; t < 8; ++t) {
      group.run([&] {
        const auto end = steady_clock::now() + milliseconds(1);
        while (steady_clock::now() < end) {
          tbb::task::suspend([&](tbb::task::suspend_point point) {
            group.run([point] { tbb::task::resume(point); });
          });
        }
        ++done;
      });
    }
    group.wait();
    std::this_thread::sleep_for(milliseconds(1));
  }
  std::printf("together: %d\n", done.load());
}

}  // namespace

int main() {
  // A test that hangs shall say where.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  many();
  as_yields();
  single_yield();
  throwing();
  by_threads();
  nested();
  together();
}
