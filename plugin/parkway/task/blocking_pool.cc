// SPDX-License-Identifier: Apache-2.0

#include "parkway/task/blocking_pool.h"

#include <atomic>
#include <type_traits>

#include "parkway/base/per_process.h"
#include "parkway/task/blocking_pool_slow.h"

namespace parkway {

template class BasicBlockingPool<Platform>;

namespace {

using Pool = BasicBlockingPool<Platform>;

static_assert(std::is_trivially_destructible_v<Pool>);

// What a child takes over. relaxed: written before the pool of this process
// gets it, read when a pool is made; no other memory goes with them.
std::atomic<std::size_t> g_max_threads{Pool::kDefaultMaxThreads};
std::atomic<std::int64_t> g_idle_ns{Pool::kDefaultIdleNs};

struct ProcessPool : Pool {
  ProcessPool() noexcept {
    set_max_threads(g_max_threads.load(std::memory_order_relaxed));
    set_idle_time(
        std::chrono::nanoseconds(g_idle_ns.load(std::memory_order_relaxed)));
  }
};

internal::PerProcess<ProcessPool> g_process_pool;

BlockingPool g_pool;

}  // namespace

void BlockingPool::submit(BlockingRequest& request) {
  g_process_pool.get().submit(request);
}

void BlockingPool::set_max_threads(std::size_t threads) {
  g_max_threads.store(threads, std::memory_order_relaxed);
  g_process_pool.get().set_max_threads(threads);
}
std::size_t BlockingPool::max_threads() {
  return g_process_pool.get().max_threads();
}

void BlockingPool::set_idle_ns(std::int64_t ns) {
  g_idle_ns.store(ns, std::memory_order_relaxed);
  g_process_pool.get().set_idle_time(std::chrono::nanoseconds(ns));
}
std::chrono::nanoseconds BlockingPool::idle_time() {
  return g_process_pool.get().idle_time();
}

BlockingStats BlockingPool::stats() { return g_process_pool.get().stats(); }

BlockingPool& blocking_pool() noexcept { return g_pool; }

}  // namespace parkway
