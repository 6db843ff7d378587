// SPDX-License-Identifier: Apache-2.0

// What the stand-ins of other systems' wait calls have in common: one kernel
// with one lock, sleepers by key, memory that may fault, and faults.
//
// A stand-in makes its call of these parts, in its own words. Nothing here is
// any system's.
#ifndef PARKWAY_TESTS_OS_KERNEL_H_
#define PARKWAY_TESTS_OS_KERNEL_H_

#include <time.h>

#include <cstdint>
#include <mutex>

namespace parkway::test::kernel {

// The kernel's lock. All looks at words, all sleeps and wakes are made with it.
class Lock {
 public:
  Lock();
  std::unique_lock<std::mutex>& get() { return lock_; }

 private:
  std::unique_lock<std::mutex> lock_;
};

// What a sleeper and its waker have in common: an address, a semaphore's name,
// a thread's number; and which of the system's kinds of sleep it is.
struct Key {
  std::uintptr_t place;
  std::uint64_t kind;
  bool operator==(const Key& other) const {
    return place == other.place && kind == other.kind;
  }
};
inline Key KeyOf(const volatile void* address, std::uint64_t kind) {
  return {reinterpret_cast<std::uintptr_t>(address), kind};
}

// Nanoseconds of CLOCK_MONOTONIC, which is os::nanotime() on Linux.
std::int64_t Now();
inline constexpr std::int64_t kNever = INT64_MAX;
// A relative time's end; never past kNever.
std::int64_t After(std::int64_t nanoseconds);
// kNever if it is too long. Not of a time that is not valid.
std::int64_t NanosecondsOf(const timespec& time);
bool IsValid(const timespec& time);

// kWoken: counted by a Wake(). kSignal: a signal came; kRestart: one whose
// handler was installed with SA_RESTART. kNothing: a wake that was not meant
// for this sleeper, or for no reason. kGone: what it slept on was destroyed.
enum class End { kWoken, kTimeout, kSignal, kRestart, kNothing, kGone };

// The reasons that a fault may end a sleep for.
enum class Faults { kNone, kSignals, kNothing, kSignalsOrNothing };

// The calling thread sleeps until one of these. Who is woken was not
// interrupted and has not timed out, as kernels have it.
End Sleep(Lock& lock, Key key, std::int64_t deadline, Faults faults);

// Wakes sleepers, the oldest first, at most `count`. How many. A fault: another
// sleeper wakes up for no reason, if it may.
int Wake(Lock& lock, Key key, int count);
inline constexpr int kAll = INT32_MAX;
// What they sleep on is gone.
void EndAll(Lock& lock, Key key);
int Sleepers(Lock& lock, Key key);

// What the host's kernel finds at an aligned address, as one access.
enum class Seen { kSame, kDiffers, kFault };
Seen Compare(const volatile void* address, std::uint32_t value);
bool IsWritable(volatile void* address);

// Faults. One call in `calls` has one; 0, as in the beginning: none. No thread
// has more than a few of its calls in a row fail.
void SetFaults(unsigned calls);
// Whether this call has one.
bool Fault(Lock& lock);
// 0 to n - 1.
std::uint64_t Draw(Lock& lock, std::uint64_t n);
// Without the lock: perhaps the call comes, or returns, late.
void PerhapsLate();

// For tests. How many sleep with that key, or with any.
int Sleepers(Key key);
int AllSleepers();
// Waits until so many do. False after a minute.
bool AwaitSleepers(Key key, int count);
bool AwaitAllSleepers(int count);
// A signal to everybody who sleeps.
void SignalAll(End how = End::kSignal);

// A full barrier of every thread of the process, by the host's membarrier(2).
// False if the host does not let us have it.
bool HostBarrier();

// The number of the system's release that a test plays (PARKWAY_STANDIN_RELEASE
// in its environment), or 0: one that has everything.
int Release();

}  // namespace parkway::test::kernel

#endif  // PARKWAY_TESTS_OS_KERNEL_H_
