// SPDX-License-Identifier: Apache-2.0

// The locks and notes under comparison, each behind the same few operations.

#ifndef PARKWAY_BENCH_ENGINE_LOCK_LIST_H_
#define PARKWAY_BENCH_ENGINE_LOCK_LIST_H_

#include <oneapi/tbb/mutex.h>
#include <oneapi/tbb/queuing_mutex.h>
#include <oneapi/tbb/spin_mutex.h>

#include <condition_variable>
#include <mutex>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "bench/engine/cell.h"
#include "parkway/mutex.h"
#include "parkway/note.h"

namespace parkway_bench {

// Notes: clear, sleep until woken, wake once. The stock ones are what a program
// would write.

// A flag behind a mutex and a condition variable.
class StdNote {
 public:
  void clear() {
    const std::lock_guard<std::mutex> lock(mutex_);
    signalled_ = false;
  }
  void sleep() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return signalled_; });
  }
  void wakeup() {
    // Signals while holding the mutex: the sleeper may destroy the note as soon
    // as it has it.
    const std::lock_guard<std::mutex> lock(mutex_);
    signalled_ = true;
    changed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool signalled_ = false;
};

// Abseil's has no clear: a new one takes its place.
class AbslNote {
 public:
  AbslNote() { clear(); }
  void clear() { event_.emplace(); }
  void sleep() { event_->WaitForNotification(); }
  void wakeup() { event_->Notify(); }

 private:
  std::optional<absl::Notification> event_;
};

// The holding of a lock by one thread, where its implementation needs room for
// it.
template <typename Lock>
struct Held {
  void Acquire(Lock& lock) ABSL_NO_THREAD_SAFETY_ANALYSIS { lock.lock(); }
  void Release(Lock& lock) ABSL_NO_THREAD_SAFETY_ANALYSIS { lock.unlock(); }
};

// Abseil's standard spelling is newer than the oldest version in use.
template <>
struct Held<absl::Mutex> {
  void Acquire(absl::Mutex& lock) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    lock.Lock();
  }
  void Release(absl::Mutex& lock) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    lock.Unlock();
  }
};

template <>
struct Held<tbb::queuing_mutex> {
  void Acquire(tbb::queuing_mutex& lock) { node.acquire(lock); }
  void Release(tbb::queuing_mutex&) { node.release(); }
  tbb::queuing_mutex::scoped_lock node;
};

// What a lock or a note is called, whose it is, and the note that waits beside
// a lock.
template <typename Type>
struct Traits;

template <>
struct Traits<parkway::FutexMutex> {
  static constexpr char kName[] = "FutexMutex";
  static constexpr Side kSide = Side::kParkway;
  using Note = parkway::FutexNote;
};
template <>
struct Traits<parkway::SemaMutex> {
  static constexpr char kName[] = "SemaMutex";
  static constexpr Side kSide = Side::kParkway;
  using Note = parkway::SemaNote;
};
template <>
struct Traits<std::mutex> {
  static constexpr char kName[] = "std::mutex";
  static constexpr Side kSide = Side::kStock;
  using Note = StdNote;
};
template <>
struct Traits<absl::Mutex> {
  static constexpr char kName[] = "absl::Mutex";
  static constexpr Side kSide = Side::kStock;
  using Note = AbslNote;
};
template <>
struct Traits<tbb::mutex> {
  static constexpr char kName[] = "tbb::mutex";
  static constexpr Side kSide = Side::kStock;
  using Note = StdNote;
};
template <>
struct Traits<tbb::spin_mutex> {
  static constexpr char kName[] = "tbb::spin_mutex";
  static constexpr Side kSide = Side::kStock;
  using Note = StdNote;
};
template <>
struct Traits<tbb::queuing_mutex> {
  static constexpr char kName[] = "tbb::queuing_mutex";
  static constexpr Side kSide = Side::kStock;
  using Note = StdNote;
};
template <>
struct Traits<parkway::FutexNote> {
  static constexpr char kName[] = "FutexNote";
  static constexpr Side kSide = Side::kParkway;
};
template <>
struct Traits<parkway::SemaNote> {
  static constexpr char kName[] = "SemaNote";
  static constexpr Side kSide = Side::kParkway;
};
template <>
struct Traits<StdNote> {
  static constexpr char kName[] = "std::condition_variable";
  static constexpr Side kSide = Side::kStock;
};
template <>
struct Traits<AbslNote> {
  static constexpr char kName[] = "absl::Notification";
  static constexpr Side kSide = Side::kStock;
};

template <typename... Types>
struct TypeList {
  // Calls visit(TypeList<T>) for every T, in order.
  template <typename Visit>
  static void ForEach(Visit visit) {
    (visit(TypeList<Types>()), ...);
  }
};

template <typename List>
struct Only;
template <typename Type>
struct Only<TypeList<Type>> {
  using type = Type;
};

using Locks =
    TypeList<parkway::FutexMutex, parkway::SemaMutex, std::mutex, absl::Mutex,
             tbb::mutex, tbb::spin_mutex, tbb::queuing_mutex>;
using Notes =
    TypeList<parkway::FutexNote, parkway::SemaNote, StdNote, AbslNote>;

// A cell of `group` for the lock or note `Type`, still without a way to measure
// it.
template <typename Type>
Cell MakeCell(const std::string& group, int threads) {
  Cell cell;
  cell.group = group;
  cell.subject = Traits<Type>::kName;
  cell.threads = threads;
  cell.side = Traits<Type>::kSide;
  cell.reference = cell.subject.compare(0, 5, "std::") == 0;
  return cell;
}

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_LOCK_LIST_H_
