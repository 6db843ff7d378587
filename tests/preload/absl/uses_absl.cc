// SPDX-License-Identifier: Apache-2.0

// A program on a shared Abseil that uses all of absl/synchronization, most of
// it from several threads, and prints the same lines whoever provides it.
// Compiled against the installed headers, so what these inline (constructors,
// forms of Condition, HasBeenNotified) meets the members of whoever answers.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/const_init.h"
#include "absl/synchronization/barrier.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace {

constexpr int kThreads = 4;
constexpr int kRounds = 5000;

ABSL_CONST_INIT absl::Mutex global_mutex(absl::kConstInit);

// Used while libraries and this program are initialised.
struct Early {
  Early() {
    absl::MutexLock lock(&global_mutex);
    std::puts("early: locked");
  }
} early;

void Check(bool ok, const char* what) {
  if (ok) return;
  std::printf("WRONG: %s\n", what);
  std::fflush(stdout);
  std::_Exit(1);
}

template <class F>
void InThreads(F f) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(f, i);
  for (std::thread& t : threads) t.join();
}

void Locks() {
  absl::Mutex mu;
  int shared = 0;
  int tries = 0;
  InThreads([&](int) {
    for (int i = 0; i < kRounds; ++i) {
      {
        absl::MutexLock lock(&mu);
        ++shared;
      }
      {
        absl::ReaderMutexLock lock(&mu);
        Check(shared > 0, "reader");
      }
      if (mu.TryLock()) {
        ++tries;
        mu.AssertHeld();
        mu.Unlock();
      }
      if (mu.ReaderTryLock()) {
        mu.AssertReaderHeld();
        mu.ReaderUnlock();
      }
    }
    absl::ReleasableMutexLock lock(&mu);
    lock.Release();
    absl::MutexLockMaybe maybe(nullptr);
    absl::WriterMutexLock writer(&mu);
  });
  mu.ForgetDeadlockInfo();
  mu.AssertNotHeld();
  std::printf("locks: %d\n", shared);
}

struct State {
  bool IsTwo() const { return value == 2; }
  bool Next() { return value == 3; }
  int value = 0;
  bool flag = false;
};

bool IsOne(void* state) { return static_cast<State*>(state)->value == 1; }
bool IsFour(State* state) { return state->value == 4; }

void Conditions() {
  absl::Mutex mu;
  State state;
  const auto is_five = [&state] { return state.value == 5; };
  int steps = 0;
  std::thread other([&] {
    // One of each form; every step is released by the one before.
    const auto step = [&](const absl::Condition& condition) {
      mu.LockWhen(condition);
      ++state.value;
      ++steps;
      mu.Unlock();
    };
    step(absl::Condition(&IsOne, static_cast<void*>(&state)));
    step(absl::Condition(&state, &State::IsTwo));
    step(absl::Condition(&state, &State::Next));
    step(absl::Condition(&IsFour, &state));
    step(absl::Condition(&is_five));
    step(absl::Condition(&state.flag));
    step(absl::Condition::kTrue);
  });
  mu.Lock();
  state.value = 1;
  const auto is_six = [&state] { return state.value == 6; };
  mu.Await(absl::Condition(&is_six));
  state.flag = true;
  const auto is_eight = [&state] { return state.value == 8; };
  Check(mu.AwaitWithTimeout(absl::Condition(&is_eight), absl::Seconds(60)),
        "AwaitWithTimeout");
  Check(!mu.AwaitWithTimeout(absl::Condition(&is_six), absl::Milliseconds(5)),
        "AwaitWithTimeout in vain");
  Check(!mu.AwaitWithDeadline(absl::Condition(&is_six),
                              absl::Now() - absl::Seconds(1)),
        "AwaitWithDeadline in the past");
  mu.Unlock();
  other.join();
  Check(
      !mu.LockWhenWithTimeout(absl::Condition(&is_six), absl::Milliseconds(5)),
      "LockWhenWithTimeout");
  mu.Unlock();
  Check(mu.LockWhenWithDeadline(absl::Condition(&is_eight),
                                absl::InfiniteFuture()),
        "LockWhenWithDeadline");
  mu.Unlock();
  mu.ReaderLockWhen(absl::Condition(&is_eight));
  mu.ReaderUnlock();
  Check(!mu.ReaderLockWhenWithTimeout(absl::Condition(&is_six),
                                      absl::Milliseconds(5)),
        "ReaderLockWhenWithTimeout");
  mu.ReaderUnlock();
  Check(mu.ReaderLockWhenWithDeadline(absl::Condition(&is_eight),
                                      absl::Now() + absl::Seconds(60)),
        "ReaderLockWhenWithDeadline");
  mu.ReaderUnlock();
  const absl::Condition a(&IsFour, &state);
  const absl::Condition b(&IsFour, &state);
  Check(absl::Condition::GuaranteedEqual(&a, &b), "GuaranteedEqual");
  Check(!absl::Condition::GuaranteedEqual(&a, nullptr), "GuaranteedEqual no");
  Check(absl::Condition::kTrue.Eval() && !a.Eval(), "Eval");
  std::printf("conditions: %d steps\n", steps);
}

