// SPDX-License-Identifier: Apache-2.0

#include "parkway/os/derived/futex_by_semaphore.h"

#include <cstddef>

#include "parkway/os/derived/sleeper_pool.h"
#include "parkway/os/derived/small_lock.h"
#include "parkway/os/os.h"
#include "parkway/os/semaphore.h"

namespace parkway::os::derived {
namespace {

// The sleepers of all addresses with one hash, the oldest first.
class alignas(64) Queue {
 public:
  constexpr Queue() noexcept = default;

  void lock() noexcept {
    // Nobody sleeps in a process in which nobody has had the lock.
    if (lock_.lock()) first_ = nullptr, end_ = &first_;
  }
  void unlock() noexcept { lock_.unlock(); }

  // The rest needs the lock.

  void add(Sleeper& sleeper, const void* address) noexcept {
    sleeper.address = address;
    sleeper.queued = true;
    sleeper.next = nullptr;
    *end_ = &sleeper;
    end_ = &sleeper.next;
  }

  // False if a waker has taken it out.
  bool remove(Sleeper& sleeper) noexcept {
    if (!sleeper.queued) return false;
    Sleeper** at = &first_;
    while (*at != &sleeper) at = &(*at)->next;
    take_out(at);
    return true;
  }

  // Takes out the oldest of that address, `count` at most, as a list.
  Sleeper* take(const void* address, std::uint32_t count) noexcept {
    Sleeper* taken = nullptr;
    Sleeper** end = &taken;
    for (Sleeper** at = &first_; *at != nullptr && count != 0;) {
      Sleeper& sleeper = **at;
      if (sleeper.address != address) {
        at = &sleeper.next;
        continue;
      }
      take_out(at);
      sleeper.next = nullptr;
      *end = &sleeper;
      end = &sleeper.next;
      --count;
    }
    return taken;
  }

 private:
  void take_out(Sleeper** at) noexcept {
    Sleeper& sleeper = **at;
    *at = sleeper.next;
    if (end_ == &sleeper.next) end_ = at;
    sleeper.queued = false;
  }

  SmallLock lock_;
  Sleeper* first_ = nullptr;
  // Where the next one is entered. Null until the first lock().
  Sleeper** end_ = nullptr;
};

constexpr unsigned kQueueBits = 8;
Queue g_queues[std::size_t{1} << kQueueBits];

Queue& queue_of(const void* address) {
  // The topmost bits of the product depend on all of the address.
  const std::uint64_t product =
      std::uint64_t{reinterpret_cast<std::uintptr_t>(address) / 4} *
      0x9e3779b97f4a7c15;
  return g_queues[product >> (64 - kQueueBits)];
}

}  // namespace

bool futexsleep(std::atomic<std::uint32_t>* word, std::uint32_t expected,
                std::int64_t deadline) noexcept {
  // relaxed, both: whoever changes the word and then wakes has the queue's lock
  // in between, and so the second look sees it, or the waker the sleeper.
  if (word->load(std::memory_order_relaxed) != expected) return true;
  Sleeper* const self = take_sleeper();
  if (self == nullptr) {
    // Without memory it is a sleep that ends for no reason.
    osyield();
    return true;
  }
  Queue& queue = queue_of(word);
  queue.lock();
  const bool sleeps = word->load(std::memory_order_relaxed) == expected;
  if (sleeps) queue.add(*self, word);
  queue.unlock();
  bool in_time = true;
  if (sleeps && !semasleep(&self->semaphore, deadline)) {
    queue.lock();
    in_time = !queue.remove(*self);
    queue.unlock();
    // A waker was faster than the end of the time, and its wakeup is on its
    // way.
    if (in_time) semasleep(&self->semaphore, kForever);
  }
  put_back(self);
  return in_time;
}

void futexwakeup(std::atomic<std::uint32_t>* word,
                 std::uint32_t count) noexcept {
  Queue& queue = queue_of(word);
  queue.lock();
  Sleeper* woken = queue.take(word, count);
  queue.unlock();
  while (woken != nullptr) {
    Sleeper* const sleeper = woken;
    // Before the wakeup: the sleeper is somebody else's after it.
    woken = sleeper->next;
    semawakeup(&sleeper->semaphore);
  }
}

}  // namespace parkway::os::derived
