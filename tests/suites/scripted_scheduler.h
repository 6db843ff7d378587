// SPDX-License-Identifier: Apache-2.0

// A scheduler for the moments that are hard to meet.
#ifndef PARKWAY_TESTS_SUITES_SCRIPTED_SCHEDULER_H_
#define PARKWAY_TESTS_SUITES_SCRIPTED_SCHEDULER_H_

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>
#include <utility>

#include "parkway/task/scheduler.h"
#include "tests/suites/jobs.h"

namespace parkway::test {

// A scheduler that runs what it is told while it suspends, and whose tasks are
// threads.
class Scripted final : public Scheduler {
 public:
  static Scripted& Get() {
    static auto* const scheduler = [] {
      auto* const made = new Scripted;
      add_scheduler(*made);
      return made;
    }();
    return *scheduler;
  }

  // The calling thread's next park runs these before and after suspended().
  void Script(std::function<void()> before, std::function<void()> after) {
    before_ = std::move(before);
    after_ = std::move(after);
    resumes_ = 0;
    task_ = ThreadId();
  }
  int resumes() const { return resumes_; }

  const char* name() const noexcept override { return "Scripted"; }
  bool in_task() noexcept override { return task_ == ThreadId(); }
  bool suspend(Suspension& suspension) noexcept override {
    before_();
    suspension.suspended(this);
    after_();
    while (resumes_ == 0) std::this_thread::yield();
    task_ = 0;
    return true;
  }
  void resume(void* task) noexcept override {
    EXPECT_EQ(task, this);
    ++resumes_;
  }

 private:
  std::function<void()> before_;
  std::function<void()> after_;
  std::atomic<int> resumes_{0};
  std::atomic<long> task_{0};
};

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_SUITES_SCRIPTED_SCHEDULER_H_
