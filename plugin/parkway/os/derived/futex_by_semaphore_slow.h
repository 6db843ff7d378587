// SPDX-License-Identifier: Apache-2.0

// The algorithm of futex_by_semaphore.h, over a policy. Included by
// futex_by_semaphore.cc and the model checker, by no header.
#ifndef PARKWAY_OS_DERIVED_FUTEX_BY_SEMAPHORE_SLOW_H_
#define PARKWAY_OS_DERIVED_FUTEX_BY_SEMAPHORE_SLOW_H_

#include <atomic>
#include <cstdint>

#include "parkway/os/os.h"

namespace parkway::os::derived {

// The policy has, beside Atomic, Plain, semasleep, semawakeup and yield as in
// parkway/base/platform.h,
//   Sleeper            as in sleeper_pool.h
//   SleeperLock        of a queue; as SmallLock
//   take_sleeper(), put_back(sleeper)   see sleeper_pool.h
//   sleeper_queue(address)   the queue of that address, and of others

// The sleepers of all addresses with one hash, the oldest first.
template <class P>
class alignas(64) SleeperQueue {
 public:
  using Sleeper = typename P::Sleeper;

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
    Link* const end = end_;
    *end = &sleeper;
    end_ = &sleeper.next;
  }

  // False if a waker has taken it out.
  bool remove(Sleeper& sleeper) noexcept {
    if (!sleeper.queued) return false;
    Link* at = &first_;
    while (*at != &sleeper) at = link_of(*at);
    take_out(at);
    return true;
  }

  // Takes out the oldest of that address, `count` at most, as a list.
  Sleeper* take(const void* address, std::uint32_t count) noexcept {
    Sleeper* taken = nullptr;
    Sleeper* last = nullptr;
    for (Link* at = &first_; *at != nullptr && count != 0;) {
      Sleeper* const sleeper = *at;
      if (sleeper->address != address) {
        at = &sleeper->next;
        continue;
      }
      take_out(at);
      sleeper->next = nullptr;
      if (last == nullptr) {
        taken = sleeper;
      } else {
        last->next = sleeper;
      }
      last = sleeper;
      --count;
    }
    return taken;
  }

 private:
  using Link = typename P::template Plain<Sleeper*>;

  static Link* link_of(Sleeper* sleeper) noexcept { return &sleeper->next; }

  void take_out(Link* at) noexcept {
    Sleeper* const sleeper = *at;
    *at = sleeper->next;
    if (end_ == &sleeper->next) end_ = at;
    sleeper->queued = false;
  }

  typename P::SleeperLock lock_;
  Link first_{nullptr};
  // Where the next one is entered. Null until the first lock().
  typename P::template Plain<Link*> end_{nullptr};
};

template <class P>
struct FutexBySemaphore {
  using Sleeper = typename P::Sleeper;
  using Word = typename P::template Atomic<std::uint32_t>;

  static bool sleep(Word& word, std::uint32_t expected,
                    std::int64_t deadline) noexcept {
    // relaxed, both: whoever changes the word and then wakes has the queue's
    // lock in between, and so the second look sees it, or the waker the
    // sleeper.
    if (word.load(std::memory_order_relaxed) != expected) return true;
    Sleeper* const self = P::take_sleeper();
    if (self == nullptr) {
      // Without memory it is a sleep that ends for no reason.
      P::yield();
      return true;
    }
    SleeperQueue<P>& queue = P::sleeper_queue(&word);
    queue.lock();
    const bool sleeps = word.load(std::memory_order_relaxed) == expected;
    if (sleeps) queue.add(*self, &word);
    queue.unlock();
    bool in_time = true;
    if (sleeps && !P::semasleep(self->semaphore, deadline)) {
      queue.lock();
      in_time = !queue.remove(*self);
      queue.unlock();
      // A waker was faster than the end of the time, and its wakeup is on its
      // way.
      if (in_time) P::semasleep(self->semaphore, kForever);
    }
    P::put_back(self);
    return in_time;
  }

  // Uses the address of `word` alone.
  static void wakeup(Word& word, std::uint32_t count) noexcept {
    SleeperQueue<P>& queue = P::sleeper_queue(&word);
    queue.lock();
    Sleeper* woken = queue.take(&word, count);
    queue.unlock();
    while (woken != nullptr) {
      Sleeper* const sleeper = woken;
      // Before the wakeup: the sleeper is somebody else's after it.
      woken = sleeper->next;
      P::semawakeup(sleeper->semaphore);
    }
  }
};

}  // namespace parkway::os::derived

#endif  // PARKWAY_OS_DERIVED_FUTEX_BY_SEMAPHORE_SLOW_H_
