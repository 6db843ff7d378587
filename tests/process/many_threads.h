// SPDX-License-Identifier: Apache-2.0

// More threads than std::thread's stacks leave room for.
#ifndef PARKWAY_TESTS_PROCESS_MANY_THREADS_H_
#define PARKWAY_TESTS_PROCESS_MANY_THREADS_H_

#include <pthread.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "tests/suites/support.h"

namespace parkway::test {

class ManyThreads {
 public:
  ManyThreads() = default;
  ~ManyThreads() { Join(); }
  ManyThreads(const ManyThreads&) = delete;
  ManyThreads& operator=(const ManyThreads&) = delete;

  // Starts `count` threads, each of which calls body(its number). Returns how
  // many the system had.
  int Start(int count, std::function<void(int)> body) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, kStackBytes);
    int started = 0;
    for (; started < count; ++started) {
      auto job = std::make_unique<Job>(Job{body, started});
      pthread_t thread;
      if (pthread_create(&thread, &attributes, &Run, job.get()) != 0) break;
      static_cast<void>(job.release());
      threads_.push_back(thread);
    }
    pthread_attr_destroy(&attributes);
    return started;
  }

  void Join() {
    for (const pthread_t thread : threads_) pthread_join(thread, nullptr);
    threads_.clear();
  }

 private:
  struct Job {
    std::function<void(int)> body;
    int number;
  };

  // Sanitizers have frames of their own size.
  static constexpr std::size_t kStackBytes =
      std::size_t{kTsan || kAsan ? 512 : 64} << 10;

  static void* Run(void* argument) {
    const std::unique_ptr<Job> job(static_cast<Job*>(argument));
    job->body(job->number);
    return nullptr;
  }

  std::vector<pthread_t> threads_;
};

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_PROCESS_MANY_THREADS_H_
