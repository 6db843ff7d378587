// SPDX-License-Identifier: Apache-2.0

// Where a test of tasks runs its bodies: in threads, in tasks of
// a TinyScheduler, or in both.
#ifndef PARKWAY_TESTS_SUITES_JOBS_H_
#define PARKWAY_TESTS_SUITES_JOBS_H_

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <utility>

#include "examples/scheduler/tiny_scheduler.h"
#include "tests/suites/support.h"
#include "tests/suites/thread_jobs.h"

namespace parkway::test {

using example::TinyScheduler;

// The scheduler with that many workers, for all tests of a program.
template <int kWorkers>
TinyScheduler& Tiny() {
  static auto* const scheduler = new TinyScheduler(kWorkers);
  return *scheduler;
}

// The calling thread. Not std::this_thread::get_id(), which a compiler takes
// for the same before and after a park.
inline ThreadNumber ThreadId() { return CurrentThreadNumber(); }

template <int kWorkers>
class TaskJobs {
 public:
  ~TaskJobs() { Join(); }

  void Start(std::function<void()> body) {
    ++alive_;
    scheduler_.spawn([this, body = std::move(body)] {
      body();
      End();
    });
  }
  bool AwaitParked() {
    return Eventually([this] { return scheduler_.suspended() == alive_; });
  }
  void Join() {
    std::unique_lock<std::mutex> hold(mutex_);
    ended_.wait(hold, [this] { return alive_ == 0; });
  }

 private:
  void End() {
    // The last access: then they may be gone.
    const std::lock_guard<std::mutex> hold(mutex_);
    --alive_;
    ended_.notify_all();
  }

  TinyScheduler& scheduler_ = Tiny<kWorkers>();
  std::atomic<int> alive_{0};
  std::mutex mutex_;
  std::condition_variable ended_;
};

// In turns a task and a thread.
class MixedJobs {
 public:
  void Start(std::function<void()> body) {
    if (started_++ % 2 == 0) {
      tasks_.Start(std::move(body));
    } else {
      threads_.Start(std::move(body));
    }
  }
  bool AwaitParked() {
    const bool tasks = tasks_.AwaitParked();
    return threads_.AwaitParked() && tasks;
  }
  void Join() {
    tasks_.Join();
    threads_.Join();
  }

 private:
  int started_ = 0;
  TaskJobs<2> tasks_;
  ThreadJobs threads_;
};

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_SUITES_JOBS_H_
