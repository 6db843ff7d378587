// SPDX-License-Identifier: Apache-2.0

// Waiting in tasks of oneTBB, on the real scheduler.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "oneapi/tbb/flow_graph.h"
#include "oneapi/tbb/global_control.h"
#include "oneapi/tbb/parallel_for.h"
#include "oneapi/tbb/task_arena.h"
#include "oneapi/tbb/task_group.h"
#include "parkway/base/sanitizers.h"
#include "parkway/task/park.h"
#include "parkway/tbb/task/task_condition_variable.h"
#include "parkway/tbb/task/task_mutex.h"
#include "parkway/tbb/task/task_note.h"
#include "parkway/tbb/task/task_rw_mutex.h"
#include "parkway/tbb/task/task_scheduler.h"
#include "parkway/tbb/task/task_semaphore.h"
#include "parkway/tbb/task/task_suspension.h"
#include "tests/unit/tbb/end_workers.h"

namespace parkway {
namespace tbb {
namespace {

using namespace std::chrono_literals;

// Whether waits suspend here (sanitizers and some platforms: threads park).
bool Suspends() {
  bool suspends = false;
  ::tbb::task_group group;
  group.run_and_wait([&] { suspends = in_suspendable_task(); });
  return suspends;
}

void BusyFor(std::chrono::microseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
  }
}

class TaskWaits : public ::testing::TestWithParam<int> {
 protected:
  TaskWaits()
      : threads_(::tbb::global_control::max_allowed_parallelism,
                 static_cast<std::size_t>(GetParam())) {}
  ~TaskWaits() override { EndWorkers(); }

  // Runs in an arena of its own, so that no worker of another test is in it.
  template <class Body>
  void Run(Body&& body) {
    ::tbb::task_arena arena(GetParam());
    arena.execute([&] { body(); });
  }

  ::tbb::global_control threads_;
};

INSTANTIATE_TEST_SUITE_P(Threads, TaskWaits, ::testing::Values(1, 2, 4));

TEST_P(TaskWaits, OutsideOfTasksIsNotInTask) {
  EXPECT_FALSE(in_suspendable_task());
  Run([] { EXPECT_FALSE(in_suspendable_task()); });
}

// One worker is enough: the owner is suspended, and so is who waits for it.
TEST_P(TaskWaits, MutexHeldAcrossASuspension) {
  Run([] {
    task_mutex mutex;
    task_note go;
    int inside = 0;
    ::tbb::task_group group;
    std::atomic<int> waiting{0};
    for (int i = 0; i < 50; ++i) {
      group.run([&] {
        ++waiting;
        task_mutex::scoped_lock hold(mutex);
        ++inside;
        if (inside == 1) go.sleep();
      });
    }
    group.run([&] {
      // Spawned last: runs first, with one worker, and readies later.
      group.run([&] { go.wakeup(); });
    });
    group.wait();
    EXPECT_EQ(inside, 50);
    EXPECT_EQ(waiting, 50);
  });
  EXPECT_EQ(task_stats().suspended, 0u);
}

TEST_P(TaskWaits, ManyTasksExcludeEachOther) {
  constexpr int kTasks = 2000;
  task_mutex mutex;
  long sum = 0;
  Run([&] {
    ::tbb::parallel_for(0, kTasks, [&](int) {
      std::lock_guard<task_mutex> hold(mutex);
      const long before = sum;
      std::this_thread::yield();
      sum = before + 1;
    });
  });
  EXPECT_EQ(sum, kTasks);
}

TEST_P(TaskWaits, ThreadsAndTasksShareAMutex) {
  task_mutex mutex;
  long sum = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        std::lock_guard<task_mutex> hold(mutex);
        ++sum;
      }
    });
  }
  Run([&] {
    ::tbb::parallel_for(0, 1000, [&](int) {
      std::lock_guard<task_mutex> hold(mutex);
      ++sum;
    });
  });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sum, 4000);
}

