// SPDX-License-Identifier: Apache-2.0

#include <pthread.h>

#include <atomic>
#include <cstdint>

#include "parkway/os/os.h"

namespace parkway::os {
namespace {

[[gnu::used]] const bool* const linked_with_keys = &keeps_code_mapped;

// What the one thread-exit key of the process calls; set before the key is
// made, and the same for all threads.
std::atomic<void (*)(void*)> g_at_exit{nullptr};
// 0 as long as there is none, then the key + 1.
std::atomic<std::uint64_t> g_key{0};

void run_at_exit(void* arg) {
  // acquire: pairs with the release store in at_thread_exit.
  if (void (*fn)(void*) = g_at_exit.load(std::memory_order_acquire)) fn(arg);
}

// Not pthread_once(): a child made by a bare clone() while another thread is in
// it would wait for that one.
std::uint64_t make_key() {
  pthread_key_t made;
  // acquire, here and below: pairs with the release, so that the libc's record
  // of the key is there for who uses it.
  if (pthread_key_create(&made, run_at_exit) != 0) {
    return g_key.load(std::memory_order_acquire);
  }
  const std::uint64_t key = static_cast<std::uint64_t>(made) + 1;
  std::uint64_t known = 0;
  if (g_key.compare_exchange_strong(known, key, std::memory_order_acq_rel)) {
    return key;
  }
  pthread_key_delete(made);
  return known;
}

}  // namespace

bool at_thread_exit(void (*fn)(void*), void* arg) noexcept {
  g_at_exit.store(fn, std::memory_order_release);
  // acquire: pairs with the release in make_key().
  std::uint64_t key = g_key.load(std::memory_order_acquire);
  if (key == 0) key = make_key();
  // A POSIX key, not a thread_local destructor: it runs after those, and the
  // system calls it again when a later destructor sets the value anew.
  return key != 0 &&
         pthread_setspecific(static_cast<pthread_key_t>(key - 1), arg) == 0;
}

}  // namespace parkway::os
