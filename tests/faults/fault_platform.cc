// SPDX-License-Identifier: Apache-2.0

#include "tests/faults/fault_platform.h"

#include <chrono>
#include <thread>

namespace parkway::test {

void Gate::Pass() {
  std::unique_lock<std::mutex> lock(mutex_);
  arrived_ = true;
  changed_.notify_all();
  changed_.wait(lock, [this] { return open_; });
}

void Gate::AwaitArrival() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return arrived_; });
}

void Gate::Open() {
  std::lock_guard<std::mutex> lock(mutex_);
  open_ = true;
  changed_.notify_all();
}

namespace faults {
namespace {

std::atomic<std::uint64_t> g_streams{1000};
thread_local Gate* t_gate = nullptr;

}  // namespace

Random& Rng() {
  static thread_local Random random = Random::Stream(g_streams++);
  return random;
}

void Step() {
  const std::uint64_t choice = Rng().Next();
  if (choice % 16 == 0) {
    std::this_thread::yield();
  } else if (choice % 512 == 1) {
    std::this_thread::sleep_for(
        std::chrono::microseconds((choice >> 16) % 100));
  } else if (choice % 16384 == 2) {
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
  }
}

void HoldNextWakeup(Gate* gate) { t_gate = gate; }

Gate* TakeGate() {
  Gate* const gate = t_gate;
  t_gate = nullptr;
  return gate;
}

}  // namespace faults
}  // namespace parkway::test
