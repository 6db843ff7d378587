// SPDX-License-Identifier: Apache-2.0

// Which resumes are late, and what their tasks may rely on.
#include "parkway/tbb/task/late_resumes.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <new>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "oneapi/tbb/global_control.h"
#include "oneapi/tbb/task_group.h"
#include "parkway/note.h"
#include "tests/suites/support.h"

namespace parkway {
namespace tbb {
namespace {

using namespace std::chrono_literals;

// That of since_.
using Clock = std::chrono::steady_clock;
constexpr std::chrono::nanoseconds kLate(LateResume::kLateNs);

class Resume final : public LateResume {
 public:
  std::atomic<int> expedited{0};
  Note begun;
  Note may_end;

 private:
  void expedite() noexcept override {
    begun.wakeup();
    may_end.sleep();
    ++expedited;
  }
};

int arenas[2];

TEST(LateResume, IsExpeditedOnceAndWaitedFor) {
  for (int i = 0; i < 10; ++i) {
    Resume resume;
    ASSERT_TRUE(resume.watch(&arenas[0]));
    resume.begun.sleep();
    test::Thread task([&] {
      resume.went_on();
      EXPECT_EQ(resume.expedited, 1);
    });
    EXPECT_TRUE(task.WaitAsleep());
    EXPECT_EQ(resume.expedited, 0);
    resume.may_end.wakeup();
    task.Join();
    EXPECT_EQ(resume.expedited, 1);
  }
}

TEST(LateResume, IsLeftAloneIfItsTaskGoesOn) {
  constexpr int kWanted = 1000;
  int left_alone = 0;
  const auto give_up = Clock::now() + 1min;
  while (left_alone < kWanted && Clock::now() < give_up) {
    Resume resume;
    resume.may_end.wakeup();
    const auto before = Clock::now();
    ASSERT_TRUE(resume.watch(&arenas[0]));
    resume.went_on();
    // Late after all: this thread lost its CPU.
    if (Clock::now() - before >= kLate) continue;
    EXPECT_EQ(resume.expedited, 0);
    ++left_alone;
  }
  EXPECT_EQ(left_alone, kWanted);
}

TEST(LateResume, AllThatAreLate) {
  constexpr int kResumes = 300;
  for (int round = 0; round < 5; ++round) {
    std::vector<std::unique_ptr<Resume>> resumes;
    for (int i = 0; i < kResumes; ++i) {
      resumes.push_back(std::make_unique<Resume>());
      resumes.back()->may_end.wakeup();
      ASSERT_TRUE(resumes.back()->watch(&arenas[i % 2]));
    }
    // Out of the middle, and what is late while others are at it.
    for (int i = 1; i < kResumes; i += 3) resumes[i]->went_on();
    for (int i = 0; i < kResumes; ++i) {
      if (i % 3 == 1) continue;
      resumes[i]->begun.sleep();
      resumes[i]->went_on();
      EXPECT_EQ(resumes[i]->expedited, 1);
    }
  }
}

// While others of the arena go on it is not late: as long as there is one in
// each kLate. An attempt in which this thread lost its CPU for longer shows
// nothing.
TEST(LateResume, WaitsItsTurn) {
  constexpr int kWanted = 3;
  int waited = 0;
  const auto give_up = Clock::now() + 1min;
  while (waited < kWanted && Clock::now() < give_up) {
    // The thread is at work, and not busy for its share already.
    Resume late;
    late.may_end.wakeup();
    ASSERT_TRUE(late.watch(&arenas[1]));
    late.begun.sleep();
    late.went_on();
    Resume waits;
    waits.may_end.wakeup();
    // Before the last one went on.
    auto last = Clock::now();
    bool in_time = true;
    ASSERT_TRUE(waits.watch(&arenas[0]));
    const auto end = Clock::now() + 8 * kLate;
    for (auto now = Clock::now(); now < end; now = Clock::now()) {
      Resume other;
      other.may_end.wakeup();
      ASSERT_TRUE(other.watch(&arenas[0]));
      other.went_on();
      in_time = in_time && Clock::now() - last < kLate;
      last = now;
      while (Clock::now() < now + 10us) {
      }
    }
    waits.went_on();
    in_time = in_time && Clock::now() - last < kLate;
    if (!in_time) continue;
    EXPECT_EQ(waits.expedited, 0);
    ++waited;
  }
  EXPECT_EQ(waited, kWanted);
}

// After went_on() oneTBB knows nothing of the thread that has called it.
class Submits : public LateResume {
 public:
  std::atomic<bool> done{false};

 private:
  void expedite() noexcept override {
    ::tbb::task_group group;
    group.run([] {});
    group.wait();
    done = true;
  }
};

TEST(LateResume, LetsGoOfOneTbbFirst) {
  for (int i = 0; i < 50; ++i) {
    Submits resume;
    ASSERT_TRUE(resume.watch(&arenas[0]));
    // So that this thread is in went_on() when it happens, or not yet.
    while (!resume.done && i % 2 == 0) std::this_thread::yield();
    if (i % 2 != 0) std::this_thread::sleep_for(LateResume::kLateNs * 1ns);
    resume.went_on();
    ::tbb::task_scheduler_handle handle{::tbb::attach{}};
    EXPECT_TRUE(::tbb::finalize(handle, std::nothrow)) << i;
  }
}

}  // namespace
}  // namespace tbb
}  // namespace parkway