// The issue's own program, smaller here: bench/tasks has it at full size.
TEST_P(TaskWaits, WaitersOutnumberWorkers) {
  constexpr int kTasks = 500;
  task_mutex mutex;
  task_condition_variable changed;
  int tickets = 0;
  int served = 0;
  constexpr std::uint64_t kAtOnce = 400;
  // Nobody has a ticket before that many wait, whoever steals from whom.
  std::atomic<bool> may_give{!Suspends()};
  std::thread outside([&] {
    const auto give_up = std::chrono::steady_clock::now() + 1min;
    while (!may_give && task_stats().suspended < kAtOnce &&
           std::chrono::steady_clock::now() < give_up) {
      std::this_thread::sleep_for(1ms);
    }
    may_give = true;
  });
  Run([&] {
    ::tbb::task_group group;
    // The youngest run first.
    for (int i = 0; i < kTasks; ++i) {
      group.run([&] {
        while (!may_give) std::this_thread::yield();
        std::lock_guard<task_mutex> lock(mutex);
        ++tickets;
        changed.notify_one();
      });
    }
    for (int i = 0; i < kTasks; ++i) {
      group.run([&] {
        std::unique_lock<task_mutex> lock(mutex);
        changed.wait(lock, [&] { return tickets > 0; });
        --tickets;
        ++served;
      });
    }
    group.wait();
  });
  outside.join();
  EXPECT_EQ(served, kTasks);
  EXPECT_EQ(tickets, 0);
  if (Suspends()) {
    EXPECT_GE(task_stats().peak, kAtOnce);
  }
}

TEST_P(TaskWaits, ReadersAndWriters) {
  task_rw_mutex mutex;
  int value = 0;
  std::atomic<int> readers{0};
  std::atomic<bool> wrong{false};
  Run([&] {
    ::tbb::parallel_for(0, 3000, [&](int i) {
      if (i % 7 == 0) {
        std::lock_guard<task_rw_mutex> hold(mutex);
        if (readers != 0) wrong = true;
        ++value;
      } else {
        task_rw_mutex::scoped_lock hold(mutex, /*write=*/false);
        ++readers;
        const int before = value;
        std::this_thread::yield();
        if (value != before) wrong = true;
        --readers;
        if (i % 5 == 0 && hold.upgrade_to_writer()) {
          if (value != before) wrong = true;
        }
      }
    });
  });
  EXPECT_FALSE(wrong);
  EXPECT_EQ(value, (3000 + 6) / 7);
}

TEST_P(TaskWaits, SemaphoreBoundsWhatRuns) {
  task_semaphore semaphore(2);
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  Run([&] {
    ::tbb::parallel_for(0, 500, [&](int) {
      semaphore.acquire();
      const int now = ++inside;
      int seen = most;
      while (seen < now && !most.compare_exchange_weak(seen, now)) {
      }
      std::this_thread::yield();
      --inside;
      semaphore.release();
    });
  });
  EXPECT_LE(most, 2);
  EXPECT_TRUE(semaphore.try_acquire());
  EXPECT_TRUE(semaphore.try_acquire());
  EXPECT_FALSE(semaphore.try_acquire());
}

TEST_P(TaskWaits, TimesOut) {
  Run([] {
    ::tbb::task_group group;
    group.run_and_wait([] {
      task_note note;
      EXPECT_FALSE(note.sleep_for(2ms));
      task_semaphore none(0);
      EXPECT_FALSE(none.try_acquire_for(2ms));
      EXPECT_FALSE(
          none.try_acquire_until(std::chrono::system_clock::now() + 2ms));
      task_mutex mutex;
      task_condition_variable never;
      std::unique_lock<task_mutex> lock(mutex);
      EXPECT_EQ(never.wait_for(lock, 2ms), std::cv_status::timeout);
      EXPECT_FALSE(never.wait_for(lock, 2ms, [] { return false; }));
      EXPECT_TRUE(lock.owns_lock());
      EXPECT_FALSE(mutex.try_lock_for(2ms));
      task_rw_mutex rw;
      rw.lock();
      EXPECT_FALSE(rw.try_lock_for(2ms));
      EXPECT_FALSE(rw.try_lock_shared_for(2ms));
      EXPECT_FALSE(rw.try_lock_until(std::chrono::steady_clock::now() + 2ms));
      rw.unlock();
      EXPECT_TRUE(rw.try_lock_shared_for(2ms));
      rw.unlock_shared();
    });
  });
  EXPECT_EQ(task_stats().suspended, 0u);
}

