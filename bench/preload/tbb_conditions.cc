// SPDX-License-Identifier: Apache-2.0

// What condition variables cost a program on oneTBB: those of its own threads,
// and those by which they are told of suspended tasks to resume.
//
//   tbb_conditions ROUNDS THREADS
//
// The preload library leaves condition variables to the libc, unless it is told
// otherwise: PARKWAY_TBB=all, or conditions and other layers by name.
//
// ROUNDS: thousands of round trips, of items through a queue, and so on.
// THREADS: how many take from the queue, and how many resume tasks.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "bench/engine/pinning.h"
#include "oneapi/tbb/parallel_for.h"
#include "oneapi/tbb/task.h"

namespace {

using parkway_bench::PinThisThread;
using parkway_bench::UsableCpus;
using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

double cpu_us() { return 1e6 * parkway_bench::ProcessUsage().cpu_seconds; }

// Runs it, and prints time and CPU time for each of `count`.
template <class F>
void measure(const char* what, int count, F f) {
  const double cpu = cpu_us();
  const auto start = Clock::now();
  f();
  const Microseconds took = Clock::now() - start;
  std::printf("%s: %.4f us\n", what, took.count() / count);
  std::printf("%s, CPU: %.4f us\n", what, (cpu_us() - cpu) / count);
}

// Two threads, each waiting for the other.
void round_trips(int count, int cpu, int other_cpu) {
  std::mutex mutex;
  std::condition_variable changed[2];
  int turn = 0;
  const auto play = [&](int me) {
    for (int i = 0; i < count; ++i) {
      std::unique_lock<std::mutex> lock(mutex);
      changed[me].wait(lock, [&] { return turn == me; });
      turn = 1 - me;
      lock.unlock();
      changed[1 - me].notify_one();
    }
  };
  std::thread other([&] {
    PinThisThread(other_cpu);
    play(1);
  });
  std::thread one([&] {
    PinThisThread(cpu);
    play(0);
  });
  other.join();
  one.join();
}

// A queue with room for 64, notified with the mutex held, as is common.
template <class T>
class Queue {
 public:
  void push(T item) {
    std::unique_lock<std::mutex> lock(mutex_);
    not_full_.wait(lock, [this] { return items_.size() < 64; });
    items_.push_back(item);
    not_empty_.notify_one();
  }
  T pop() {
    std::unique_lock<std::mutex> lock(mutex_);
    not_empty_.wait(lock, [this] { return !items_.empty(); });
    const T item = items_.front();
    items_.pop_front();
    not_full_.notify_one();
    return item;
  }

 private:
  std::mutex mutex_;
  std::condition_variable not_empty_, not_full_;
  std::deque<T> items_;
};

void items(int count, int threads) {
  Queue<int> queue;
  std::vector<std::thread> takers;
  for (int i = 0; i < threads; ++i) {
    takers.emplace_back([&] {
      while (queue.pop() != 0) {
      }
    });
  }
  for (int i = 1; i <= count; ++i) queue.push(i);
  for (int i = 0; i < threads; ++i) queue.push(0);
  for (std::thread& taker : takers) taker.join();
}

// How long items take to a thread on the same CPU, whose maker first sleeps and
// then works on; without a sleep it keeps the CPU for itself.
void late_items(const char* what, int count, std::chrono::milliseconds sleep,
                std::chrono::microseconds work, int cpu) {
  Queue<Clock::time_point> queue;
  std::vector<double> times;
  std::thread taker([&] {
    PinThisThread(cpu);
    for (int i = 0; i < count; ++i) {
      const auto pushed = queue.pop();
      times.push_back(Microseconds(Clock::now() - pushed).count());
    }
  });
  std::thread pusher([&] {
    PinThisThread(cpu);
    for (int i = 0; i < count; ++i) {
      if (sleep.count() > 0) std::this_thread::sleep_for(sleep);
      const auto now = Clock::now();
      queue.push(now);
      while (Clock::now() - now < work) {
      }
    }
  });
  taker.join();
  pusher.join();
  std::sort(times.begin(), times.end());
  for (const std::size_t percent : {50, 90, 99}) {
    std::printf("%s, p%zu: %.2f us\n", what, percent,
                times[times.size() * percent / 100]);
  }
}

// Eight threads that are told at once, and tell back.
void broadcasts(int count) {
  constexpr int kThreads = 8;
  std::mutex mutex;
  std::condition_variable started, ended;
  int round = 0;
  int left = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 1; i <= count; ++i) {
        std::unique_lock<std::mutex> lock(mutex);
        started.wait(lock, [&] { return round >= i; });
        if (--left == 0) ended.notify_one();
      }
    });
  }
  for (int i = 1; i <= count; ++i) {
    std::unique_lock<std::mutex> lock(mutex);
    round = i;
    left = kThreads;
    started.notify_all();
    ended.wait(lock, [&] { return left == 0; });
  }
  for (std::thread& thread : threads) thread.join();
}

void resumed_tasks(int count, int threads) {
  Queue<tbb::task::suspend_point> queue;
  std::vector<std::thread> resumers;
  for (int i = 0; i < threads; ++i) {
    resumers.emplace_back([&] {
      while (const tbb::task::suspend_point point = queue.pop()) {
        tbb::task::resume(point);
      }
    });
  }
  tbb::parallel_for(0, count, [&](int) {
    tbb::task::suspend(
        [&](tbb::task::suspend_point point) { queue.push(point); });
  });
  for (int i = 0; i < threads; ++i) queue.push(nullptr);
  for (std::thread& resumer : resumers) resumer.join();
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc == 3 ? std::atoi(argv[1]) : 0;
  const int threads = argc == 3 ? std::atoi(argv[2]) : 0;
  if (rounds < 1 || rounds > 1000 || threads < 1 || threads > 1000) {
    std::fprintf(stderr, "usage: tbb_conditions ROUNDS THREADS\n");
    return 2;
  }
  const int k = rounds * 1000;
  // oneTBB and its workers, first.
  tbb::parallel_for(0, 1000, [](int) {});
  measure("notify without a waiter", k * 100, [&] {
    std::condition_variable nobody;
    for (int i = 0; i < k * 100; ++i) nobody.notify_one();
  });
  const int last = static_cast<int>(UsableCpus().size()) - 1;
  measure("round trip, one CPU", k, [&] { round_trips(k, 0, 0); });
  measure("round trip, first and last CPU", k,
          [&] { round_trips(k, 0, last); });
  measure("item through a queue", k * 10, [&] { items(k * 10, threads); });
  measure("broadcast to 8", k, [&] { broadcasts(k); });
  measure("suspended and resumed task", k * 5,
          [&] { resumed_tasks(k * 5, threads); });
  using std::chrono::microseconds;
  using std::chrono::milliseconds;
  late_items("a rare item", rounds * 20, milliseconds(1), microseconds(100), 0);
  late_items("one of many items", k * 4, milliseconds(0), microseconds(20), 0);
}
