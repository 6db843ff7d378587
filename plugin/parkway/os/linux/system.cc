// SPDX-License-Identifier: Apache-2.0

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
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
  // Masks wider than cpu_set_t (1024 CPUs) make the call fail with EINVAL, so
  // grow until it fits.
  for (int cpus = 1024; n == 0 && cpus <= (1 << 20); cpus *= 2) {
    cpu_set_t* set = CPU_ALLOC(cpus);
    if (set == nullptr) break;
    const std::size_t bytes = CPU_ALLOC_SIZE(cpus);
    if (sched_getaffinity(getpid(), bytes, set) == 0) {
      n = CPU_COUNT_S(bytes, set);
    } else if (errno != EINVAL) {
      cpus = 1 << 20;
    }
    CPU_FREE(set);
  }
  errno = saved;
  return n > 0 ? n : 1;
}

std::int64_t nanotime() noexcept {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1000000000 + t.tv_nsec;
}

void osyield() noexcept { sched_yield(); }

void* sysalloc(std::size_t bytes) noexcept {
  const int saved = errno;
  void* p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  errno = saved;
  return p == MAP_FAILED ? nullptr : p;
}

namespace {

// What the one thread-exit key of the process calls; set before the key is
// made, and the same for all threads.
std::atomic<void (*)(void*)> g_at_exit{nullptr};
pthread_once_t g_once = PTHREAD_ONCE_INIT;
pthread_key_t g_key;
bool g_have_key = false;

void run_at_exit(void* arg) {
  // acquire: pairs with the release store in at_thread_exit.
  if (void (*fn)(void*) = g_at_exit.load(std::memory_order_acquire)) fn(arg);
}

void make_key() { g_have_key = pthread_key_create(&g_key, run_at_exit) == 0; }

}  // namespace

bool at_thread_exit(void (*fn)(void*), void* arg) noexcept {
  g_at_exit.store(fn, std::memory_order_release);
  pthread_once(&g_once, make_key);
  // A POSIX key, not a thread_local destructor: it runs after those, and the
  // system calls it again when a later destructor sets the value anew.
  return g_have_key && pthread_setspecific(g_key, arg) == 0;
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