TEST_P(TaskWaits, AWakeBeatsTheTime) {
  Run([] {
    ::tbb::task_group group;
    task_note note;
    bool woken = false;
    group.run([&] { woken = note.sleep_for(std::chrono::hours(1)); });
    group.run([&] { group.run([&] { note.wakeup(); }); });
    group.wait();
    EXPECT_TRUE(woken);
  });
}

// What is caught, and what is being thrown, goes along to another thread.
TEST_P(TaskWaits, ExceptionsInFlight) {
  struct SleepsWhenDestroyed {
    explicit SleepsWhenDestroyed(task_note& n) : note(n) {}
    ~SleepsWhenDestroyed() {
      uncaught_before = std::uncaught_exceptions();
      note.sleep();
      uncaught_after = std::uncaught_exceptions();
    }
    task_note& note;
    static int& before() {
      static int value;
      return value;
    }
    int uncaught_before = 0;
    int uncaught_after = 0;
  };
  constexpr int kTasks = 40;
  std::atomic<int> right{0};
  Run([&] {
    std::vector<task_note> in_handler(kTasks);
    std::vector<task_note> in_destructor(kTasks);
    ::tbb::task_group group;
    for (int i = 0; i < kTasks; ++i) {
      group.run([&, i] {
        try {
          SleepsWhenDestroyed sleeps(in_destructor[static_cast<size_t>(i)]);
          throw std::out_of_range(std::to_string(i));
        } catch (const std::out_of_range&) {
          in_handler[static_cast<size_t>(i)].sleep();
          // Of this task, not of another that the thread ran.
          try {
            throw;
          } catch (const std::out_of_range& e) {
            if (e.what() == std::to_string(i)) ++right;
          }
        }
        EXPECT_EQ(std::uncaught_exceptions(), 0);
        EXPECT_EQ(std::current_exception(), nullptr);
      });
    }
    for (int i = kTasks; i-- > 0;) {
      group.run([&, i] {
        group.run([&, i] { in_destructor[static_cast<size_t>(i)].wakeup(); });
        group.run([&, i] { in_handler[static_cast<size_t>(i)].wakeup(); });
      });
    }
    group.wait();
  });
  EXPECT_EQ(right, kTasks);
}

TEST_P(TaskWaits, ThrowsFromATaskThatHasWaited) {
  Run([] {
    ::tbb::task_group group;
    task_note note;
    group.run([&] {
      note.sleep();
      throw std::runtime_error("after the wait");
    });
    group.run([&] { group.run([&] { note.wakeup(); }); });
    EXPECT_THROW(group.wait(), std::runtime_error);
  });
}

TEST_P(TaskWaits, InsideIsolate) {
  Run([] {
    ::tbb::task_group group;
    task_mutex mutex;
    std::atomic<int> done{0};
    for (int i = 0; i < 20; ++i) {
      group.run([&] {
        ::tbb::this_task_arena::isolate([&] {
          ::tbb::parallel_for(0, 20, [&](int) {
            std::lock_guard<task_mutex> hold(mutex);
            std::this_thread::yield();
            ++done;
          });
        });
      });
    }
    group.wait();
    EXPECT_EQ(done, 400);
  });
}

