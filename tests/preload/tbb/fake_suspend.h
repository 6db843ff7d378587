// SPDX-License-Identifier: Apache-2.0

// As much of oneTBB's suspend() as a trial sees: a stack of its own, three
// functions of <ucontext.h>, and a server of threads that is asked for one.
#ifndef PARKWAY_TESTS_PRELOAD_TBB_FAKE_SUSPEND_H_
#define PARKWAY_TESTS_PRELOAD_TBB_FAKE_SUSPEND_H_

#include <sys/mman.h>
#include <ucontext.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace parkway_test {

// The client and the server of the interface for plugins, by the order of their
// virtual functions.
struct Client;
struct Server {
  virtual ~Server() = default;
  virtual unsigned version() const = 0;
  virtual void request_close_connection(bool) = 0;
  virtual void yield() = 0;
  virtual void independent_thread_number_changed(int) = 0;
  virtual unsigned default_concurrency() const = 0;
  virtual void adjust_job_count_estimate(int) = 0;
};
struct Client {
  virtual ~Client() = default;
  virtual unsigned version() const { return 0; }
  virtual unsigned max_job_count() const { return 1; }
  virtual std::size_t min_stack_size() const { return 1 << 20; }
  virtual void* create_one_job() { return this; }
  virtual void acknowledge_close_connection() {}
  virtual void cleanup(void*) {}
  virtual void process(void*);
};

extern "C" {
__attribute__((weak)) int open_factory(void*, unsigned*, unsigned) __asm__(
    "__RML_open_factory");
__attribute__((weak)) int make_server(void*, Server**, Client*) __asm__(
    "__TBB_make_rml_server");
}

inline Client client;
inline Server* server = nullptr;

inline void Client::process(void*) { server->adjust_job_count_estimate(-1); }

inline void start_working() {
  unsigned version = 0;
  if (open_factory == nullptr || open_factory(nullptr, &version, 2) != 0 ||
      make_server(nullptr, &server, &client) != 0) {
    return;
  }
  server->adjust_job_count_estimate(1);
}

struct Point {
  ucontext_t own;
  ucontext_t other;
  std::atomic<bool> resumed{false};
};

inline void wait_on_other_stack(unsigned low, unsigned high) {
  auto* const point = reinterpret_cast<Point*>(
      std::uintptr_t{low} | (std::uintptr_t{high} << 32));
  while (!point->resumed) {
  }
  swapcontext(&point->other, &point->own);
  // Not as a jump: the call must come from here.
  std::abort();
}

template <class Callback>
void suspend(Callback callback, void* user) {
  constexpr std::size_t kPage = 4096, kStack = 64 * kPage;
  start_working();
  Point point;
  char* const stack = static_cast<char*>(
      mmap(nullptr, kStack + 2 * kPage, PROT_NONE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0));
  mprotect(stack + kPage, kStack, PROT_READ | PROT_WRITE);
  getcontext(&point.other);
  point.other.uc_link = nullptr;
  point.other.uc_stack.ss_sp = stack + kPage;
  point.other.uc_stack.ss_size = kStack;
  const auto address = reinterpret_cast<std::uintptr_t>(&point);
  makecontext(&point.other, reinterpret_cast<void (*)()>(&wait_on_other_stack),
              2, static_cast<unsigned>(address),
              static_cast<unsigned>(address >> 32));
  using PointOfHost = tbb::detail::r1::suspend_point_type;
  callback(user, reinterpret_cast<PointOfHost*>(&point));
  swapcontext(&point.own, &point.other);
  munmap(stack, kStack + 2 * kPage);
}

template <class PointOfHost>
void resume(PointOfHost* point) {
  reinterpret_cast<Point*>(point)->resumed = true;
}

}  // namespace parkway_test

#endif  // PARKWAY_TESTS_PRELOAD_TBB_FAKE_SUSPEND_H_
