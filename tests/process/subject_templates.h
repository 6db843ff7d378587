// SPDX-License-Identifier: Apache-2.0

// What subjects are made of: the object, and the members of Subject that it
// has. SubjectOf makes a Subject of one of these.
//
// The object is the first member: tests choose its address.
#ifndef PARKWAY_TESTS_PROCESS_SUBJECT_TEMPLATES_H_
#define PARKWAY_TESTS_PROCESS_SUBJECT_TEMPLATES_H_

#include <chrono>
#include <functional>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "parkway/base/deadline.h"
#include "parkway/os/os.h"
#include "parkway/wait/rw_waiter.h"
#include "tests/process/subject.h"

namespace parkway::test {

// A time that passes while a test waits for it, and one that never does.
inline constexpr std::chrono::microseconds kShort{100};
inline constexpr std::chrono::hours kLong{1};

// ---- Mutexes ----

// lock() waits for the end of another's lock().
template <class M>
struct ByLock {
  static constexpr bool kManyWait = true;

  void Hold() { object.lock(); }
  void Wake() { object.unlock(); }
  bool Wait() {
    object.lock();
    object.unlock();
    return true;
  }
  bool Alone() {
    object.lock();
    const bool twice = object.try_lock();
    object.unlock();
    if (twice || !object.try_lock()) return false;
    object.unlock();
    return true;
  }
  template <class F>
  void Section(F&& f) {
    object.lock();
    f();
    object.unlock();
  }

  M object;
};

// The same with a limit.
template <class M>
struct ByTimedLock : ByLock<M> {
  using ByLock<M>::object;

  bool Wait() {
    if (!object.try_lock_for(kLong)) return false;
    object.unlock();
    return true;
  }
  bool Alone() {
    if (!ByLock<M>::Alone()) return false;
    object.lock();
    const bool twice = object.try_lock_for(kShort);
    object.unlock();
    if (twice || !object.try_lock_for(kShort)) return false;
    object.unlock();
    return true;
  }
  void Brief() {
    if (object.try_lock_for(kShort)) object.unlock();
  }
};

// What one thread can do with a reader-writer mutex.
template <class M>
bool SharedAlone(M& mutex) {
  mutex.lock_shared();
  const bool both = mutex.try_lock_shared();
  if (both) mutex.unlock_shared();
  const bool writer_too = mutex.try_lock();
  mutex.unlock_shared();
  if (!both || writer_too || !mutex.try_lock()) return false;
  const bool reader_too = mutex.try_lock_shared();
  mutex.unlock();
  if (reader_too || !mutex.try_lock_shared()) return false;
  mutex.unlock_shared();
  mutex.lock();
  mutex.unlock();
  return true;
}
template <class M>
bool TimedSharedAlone(M& mutex) {
  mutex.lock_shared();
  const bool writer_too = mutex.try_lock_for(kShort);
  const bool both = mutex.try_lock_shared_for(kShort);
  if (both) mutex.unlock_shared();
  mutex.unlock_shared();
  if (writer_too || !both) return false;
  mutex.lock();
  const bool reader_too = mutex.try_lock_shared_for(kShort);
  mutex.unlock();
  return !reader_too && SharedAlone(mutex);
}

// A reader waits for a writer.
template <class M>
struct ReaderBehindWriter {
  static constexpr bool kManyWait = true;

  void Hold() { object.lock(); }
  void Wake() { object.unlock(); }
  bool Wait() {
    object.lock_shared();
    object.unlock_shared();
    return true;
  }
  bool Alone() { return SharedAlone(object); }

  M object;
};

template <class M>
struct TimedReaderBehindWriter : ReaderBehindWriter<M> {
  using ReaderBehindWriter<M>::object;

