// SPDX-License-Identifier: Apache-2.0

// Linked into the test, and into each of its libraries.
#include "tests/unit/os/uses.h"

#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "parkway/lock/futex_mutex.h"
#include "parkway/lock/rw_mutex.h"
#include "parkway/lock/sema_mutex.h"
#include "parkway/note.h"
#include "parkway/stack/stack_freelist.h"
#include "parkway/task/blocking_pool.h"
#include "parkway/wait/worker.h"

namespace parkway::test {
namespace {

template <class Mutex>
bool Contend() {
  constexpr int kThreads = 4;
  constexpr int kRounds = 200;
  static Mutex mutex;
  int sum = 0;
  const auto add = [&sum] {
    for (int i = 0; i < kRounds; ++i) {
      const std::lock_guard<Mutex> hold(mutex);
      // So that the others sleep.
      if (i % 64 == 0) {
        std::this_thread::sleep_for(std::chrono::microseconds(200));
      }
      ++sum;
    }
  };
  std::vector<std::thread> others;
  for (int i = 1; i < kThreads; ++i) others.emplace_back(add);
  add();
  for (std::thread& thread : others) thread.join();
  return sum == kThreads * kRounds;
}

bool UseLocks() {
  return Contend<FutexMutex>() && Contend<SemaMutex>() && Contend<RwMutex>();
}

class Call : public BlockingRequest {
 public:
  Call() : BlockingRequest(&Serve) {}
  void Wait() { served_.sleep(); }

 private:
  static void Serve(BlockingRequest& request) {
    static_cast<Call&>(request).served_.wakeup();
  }
  Note served_;
};

void UsePool(int idle_us) {
  blocking_pool().set_idle_time(std::chrono::microseconds(idle_us));
  Call call;
  blocking_pool().submit(call);
  call.Wait();
}

bool UseStacks() {
  constexpr std::size_t kBytes = 65536;
  std::vector<void*> stacks;
  for (int i = 0; i < 100; ++i) {
    stacks.push_back(stack_alloc(kBytes));
    if (stacks.back() == nullptr) return false;
    static_cast<volatile char*>(stacks.back())[0] = 1;
  }
  for (void* stack : stacks) stack_free(stack, kBytes);
  return true;
}

void UseThread() { current_worker(); }

}  // namespace
}  // namespace parkway::test

extern "C" const parkway::test::Uses parkway_test_uses;
const parkway::test::Uses parkway_test_uses = {
    &parkway::test::UseLocks,
    &parkway::test::UsePool,
    &parkway::test::UseStacks,
    &parkway::test::UseThread,
};
