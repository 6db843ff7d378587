// SPDX-License-Identifier: Apache-2.0

// The timers of tasks that park under a platform with faults: late.
#ifndef PARKWAY_TESTS_FAULTS_FAULT_TIMERS_H_
#define PARKWAY_TESTS_FAULTS_FAULT_TIMERS_H_

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "parkway/os/os.h"
#include "parkway/task/task_timer.h"
#include "parkway/task/timer_heap.h"
#include "tests/suites/support.h"

namespace parkway::test {

// For ever, as production's.
template <class P>
class FaultTimers {
 public:
  using Timer = BasicTaskTimer<P>;

  static FaultTimers& Get() {
    static auto* const timers = new FaultTimers;
    return *timers;
  }

  void Start(Timer& timer) {
    const std::lock_guard<std::mutex> hold(mutex_);
    heap_.push(timer);
    changed_.notify_one();
  }
  void Stop(Timer& timer) {
    const std::lock_guard<std::mutex> hold(mutex_);
    if (timer.in_heap) heap_.remove(timer);
  }

 private:
  FaultTimers() {
    std::thread([this] { Serve(); }).detach();
  }

  [[noreturn]] void Serve() {
    Random random = Random::Stream(900);
    std::unique_lock<std::mutex> hold(mutex_);
    for (;;) {
      TimerNode* const first = heap_.first();
      if (first == nullptr) {
        changed_.wait(hold);
        continue;
      }
      const std::int64_t left = first->deadline - os::nanotime();
      if (left > 0) {
        changed_.wait_for(hold, std::chrono::nanoseconds(left));
        continue;
      }
      if (random.OneIn(4)) {
        hold.unlock();
        std::this_thread::sleep_for(random.Microseconds(500));
        hold.lock();
        if (heap_.first() != first) continue;
      }
      heap_.remove(*first);
      typename Timer::Expired expired;
      if (!static_cast<Timer*>(first)->expire(expired)) continue;
      hold.unlock();
      if (random.OneIn(8)) {
        std::this_thread::sleep_for(random.Microseconds(300));
      }
      expired.scheduler->resume(expired.task);
      hold.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  TimerHeap heap_;
};

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_FAULTS_FAULT_TIMERS_H_
