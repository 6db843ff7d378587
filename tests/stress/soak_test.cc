// SPDX-License-Identifier: Apache-2.0

// Everything at once for a long time, by threads and tasks that come and go,
// on objects that come and go. Its invariants hold, and it has no more memory
// at the end than after a third of the time.
//
// 30 seconds; by hand for longer, here for ten minutes:
//   ./bazelw test //tests/stress:soak_test --nocache_test_results
//       --test_output=all --test_timeout=1500
//       --test_env=PARKWAY_STRESS_SECONDS=600
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

#include "parkway/lock/byte_mutex.h"
#include "parkway/lock/cond_var.h"
#include "parkway/lock/futex_mutex.h"
#include "parkway/lock/futex_note.h"
#include "parkway/lock/rw_cond_var.h"
#include "parkway/lock/rw_mutex.h"
#include "parkway/lock/sema_mutex.h"
#include "parkway/lock/sema_note.h"
#include "parkway/lock/semaphore.h"
#include "parkway/task/blocking_pool.h"
#include "parkway/task/run_blocking.h"
#include "parkway/task/task_platform.h"
#include "tests/stress/soak_memory.h"
#include "tests/stress/soak_parts.h"
#include "tests/suites/address_cond_var.h"
#include "tests/suites/jobs.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kLanes = 10;
constexpr int kTasks = 24;
constexpr int kSchedulerWorkers = 2;
constexpr std::size_t kBlockingThreads = 4;
constexpr milliseconds kNudgeEvery{2};
constexpr milliseconds kSampleEvery{50};

// Calls that block, made by tasks. The pool's threads leave as soon as they
// have nothing to do.
class BlockingPart final : public SoakPart {
 public:
  using SoakPart::SoakPart;
  void Check() override { EXPECT_EQ(wrong_, 0); }

 protected:
  void Step(Random& random) override {
    const long number = static_cast<long>(random.Below(1000));
    const auto time = random.Microseconds(50);
    const long got = run_blocking([number, time] {
      std::this_thread::sleep_for(time);
      return number + 1;
    });
    if (got != number + 1) ++wrong_;
  }

 private:
  std::atomic<int> wrong_{0};
};

using Parts = std::vector<std::unique_ptr<SoakPart>>;

template <class Part>
void Add(Parts& parts, const char* name) {
  parts.push_back(std::make_unique<Part>(name));
}

// What a task may use as well: nothing of it is a thread's.
Parts PartsForTasks() {
  Parts parts;
  Add<MutexPart<TaskMutex, TaskCondVar>>(parts, "TaskMutex, TaskCondVar");
  Add<SharedPart<TaskRwMutex>>(parts, "TaskRwMutex");
  Add<SemaphorePart<TaskSemaphore>>(parts, "TaskSemaphore");
  Add<NotePart<TaskNote>>(parts, "TaskNote");
  Add<ParkPart>(parts, "park and ready");
  Add<BlockingPart>(parts, "run_blocking");
  Add<StackPart>(parts, "stacks");
  return parts;
}

Parts PartsForThreads() {
  Parts parts;
  Add<MutexPart<FutexMutex, CondVar>>(parts, "FutexMutex, CondVar");
  Add<MutexPart<SemaMutex, CondVar>>(parts, "SemaMutex, CondVar");
  Add<MutexPart<ByteMutex, AddressCondVar<Platform>>>(
      parts, "ByteMutex, AddressCondWait");
  Add<SharedPart<RwMutex>>(parts, "RwMutex");
  Add<ConditionPart<RwMutex, RwCondVar>>(parts, "RwMutex::await, RwCondVar");
  Add<QueuingPart>(parts, "QueuingMutex");
  Add<SharedPart<QueuingRwMutex>>(parts, "QueuingRwMutex");
  Add<SemaphorePart<Semaphore>>(parts, "Semaphore");
  Add<NotePart<FutexNote>>(parts, "FutexNote");
  Add<NotePart<SemaNote>>(parts, "SemaNote");
  return parts;
}

class Soak {
 public:
  Soak() {
    blocking_pool().set_max_threads(kBlockingThreads);
    blocking_pool().set_idle_time(milliseconds(0));
  }

  void Run(std::chrono::nanoseconds time) {
    // Reserved: it must not be what grows.
    samples_.reserve(static_cast<std::size_t>(time / kSampleEvery) + 1000);
    const auto end = steady_clock::now() + time;
    lanes_left_ = kLanes + 1;
    std::vector<std::unique_ptr<Thread>> lanes;
    for (int i = 0; i < kLanes; ++i) {
      lanes.push_back(std::make_unique<Thread>([this] { DriveLane(); }));
    }
    lanes.push_back(std::make_unique<Thread>([this] { DriveTasks(); }));
    auto next_sample = steady_clock::now();
    while (lanes_left_ > 0) {
      std::this_thread::sleep_for(kNudgeEvery);
      if (steady_clock::now() >= end) stop_ = true;
      for (auto& part : for_tasks_) part->Nudge();
      for (auto& part : for_threads_) part->Nudge();
      if (!stop_ && steady_clock::now() >= next_sample) {
        samples_.push_back(SampleMemory(records_));
        next_sample = steady_clock::now() + kSampleEvery;
      }
    }
    lanes.clear();
    for (auto& part : for_tasks_) part->Check();
    for (auto& part : for_threads_) part->Check();
  }

