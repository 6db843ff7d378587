// SPDX-License-Identifier: Apache-2.0

// As many threads on one object as a server with a thread for each connection
// has: all of them get it, one at a time, and nobody is forgotten.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "parkway/absl/mutex.h"
#include "parkway/lock/queuing_rw_mutex.h"
#include "parkway/lock/rw_mutex.h"
#include "parkway/task/task_platform.h"
#include "parkway/tbb/rw_mutex.h"
#include "parkway/tbb/spin_rw_mutex.h"
#include "parkway/tbb/task/task_rw_mutex.h"
#include "tests/process/child.h"
#include "tests/process/many_threads.h"
#include "tests/process/subject.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

constexpr int kThreads = kTsan || kAsan ? 200 : 400;
constexpr int kSections = 5;
constexpr ChildOptions kProgram = {150, &fork};

// One thread is inside until all others have come.
int PileUp(const SubjectKind& kind) {
  const std::unique_ptr<Subject> object = kind.Make();
  long sum = 0;
  long also_sum = 0;
  std::atomic<int> came{0};
  std::atomic<bool> go{false};
  ManyThreads threads;
  Thread first([&] {
    object->Section([&] {
      ++came;
      while (!go) std::this_thread::sleep_for(std::chrono::microseconds(100));
    });
  });
  while (came != 1) std::this_thread::yield();
  Step("threads come");
  const int started = threads.Start(kThreads, [&](int) {
    ++came;
    for (int i = 0; i < kSections; ++i) {
      object->Section([&] {
        ++sum;
        ++also_sum;
      });
    }
  });
  while (came != 1 + started) {
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  Step("the threads get the object, one after another");
  go = true;
  threads.Join();
  first.Join();
  Demand(started > 0, "no thread could be started");
  Demand(sum == long{started} * kSections && also_sum == sum,
         "two were inside at a time");
  return 0;
}

class Pile : public SubjectTest {};

TEST_P(Pile, OfThreadsGetsThrough) {
  const Outcome outcome = RunChild([] { return PileUp(kind()); }, kProgram);
  EXPECT_TRUE(EndedWell(outcome));
}

INSTANTIATE_TEST_SUITE_P(All, Pile,
                         testing::ValuesIn(Only([](const SubjectKind& kind) {
                           return kind.has_section;
                         })),
                         NameOf);

// ---- Readers and writers ----

// Every fourth thread writes.
template <class M>
int PileUpReadersAndWriters() {
  static M mutex;
  static long sum = 0;
  static long also_sum = 0;
  static std::atomic<int> came{0};
  mutex.lock();
  ManyThreads threads;
  Step("threads come");
  const int started = threads.Start(kThreads, [](int number) {
    ++came;
    for (int i = 0; i < kSections; ++i) {
      if (number % 4 == 0) {
        mutex.lock();
        ++sum;
        ++also_sum;
        mutex.unlock();
      } else {
        mutex.lock_shared();
        Demand(sum == also_sum, "a reader and a writer were in at a time");
        mutex.unlock_shared();
      }
    }
  });
  while (came != started) {
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  Step("readers and writers get the mutex");
  mutex.unlock();
  threads.Join();
  Demand(sum == long{(started + 3) / 4} * kSections,
         "two writers were in at a time");
  return 0;
}

template <class M>
class PileOfReaders : public testing::Test {};
using SharedMutexes =
    testing::Types<RwMutex, QueuingRwMutex, TaskRwMutex, absl::Mutex,
                   tbb::rw_mutex, tbb::spin_rw_mutex, tbb::task_rw_mutex>;
TYPED_TEST_SUITE(PileOfReaders, SharedMutexes);

TYPED_TEST(PileOfReaders, AndWritersGetsThrough) {
  const Outcome outcome =
      RunChild(&PileUpReadersAndWriters<TypeParam>, kProgram);
  EXPECT_TRUE(EndedWell(outcome));
}

}  // namespace
}  // namespace parkway::test
