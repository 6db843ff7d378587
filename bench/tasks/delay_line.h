// SPDX-License-Identifier: Apache-2.0

// Things that come due a while after they were put in.

#ifndef PARKWAY_BENCH_TASKS_DELAY_LINE_H_
#define PARKWAY_BENCH_TASKS_DELAY_LINE_H_

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace parkway_bench {

// Calls due(item) for each item, `delay` after Add(item), in their order, on a
// thread of its own. The destructor waits for those that are left.
template <typename Item>
class DelayLine {
 public:
  DelayLine(std::chrono::nanoseconds delay, std::function<void(Item)> due)
      : delay_(delay), due_(std::move(due)), thread_([this] { Run(); }) {}
  ~DelayLine() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      ended_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  DelayLine(const DelayLine&) = delete;
  DelayLine& operator=(const DelayLine&) = delete;

  void Add(Item item) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      waiting_.emplace_back(Clock::now() + delay_, std::move(item));
    }
    changed_.notify_one();
  }

 private:
  using Clock = std::chrono::steady_clock;

  void Run() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
      if (waiting_.empty()) {
        return;
      }
      auto [at, item] = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      std::this_thread::sleep_until(at);
      due_(std::move(item));
      lock.lock();
    }
  }

  const std::chrono::nanoseconds delay_;
  const std::function<void(Item)> due_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<Clock::time_point, Item>> waiting_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_TASKS_DELAY_LINE_H_
