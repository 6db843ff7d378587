// SPDX-License-Identifier: Apache-2.0

#include "tests/os/kernel.h"

#include <errno.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <new>
#include <thread>

#include "tests/suites/support.h"

namespace parkway::test::kernel {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

struct Sleeper {
  Key key;
  Faults faults = Faults::kNone;
  std::condition_variable changed;
  // False as long as it sleeps.
  bool ended = false;
  End end = End::kNothing;
  Sleeper* next = nullptr;
};

// Never destroyed: threads may sleep as the program ends.
struct State {
  std::mutex mutex;
  // The rest needs it. The oldest first.
  Sleeper* first = nullptr;
  int sleepers = 0;
  std::condition_variable arrived;
  Random random{Seed()};
};

void BeforeFork();
void InParent();
void InChild();

State& state() {
  static State* const made = [] {
    auto* const state = new State;
    pthread_atfork(&BeforeFork, &InParent, &InChild);
    return state;
  }();
  return *made;
}

// A kernel's lock is nobody's in the child of a fork, and nobody sleeps there.
void BeforeFork() { state().mutex.lock(); }
void InParent() { state().mutex.unlock(); }
void InChild() {
  state().first = nullptr;
  state().sleepers = 0;
  new (&state().arrived) std::condition_variable;
  state().mutex.unlock();
}

std::atomic<unsigned> g_fault_calls{0};
// So many faults one after the other, and none in the next call.
constexpr int kMostInARow = 4;
thread_local int t_in_a_row = 0;

void Remove(Sleeper& sleeper) {
  Sleeper** at = &state().first;
  while (*at != &sleeper) at = &(*at)->next;
  *at = sleeper.next;
  --state().sleepers;
}

// Takes `sleeper`, to which *at points, out and ends its sleep.
void EndSleep(Sleeper** at, End end) {
  Sleeper& sleeper = **at;
  *at = sleeper.next;
  --state().sleepers;
  sleeper.ended = true;
  sleeper.end = end;
  sleeper.changed.notify_one();
}

int EndSome(Key key, int count, End end) {
  int ended = 0;
  for (Sleeper** at = &state().first; *at != nullptr && ended < count;) {
    if ((*at)->key == key) {
      EndSleep(at, end);
      ++ended;
    } else {
      at = &(*at)->next;
    }
  }
  return ended;
}

// Some sleeper, or none.
void WakeForNothing(Lock& lock) {
  std::uint64_t skipped = Draw(lock, 4);
  for (Sleeper** at = &state().first; *at != nullptr; at = &(*at)->next) {
    const Faults may = (*at)->faults;
    const bool wakes =
        may == Faults::kNothing || may == Faults::kSignalsOrNothing;
    if (!wakes || skipped-- != 0) continue;
    EndSleep(at, End::kNothing);
    return;
  }
}

int Count(Key key) {
  int count = 0;
  for (Sleeper* s = state().first; s != nullptr; s = s->next) {
    count += s->key == key ? 1 : 0;
  }
  return count;
}

template <class Condition>
bool Await(Condition&& condition) {
  std::unique_lock<std::mutex> lock(state().mutex);
  return state().arrived.wait_for(lock, std::chrono::minutes(1), condition);
}

}  // namespace

Lock::Lock() : lock_(state().mutex) {}

std::int64_t Now() {
  return nanoseconds(steady_clock::now().time_since_epoch()).count();
}

std::int64_t After(std::int64_t time) {
  const std::int64_t now = Now();
  return time > kNever - now ? kNever : now + time;
}

bool IsValid(const timespec& time) {
  return time.tv_sec >= 0 && time.tv_nsec >= 0 && time.tv_nsec < 1000000000;
}

std::int64_t NanosecondsOf(const timespec& time) {
  constexpr std::int64_t kSecond = 1000000000;
  if (time.tv_sec >= kNever / kSecond) return kNever;
  return time.tv_sec * kSecond + time.tv_nsec;
}

