// SPDX-License-Identifier: Apache-2.0

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>

#include "parkway/os/os.h"

namespace parkway::os {

int ncpu() noexcept {
  // The first thread's mask, not the caller's: programs pin their threads to
  // one CPU each and still run on many.
  const int saved = errno;
  int n = 0;
  // Without an allocation, which the child of a bare clone() must not make.
  cpu_set_t usual;
  if (sched_getaffinity(getpid(), sizeof(usual), &usual) == 0) {
    n = CPU_COUNT(&usual);
  }
  // Masks wider than that (1024 CPUs) make the call fail with EINVAL, so grow
  // until it fits.
  for (int cpus = 2048; n == 0 && errno == EINVAL && cpus <= (1 << 20);
       cpus *= 2) {
    cpu_set_t* set = CPU_ALLOC(cpus);
    if (set == nullptr) break;
    const std::size_t bytes = CPU_ALLOC_SIZE(cpus);
    if (sched_getaffinity(getpid(), bytes, set) == 0) {
      n = CPU_COUNT_S(bytes, set);
    }
    const int error = errno;
    CPU_FREE(set);
    errno = error;
  }
  errno = saved;
  return n > 0 ? n : 1;
}

namespace {

std::int64_t nanotime_of(clockid_t clock) {
  timespec t;
  clock_gettime(clock, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1000000000 + t.tv_nsec;
}

}  // namespace

std::int64_t nanotime() noexcept { return nanotime_of(CLOCK_MONOTONIC); }
std::int64_t coarse_nanotime() noexcept {
  return nanotime_of(CLOCK_MONOTONIC_COARSE);
}

int thread_priority() noexcept {
  const int saved = errno;
  sched_param param = {};
  // 0 is the calling thread, not the process. Not the libc's function: musl's
  // fails always, because POSIX means the process.
  const bool known = syscall(SYS_sched_getparam, 0, &param) == 0;
  errno = saved;
  return known ? param.sched_priority : 0;
}

void osyield() noexcept { sched_yield(); }

void* sysalloc(std::size_t bytes) noexcept {
  const int saved = errno;
  void* p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  errno = saved;
  return p == MAP_FAILED ? nullptr : p;
}

void* map_wiped_on_fork(std::size_t bytes) noexcept {
  const int saved = errno;
  void* p = sysalloc(bytes);
  // Linux 4.14.
  constexpr int kWipeOnFork = 18;
  if (p != nullptr && madvise(p, bytes, kWipeOnFork) != 0) {
    munmap(p, bytes);
    p = nullptr;
  }
  errno = saved;
  return p;
}

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
  std::uint64_t known = 0;
  if (g_key.compare_exchange_strong(known, std::uint64_t{made} + 1,
                                    std::memory_order_acq_rel)) {
    return std::uint64_t{made} + 1;
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

bool at_fork_in_child(void (*fn)()) noexcept {
  return pthread_atfork(nullptr, nullptr, fn) == 0;
}

int last_error() noexcept { return errno; }
void set_last_error(int error) noexcept { errno = error; }

void write_error(const char* text, std::size_t length) noexcept {
  while (length > 0) {
    const ssize_t n = write(STDERR_FILENO, text, length);
    if (n <= 0) {
      if (n < 0 && errno == EINTR) continue;
      return;
    }
    text += n;
    length -= static_cast<std::size_t>(n);
  }
}

}  // namespace parkway::os