  void PrintCounts() const {
    long steps = 0;
    for (const Parts* parts : {&for_threads_, &for_tasks_}) {
      for (const auto& part : *parts) {
        std::printf("%-28s %10ld steps, %7ld objects\n", part->name().c_str(),
                    part->steps(), part->objects());
        EXPECT_GT(part->steps(), 0) << part->name();
        steps += part->steps();
      }
    }
    std::printf("%ld threads and %ld tasks came and went\n", threads_.load(),
                tasks_.load());
    // For docs/design/proof.md.
    testing::Test::RecordProperty("threads", std::to_string(threads_));
    testing::Test::RecordProperty("tasks", std::to_string(tasks_));
    testing::Test::RecordProperty("steps", std::to_string(steps));
  }

  const std::vector<MemorySample>& samples() const { return samples_; }

 private:
  // One thread after another, each for some steps. Seeds do not repeat.
  void DriveLane() {
    while (!stop_) {
      const auto stream = static_cast<std::uint64_t>(1000 + threads_++);
      Thread([this, stream] {
        Random random = Random::Stream(stream);
        for (auto left = 1 + random.Below(400); left > 0 && !stop_; --left) {
          const Parts& parts = random.OneIn(3) ? for_tasks_ : for_threads_;
          parts[random.Below(parts.size())]->Run(random);
        }
        records_.Look();
      }).Join();
    }
    --lanes_left_;
  }

  // As many tasks as there may be; each that ends makes place for another.
  void DriveTasks() {
    {
      TaskJobs<kSchedulerWorkers> jobs;
      std::atomic<int> alive{0};
      while (!stop_) {
        while (alive < kTasks) {
          ++alive;
          const auto stream = static_cast<std::uint64_t>(1) << 40 | ++tasks_;
          jobs.Start([this, stream, &alive] {
            Random random = Random::Stream(stream);
            for (auto left = 1 + random.Below(100); left > 0 && !stop_;
                 --left) {
              for_tasks_[random.Below(for_tasks_.size())]->Run(random);
            }
            --alive;
          });
        }
        std::this_thread::sleep_for(milliseconds(1));
      }
      jobs.Join();
    }
    --lanes_left_;
  }

  const Parts for_tasks_ = PartsForTasks();
  const Parts for_threads_ = PartsForThreads();
  std::atomic<bool> stop_{false};
  std::atomic<int> lanes_left_{0};
  std::atomic<long> threads_{0};
  std::atomic<long> tasks_{0};
  RecordCount records_;
  std::vector<MemorySample> samples_;
};

// How much more the last third may have than the second, and why a leak is not
// hidden by it. In ten seconds some thousand threads come and go, and some ten
// thousand tasks and objects; so many also on a machine that has eight times
// the threads that it has CPUs for.
//
// 4 MiB: by what the libc's heap and the stacks of those that happen to live at
// once differ, and more. A leak of 1 KiB for each task or object is more still.
constexpr long kResidentMarginKib = 4096;
// A thread's stack is two mappings. Of those threads that come and go so many
// may live at once, or none. A leak of one mapping for each tenth thread is
// more.
constexpr long kComeAndGo = kLanes + static_cast<long>(kBlockingThreads);
constexpr long kMappingMargin = 2 * kComeAndGo;
// A thread has a record from its first wait to its end, and then the next one
// gets it: there are as many as threads live at once. The same holds for a
// leak.
constexpr long kRecordMargin = kComeAndGo;

TEST(Soak, EverythingAtOnceWithFlatMemory) {
  const auto soak = std::make_unique<Soak>();
  soak->Run(StressTime(std::chrono::seconds(30)));
  soak->PrintCounts();

  const auto& samples = soak->samples();
  testing::Test::RecordProperty("memory_samples",
                                std::to_string(samples.size()));
  const std::size_t third = samples.size() / 3;
  ASSERT_GT(third, 0u);
  const MemorySample first = Largest(samples, 0, third);
  const MemorySample second = Largest(samples, third, 2 * third);
  const MemorySample last = Largest(samples, 2 * third, samples.size());
  for (const MemorySample* most : {&first, &second, &last}) {
    std::printf(
        "at most %ld KiB, %ld mappings (Windows: handles), "
        "%ld worker records\n",
        most->resident_kib, most->mappings, most->records);
  }
  EXPECT_GT(last.records, 0);
  EXPECT_LE(last.records, second.records + kRecordMargin);
  EXPECT_LE(last.mappings, second.mappings + kMappingMargin);
  if (kTsan || kAsan) {
    std::printf("a sanitizer's own memory grows: not compared\n");
  } else {
    EXPECT_LE(last.resident_kib, second.resident_kib + kResidentMarginKib);
  }
}

}  // namespace
}  // namespace parkway::test
