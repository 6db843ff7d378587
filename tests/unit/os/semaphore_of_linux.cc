// SPDX-License-Identifier: Apache-2.0

// parkway/os/semaphore.h for Linux, which has none of its own: over its
// futexes, so that what is made of semaphores can be tested there. The low half
// of the handle is the count and the futex. The high half is the process that
// has used it first: as with a handle of the kernel's, another one may not.
#include "tests/unit/os/semaphore_of_linux.h"

#include <unistd.h>

#include <thread>

#include "parkway/os/call_failed.h"
#include "parkway/os/os.h"
#include "parkway/os/semaphore.h"

namespace parkway::os {
namespace {

std::atomic<std::uint64_t> g_wakeups{0};
std::atomic<std::int64_t> g_late_ns{0};

std::atomic<std::uint32_t>* word_of(ThreadSemaphore* semaphore) {
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ &&
                sizeof(semaphore->handle) == 8);
  auto* const words =
      reinterpret_cast<std::atomic<std::uint32_t>*>(&semaphore->handle);
  const auto self = static_cast<std::uint32_t>(getpid());
  std::uint32_t owner = 0;
  if (!words[1].compare_exchange_strong(owner, self) && owner != self) {
    call_failed("a semaphore of another process", owner);
  }
  return &words[0];
}

}  // namespace

bool semasleep(ThreadSemaphore* semaphore, std::int64_t deadline) noexcept {
  std::atomic<std::uint32_t>& count = *word_of(semaphore);
  for (;;) {
    std::uint32_t one = 1;
    if (count.compare_exchange_strong(one, 0, std::memory_order_acquire)) {
      return true;
    }
    if (!futexsleep(&count, 0, deadline)) {
      one = 1;
      return count.compare_exchange_strong(one, 0, std::memory_order_acquire);
    }
  }
}

void semawakeup(ThreadSemaphore* semaphore) noexcept {
  if (const std::int64_t late = g_late_ns.load(std::memory_order_relaxed)) {
    std::this_thread::sleep_for(std::chrono::nanoseconds(late));
  }
  g_wakeups.fetch_add(1, std::memory_order_relaxed);
  std::atomic<std::uint32_t>* const count = word_of(semaphore);
  count->fetch_add(1, std::memory_order_release);
  futexwakeup(count, 1);
}

void semaclose(ThreadSemaphore* semaphore) noexcept {
  semaphore->handle.store(0, std::memory_order_relaxed);
}

}  // namespace parkway::os

namespace parkway::test {

std::uint64_t Wakeups() { return os::g_wakeups; }
void DelayWakeups(std::chrono::nanoseconds time) {
  os::g_late_ns = time.count();
}

}  // namespace parkway::test