  bool Wait() {
    if (!object.try_lock_shared_for(kLong)) return false;
    object.unlock_shared();
    return true;
  }
  bool Alone() { return TimedSharedAlone(object); }
  void Brief() {
    if (object.try_lock_shared_for(kShort)) object.unlock_shared();
  }
};

// A writer waits for a reader, and keeps new readers out meanwhile.
template <class M>
struct WriterBehindReader {
  static constexpr bool kManyWait = true;

  void Hold() { object.lock_shared(); }
  void Wake() { object.unlock_shared(); }
  bool Wait() {
    object.lock();
    object.unlock();
    return true;
  }
  bool Alone() { return SharedAlone(object); }
  template <class F>
  void Section(F&& f) {
    object.lock();
    f();
    object.unlock();
  }

  M object;
};

template <class M>
struct TimedWriterBehindReader : WriterBehindReader<M> {
  using WriterBehindReader<M>::object;

  bool Wait() {
    if (!object.try_lock_for(kLong)) return false;
    object.unlock();
    return true;
  }
  bool Alone() { return TimedSharedAlone(object); }
  void Brief() {
    if (object.try_lock_for(kShort)) object.unlock();
  }
};

// ---- Conditions ----

// A wait for a condition, which is evaluated by whoever releases the mutex.
template <class M, bool kShared>
struct ByCondition {
  static constexpr bool kManyWait = true;

  void Hold() { Set(false); }
  void Wake() { Set(true); }
  bool Wait() {
    Lock();
    const bool met = object.await(IsSet(), os::kForever, kShared);
    Unlock();
    return met;
  }
  bool Alone() {
    const bool before = set;
    Set(false);
    Lock();
    const bool met =
        object.await(IsSet(), internal::deadline_after(kShort), kShared);
    Unlock();
    Set(true);
    const bool unmet = !Wait();
    Set(before);
    return !met && !unmet && SharedAlone(object);
  }
  void Brief() {
    Lock();
    object.await(Never(), internal::deadline_after(kShort), kShared);
    Unlock();
  }
  void Freeze() { object.lock(); }
  void Thaw() { object.unlock(); }

  M object;
  bool set = true;

 private:
  static bool Equal(const void* a, const void* b) { return a == b; }
  Predicate IsSet() const {
    return {[](const void* flag) { return *static_cast<const bool*>(flag); },
            &Equal, &set};
  }
  Predicate Never() const {
    return {[](const void*) { return false; }, &Equal, this};
  }
  void Lock() { kShared ? object.lock_shared() : object.lock(); }
  void Unlock() { kShared ? object.unlock_shared() : object.unlock(); }
  void Set(bool to) {
    object.lock();
    set = to;
    object.unlock();
  }
};

// ---- Condition variables ----

// A wait for a notify, which is passed on from each waiter to the next: one
// that goes to nobody is missed by all that are left.
template <class CV, class M>
struct ByNotify {
  static constexpr bool kManyWait = true;

  void Hold() {
    mutex.lock();
    set = false;
    mutex.unlock();
  }
  void Wake() {
    mutex.lock();
    set = true;
    mutex.unlock();
    object.notify_one();
  }
  bool Wait() {
    mutex.lock();
    while (!set) object.wait(mutex);
    mutex.unlock();
    object.notify_one();
    return true;
  }
  bool Alone() {
    object.notify_one();
    object.notify_all();
    mutex.lock();
    const bool notified = object.wait_for(mutex, kShort);
    mutex.unlock();
    object.notify_one();
    return !notified;
  }
  template <class F>
  void Section(F&& f) {
    mutex.lock();
    f();
    mutex.unlock();
    object.notify_one();
  }
  void Freeze() { mutex.lock(); }
  void Thaw() { mutex.unlock(); }

  CV object;
  M mutex;
  bool set = true;
};

template <class CV, class M>
struct ByTimedNotify : ByNotify<CV, M> {
  using ByNotify<CV, M>::object;
  using ByNotify<CV, M>::mutex;
  using ByNotify<CV, M>::set;

