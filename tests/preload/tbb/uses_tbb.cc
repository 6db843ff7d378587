// SPDX-License-Identifier: Apache-2.0

// Uses what the preload library takes over, and what that carries: mutexes that
// sleep, bounded queues, the worker threads with all that brings them into and
// out of an arena. What it prints is the same in every mode.
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "oneapi/tbb/blocked_range.h"
#include "oneapi/tbb/concurrent_queue.h"
#include "oneapi/tbb/global_control.h"
#include "oneapi/tbb/mutex.h"
#include "oneapi/tbb/parallel_for.h"
#include "oneapi/tbb/rw_mutex.h"
#include "oneapi/tbb/task.h"
#include "oneapi/tbb/task_arena.h"
#include "oneapi/tbb/task_group.h"
#include "oneapi/tbb/task_scheduler_observer.h"

namespace {

using std::chrono::milliseconds;

long sum_in_parallel(int n) {
  std::atomic<long> sum{0};
  tbb::parallel_for(tbb::blocked_range<int>(0, n, 1),
                    [&](const tbb::blocked_range<int>& range) {
                      long part = 0;
                      for (int i = range.begin(); i != range.end(); ++i) {
                        part += i;
                      }
                      sum += part;
                    });
  return sum;
}

// Holders that sleep make the others sleep.
void mutexes() {
  tbb::mutex mutex;
  tbb::rw_mutex rw;
  long n = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        {
          const tbb::mutex::scoped_lock lock(mutex);
          ++n;
          if (i % 10 == 0) std::this_thread::sleep_for(milliseconds(1));
        }
        tbb::rw_mutex::scoped_lock lock(rw, t == 0);
        if (i % 10 == 0) std::this_thread::sleep_for(milliseconds(1));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::printf("mutexes: %ld\n", n);
}

// Long enough on any machine.
constexpr std::chrono::seconds kPatience{30};

template <class F>
bool eventually(F holds) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(milliseconds(1));
  }
  return true;
}

// Of the calling thread, in /proc: its state comes first after its name.
std::string own_stat_file() {
  return "/proc/self/task/" + std::to_string(syscall(SYS_gettid)) + "/stat";
}

// False of one that has ended.
bool is_awake(const std::string& stat_file) {
  std::string stat;
  std::getline(std::ifstream(stat_file), stat);
  const std::size_t name = stat.rfind(") ");
  return name != stat.npos && stat[name + 2] != 'S';
}

// One that does sleep, however busy the machine is.
void sleeping_waiter() {
  tbb::mutex mutex;
  mutex.lock();
  std::string stat_file;
  std::atomic<bool> comes{false};
  std::thread waiter([&] {
    stat_file = own_stat_file();
    comes = true;
    mutex.lock();
    mutex.unlock();
  });
  const bool slept = eventually([&] { return comes && !is_awake(stat_file); });
  mutex.unlock();
  waiter.join();
  std::printf("slept: %s\n", slept ? "yes" : "no");
}

// The workers among them, until there is work again.
void until_all_others_sleep() {
  const std::string own = own_stat_file();
  const bool asleep = eventually([&] {
    for (const auto& thread :
         std::filesystem::directory_iterator("/proc/self/task")) {
      const std::string file = thread.path().string() + "/stat";
      if (file != own && is_awake(file)) return false;
    }
    return true;
  });
  if (!asleep) std::puts("threads that do not go to sleep");
}

void queues() {
  tbb::concurrent_bounded_queue<int> there, back;
  there.set_capacity(1);
  back.set_capacity(1);
  std::thread other([&] {
    int item;
    for (int i = 0; i < 1000; ++i) {
      there.pop(item);
      back.push(item + 1);
    }
  });
  int item = 0;
  for (int i = 0; i < 1000; ++i) {
    there.push(item);
    back.pop(item);
  }
  other.join();
  std::printf("queues: %d\n", item);
}

// Consumers that sleep, producers that sleep, and abort().
void aborts() {
  tbb::concurrent_bounded_queue<int> empty, full;
  full.set_capacity(1);
  full.push(1);
  std::atomic<int> aborted{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      try {
        int item;
        if (t % 2 == 0) {
          empty.pop(item);
        } else {
          full.push(2);
        }
      } catch (const tbb::user_abort&) {
        ++aborted;
      }
    });
  }
  // abort() is for those that wait already.
  while (aborted < 4) {
    std::this_thread::sleep_for(milliseconds(5));
    empty.abort();
    full.abort();
  }
  for (std::thread& thread : threads) thread.join();
  int item = 0;
  full.pop(item);
  std::printf("aborts: %d, then %d\n", aborted.load(), item);
}

// Work in bursts, with pauses in which the workers go to sleep.
void bursts() {
  long sum = 0;
  for (int i = 0; i < 40; ++i) {
    sum += sum_in_parallel(200);
    // In between they may be on their way there.
    if (i % 2 == 0) until_all_others_sleep();
  }
  std::printf("bursts: %ld\n", sum);
}

