// SPDX-License-Identifier: Apache-2.0

// A system that has no threads for a while: pthread_create() is ours.
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

#include "oneapi/tbb/global_control.h"
#include "oneapi/tbb/parallel_for.h"
#include "oneapi/tbb/task_arena.h"

namespace {

std::atomic<bool> refuse{true};
std::atomic<int> refused{0};

}  // namespace

extern "C" int pthread_create(pthread_t* thread,
                              const pthread_attr_t* attributes,
                              void* (*routine)(void*), void* argument) {
  if (refuse) {
    ++refused;
    return EAGAIN;
  }
  static auto* const real = reinterpret_cast<decltype(&pthread_create)>(
      dlsym(RTLD_NEXT, "pthread_create"));
  return real(thread, attributes, routine, argument);
}

namespace {

// Whether a worker came.
bool run() {
  const auto me = std::this_thread::get_id();
  std::atomic<int> done{0};
  std::atomic<bool> other{false};
  tbb::parallel_for(0, 100, [&](int) {
    ++done;
    if (std::this_thread::get_id() != me) other = true;
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  });
  if (done != 100) std::puts("work was lost");
  return other;
}

}  // namespace

int main() {
  // Three workers, of which each arena wants one.
  tbb::global_control four(tbb::global_control::max_allowed_parallelism, 4);
  bool came = false;
  tbb::task_arena first(2);
  for (int i = 0; i < 2; ++i) {
    first.execute([&] { came = run() || came; });
  }
  std::printf("refused: %s, workers: %s\n", refused > 0 ? "yes" : "no",
              came ? "yes" : "no");
  refuse = false;
  // It has asked once and will not ask again.
  do {
    tbb::task_arena arena(2);
    came = false;
    arena.execute([&] { came = run(); });
  } while (!came);
  std::puts("later: a worker came");
}