End Sleep(Lock& lock, Key key, std::int64_t deadline, Faults faults) {
  // A fault is a second end of the sleep: at once, or some time later.
  std::int64_t fault_at = kNever;
  End fault = End::kNothing;
  if (faults != Faults::kNone && Fault(lock)) {
    const bool signal = faults == Faults::kSignals ||
                        (faults != Faults::kNothing && Draw(lock, 2) == 0);
    if (signal) fault = Draw(lock, 2) == 0 ? End::kSignal : End::kRestart;
    if (Draw(lock, 2) == 0) return fault;
    fault_at = After(static_cast<std::int64_t>(Draw(lock, 300000)));
  }
  Sleeper self;
  self.key = key;
  self.faults = faults;
  Sleeper** at = &state().first;
  while (*at != nullptr) at = &(*at)->next;
  *at = &self;
  ++state().sleepers;
  state().arrived.notify_all();
  const std::int64_t until = std::min(deadline, fault_at);
  while (!self.ended) {
    if (until == kNever) {
      self.changed.wait(lock.get());
      continue;
    }
    const std::int64_t now = Now();
    if (now >= until) {
      Remove(self);
      return until == deadline ? End::kTimeout : fault;
    }
    // No farther than the library can count.
    const std::int64_t hour = std::int64_t{3600} * 1000000000;
    self.changed.wait_for(lock.get(), nanoseconds(std::min(until - now, hour)));
  }
  return self.end;
}

int Wake(Lock& lock, Key key, int count) {
  const int woken = EndSome(key, count, End::kWoken);
  if (Fault(lock)) WakeForNothing(lock);
  return woken;
}

void EndAll(Lock&, Key key) { EndSome(key, kAll, End::kGone); }

int Sleepers(Lock&, Key key) { return Count(key); }

Seen Compare(const volatile void* address, std::uint32_t value) {
  const int saved = errno;
  // Compares, and moves nobody from here to there.
  const long result = syscall(SYS_futex, address, FUTEX_CMP_REQUEUE_PRIVATE, 0,
                              0, const_cast<const void*>(address), value);
  const int error = result == -1 ? errno : 0;
  errno = saved;
  return error == 0        ? Seen::kSame
         : error == EAGAIN ? Seen::kDiffers
                           : Seen::kFault;
}

bool IsWritable(volatile void* address) {
  const int saved = errno;
  // Adds 0 to the word; nobody sleeps in the host's futexes there.
  const long result = syscall(SYS_futex, address, FUTEX_WAKE_OP_PRIVATE, 0, 0,
                              const_cast<void*>(address),
                              FUTEX_OP(FUTEX_OP_ADD, 0, FUTEX_OP_CMP_EQ, 0));
  errno = saved;
  return result != -1;
}

void SetFaults(unsigned calls) { g_fault_calls = calls; }

bool Fault(Lock& lock) {
  const unsigned calls = g_fault_calls;
  if (calls == 0 || t_in_a_row == kMostInARow || Draw(lock, calls) != 0) {
    t_in_a_row = 0;
    return false;
  }
  ++t_in_a_row;
  return true;
}

std::uint64_t Draw(Lock&, std::uint64_t n) { return state().random.Below(n); }

void PerhapsLate() {
  if (g_fault_calls == 0) return;
  std::uint64_t late = 0;
  {
    Lock lock;
    if (Draw(lock, 2 * g_fault_calls) == 0) late = 1 + Draw(lock, 200000);
  }
  if (late > 150000) {
    std::this_thread::yield();
  } else if (late != 0) {
    std::this_thread::sleep_for(nanoseconds(late));
  }
}

int Sleepers(Key key) {
  const Lock lock;
  return Count(key);
}

int AllSleepers() {
  const Lock lock;
  return state().sleepers;
}

bool AwaitSleepers(Key key, int count) {
  return Await([&] { return Count(key) == count; });
}

bool AwaitAllSleepers(int count) {
  return Await([&] { return state().sleepers == count; });
}

void SignalAll(End how) {
  const Lock lock;
  while (state().first != nullptr) EndSleep(&state().first, how);
}

bool HostBarrier() {
  const int saved = errno;
  const auto call = [](int command) {
    return syscall(SYS_membarrier, command, 0, 0) == 0;
  };
  const bool done = call(MEMBARRIER_CMD_PRIVATE_EXPEDITED) ||
                    (call(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) &&
                     call(MEMBARRIER_CMD_PRIVATE_EXPEDITED));
  errno = saved;
  return done;
}

int Release() {
  const char* const release = std::getenv("PARKWAY_STANDIN_RELEASE");
  return release == nullptr ? 0 : std::atoi(release);
}

}  // namespace parkway::test::kernel