void CondVars() {
  absl::Mutex mu;
  absl::CondVar cv;
  int turn = 0;
  InThreads([&](int me) {
    for (int i = 0; i < 200; ++i) {
      absl::MutexLock lock(&mu);
      while (turn % kThreads != me) cv.Wait(&mu);
      ++turn;
      cv.SignalAll();
    }
  });
  absl::ReaderMutexLock lock(&mu);
  Check(cv.WaitWithTimeout(&mu, absl::Milliseconds(5)), "WaitWithTimeout");
  Check(cv.WaitWithDeadline(&mu, absl::Now() + absl::Milliseconds(5)),
        "WaitWithDeadline");
  cv.Signal();
  std::printf("condvar: %d turns\n", turn);
}

void Notifications() {
  absl::Notification before(true);
  before.WaitForNotification();
  absl::Notification note;
  Check(!note.HasBeenNotified(), "HasBeenNotified too early");
  Check(!note.WaitForNotificationWithTimeout(absl::Milliseconds(5)),
        "WaitForNotificationWithTimeout");
  std::atomic<int> seen{0};
  std::thread notifier([&] {
    absl::SleepFor(absl::Milliseconds(5));
    note.Notify();
  });
  InThreads([&](int) {
    note.WaitForNotification();
    if (note.HasBeenNotified()) ++seen;
  });
  notifier.join();
  Check(note.WaitForNotificationWithDeadline(absl::InfinitePast()),
        "WaitForNotificationWithDeadline");
  std::printf("notification: %d\n", seen.load());
}

void Counters() {
  absl::BlockingCounter counter(kThreads);
  auto barrier = std::make_unique<absl::Barrier>(kThreads);
  std::atomic<int> last{0};
  std::atomic<int> destroyers{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      if (barrier->Block()) {
        ++destroyers;
        barrier.reset();
      }
      if (counter.DecrementCount()) ++last;
    });
  }
  counter.Wait();
  for (std::thread& t : threads) t.join();
  std::printf("counter: %d, barrier: %d\n", last.load(), destroyers.load());
}

std::atomic<int> profiled{0};
std::atomic<int> traced{0};
std::atomic<int> cv_traced{0};

void Hooks() {
  absl::RegisterMutexProfiler([](std::int64_t) { ++profiled; });
  absl::RegisterMutexTracer(
      [](const char*, const void*, std::int64_t) { ++traced; });
  absl::RegisterCondVarTracer([](const char*, const void*) { ++cv_traced; });
  absl::EnableMutexInvariantDebugging(true);
  absl::Mutex mu;
  absl::CondVar cv;
  std::atomic<int> invariants{0};
  mu.EnableInvariantDebugging(
      [](void* n) { ++*static_cast<std::atomic<int>*>(n); }, &invariants);
  // Until the other thread had to wait: on a busy machine it may come late.
  for (int i = 0; i < 1000 && profiled == 0; ++i) {
    mu.Lock();
    std::thread other([&mu] { absl::MutexLock lock(&mu); });
    absl::SleepFor(absl::Milliseconds(20));
    mu.Unlock();
    other.join();
  }
  mu.Lock();
  cv.WaitWithTimeout(&mu, absl::Milliseconds(5));
  mu.Unlock();
  mu.EnableInvariantDebugging(nullptr, nullptr);
  std::printf("hooks: profiler %d, tracer %d, cv %d, invariants %d\n",
              profiled > 0, traced > 0, cv_traced > 0, invariants > 0);
}

}  // namespace

int main() {
  // Debian's Abseil comes with it on; whether it finds cycles is another test.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  Locks();
  Conditions();
  CondVars();
  Notifications();
  Counters();
  Hooks();
}
