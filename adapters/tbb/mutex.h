// parkway::tbb::mutex: parkway's lock with the interface of oneTBB's mutexes.
//
// Origin: the interface is oneTBB's mutex concept ([req.named] "Mutex" of the
// oneTBB specification: scoped_lock, three traits, and lock / try_lock / unlock
// for the std guards). There is no algorithm here: every call is one call to
// parkway::Mutex.
//
// A waiter blocks its thread, as tbb::mutex does; types that park the task
// instead are a later addition (parkway/tbb/task_mutex.h).

#ifndef PARKWAY_ADAPTERS_TBB_MUTEX_H_
#define PARKWAY_ADAPTERS_TBB_MUTEX_H_

#include "parkway/mutex.h"
#include "parkway/thread_annotations.h"

namespace parkway {
namespace tbb {

// A lock that one thread holds at a time. Not recursive: locking it twice in
// one thread blocks for ever. Not fair: a thread that arrives may overtake one
// that waits.
//
// Ordering: unlock() happens before the lock() or the successful try_lock()
// that follows it. Ownership: no handle and no allocation per lock; it may be
// destroyed as soon as nobody holds it or waits for it, also while an unlock()
// that has released it is still returning. Errors: none is reported. Unlocking
// a mutex that is not locked is a fault of the program, which checked builds of
// the plugin end with a message.
class mutex {
 public:
  // What oneTBB's algorithms ask of a mutex type.
  static constexpr bool is_rw_mutex = false;
  static constexpr bool is_recursive_mutex = false;
  static constexpr bool is_fair_mutex = false;

  // Unlocked. Constant initialisation: usable from the constructors of other
  // globals.
  constexpr mutex() noexcept = default;

  mutex(const mutex&) = delete;
  mutex& operator=(const mutex&) = delete;

  // Waits, without limit, until the calling thread holds the mutex.
  void lock() PARKWAY_NO_THREAD_SAFETY_ANALYSIS { impl_.lock(); }

  // Takes the mutex if that is possible at once. Returns whether the calling
  // thread holds it now.
  bool try_lock() PARKWAY_NO_THREAD_SAFETY_ANALYSIS { return impl_.try_lock(); }

  // Gives the mutex back. The calling thread must hold it.
  void unlock() PARKWAY_NO_THREAD_SAFETY_ANALYSIS { impl_.unlock(); }

  // Holds at most one mutex and gives it back when destroyed. It does not own
  // the mutex object, which must outlive the holding of it. Used by one thread
  // at a time.
  class scoped_lock {
   public:
    // Holds nothing.
    constexpr scoped_lock() noexcept = default;

    // Waits until it holds `m`.
    explicit scoped_lock(mutex& m) { acquire(m); }

    scoped_lock(const scoped_lock&) = delete;
    scoped_lock& operator=(const scoped_lock&) = delete;

    // Releases what is held, if anything.
    ~scoped_lock() {
      if (mutex_ != nullptr) {
        release();
      }
    }

    // Waits until it holds `m`. It must hold nothing before.
    void acquire(mutex& m) {
      m.lock();
      mutex_ = &m;
    }

    // Takes `m` if that is possible at once, and returns whether it did. It
    // must hold nothing before; after false it still holds nothing.
    bool try_acquire(mutex& m) {
      const bool taken = m.try_lock();
      if (taken) {
        mutex_ = &m;
      }
      return taken;
    }

    // Gives the mutex back before the end of the scope. It must hold one.
    void release() {
      // Forget first: after unlock() the mutex may be gone.
      mutex* const held = mutex_;
      mutex_ = nullptr;
      held->unlock();
    }

   private:
    mutex* mutex_ = nullptr;
  };

 private:
  ::parkway::Mutex impl_;
};

}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_ADAPTERS_TBB_MUTEX_H_
