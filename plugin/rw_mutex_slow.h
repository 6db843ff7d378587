// The cold half of BasicRwMutex. Included by rw_mutex.cc, the model checker and
// the fault tests, by no header.
#ifndef PARKWAY_RW_MUTEX_SLOW_H_
#define PARKWAY_RW_MUTEX_SLOW_H_

#include <algorithm>

#include "parkway/rw_mutex.h"

namespace parkway {

// Invariants.
//
// (S) A queued waiter counts as a sleeper of the word, and either announced
//     itself or gave warning as holder of the mutex before it gave it back, or
//     passed sleep_barrier() before it looked at the word and found it held. It
//     stops counting when it has the mutex.
// (N) So a release that saw no sleeper, neither before nor after its store,
//     leaves nobody behind: what waits will find the word free. One that saw
//     a sleeper after its store calls release_late(), which takes the mutex
//     once more, if it is free and has waiters, to wake them as a holder.
// (Q) A release that found somebody warned, but nobody announced, or only
//     waiters whose conditions are false, gives the mutex back by
//     a compare-exchange that fails if anything is in the word but its own
//     hold. Whoever queues or times out beside a holder leaves kQueued there.
// (R) While there are conditions in the mutex's queue only a holder takes
//     others' waiters out of it: the writer, or the one reader that found
//     itself the last and has not left. A new reader can't become the last
//     before that one has left. So the holder may drop the bucket's lock to
//     evaluate a condition and go on from there. A waiter whose time is up
//     takes itself out, and readers that wait behind it, only if there are
//     none.
// (A) Whoever was taken out is awake and in acquire(): it will hold the mutex,
//     and release it by the slow path, or queue again. Until then releases need
//     not wake anybody else (Queue::waking). Or it holds the mutex already
//     (RwWaiter::granted).
// (W) Its wakeup is the only one its semaphore gets for this wait, and it
//     consumes it before it goes on, even if it comes after a timeout.

// Takes the mutex if its state allows it. `waited`: a reader that a release has
// chosen gets in beside waiting writers.
template <class P>
bool BasicRwMutex<P>::try_take(bool shared, bool waited) {
  const std::uint32_t in_the_way = !shared  ? kWriter | kReaders
                                   : waited ? kWriter
                                            : kWriter | kWriterWaits;
  std::uint32_t word = word_.load(std::memory_order_relaxed);
  while ((word & in_the_way) == 0) {
    // acquire: pairs with the release of every way to unlock.
    if (word_.compare_exchange_weak(word, word + (shared ? kReader : kWriter),
                                    std::memory_order_acquire)) {
      return true;
    }
  }
  return false;
}

template <class P>
[[gnu::noinline]] void BasicRwMutex<P>::lock_slow(bool shared,
                                                  const SpinPlan& plan) {
  const auto attempt = [&] { return try_take(shared, false); };
  // At once, if only a mark was in the way of the inline half.
  if (!attempt() && !internal::spin_and_yield<P>(attempt, plan)) {
    OwnWaiter<P> waiter(this, shared, nullptr);
    queue_up(*waiter, false, plan);
  }
  internal::count_lock<P>();
}

template <class P>
bool BasicRwMutex<P>::try_lock_slow(bool shared) {
  if (!try_take(shared, false)) return false;
  internal::count_lock<P>();
  return true;
}

template <class P>
[[gnu::noinline]] bool BasicRwMutex<P>::try_lock_until_slow(
    bool shared, std::int64_t deadline) {
  const auto has_it = [] {
    internal::count_lock<P>();
    return true;
  };
  if (internal::spin_and_yield<P>([&] { return try_take(shared, false); },
                                  kSpinPlan)) {
    return has_it();
  }
  if (P::now() >= deadline) return false;
  OwnWaiter<P> own(this, shared, nullptr);
  W& waiter = *own;
  bool waited = false;
  bool time_is_up = false;
  while (!time_is_up) {
    if (enqueue(waiter, waited)) {
      if (!sleep_until(waiter, deadline)) {
        if (withdraw(waiter)) {
          leave(waiter);
          return false;
        }
        time_is_up = true;
      }
      if (waiter.granted) {
        leave(waiter);
        return has_it();
      }
      waited = true;
    }
    if (internal::spin_and_yield<P>([&] { return try_take(shared, waited); },
                                    kSpinPlan)) {
      if (waited) arrived(shared);
      leave(waiter);
      return has_it();
    }
    time_is_up = time_is_up || P::now() >= deadline;
  }
  // Woken, and too late for it: somebody else is to have the wake (A).
  leave(waiter);
  if (waited) {
    arrived(shared);
    if (!shared) let_readers_in();
    release_late(word_);
  }
  return false;
}

template <class P>
[[gnu::noinline]] std::int64_t BasicRwMutex<P>::unlock_slow(bool shared) {
  internal::count_unlock<P>(kName, this);
  return release(shared);
}

// Waits until `waiter`, which is not queued, has the mutex. `waited`: it was in
// the queue before.
template <class P>
void BasicRwMutex<P>::acquire(W& waiter, bool waited) {
  if (waiter.granted) return leave(waiter);
  const bool taken = internal::spin_and_yield<P>(
      [&] { return try_take(waiter.shared, waited); }, kSpinPlan);
  if (!taken) return queue_up(waiter, waited, kSpinPlan);
  if (waited) arrived(waiter.shared);
  leave(waiter);
}

// The same once spinning has not helped.
template <class P>
void BasicRwMutex<P>::queue_up(W& waiter, bool waited, const SpinPlan& plan) {
  const bool shared = waiter.shared;
  do {
    if (enqueue(waiter, waited)) {
      sleep(waiter);
      if (waiter.granted) return leave(waiter);
      waited = true;
    }
  } while (!internal::spin_and_yield<P>(
      [&] { return try_take(shared, waited); }, plan));
  if (waited) arrived(shared);
  leave(waiter);
}

// The holder will wait for something else and then come back for the mutex.
template <class P>
void BasicRwMutex<P>::warn(W& waiter) {
  P::warn(&word_);
  waiter.warned = true;
  waiter.fenced = true;  // its release is the fence (S)
}

template <class P>
void BasicRwMutex<P>::announce(W& waiter) {
  if (waiter.announced) return;
  if (waiter.warned) {
    P::announce_warned(&word_);
    waiter.warned = false;
  } else {
    P::announce(&word_);
  }
  waiter.announced = true;
}

// It has the mutex.
template <class P>
void BasicRwMutex<P>::leave(W& waiter) {
  if (waiter.announced) P::retract(&word_);
  if (waiter.warned) P::unwarn(&word_);
}

// Queues the waiter for the mutex alone. False if the mutex is free for it.
template <class P>
bool BasicRwMutex<P>::enqueue(W& waiter, bool in_front) {
  announce(waiter);
  if (waiter.since == 0) waiter.since = P::now();
  if (!waiter.fenced) waiter.fenced = P::sleep_barrier();
  auto& bucket = P::bucket(&word_);
  bucket.lock.lock();
  const std::uint32_t in_the_way = !waiter.shared ? kWriter | kReaders
                                   : in_front     ? kWriter
                                                  : kWriter | kWriterWaits;
  const std::uint32_t set = kQueued | (waiter.shared ? 0 : kWriterWaits);
  std::uint32_t word = word_.load(std::memory_order_relaxed);
  do {
    if ((word & in_the_way) == 0) {
      bucket.lock.unlock();
      return false;
    }
  } while ((word & set) != set &&
           !word_.compare_exchange_weak(word, word | set,
                                        std::memory_order_relaxed));
  if (in_front) {
    waiter.starving = P::starving(waiter.since, ++waiter.losses);
    bucket.push_front(&word_, &waiter);
    bucket.find(&word_)->queue.waking = false;  // it was this one (A)
  } else {
    bucket.push_back(&word_, &waiter);
  }
  bucket.lock.unlock();
  return true;
}

// Until it is taken out of the queue.
template <class P>
void BasicRwMutex<P>::sleep(W& waiter) {
  while (!sleep_until(waiter, os::kForever)) {
  }
}

// The same with a deadline. Without a barrier a release may have missed the
// waiter (N): it looks for itself from time to time.
template <class P>
bool BasicRwMutex<P>::sleep_until(W& waiter, std::int64_t deadline) {
  for (;;) {
    std::int64_t until = deadline;
    if (!waiter.fenced) until = std::min(until, P::now() + P::kRecheckNs);
    if (waiter.semaphore.sleep(until)) return true;
    if (until == deadline) return false;
    release_late(word_);
  }
}

// The mutex was taken by a thread that had been in the queue.
template <class P>
void BasicRwMutex<P>::arrived(bool shared) {
  auto& bucket = P::bucket(&word_);
  bucket.lock.lock();
  W* const head = bucket.find(&word_);
  if (head != nullptr) head->queue.waking = false;
  if (!shared && (head == nullptr || head->queue.writers == 0)) {
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    while (!word_.compare_exchange_weak(word, word & ~kWriterWaits,
                                        std::memory_order_relaxed)) {
    }
  }
  bucket.lock.unlock();
}

// A waiter whose time is up leaves the queue. False if somebody has taken it
// out: then it has consumed its wakeup. If there are conditions in the queue it
// stays until that happens (R).
template <class P>
bool BasicRwMutex<P>::withdraw(W& waiter) {
  auto& bucket = P::bucket(&word_);
  bucket.lock.lock();
  W* head = bucket.find(&word_);
  if (!waiter.queued || head->queue.conditions != 0) {
    bucket.lock.unlock();
    sleep(waiter);  // (W)
    return false;
  }
  bucket.remove(head, &waiter);
  bucket.lock.unlock();
  if (!waiter.shared) let_readers_in();
  return true;
}

// If no writer waits: takes the readers that do out of the queue, unless it is
// for the writer that holds the mutex to do that. Returns them, to be woken.
// Needs the bucket's lock.
template <class P>
typename BasicRwMutex<P>::W* BasicRwMutex<P>::readers_to_let_in(
    WaitBucket<P>& bucket) {
  W* const head = bucket.find(&word_);
  // Nor if one has been woken and is on its way (A).
  if (head != nullptr && (head->queue.writers != 0 || head->queue.waking)) {
    return nullptr;
  }
  std::uint32_t word = word_.load(std::memory_order_relaxed);
  while (!word_.compare_exchange_weak(word, word & ~kWriterWaits,
                                      std::memory_order_relaxed)) {
  }
  // The last reader may be evaluating conditions (R).
  if (head == nullptr || (word & kWriter) != 0 || head->queue.conditions != 0) {
    return nullptr;
  }
  return choose(bucket, true, nullptr);
}

// After a writer has given up.
template <class P>
void BasicRwMutex<P>::let_readers_in() {
  auto& bucket = P::bucket(&word_);
  bucket.lock.lock();
  W* const chosen = readers_to_let_in(bucket);
  bucket.lock.unlock();
  wake(chosen);
}

// Gives the mutex back where sleepers are near.
template <class P>
std::int64_t BasicRwMutex<P>::release(bool shared) {
  if (shared) {
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    while (word / kReader > 1) {
      // acq_rel: as in unlock_shared().
      if (word_.compare_exchange_weak(word, word - kReader,
                                      std::memory_order_acq_rel)) {
        return 0;
      }
    }
    // acquire: pairs with the release of readers that left before, whose
    // announcements the wakes below depend on.
    word_.load(std::memory_order_acquire);
  }
  if (release_unqueued(shared)) return 0;
  return wake_and_release(shared);
}

// Gives the mutex back where somebody may come, but nobody is in the queue (Q).
template <class P>
bool BasicRwMutex<P>::release_unqueued(bool shared) {
  if (P::announced_near(word_)) return false;
  return release_unmarked(shared);
}

// Gives the mutex back if nothing but the hold is in the word (Q).
template <class P>
bool BasicRwMutex<P>::release_unmarked(bool shared) {
  std::uint32_t held = shared ? kReader : kWriter;
  // release: pairs with the acquire of whoever takes it next.
  return word_.compare_exchange_strong(held, 0, std::memory_order_release);
}

// The calling thread is the writer or the last reader (R).
template <class P>
std::int64_t BasicRwMutex<P>::wake_and_release(bool shared) {
  auto& bucket = P::bucket(&word_);
  bucket.lock.lock();
  bool released = false;
  W* const chosen = choose(bucket, shared, &released);
  if (released) return 0;
  W* const head = bucket.find(&word_);
  const std::uint32_t left =
      head != nullptr && head->queue.writers != 0 ? kWriterWaits : 0;
  const std::uint32_t if_free =
      chosen != nullptr && !chosen->shared ? kWriterWaits : left;
  const bool starving = chosen != nullptr && chosen->starving;
  const std::uint32_t if_held = left | (starving ? hold_of(chosen) : 0);

  // After the release, which is the last access, only the queue's waiters are
  // touched. release: pairs with the acquire of whoever takes it next.
  std::uint32_t word = word_.load(std::memory_order_relaxed);
  bool granted = starving;
  if (!shared) {
    // Nobody else writes the word: readers stay out, and the bucket's lock
    // keeps the other bits what they are.
    word_.store((word & kSlow) | (granted ? if_held : if_free),
                std::memory_order_release);
  } else {
    std::uint32_t others = 0;
    do {
      others = (word & ~(kWriterWaits | kQueued)) - kReader;
      // Readers may have come in beside this one.
      granted = starving && (chosen->shared || others / kReader == 0);
      // acquire, too: pairs with the release of readers that have left
      // meanwhile. Who is handed the mutex does not look at the word itself.
    } while (!word_.compare_exchange_weak(
        word, others + (granted ? if_held : if_free),
        std::memory_order_acq_rel));
  }
  if (granted) {
    for (W* w = chosen; w != nullptr; w = w->next) w->granted = true;
  } else if (head != nullptr && chosen != nullptr) {
    head->queue.waking = true;
  }
  bucket.lock.unlock();
  return wake(chosen);
}

// What those of the chain hold together, once it is theirs.
template <class P>
std::uint32_t BasicRwMutex<P>::hold_of(const W* chosen) {
  if (!chosen->shared) return kWriter;
  std::uint32_t hold = 0;
  for (; chosen != nullptr; chosen = chosen->next) hold += kReader;
  return hold;
}

// Wakes a chain that choose() has made. Returns what unlock_slow() does.
template <class P>
std::int64_t BasicRwMutex<P>::wake(W* chosen) {
  std::int64_t waited = 0;
  const std::int64_t now = chosen == nullptr ? 0 : P::now();
  while (chosen != nullptr) {
    // Gone as soon as it is woken.
    W* const next = chosen->next;
    if (chosen->since != 0) waited += now - chosen->since;
    chosen->semaphore.wakeup();
    chosen = next;
  }
  return waited;
}

// The calling thread is the writer, and will be a reader.
template <class P>
[[gnu::noinline]] void BasicRwMutex<P>::downgrade_slow() {
  auto& bucket = P::bucket(&word_);
  bucket.lock.lock();
  W* chosen = choose(bucket, false, nullptr);
  if (chosen != nullptr && !chosen->shared) {
    // Its turn comes when this reader has left.
    bucket.push_front(&word_, chosen);
    chosen = nullptr;
  }
  W* const head = bucket.find(&word_);
  if (head != nullptr && chosen != nullptr) head->queue.waking = true;
  const bool writers = head != nullptr && head->queue.writers != 0;
  // As in wake_and_release(). release: pairs with the acquire of readers.
  const std::uint32_t word = word_.load(std::memory_order_relaxed);
  word_.store((word & kSlow) | (writers ? kWriterWaits : 0) | kReader,
              std::memory_order_release);
  bucket.lock.unlock();
  wake(chosen);
}

// The first waiter from `waiter` to the run `last_run` that can run; null if
// there is none. `known`: its condition has just been found true. Without the
// bucket's lock, and without looking at the links at the queue's ends, which
// new waiters change (R).
template <class P>
typename BasicRwMutex<P>::W* BasicRwMutex<P>::pass_over(W* waiter, W* last_run,
                                                        bool& known) {
  for (;;) {
    if (waiter->until.eval == nullptr) return waiter;
    known = waiter->until.eval(waiter->until.context);
    if (known) return waiter;
    if (waiter == last_run) return nullptr;
    waiter = waiter->run_last->next;
  }
}

// Takes the waiters to wake out of the queue: the first that can run, and if
// that is a reader, all readers that can. A chain by RwWaiter::next. Drops and
// takes the bucket's lock around conditions (R). With `released` it may find
// that nobody can run and give the mutex back at once, and the bucket's lock;
// then *released is set.
template <class P>
typename BasicRwMutex<P>::W* BasicRwMutex<P>::choose(WaitBucket<P>& bucket,
                                                     bool shared,
                                                     bool* released) {
  W* head = bucket.find(&word_);
  if (head == nullptr || head->queue.waking) return nullptr;
  W* first = nullptr;
  W* last = nullptr;
  W* start = head;
  W* waiter = head;
  bool known = false;
  if (!head->unconditional() && head->queue.timed_out == 0) {
    W* const tail = head->queue.tail;
    W* const last_run = head->queue.last_run;
    bucket.lock.unlock();
    waiter = pass_over(head, last_run, known);
    if (waiter == nullptr && released != nullptr && release_unmarked(shared)) {
      *released = true;
      return nullptr;
    }
    bucket.lock.lock();
    if (waiter == nullptr) waiter = tail->next;
    head = bucket.find(&word_);
  }
  // Nobody else takes a waiter out, but some may have given up meanwhile.
  if (head->queue.timed_out != 0) {
    waiter = start = head;
    known = false;
  }
  for (;;) {
    if (waiter == nullptr) {
      // While a condition was evaluated, somebody may have queued in front.
      if (first != nullptr || head == start) break;
      waiter = start = head;
    }
    const bool skip = first != nullptr && !waiter->shared;
    bool runs = !skip && (known || waiter->unconditional());
    known = false;
    if (!skip && !runs) {
      bucket.lock.unlock();
      runs = waiter->until.eval(waiter->until.context);
      bucket.lock.lock();
      runs = runs || waiter->timed_out;
      head = bucket.find(&word_);
    }
    // A run whose condition is false is passed over as a whole, unless somebody
    // in it may have given up.
    if (!runs) {
      waiter = waiter->run_last != nullptr && head->queue.timed_out == 0
                   ? waiter->run_last->next
                   : waiter->next;
      continue;
    }
    W* const next = waiter->next;
    bucket.remove(head, waiter);
    waiter->next = nullptr;
    (first == nullptr ? first : last->next) = waiter;
    last = waiter;
    if (!waiter->shared) break;
    waiter = next;
    head = bucket.find(&word_);
  }
  return first;
}

// After a release that did not know of waiters. Nothing is known of the mutex
// but its address, unless it has waiters or a mark: these keep it alive.
template <class P>
[[gnu::noinline]] void BasicRwMutex<P>::release_late(Word& word) {
  auto& bucket = P::bucket(&word);
  bucket.lock.lock();
  if (*bucket.mark(&word) != nullptr) add_slow(word);
  W* const head = bucket.find(&word);
  BasicRwMutex* const mutex = head == nullptr ? nullptr : head->mutex;
  const bool taken = mutex != nullptr && mutex->try_take(false, true);
  // If readers have come first, those that wait need not wait for them.
  W* chosen = nullptr;
  if (mutex != nullptr && !taken) chosen = mutex->readers_to_let_in(bucket);
  bucket.lock.unlock();
  if (taken) mutex->wake_and_release(false);
  wake(chosen);
}

template <class P>
bool BasicRwMutex<P>::await(const Predicate& until, std::int64_t deadline,
                            bool shared) {
  for (;;) {
    if (until.eval(until.context)) return true;
    if (deadline != os::kForever && P::now() >= deadline) return false;
    OwnWaiter<P> own(this, shared, &until);
    W& waiter = *own;
    // Announced and queued by a holder: no barrier needed (S).
    announce(waiter);
    waiter.fenced = true;
    auto& bucket = P::bucket(&word_);
    bucket.lock.lock();
    bucket.push_back(&word_, &waiter);
    bucket.lock.unlock();
    release(shared);
    if (!sleep_until(waiter, deadline)) {
      bucket.lock.lock();
      const bool queued = waiter.queued;
      if (queued) {
        bucket.time_out(bucket.find(&word_), &waiter);
        mark_queued();
      }
      bucket.lock.unlock();
      // If the mutex is free, nobody is about to release it.
      if (queued) release_late(word_);
      sleep(waiter);  // (W)
    }
    // From here on for the mutex alone: the condition may have become false.
    waiter.until = {};
    waiter.timed_out = false;
    acquire(waiter, true);
  }
}

// So that its holder, if there is one, looks at the queue when it leaves (Q).
template <class P>
void BasicRwMutex<P>::mark_queued() {
  std::uint32_t word = word_.load(std::memory_order_relaxed);
  while ((word & (kWriter | kReaders)) != 0 && (word & kQueued) == 0 &&
         !word_.compare_exchange_weak(word, word | kQueued,
                                      std::memory_order_relaxed)) {
  }
}

template <class P>
void BasicRwMutex<P>::make_slow() {
  auto& bucket = P::bucket(&word_);
  auto* const made = new KeyMark{&word_, nullptr};
  bucket.lock.lock();
  KeyMark** const link = bucket.mark(&word_);
  const bool is_new = *link == nullptr;
  if (is_new) {
    *link = made;
    P::announce(&word_);
  }
  bucket.lock.unlock();
  if (!is_new) {
    delete made;
    return;
  }
  // A release that does not know yet puts the bit back, late.
  if (!P::sleep_barrier()) {
    WorkerSemaphore<P> nobodys;
    nobodys.sleep(P::now() + P::kRecheckNs);
  }
  bucket.lock.lock();
  add_slow(word_);
  bucket.lock.unlock();
}

// Under the lock of the word's bucket, as every write of kSlow.
template <class P>
void BasicRwMutex<P>::add_slow(Word& word) {
  std::uint32_t now = word.load(std::memory_order_relaxed);
  while (!word.compare_exchange_weak(now, now | kSlow,
                                     std::memory_order_relaxed)) {
  }
}

template <class P>
void BasicRwMutex<P>::forget_slow() {
  auto& bucket = P::bucket(&word_);
  bucket.lock.lock();
  KeyMark** const link = bucket.mark(&word_);
  KeyMark* const gone = *link;
  if (gone != nullptr) {
    *link = gone->next;
    P::retract(&word_);
    std::uint32_t word = word_.load(std::memory_order_relaxed);
    while (!word_.compare_exchange_weak(word, word & ~kSlow,
                                        std::memory_order_relaxed)) {
    }
  }
  bucket.lock.unlock();
  delete gone;
}

template <class P>
bool BasicRwMutex<P>::has_waiters() {
  if (!P::sleepers_near(word_)) return false;
  auto& bucket = P::bucket(&word_);
  bucket.lock.lock();
  const bool found = bucket.find(&word_) != nullptr;
  bucket.lock.unlock();
  return found;
}

}  // namespace parkway

#endif  // PARKWAY_RW_MUTEX_SLOW_H_
