// SPDX-License-Identifier: Apache-2.0

#include "parkway/os/derived/futex_by_semaphore.h"

#include <cstddef>

#include "parkway/os/derived/futex_by_semaphore_slow.h"
#include "parkway/os/derived/sleeper_pool.h"
#include "parkway/os/derived/small_lock.h"

namespace parkway::os::derived {
namespace {

struct FutexPolicy : SmallLockPolicy {
  template <class T>
  using Plain = T;
  using Sleeper = derived::Sleeper;
  using SleeperLock = SmallLock;

  static Sleeper* take_sleeper() noexcept { return derived::take_sleeper(); }
  static void put_back(Sleeper* sleeper) noexcept {
    derived::put_back(sleeper);
  }
  static void semawakeup(ThreadSemaphore& semaphore) noexcept {
    os::semawakeup(&semaphore);
  }
  static SleeperQueue<FutexPolicy>& sleeper_queue(const void* address) noexcept;
};

constexpr unsigned kQueueBits = 8;
SleeperQueue<FutexPolicy> g_queues[std::size_t{1} << kQueueBits];

SleeperQueue<FutexPolicy>& FutexPolicy::sleeper_queue(
    const void* address) noexcept {
  // The topmost bits of the product depend on all of the address.
  const std::uint64_t product =
      std::uint64_t{reinterpret_cast<std::uintptr_t>(address) / 4} *
      0x9e3779b97f4a7c15;
  return g_queues[product >> (64 - kQueueBits)];
}

using Futex = FutexBySemaphore<FutexPolicy>;

}  // namespace

bool futexsleep(std::atomic<std::uint32_t>* word, std::uint32_t expected,
                std::int64_t deadline) noexcept {
  return Futex::sleep(*word, expected, deadline);
}

void futexwakeup(std::atomic<std::uint32_t>* word,
                 std::uint32_t count) noexcept {
  Futex::wakeup(*word, count);
}

}  // namespace parkway::os::derived
