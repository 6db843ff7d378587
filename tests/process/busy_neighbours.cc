// SPDX-License-Identifier: Apache-2.0

#include "tests/process/busy_neighbours.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "tests/process/places.h"
#include "tests/process/subject.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

// Rounds that a thread has made when it counts as busy.
constexpr int kBusy = 10;

// It never ends, like all threads here.
void StartThread(std::function<void()> round, std::atomic<int>& busy) {
  std::thread([round = std::move(round), &busy] {
    for (int i = 1;; ++i) {
      round();
      if (i == kBusy) ++busy;
    }
  }).detach();
}

Subject& MakeAt(std::size_t place, const std::string& name) {
  return *Named({name})[0]->make(MeetingPlaces()[place]).release();
}

// Some threads wait for a condition that never comes, and each release of
// another one looks at it.
int StartConditions(std::size_t place, const std::string& name,
                    std::atomic<int>& busy) {
  constexpr int kWaiters = 3;
  constexpr int kOthers = 1;
  Subject& subject = MakeAt(place, name);
  subject.Hold();
  for (int i = 0; i < kWaiters; ++i) {
    (new Thread([&] { subject.Wait(); }))->WaitAsleep();
  }
  for (int i = 0; i < kOthers; ++i) {
    StartThread(
        [&] {
          subject.Freeze();
          subject.Thaw();
        },
        busy);
  }
  return kOthers;
}

// They sleep, and wake each other.
int StartSections(std::size_t place, const std::string& name,
                  std::atomic<int>& busy) {
  constexpr int kThreads = 2;
  Subject& subject = MakeAt(place, name);
  for (int i = 0; i < kThreads; ++i) {
    StartThread(
        [&] {
          subject.Section([] {
            std::this_thread::sleep_for(std::chrono::microseconds(20));
          });
        },
        busy);
  }
  return kThreads;
}

}  // namespace

void StartBusyNeighbours() {
  auto& busy = *new std::atomic<int>(0);
  int threads = 0;
  threads += StartConditions(0, "RwCondition", busy);
  threads += StartConditions(1, "TaskRwCondition", busy);
  threads += StartSections(2, "Byte", busy);
  threads += StartSections(3, "TaskLock", busy);
  threads += StartSections(4, "Semaphore", busy);
  threads += StartSections(5, "QueuingRwWriter", busy);
  static_assert(kBusyPlaces == 6);
  Eventually([&] { return busy == threads; });
}

}  // namespace parkway::test