// The lock is held while an inner loop runs, whose tasks may be others' that
// want the same lock: with tbb::mutex, a deadlock.
TEST_P(TaskWaits, NestedParallelismUnderALock) {
  Run([] {
    task_mutex mutex;
    std::atomic<int> inner{0};
    ::tbb::parallel_for(
        0, 64,
        [&](int) {
          std::lock_guard<task_mutex> hold(mutex);
          // What the loop waits for must not be under the waiting task's stack.
          ::tbb::this_task_arena::isolate(
              [&] { ::tbb::parallel_for(0, 16, [&](int) { ++inner; }); });
        },
        ::tbb::simple_partitioner{});
    EXPECT_EQ(inner, 64 * 16);
  });
}

TEST_P(TaskWaits, CancelledWhileTasksWait) {
  Run([] {
    ::tbb::task_group group;
    task_semaphore semaphore(0);
    std::atomic<int> begun{0};
    std::atomic<int> ended{0};
    for (int i = 0; i < 30; ++i) {
      group.run([&] {
        ++begun;
        semaphore.acquire();
        ++ended;
      });
    }
    group.run([&] {
      group.cancel();
      // A task that has begun goes on to its end, cancelled or not; one that
      // has not never waits.
      semaphore.release(30);
    });
    EXPECT_EQ(group.wait(), ::tbb::canceled);
    EXPECT_EQ(begun, ended);
  });
  EXPECT_EQ(task_stats().suspended, 0u);
}

TEST_P(TaskWaits, AcrossArenas) {
  ::tbb::task_arena a(GetParam());
  ::tbb::task_arena b(GetParam());
  task_semaphore to_a(0);
  task_semaphore to_b(0);
  constexpr int kRounds = 200;
  // Two groups hand a token to and fro; neither arena's threads are kept.
  ::tbb::task_group group_a;
  ::tbb::task_group group_b;
  a.execute([&] {
    for (int i = 0; i < kRounds; ++i) {
      group_a.run([&] {
        to_a.acquire();
        to_b.release();
      });
    }
  });
  b.execute([&] {
    for (int i = 0; i < kRounds; ++i) {
      group_b.run([&] {
        to_a.release();
        to_b.acquire();
      });
    }
  });
  std::thread other([&] { a.execute([&] { group_a.wait(); }); });
  b.execute([&] { group_b.wait(); });
  other.join();
  EXPECT_FALSE(to_a.try_acquire());
  EXPECT_FALSE(to_b.try_acquire());
}

// A task of one arena executes something in another and waits there.
TEST_P(TaskWaits, ExecuteInAnotherArena) {
  ::tbb::task_arena outer(GetParam());
  ::tbb::task_arena inner(GetParam());
  task_mutex mutex;
  int sum = 0;
  outer.execute([&] {
    ::tbb::parallel_for(0, 100, [&](int) {
      inner.execute([&] {
        std::lock_guard<task_mutex> hold(mutex);
        ++sum;
      });
    });
  });
  EXPECT_EQ(sum, 100);
}

TEST_P(TaskWaits, InFlowGraphNodesWithAPriority) {
  Run([] {
    task_semaphore semaphore(0);
    std::atomic<int> passed{0};
    ::tbb::flow::graph graph;
    ::tbb::flow::function_node<int, int> waits(
        graph, ::tbb::flow::unlimited,
        [&](int i) {
          semaphore.acquire();
          ++passed;
          return i;
        },
        ::tbb::flow::node_priority_t(1));
    ::tbb::flow::function_node<int, int> gives(graph, ::tbb::flow::unlimited,
                                               [&](int i) {
                                                 semaphore.release();
                                                 return i;
                                               });
    for (int i = 0; i < 50; ++i) waits.try_put(i);
    for (int i = 0; i < 50; ++i) gives.try_put(i);
    graph.wait_for_all();
    EXPECT_EQ(passed, 50);
  });
}

