// SPDX-License-Identifier: Apache-2.0

// A program that uses something of every layer of //plugin, and nothing else
// but the language: that it links says that a system has all that parkway asks
// of it. Ends with 0 if it works.
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <mutex>
#include <thread>

#include "parkway/lock/byte_mutex.h"
#include "parkway/lock/cond_var.h"
#include "parkway/lock/futex_mutex.h"
#include "parkway/lock/futex_note.h"
#include "parkway/lock/queuing_mutex.h"
#include "parkway/lock/queuing_rw_mutex.h"
#include "parkway/lock/rw_cond_var.h"
#include "parkway/lock/rw_mutex.h"
#include "parkway/lock/sema_mutex.h"
#include "parkway/lock/sema_note.h"
#include "parkway/lock/semaphore.h"
#include "parkway/stack/stack_freelist.h"
#include "parkway/task/park.h"
#include "parkway/task/syscall.h"

namespace parkway {
namespace {

constexpr int kTimes = 10000;

// By two threads.
template <class M>
bool Excludes() {
  M mutex;
  int count = 0;
  const auto add = [&] {
    for (int i = 0; i < kTimes; ++i) {
      const std::lock_guard<M> hold(mutex);
      ++count;
    }
  };
  std::thread other(add);
  add();
  other.join();
  return count == 2 * kTimes;
}

struct Queuing {
  void lock() { mutex.lock(node()); }
  void unlock() { mutex.unlock(node()); }
  static QueuingMutex::Node& node() {
    static thread_local QueuingMutex::Node own;
    return own;
  }
  QueuingMutex mutex;
};

template <class N>
bool Tells() {
  N there;
  N back;
  std::thread other([&] {
    there.sleep();
    back.wakeup();
  });
  const bool late = !back.sleep_for(std::chrono::milliseconds(1));
  there.wakeup();
  back.sleep();
  other.join();
  return late;
}

bool Conditions() {
  FutexMutex mutex;
  CondVar changed;
  Semaphore permits(0);
  bool ready = false;
  std::thread other([&] {
    {
      const std::lock_guard<FutexMutex> hold(mutex);
      ready = true;
    }
    changed.notify_all();
    permits.release();
  });
  {
    std::unique_lock<FutexMutex> hold(mutex);
    while (!ready) changed.wait(hold);
  }
  permits.acquire();
  other.join();
  return true;
}

bool Parks() {
  Waiter self;
  std::thread other;
  const bool went_on = park(self, [&] {
    other = std::thread([&] { ready(self); });
    return true;
  });
  other.join();
  return went_on;
}

bool Stacks() {
  constexpr std::size_t kBytes = 64 * 1024;
  auto* const stack = static_cast<char*>(stack_alloc(kBytes));
  if (stack == nullptr) return false;
  stack[0] = stack[kBytes - 1] = 1;
  stack_free(stack, kBytes);
  return true;
}

bool Calls() {
  return blocking_call([] { return 7; }).r1 == 7;
}

int Run() {
  const struct {
    const char* what;
    bool (*works)();
  } all[] = {
      {"FutexMutex", &Excludes<FutexMutex>},
      {"ByteMutex", &Excludes<ByteMutex>},
      {"SemaMutex", &Excludes<SemaMutex>},
      {"RwMutex", &Excludes<RwMutex>},
      {"QueuingMutex", &Excludes<Queuing>},
      {"FutexNote", &Tells<FutexNote>},
      {"SemaNote", &Tells<SemaNote>},
      {"CondVar and Semaphore", &Conditions},
      {"park", &Parks},
      {"stacks", &Stacks},
      {"calls", &Calls},
  };
  int failed = 0;
  for (const auto& one : all) {
    if (one.works()) continue;
    std::printf("%s does not work\n", one.what);
    ++failed;
  }
  return failed;
}

}  // namespace
}  // namespace parkway

int main() { return parkway::Run() == 0 ? 0 : 1; }
