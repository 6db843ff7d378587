// SPDX-License-Identifier: Apache-2.0

// Darwin's calls on Linux, by Apple's pages of os_sync_wait_on_address(),
// os_sync_wait_on_address_with_timeout(), os_sync_wake_by_address_any() and
// _all(), and by the pages semaphore_create, semaphore_signal, semaphore_wait
// and semaphore_timedwait of XNU's osfmk/man. A call that the release does not
// have ends the program.
//   - a wait may fail with EFAULT or ENOMEM when there is nothing wrong;
//   - a signal hands the semaphore to the oldest waiter, and counts only if
//     there is none;
//   - the child of a fork has none of its parent's semaphores.
#include "parkway/os/darwin/calls.h"

#include <cstdint>
#include <cstdlib>
#include <map>

#include "parkway/os/fork_generation.h"
#include "tests/os/kernel.h"

namespace parkway::os::darwin {
namespace {

namespace kernel = test::kernel;

constexpr std::uint32_t kShared = 1;

// Of sleeps: a wait on an address by its size and flags, or a semaphore.
constexpr std::uint64_t kSemaphore = 0;
std::uint64_t kind_of(std::size_t size, std::uint32_t flags) {
  return size * 2 + flags;
}

bool is_valid(const void* address, std::size_t size, std::uint32_t flags) {
  return address != nullptr && (size == 4 || size == 8) && flags <= kShared &&
         reinterpret_cast<std::uintptr_t>(address) % size == 0;
}

kernel::Seen compare(const void* address, std::uint64_t value,
                     std::size_t size) {
  const auto* const words = static_cast<const std::uint32_t*>(address);
  const kernel::Seen low =
      kernel::Compare(words, static_cast<std::uint32_t>(value));
  if (size == 4 || low != kernel::Seen::kSame) return low;
  return kernel::Compare(words + 1, static_cast<std::uint32_t>(value >> 32));
}

int wait(void* address, std::uint64_t value, std::size_t size,
         std::uint32_t flags, std::int64_t end) {
  if (!has_sync()) std::abort();
  if (!is_valid(address, size, flags)) return kEinval;
  kernel::Lock lock;
  if (kernel::Fault(lock))
    return kernel::Draw(lock, 2) == 0 ? kEfault : kEnomem;
  switch (compare(address, value, size)) {
    case kernel::Seen::kFault:
      return kEfault;
    case kernel::Seen::kDiffers:
      return 0;
    case kernel::Seen::kSame:
      break;
  }
  switch (kernel::Sleep(lock, kernel::KeyOf(address, kind_of(size, flags)), end,
                        kernel::Faults::kSignalsOrNothing)) {
    case kernel::End::kTimeout:
      return kEtimedout;
    case kernel::End::kSignal:
    case kernel::End::kRestart:
      return kEintr;
    default:
      return 0;
  }
}

int wake(void* address, std::size_t size, std::uint32_t flags, int count) {
  if (!has_sync()) std::abort();
  if (!is_valid(address, size, flags)) return kEinval;
  kernel::PerhapsLate();
  kernel::Lock lock;
  // Of the other size.
  if (kernel::Sleepers(
          lock, kernel::KeyOf(address, kind_of(12 - size, flags))) != 0) {
    return kEinval;
  }
  const int woken =
      kernel::Wake(lock, kernel::KeyOf(address, kind_of(size, flags)), count);
  return woken > 0 ? 0 : kEnoent;
}

// The semaphores of one process: their counts by name. Needs the lock.
std::map<SemaphoreName, int>& semaphores() {
  static auto* const counts = new std::map<SemaphoreName, int>;
  static std::uint32_t process = 0;
  const std::uint32_t generation = internal::fork_generation();
  if (process != generation) counts->clear();
  process = generation;
  return *counts;
}

constexpr int kInvalidArgument = 4;  // KERN_INVALID_ARGUMENT
constexpr int kInvalidValue = 18;    // KERN_INVALID_VALUE
constexpr int kTerminated = 37;      // KERN_TERMINATED

kernel::Key key_of(SemaphoreName name) { return {name, kSemaphore}; }

// `end` 0: only looks.
int wait_for(SemaphoreName name, std::int64_t end) {
  kernel::Lock lock;
  const auto found = semaphores().find(name);
  if (found == semaphores().end()) return kInvalidArgument;
  if (found->second > 0) {
    --found->second;
    return kSuccess;
  }
  if (end == 0) return kOperationTimedOut;
  switch (kernel::Sleep(lock, key_of(name), end, kernel::Faults::kSignals)) {
    case kernel::End::kTimeout:
      return kOperationTimedOut;
    case kernel::End::kSignal:
    case kernel::End::kRestart:
      return kAborted;
    case kernel::End::kGone:
      return kTerminated;
    default:
      return kSuccess;
  }
}

}  // namespace

bool has_sync() noexcept {
  constexpr int kFirstWithSync = 1404;  // macOS 14.4
  return kernel::Release() == 0 || kernel::Release() >= kFirstWithSync;
}

int sync_wait(void* address, std::uint64_t value, std::size_t size,
              std::uint32_t flags) noexcept {
  kernel::PerhapsLate();
  const int error = wait(address, value, size, flags, kernel::kNever);
  kernel::PerhapsLate();
  return error;
}

int sync_wait_for(void* address, std::uint64_t value, std::size_t size,
                  std::uint32_t flags, std::uint64_t nanoseconds) noexcept {
  if (nanoseconds == 0) return kEinval;
  kernel::PerhapsLate();
  const int error =
      wait(address, value, size, flags,
           nanoseconds > INT64_MAX
               ? kernel::kNever
               : kernel::After(static_cast<std::int64_t>(nanoseconds)));
  kernel::PerhapsLate();
  return error;
}

int sync_wake_any(void* address, std::size_t size,
                  std::uint32_t flags) noexcept {
  return wake(address, size, flags, 1);
}

int sync_wake_all(void* address, std::size_t size,
                  std::uint32_t flags) noexcept {
  return wake(address, size, flags, kernel::kAll);
}

int semaphore_create(SemaphoreName* name) noexcept {
  kernel::Lock lock;
  static SemaphoreName last = 0;
  // As ports are named: the index above, a generation below.
  last += 0x100;
  *name = last | 3;
  semaphores()[*name] = 0;
  return kSuccess;
}

int semaphore_destroy(SemaphoreName name) noexcept {
  kernel::Lock lock;
  if (semaphores().erase(name) == 0) return kInvalidArgument;
  kernel::EndAll(lock, key_of(name));
  return kSuccess;
}

int semaphore_signal(SemaphoreName name) noexcept {
  kernel::PerhapsLate();
  kernel::Lock lock;
  const auto found = semaphores().find(name);
  if (found == semaphores().end()) return kInvalidArgument;
  if (kernel::Wake(lock, key_of(name), 1) == 0) ++found->second;
  return kSuccess;
}

int semaphore_wait(SemaphoreName name) noexcept {
  kernel::PerhapsLate();
  const int result = wait_for(name, kernel::kNever);
  kernel::PerhapsLate();
  return result;
}

int semaphore_timedwait(SemaphoreName name, std::uint32_t seconds,
                        std::int32_t nanoseconds) noexcept {
  const timespec time{static_cast<time_t>(seconds), nanoseconds};
  if (!kernel::IsValid(time)) return kInvalidValue;
  kernel::PerhapsLate();
  const std::int64_t length = kernel::NanosecondsOf(time);
  const int result = wait_for(name, length == 0 ? 0 : kernel::After(length));
  kernel::PerhapsLate();
  return result;
}

}  // namespace parkway::os::darwin