TEST(TaskLimit, BeyondItTheThreadParks) {
  const std::size_t before = max_suspended_tasks();
  EXPECT_GE(before, 10000u);
  if (!Suspends()) GTEST_SKIP() << "no resumable tasks here";
  set_max_suspended_tasks(3);
  const std::uint64_t parked = task_stats().parked_threads;
  ::tbb::task_arena arena(2);
  task_semaphore semaphore(0);
  std::atomic<int> waiting{0};
  std::thread outside([&] {
    // A fourth has come, and the third's worker is the last that is left.
    while (task_stats().parked_threads == parked) std::this_thread::yield();
    semaphore.release(5);
  });
  arena.execute([&] {
    ::tbb::task_group group;
    for (int i = 0; i < 5; ++i) {
      group.run([&] {
        ++waiting;
        semaphore.acquire();
      });
    }
    group.wait();
  });
  outside.join();
  set_max_suspended_tasks(before);
  EXPECT_EQ(waiting, 5);
  EXPECT_GT(task_stats().parked_threads, parked);
  EXPECT_EQ(task_stats().suspended, 0u);
}

// A readied task runs before a thousand others of the workers' queues.
TEST(ReadiedTask, RunsNext) {
  if (!Suspends()) GTEST_SKIP() << "no resumable tasks here";
  constexpr int kWorkers = 2;
  ::tbb::global_control two(::tbb::global_control::max_allowed_parallelism,
                            kWorkers);
  constexpr int kOthers = 1000;
  // Of those, how many were begun after it was readied and before it went on.
  int ran_between = kOthers;
  for (int attempt = 0; attempt < 50 && ran_between > 10; ++attempt) {
    std::atomic<int> ran{0};
    std::atomic<int> before{-1};
    // A worker that loses its CPU would let the other one run many: that waits
    // in the first that it begins meanwhile.
    std::atomic<std::thread::id> readied_by{};
    std::atomic<bool> went_on{false};
    const auto not_mine = [&] {
      const std::thread::id by = readied_by;
      return by != std::thread::id() && by != std::this_thread::get_id();
    };
    task_note note;
    ::tbb::task_arena arena(kWorkers);
    arena.execute([&] {
      ::tbb::task_group group;
      for (int i = 0; i < kOthers; ++i) {
        group.run([&] {
          const int mine = ++ran;
          while (not_mine() && !went_on) std::this_thread::yield();
          std::this_thread::sleep_for(1us);
          if (mine != 20) return;
          readied_by = std::this_thread::get_id();
          before = ran.load();
          note.wakeup();
        });
      }
      // Spawned last, so among the first.
      group.run([&] {
        note.sleep();
        ran_between = std::min(ran_between, ran - before);
        went_on = true;
      });
      group.wait();
    });
  }
  EXPECT_LE(ran_between, 10);
  EndWorkers();
}

// The same by threads that oneTBB does not know, after a moment: then one that
// is late is seen to. Without, it would go on when the queues are empty, and
// these never are before. And none of that keeps finalize() from its work.
TEST(ReadiedTask, RunsSoonAfterAForeignThread) {
  if (!Suspends()) GTEST_SKIP() << "no resumable tasks here";
  if (internal::kTsan || internal::kAsan) {
    GTEST_SKIP() << "oneTBB's coroutines are threads under sanitizers: what a "
                    "thread leaves a stack for, the next stack does not know";
  }
  constexpr int kWorkers = 2;
  ::tbb::global_control two(::tbb::global_control::max_allowed_parallelism,
                            kWorkers);
  constexpr int kSleepers = 5;
  constexpr int kOthers = 100;
  for (int attempt = 0; attempt < 40 && !testing::Test::HasFailure();
       ++attempt) {
    // Short ones make workers look all the time: tasks go on while the thread
    // that sees to them is still at it.
    const bool short_ones = attempt % 2 == 0;
    std::atomic<int> ran{0};
    std::atomic<int> asleep{kSleepers};
    std::atomic<bool> fill{true};
    task_note notes[kSleepers];
    std::thread foreign([&] {
      while (ran < 20) std::this_thread::sleep_for(100us);
      for (task_note& note : notes) note.wakeup();
      const auto give_up = std::chrono::steady_clock::now() + 30s;
      while (asleep > 0 && std::chrono::steady_clock::now() < give_up) {
        std::this_thread::sleep_for(100us);
      }
      EXPECT_EQ(asleep, 0) << attempt;
      fill = false;
    });
    // One of the others, and the next.
    struct Other {
      void operator()() const {
        ++ran;
        BusyFor(time);
        if (fill) group.run(*this);
      }
      ::tbb::task_group& group;
      std::chrono::microseconds time;
      std::atomic<int>& ran;
      const std::atomic<bool>& fill;
    };
    {
      ::tbb::task_arena arena(kWorkers);
      // Each worker has its own to do: one that steals looks before it does.
      std::atomic<int> started{0};
      arena.execute([&] {
        ::tbb::task_group roots;
        for (int root = 0; root < kWorkers; ++root) {
          roots.run([&, root] {
            ++started;
            while (started < kWorkers) std::this_thread::yield();
            ::tbb::task_group group;
            for (int i = 0; i < kOthers; ++i) {
              group.run(Other{group, short_ones ? 1us : 50us, ran, fill});
            }
            // Spawned last, so the first.
            if (root == 0) {
              for (task_note& note : notes) {
                group.run([&] {
                  note.sleep();
                  --asleep;
                });
              }
            }
            group.wait();
          });
        }
        roots.wait();
      });
    }
    foreign.join();
    ::tbb::task_scheduler_handle handle{::tbb::attach{}};
    EXPECT_TRUE(::tbb::finalize(handle, std::nothrow)) << attempt;
  }
}