  bool Wait() {
    bool notified = true;
    mutex.lock();
    while (!set && notified) notified = object.wait_for(mutex, kLong);
    mutex.unlock();
    object.notify_one();
    return notified;
  }
  void Brief() {
    mutex.lock();
    object.wait_for(mutex, kShort);
    mutex.unlock();
  }
};

// ---- Semaphores ----

// One permit, which whoever has waited for it hands on.
template <class S>
struct ByPermit {
  static constexpr bool kManyWait = true;

  void Hold() { object.acquire(); }
  void Wake() { object.release(); }
  bool Wait() {
    object.acquire();
    object.release();
    return true;
  }
  bool Alone() {
    object.acquire();
    const bool twice = object.try_acquire() || object.try_acquire_for(kShort);
    object.release();
    if (twice || !object.try_acquire()) return false;
    object.release();
    return true;
  }
  template <class F>
  void Section(F&& f) {
    object.acquire();
    f();
    object.release();
  }

  S object{1};
};

template <class S>
struct ByTimedPermit : ByPermit<S> {
  using ByPermit<S>::object;

  bool Wait() {
    if (!object.try_acquire_for(kLong)) return false;
    object.release();
    return true;
  }
  void Brief() {
    if (object.try_acquire_for(kShort)) object.release();
  }
};

// ---- Notes ----

template <class N>
struct BySleep {
  static constexpr bool kManyWait = false;

  void Hold() { object.clear(); }
  void Wake() { object.wakeup(); }
  bool Wait() {
    object.sleep();
    return true;
  }
  bool Alone() {
    object.clear();
    if (object.sleep_for(kShort)) return false;
    object.wakeup();
    object.sleep();
    const bool woken = object.sleep_for(kShort);
    object.clear();
    return woken;
  }

  N object;
};

template <class N>
struct ByTimedSleep : BySleep<N> {
  bool Wait() { return this->object.sleep_for(kLong); }
};

// ---- Subjects of them ----

template <class S, class = void>
struct HasSection : std::false_type {};
template <class S>
struct HasSection<S, std::void_t<decltype(std::declval<S&>().Section(
                         std::declval<const std::function<void()>&>()))>>
    : std::true_type {};

template <class S, class = void>
struct HasBrief : std::false_type {};
template <class S>
struct HasBrief<S, std::void_t<decltype(std::declval<S&>().Brief())>>
    : std::true_type {};

template <class S, class = void>
struct HasFreeze : std::false_type {};
template <class S>
struct HasFreeze<S, std::void_t<decltype(std::declval<S&>().Freeze())>>
    : std::true_type {};

template <class S>
class SubjectOf final : public Subject {
 public:
  static std::unique_ptr<Subject> Make(void* place) {
    return std::make_unique<SubjectOf>(place != nullptr ? new (place) S
                                                        : new S);
  }
  explicit SubjectOf(S* it) : it_(*it) {}

  void Hold() override { it_.Hold(); }
  void Wake() override { it_.Wake(); }
  bool Wait() override { return it_.Wait(); }
  bool Alone() override { return it_.Alone(); }
  void Section([[maybe_unused]] const std::function<void()>& f) override {
    if constexpr (HasSection<S>::value) it_.Section(f);
  }
  void Brief() override {
    if constexpr (HasBrief<S>::value) it_.Brief();
  }
  void Freeze() override {
    if constexpr (HasFreeze<S>::value) it_.Freeze();
  }
  void Thaw() override {
    if constexpr (HasFreeze<S>::value) it_.Thaw();
  }

 private:
  S& it_;
};

// The kind of that name, for ever.
template <class S>
const SubjectKind* Kind(const char* name, Quirk quirk = Quirk::kNone) {
  static const SubjectKind kind = {
      name,  S::kManyWait,        HasSection<S>::value, HasBrief<S>::value,
      quirk, &SubjectOf<S>::Make,
  };
  return &kind;
}

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_PROCESS_SUBJECT_TEMPLATES_H_
