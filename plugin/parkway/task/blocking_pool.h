// SPDX-License-Identifier: Apache-2.0

// BlockingPool: the threads on which calls run that block, so that the tasks
// that made them need not keep a thread.
//
// Programs use run_blocking() (parkway/task/run_blocking.h); this is what is
// behind it, its limits and its counts.
#ifndef PARKWAY_TASK_BLOCKING_POOL_H_
#define PARKWAY_TASK_BLOCKING_POOL_H_

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "parkway/base/thread_annotations.h"
#include "parkway/lock/futex_mutex.h"
#include "parkway/os/os.h"
#include "parkway/wait/wait_platform.h"
#include "parkway/wait/worker_semaphore.h"

namespace parkway {

namespace internal {

// In nanoseconds, and no longer than may be added to a time; longer than
// anybody waits.
template <class Rep, class Period>
std::int64_t idle_ns(const std::chrono::duration<Rep, Period>& time) {
  constexpr std::int64_t kLongest = os::kForever / 4;
  const double ns = std::chrono::duration<double, std::nano>(time).count();
  if (ns >= static_cast<double>(kLongest)) return kLongest;
  if (ns <= -static_cast<double>(kLongest)) return -kLongest;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
}

}  // namespace internal

// One call, which its owner keeps alive until it is served. serve(request) runs
// it, on whatever thread; throws nothing, and says so to the owner as the last
// thing it does with the request, which may be gone then.
template <class P>
class BasicBlockingRequest {
 public:
  using Serve = void (*)(BasicBlockingRequest&);

  BasicBlockingRequest(const BasicBlockingRequest&) = delete;
  BasicBlockingRequest& operator=(const BasicBlockingRequest&) = delete;

 protected:
  explicit BasicBlockingRequest(Serve serve) : serve_(serve) {}
  ~BasicBlockingRequest() = default;

 private:
  template <class>
  friend class BasicBlockingPool;

  const Serve serve_;
  // Under the pool's lock.
  typename P::template Plain<BasicBlockingRequest*> next_{nullptr};
};

// Of a pool, since its start. Exact when nothing runs.
struct BlockingStats {
  std::uint64_t calls;        // submitted
  std::uint64_t direct;       // of these, run by a submit() for want of threads
  std::uint64_t queued;       // now waiting for a thread
  std::uint64_t peak_queued;  // the most there have been
  std::uint64_t threads;      // now
  std::uint64_t peak_threads;
};

// A bounded number of threads that serve requests, first in, first out.
//
// Threads are started when a request finds none idle and none on its way, up to
// max_threads(); an idle one takes the next request, the one that became idle
// last first, and leaves after idle_time() without one. While all are busy,
// requests wait. Threads have all signals blocked, and what else a thread
// inherits from the one that starts it: its CPU affinity, for example.
//
// If no thread can be started and there is none, the submit() that finds that
// serves the queue itself until it is empty or there is a thread: the calls
// then run as if made directly, one after another.
//
// Constant-initialised and trivially destructible: a pool is never taken down,
// its threads end with the process. No allocation but the system's for a new
// thread. Everything a submit() wrote before is visible to serve().
//
// Algorithm: a queue and a stack of sleepers under one lock. That a request
// wakes nobody as long as as many threads are on their way to the queue as it
// has requests is Go's rule for starting Ms (one that "spins" is enough), here
// counted, because calls that block need a thread each.
template <class P>
class BasicBlockingPool {
 public:
  using Request = BasicBlockingRequest<P>;

  static constexpr std::size_t kMinThreads = 1;
  static constexpr std::size_t kDefaultMaxThreads = 64;
  static constexpr std::int64_t kDefaultIdleNs = 1000000000;

  constexpr BasicBlockingPool() noexcept = default;
  BasicBlockingPool(const BasicBlockingPool&) = delete;
  BasicBlockingPool& operator=(const BasicBlockingPool&) = delete;

  // Has `request` served. Returns before, after or while that happens.
  void submit(Request& request);

  // The most threads there may be, at least kMinThreads: calls that wait for
  // each other, as the two ends of a pipe do, need as many. Threads above a new
  // maximum leave when they have nothing to do. Any thread, any time.
  void set_max_threads(std::size_t threads);
  std::size_t max_threads();

  // How long a thread waits for a request before it leaves; for those that
  // become idle from now on. Zero or less: they leave at once. Any thread, any
  // time.
  template <class Rep, class Period>
  void set_idle_time(const std::chrono::duration<Rep, Period>& time) {
    set_idle_ns(internal::idle_ns(time));
  }
  std::chrono::nanoseconds idle_time();

  BlockingStats stats();

 private:
  // A thread that waits for a request, on its stack.
  struct Idle {
    typename P::template Plain<Idle*> below{nullptr};
    WorkerSemaphore<P> semaphore;
  };

  template <class T>
  using Plain = typename P::template Plain<T>;

  static void run(void* pool);
  void serve_as_thread();
  void serve_in_place_of_thread();
  bool rest() PARKWAY_REQUIRES(lock_);
  bool take_off(Idle* idle) PARKWAY_REQUIRES(lock_);
  Request* pop() PARKWAY_REQUIRES(lock_);
  Idle* pop_idle() PARKWAY_REQUIRES(lock_);
  bool staff() PARKWAY_RELEASE(lock_);
  void set_idle_ns(std::int64_t ns);

  // Guards the rest.
  BasicFutexMutex<P> lock_;
  Plain<Request*> first_{nullptr};
  Plain<Request*> last_{nullptr};
  Plain<Idle*> idle_{nullptr};
  Plain<std::size_t> max_threads_{kDefaultMaxThreads};
  Plain<std::int64_t> idle_ns_{kDefaultIdleNs};
  // Those that are being started count.
  Plain<std::size_t> threads_{0};
  // Threads started or woken that have not looked at the queue yet.
  Plain<std::size_t> coming_{0};
  Plain<std::uint64_t> queued_{0};
  Plain<std::uint64_t> arrived_{0};
  Plain<std::uint64_t> peak_threads_{0};
  Plain<std::uint64_t> peak_queued_{0};
  Plain<std::uint64_t> calls_{0};
  Plain<std::uint64_t> direct_{0};
};

extern template class BasicBlockingPool<Platform>;

using BlockingRequest = BasicBlockingRequest<Platform>;

// The pool of the process that asks. In the child of a fork, which has none of
// the threads: nothing queued, limits as they were, counts from zero. The
// members are those of BasicBlockingPool.
class BlockingPool {
 public:
  using Request = BlockingRequest;
  static constexpr std::size_t kMinThreads =
      BasicBlockingPool<Platform>::kMinThreads;
  static constexpr std::size_t kDefaultMaxThreads =
      BasicBlockingPool<Platform>::kDefaultMaxThreads;
  static constexpr std::int64_t kDefaultIdleNs =
      BasicBlockingPool<Platform>::kDefaultIdleNs;

  constexpr BlockingPool() noexcept = default;
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  void submit(BlockingRequest& request);
  void set_max_threads(std::size_t threads);
  std::size_t max_threads();
  template <class Rep, class Period>
  void set_idle_time(const std::chrono::duration<Rep, Period>& time) {
    set_idle_ns(internal::idle_ns(time));
  }
  std::chrono::nanoseconds idle_time();
  BlockingStats stats();

 private:
  void set_idle_ns(std::int64_t ns);
};

// Usable from before main() to the process's end. Nothing of it is joined or
// stopped at exit: a call that is out then is abandoned with its thread.
BlockingPool& blocking_pool() noexcept;

}  // namespace parkway

#endif  // PARKWAY_TASK_BLOCKING_POOL_H_