// Many that go on early, late, and at the same time; in two arenas.
TEST(ReadiedTask, ByForeignThreadsAtAnyTime) {
  if (!Suspends()) GTEST_SKIP() << "no resumable tasks here";
  constexpr int kWorkers = 2;
  ::tbb::global_control three(::tbb::global_control::max_allowed_parallelism,
                              kWorkers + 1);
  constexpr int kRounds = 20;
  constexpr int kSleepers = 200;
  for (int round = 0; round < kRounds; ++round) {
    std::atomic<int> went_on{0};
    std::vector<task_note> notes(kSleepers);
    std::thread foreign([&] {
      for (task_note& note : notes) {
        note.wakeup();
        if (round % 2 == 0) std::this_thread::sleep_for(20us);
      }
    });
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; ++t) {
      threads.emplace_back([&, t] {
        ::tbb::task_arena arena(kWorkers);
        arena.execute([&] {
          ::tbb::task_group group;
          for (int i = t; i < kSleepers; i += 2) {
            group.run([&, i] {
              notes[i].sleep();
              ++went_on;
            });
            group.run([i] { BusyFor(std::chrono::microseconds(i)); });
          }
          group.wait();
        });
      });
    }
    for (std::thread& thread : threads) thread.join();
    foreign.join();
    EXPECT_EQ(went_on, kSleepers);
    // The threads' own ties to oneTBB may outlive join() by a moment.
    EndWorkers();
  }
}

// parkway/task/park.h itself, and a waiter readied by a thread that oneTBB does
// not know.
TEST(ReadiedTask, ByAForeignThread) {
  use_task_scheduler();
  Waiter* published = nullptr;
  std::mutex mutex;
  std::condition_variable changed;
  std::thread foreign([&] {
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [&] { return published != nullptr; });
    ready(*published);
  });
  bool went_on = false;
  ::tbb::task_group group;
  group.run_and_wait([&] {
    Waiter self;
    went_on = park(self, [&] {
      std::lock_guard<std::mutex> lock(mutex);
      published = &self;
      changed.notify_one();
    });
  });
  foreign.join();
  EXPECT_TRUE(went_on);
  EndWorkers();
}

// What goes on last, in an arena that its only thread then leaves.
TEST_P(TaskWaits, NothingIsLeftInTheArena) {
  for (int i = 0; i < 100; ++i) {
    Run([] {
      task_note note;
      ::tbb::task_group group;
      group.run([&] { note.wakeup(); });
      // The first to run, and the last to go on.
      group.run([&] { note.sleep(); });
      group.wait();
    });
  }
}

}  // namespace
}  // namespace tbb
}  // namespace parkway
