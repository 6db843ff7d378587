// SPDX-License-Identifier: Apache-2.0

// Where a test of threads alone runs its bodies; tasks: tests/suites/jobs.h.
#ifndef PARKWAY_TESTS_SUITES_THREAD_JOBS_H_
#define PARKWAY_TESTS_SUITES_THREAD_JOBS_H_

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "tests/suites/support.h"

namespace parkway::test {

// The destructor waits for the bodies that were started. To be used by one
// thread, which is no task.
class ThreadJobs {
 public:
  ~ThreadJobs() { Join(); }

  void Start(std::function<void()> body) {
    threads_.push_back(std::make_unique<Thread>(std::move(body)));
  }
  // Until each has ended or waits; false if that takes for ever. Where it only
  // steers a test onto the path it is about, false is no failure.
  bool AwaitParked() {
    bool all = true;
    for (auto& thread : threads_) {
      all = (thread->WaitAsleep() || thread->ended()) && all;
    }
    return all;
  }
  void Join() { threads_.clear(); }

 private:
  std::vector<std::unique_ptr<Thread>> threads_;
};

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_SUITES_THREAD_JOBS_H_
