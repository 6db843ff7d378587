// SPDX-License-Identifier: Apache-2.0

// A thread that can be stopped wherever it is, for a fork to find it there.
#ifndef PARKWAY_TESTS_UNIT_STACK_STOPPABLE_H_
#define PARKWAY_TESTS_UNIT_STACK_STOPPABLE_H_

#include <gtest/gtest.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <time.h>
#include <ucontext.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "tests/suites/support.h"

namespace parkway::test {

// Calls work() again and again. That must not allocate memory, nor take another
// lock of the system's: a fork waits for these. One at a time.
class Stoppable {
 public:
  explicit Stoppable(std::function<void()> work) : work_(std::move(work)) {
    sem_init(&stopped_, 0, 0);
    sem_init(&goes_on_, 0, 0);
    struct sigaction action = {};
    action.sa_flags = SA_SIGINFO;
    // A handler is not stepped through.
    sigaddset(&action.sa_mask, SIGUSR1);
    sigaddset(&action.sa_mask, SIGTRAP);
    action.sa_sigaction = &OnStop;
    sigaction(SIGUSR1, &action, nullptr);
    action.sa_sigaction = &OnStep;
    sigaction(SIGTRAP, &action, nullptr);
    thread_ = std::make_unique<Thread>([this] {
      while (!end_) {
        work_();
        has_worked_ = true;
      }
    });
    // What is made once has been made by then.
    EXPECT_TRUE(Eventually([this] { return has_worked_.load(); }));
  }
  ~Stoppable() {
    end_ = true;
    thread_.reset();
    signal(SIGUSR1, SIG_DFL);
    signal(SIGTRAP, SIG_DFL);
  }

  // A signal mostly comes at the end of a system call. So it is followed by up
  // to kMostSteps single steps, where the processor can do that.
  void Stop() {
    steps_ = 1 + static_cast<int>(random_.Below(kMostSteps));
    pthread_kill(thread_->handle(), SIGUSR1);
    timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += kSecondsToStep;
    while (sem_timedwait(&stopped_, &until) != 0) {
      if (errno != ETIMEDOUT) continue;
      // An emulated processor that does not step.
      steps_ = 0;
      pthread_kill(thread_->handle(), SIGUSR1);
      until.tv_sec += kSecondsToStep;
    }
  }
  void GoOn() { sem_post(&goes_on_); }

 private:
  static constexpr std::uint64_t kMostSteps = 2000;
  // Much longer than all steps take.
  static constexpr int kSecondsToStep = 20;

  // From here on one instruction at a time, or not.
  static void SetSteps(void* context, bool steps) {
#if defined(__x86_64__)
    constexpr greg_t kTrapFlag = 0x100;
    greg_t& flags =
        static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_EFL];
    flags = steps ? flags | kTrapFlag : flags & ~kTrapFlag;
#else
    static_cast<void>(context);
    if (steps) Halt();
#endif
  }
  static void Halt() {
    sem_post(&stopped_);
    while (sem_wait(&goes_on_) != 0) {
    }
  }

  static void OnStop(int, siginfo_t*, void* context) {
    if (steps_ == 0) {
      SetSteps(context, false);
      Halt();
    } else {
      SetSteps(context, true);
    }
  }
  static void OnStep(int, siginfo_t*, void* context) {
    const int left = steps_.load();
    if (left > 1) {
      steps_ = left - 1;
      return;
    }
    SetSteps(context, false);
    if (left == 1) Halt();
  }

  inline static sem_t stopped_;
  inline static sem_t goes_on_;
  inline static std::atomic<int> steps_;
  const std::function<void()> work_;
  Random random_ = Random::Stream(7);
  std::atomic<bool> end_{false};
  std::atomic<bool> has_worked_{false};
  std::unique_ptr<Thread> thread_;
};

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_UNIT_STACK_STOPPABLE_H_