struct Observer : tbb::task_scheduler_observer {
  explicit Observer(tbb::task_arena& arena)
      : tbb::task_scheduler_observer(arena) {
    observe(true);
  }
  ~Observer() override { observe(false); }
  void on_scheduler_entry(bool worker) override { entries += worker; }
  void on_scheduler_exit(bool worker) override { exits += worker; }
  std::atomic<int> entries{0};
  std::atomic<int> exits{0};
};

// Arenas that come and go; enqueued work needs a worker.
void arenas() {
  int done = 0;
  bool balanced = true;
  for (int i = 0; i < 10; ++i) {
    tbb::task_arena arena(3);
    arena.initialize();
    Observer observer(arena);
    std::atomic<bool> ran{false};
    arena.enqueue([&] { ran = true; });
    while (!ran) std::this_thread::yield();
    ++done;
    balanced = balanced && observer.exits <= observer.entries;
  }
  std::printf("arenas: %d%s\n", done, balanced ? "" : ", too many exits");
}

void exceptions() {
  int caught = 0;
  for (int i = 0; i < 20; ++i) {
    try {
      tbb::parallel_for(0, 100, [](int k) {
        if (k == 50) throw std::runtime_error("50");
      });
    } catch (const std::runtime_error&) {
      ++caught;
    }
  }
  std::printf("exceptions: %d\n", caught);
}

void resumable() {
  std::atomic<int> resumed{0};
  std::vector<std::thread> threads;
  tbb::task_group group;
  for (int i = 0; i < 8; ++i) {
    group.run([&] {
      tbb::task::suspend([&](tbb::task::suspend_point point) {
        std::thread([point] {
          std::this_thread::sleep_for(milliseconds(2));
          tbb::task::resume(point);
        }).detach();
      });
      ++resumed;
    });
  }
  group.wait();
  std::printf("resumable: %d\n", resumed.load());
}

// Many suspended at once, each with something on its stack, an exception on the
// way, and a place where it goes on that may be another thread.
void suspends() {
  constexpr int kTasks = 300;
  std::atomic<int> right{0};
  std::atomic<int> suspended{0};
  std::vector<tbb::task::suspend_point> points(kTasks);
  tbb::task_group group;
  for (int i = 0; i < kTasks; ++i) {
    group.run([&, i] {
      volatile char stack[20000];
      stack[0] = stack[sizeof stack - 1] = static_cast<char>(i);
      try {
        tbb::task::suspend([&](tbb::task::suspend_point point) {
          points[i] = point;
          ++suspended;
        });
        throw i;
      } catch (int thrown) {
        right += thrown == i && stack[0] == static_cast<char>(i) &&
                 stack[sizeof stack - 1] == static_cast<char>(i);
      }
    });
  }
  std::thread resumer([&] {
    while (suspended < kTasks) std::this_thread::yield();
    for (const tbb::task::suspend_point point : points) {
      tbb::task::resume(point);
    }
  });
  group.wait();
  resumer.join();
  // On its own: suspended and resumed at once. In an arena without workers:
  // oneTBB 2021.8 by itself loses such a task now and then to one that is about
  // to fall asleep.
  bool in_order = true;
  tbb::task_arena one(1);
  one.execute([&] {
    for (int i = 0; i < 100; ++i) {
      int state = 1;
      tbb::task::suspend([&](tbb::task::suspend_point point) {
        in_order = in_order && state == 1;
        state = 2;
        tbb::task::resume(point);
      });
      in_order = in_order && state == 2;
    }
  });
  std::printf("suspended: %d of %d, in order: %s\n", right.load(), kTasks,
              in_order ? "yes" : "no");
}

// After finalize(): oneTBB, like most, does not survive a fork in the middle of
// what its threads do. The child has workers of its own.
void forks() {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    bool right = true;
    for (int i = 0; i < 20; ++i) {
      right = right && sum_in_parallel(100) == 4950;
      std::this_thread::sleep_for(milliseconds(1));
    }
    _exit(right ? 7 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  std::printf("fork: %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

// finalize() returns when the worker threads have ended, with their
// thread-local variables.
std::atomic<int> live_threads{0};

void finalizes() {
  struct Live {
    Live() { ++live_threads; }
    ~Live() { --live_threads; }
  };
  bool ended = true;
  for (int i = 0; i < 3; ++i) {
    tbb::task_scheduler_handle handle{tbb::attach{}};
    // Until a worker has been in it.
    std::atomic<bool> seen{false};
    while (!seen) {
      tbb::parallel_for(0, 100, [&](int) {
        thread_local Live live;
        if (live_threads > 1) seen = true;
        std::this_thread::sleep_for(std::chrono::microseconds(50));
      });
    }
    ended = tbb::finalize(handle, std::nothrow) && ended;
    // This one.
    ended = ended && live_threads == 1;
  }
  std::printf("finalize: %s\n", ended ? "no threads left" : "threads left");
}

}  // namespace

int main() {
  // A test that hangs shall say where.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  // More workers than CPUs, also on a small machine.
  tbb::global_control four(tbb::global_control::max_allowed_parallelism, 4);
  mutexes();
  sleeping_waiter();
  queues();
  aborts();
  bursts();
  arenas();
  exceptions();
  resumable();
  suspends();
  finalizes();
  forks();
  bursts();
  // Workers are alive when it ends.
}
