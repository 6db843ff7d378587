// SPDX-License-Identifier: Apache-2.0

// The first contended unlock of a process is an unlock like others: it opens no
// file and does not sleep. This program's own functions count that.
#include <gtest/gtest.h>
#include <linux/fcntl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdint>
#include <thread>
#include <type_traits>

#include "absl/base/internal/cycleclock.h"
#include "parkway/absl/mutex.h"
#include "parkway/lock/rw_mutex.h"

namespace {

// Files opened, and sleeps, of this thread.
thread_local int t_calls = 0;

int OpenFile(int directory, const char* path, int flags, unsigned mode) {
  ++t_calls;
  return static_cast<int>(syscall(SYS_openat, directory, path, flags, mode));
}

// The argument behind the flags, where there is one.
unsigned ModeOf(int flags, std::va_list arguments) {
  return (flags & O_CREAT) != 0 ? va_arg(arguments, unsigned) : 0;
}

}  // namespace

// In front of the system's.
extern "C" {
int open(const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const unsigned mode = ModeOf(flags, arguments);
  va_end(arguments);
  return OpenFile(AT_FDCWD, path, flags, mode);
}
int openat(int directory, const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  const unsigned mode = ModeOf(flags, arguments);
  va_end(arguments);
  return OpenFile(directory, path, flags, mode);
}
int nanosleep(const timespec* time, timespec* left) {
  ++t_calls;
  return static_cast<int>(
      syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, time, left));
}
}

namespace {

using absl::base_internal::CycleClock;
using parkway::absl::Mutex;

// Mutex itself does not tell.
bool HasWaiters(Mutex& mu) {
  static_assert(std::is_standard_layout_v<Mutex> &&
                sizeof(Mutex) == sizeof(parkway::RwMutex));
  return reinterpret_cast<parkway::RwMutex&>(mu).has_waiters();
}

// Calls unlock(mu) while another thread waits for it.
template <class F>
void UnlockContended(F unlock) {
  Mutex mu;
  mu.Lock();
  std::thread waiter([&mu] {
    mu.Lock();
    mu.Unlock();
  });
  while (!HasWaiters(mu)) std::this_thread::yield();
  unlock(mu);
  waiter.join();
}

// In that unlock.
int CallsOfContendedUnlock() {
  int calls = -1;
  UnlockContended([&calls](Mutex& mu) {
    const int before = t_calls;
    mu.Unlock();
    calls = t_calls - before;
  });
  return calls;
}

TEST(FirstUnlockTest, TheProgramsFunctionsCount) {
  const int before = t_calls;
  close(open("/dev/null", O_RDONLY));
  close(openat(AT_FDCWD, "/dev/null", O_RDONLY));
  const timespec moment = {0, 1};
  nanosleep(&moment, nullptr);
  EXPECT_EQ(t_calls, before + 3);
}

TEST(FirstUnlockTest, OpensNoFileAndDoesNotSleep) {
  EXPECT_EQ(CallsOfContendedUnlock(), 0);
}

std::int64_t g_cycles = 0;
int g_profiled = 0;
int g_traced = 0;

void Profile(std::int64_t cycles) {
  g_cycles = cycles;
  ++g_profiled;
}
void Trace(const char*, const void*, std::int64_t) { ++g_traced; }

// What the frequency costs is paid where a hook is registered.
TEST(FirstUnlockTest, NorDoesTheFirstWithHooks) {
  parkway::absl::RegisterMutexProfiler(&Profile);
  parkway::absl::RegisterMutexTracer(&Trace);
  EXPECT_EQ(CallsOfContendedUnlock(), 0);
  EXPECT_EQ(g_profiled, 1);
  EXPECT_EQ(g_traced, 1);
}

// The time that the waiter has waited lies between two that are measured with
// the clock itself. The frequency may be measured badly.
TEST(FirstUnlockTest, ProfilersAreGivenCycles) {
  parkway::absl::RegisterMutexProfiler(&Profile);
  const std::int64_t start = CycleClock::Now();
  std::int64_t at_least = 0;
  UnlockContended([&at_least](Mutex& mu) {
    const std::int64_t waiting = CycleClock::Now();
    const std::int64_t enough = waiting + 1000000;
    while (CycleClock::Now() < enough) {
    }
    at_least = CycleClock::Now() - waiting;
    mu.Unlock();
  });
  const std::int64_t at_most = CycleClock::Now() - start;
  EXPECT_GT(g_cycles, at_least / 4 * 3);
  EXPECT_LT(g_cycles, at_most / 3 * 4);
}

}  // namespace
