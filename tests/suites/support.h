// SPDX-License-Identifier: Apache-2.0

// What the tests of the core share: a seed, a watchdog, threads whose sleep can
// be awaited, child processes.
//
// Environment, with bazel `--test_env=NAME=VALUE`:
//   PARKWAY_SEED            repeats a run's random choices (printed at the
//   start) PARKWAY_STRESS_SECONDS  how long each stress test runs
//   PARKWAY_TEST_LIMIT      seconds after which the watchdog ends a test
//   PARKWAY_EMULATOR        set by what runs a test of another processor, see
//                           bazel/emulators
#ifndef PARKWAY_TESTS_SUITES_SUPPORT_H_
#define PARKWAY_TESTS_SUITES_SUPPORT_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "parkway/base/sanitizers.h"

namespace parkway::test {

using internal::kAsan;
using internal::kTsan;

// The number that all random choices of this process follow from.
std::uint64_t Seed();

// A small generator (splitmix64).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  // The generator of one thread or purpose; `stream` tells them apart.
  static Random Stream(std::uint64_t stream) {
    return Random(Random(Seed() + stream * 0x9e3779b97f4a7c15).Next());
  }
  std::uint64_t Next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // 0 to n - 1.
  std::uint64_t Below(std::uint64_t n) { return Next() % n; }
  bool OneIn(std::uint64_t n) { return Below(n) == 0; }
  std::chrono::microseconds Microseconds(std::uint64_t below) {
    return std::chrono::microseconds(Below(below));
  }

 private:
  std::uint64_t state_;
};

// PARKWAY_STRESS_SECONDS, or `usual`.
std::chrono::nanoseconds StressTime(std::chrono::nanoseconds usual);

// Called by the watchdog before it ends a test that hangs; null for none.
void SetStateReport(void (*report)());

// Keeps the CPU busy.
void Burn(std::chrono::nanoseconds time);

// CPUs that this process may use, and a way to leave it only the first.
int CpuCount();
bool PinToOneCpu();

// Memory of this process that is in the machine's.
std::size_t ResidentBytes();

// True as soon as `condition` is; false after a long time (a minute).
bool Eventually(const std::function<bool()>& condition);

// A thread as the system numbers it.
using ThreadNumber = long;
// The calling one's.
ThreadNumber CurrentThreadNumber();

// Waits until the system says that this thread of the process sleeps; on Linux
// in a futex, as all that waits here does. False after a minute. A thread that
// was woken does not sleep any more by the time its wake has been made: true
// after that means that it sleeps again.
bool WaitAsleep(ThreadNumber thread);
// Waits until all threads but the caller sleep, in whatever.
bool WaitOthersAsleep();

// A thread whose sleep can be awaited. Joined by the destructor.
class Thread {
 public:
  template <class F>
  explicit Thread(F f)
      : thread_([this, f = std::move(f)]() mutable {
          number_ = CurrentThreadNumber();
          f();
          number_ = -1;
        }) {}
  ~Thread() { Join(); }

  void Join() {
    if (thread_.joinable()) thread_.join();
  }
  auto handle() { return thread_.native_handle(); }
  // WaitAsleep() of this thread; false also when it has ended. Where that only
  // steers a test onto the path it is about, false is no failure.
  bool WaitAsleep() const;
  bool ended() const { return number_ < 0; }

 private:
  std::atomic<ThreadNumber> number_{0};
  std::thread thread_;
};

// Holds a mutex from a thread of its own.
template <class Mutex>
class Holder {
 public:
  explicit Holder(Mutex& mutex)
      : thread_([this, &mutex] {
          mutex.lock();
          std::unique_lock<std::mutex> lock(state_);
          held_ = true;
          changed_.notify_all();
          changed_.wait(lock, [this] { return released_; });
          mutex.unlock();
        }) {
    std::unique_lock<std::mutex> lock(state_);
    changed_.wait(lock, [this] { return held_; });
  }
  ~Holder() { Release(); }

  // Returns when the mutex is unlocked.
  void Release() {
    {
      std::lock_guard<std::mutex> lock(state_);
      released_ = true;
      changed_.notify_all();
    }
    thread_.Join();
  }

 private:
  std::mutex state_;
  std::condition_variable changed_;
  bool held_ = false;
  bool released_ = false;
  Thread thread_;
};

// One page that can be made to fault.
class Page {
 public:
  Page();
  ~Page();
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;
  void* memory() const { return memory_; }
  // Every later access through memory() ends the program.
  void Revoke();
  // The same memory again, zeroed.
  void Restore();

 private:
  void* memory_;
};

#if defined(_WIN32)
inline constexpr bool kHasFork = false;
#else
inline constexpr bool kHasFork = true;
#endif

// The next two end the program where there is no fork(): for tests that
// WhyNoFork() or kHasFork has skipped there.

// Runs body() in a forked child and returns its result, 128 + n if signal n
// ended it; SIGALRM does after `seconds`. A result of 0 becomes kFailedInChild
// if an expectation failed there.
int RunInChild(const std::function<int()>& body, int seconds = 60);
// The same, and calls first() before: in the child, within fork(), by
// a handler that was registered before main() and so comes before all that are
// registered later.
int RunInChild(const std::function<void()>& first,
               const std::function<int()>& body, int seconds = 60);
inline constexpr int kFailedInChild = 125;

// Whether another kernel than the program's own does its system calls.
bool Emulated();

// Whether the addresses of a stack can be given names. Windows' library for it
// reads none that MinGW's linkers write, and what says where the program is in
// memory speaks of the emulator.
inline bool StacksHaveNames() { return kHasFork && !Emulated(); }

// Why a process may not fork and its child go on, or null if it may. By what
// the parent's other threads do at that moment, or have done where there are
// none any more: kRunning, if they may start, end or allocate.
enum class Others { kAsleep, kRunning };
inline const char* WhyNoFork(Others others) {
  if (!kHasFork) return "this system has no fork()";
  if (kTsan) {
    return "ThreadSanitizer: no threads in the child of a process with threads";
  }
  // Seen with GCC 12, in programs without any lock of ours.
  if (kAsan && others == Others::kRunning) {
    return "AddressSanitizer may leave its allocator locked in the child";
  }
  // Of QEMU 7.2: the child ends in an assertion when it makes a thread.
  if (Emulated()) return "qemu-user forks no process that has had threads";
  return nullptr;
}

// Rounds for a loop that needs `usual` of them in a fast build.
constexpr int Rounds(int usual) {
  const int rounds = kTsan || kAsan ? usual / 10 : usual;
  return rounds > 0 ? rounds : 1;
}

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_SUITES_SUPPORT_H_
