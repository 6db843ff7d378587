// SPDX-License-Identifier: Apache-2.0

// A libtbb that only says who it is. PARKWAY_FAKE_INTERFACE is what it says;
// PARKWAY_FAKE_NAME what it calls itself. With PARKWAY_FAKE_OLD it is TBB before
// oneTBB, which has none of these functions. With PARKWAY_FAKE_SMALL it has none of
// the newer functions, with PARKWAY_FAKE_STRANGE one more. PARKWAY_FAKE_TRIAL is
// what it does in a trial:
//   0  nothing: not even its predicates are asked
//   1  everything, as oneTBB does it
//   2  suspend() does not return
//   3  suspend() crashes
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "parkway/tbb/preload/host/host_abi.h"

extern "C" int TBB_runtime_interface_version() {
  return PARKWAY_FAKE_INTERFACE;
}

#ifdef PARKWAY_FAKE_OLD
extern "C" void parkway_test_old() { std::puts("host notify_by_address_one"); }
#else

#ifndef PARKWAY_FAKE_NAME
#define PARKWAY_FAKE_NAME "host"
#endif
#ifndef PARKWAY_FAKE_TRIAL
#define PARKWAY_FAKE_TRIAL 0
#endif
#if PARKWAY_FAKE_TRIAL == 1
#include "tests/preload/tbb/fake_suspend.h"
#endif

namespace tbb::detail::r1 {
namespace {

constexpr int kTrial = PARKWAY_FAKE_TRIAL;

// As a wait does that ends at once.
[[maybe_unused]] void ask(d1::delegate_base& predicate) {
  if (kTrial != 0) predicate();
}

}  // namespace

void notify_by_address_one(void*) {
  std::puts(PARKWAY_FAKE_NAME " notify_by_address_one");
}

#ifdef PARKWAY_FAKE_STRANGE
void notify_by_address_two(void*) {}
#endif

#ifndef PARKWAY_FAKE_SMALL
void wait_on_address(void*, d1::delegate_base& predicate, std::uintptr_t) {
  ask(predicate);
}
void notify_by_address(void*, std::uintptr_t) {}
void notify_by_address_all(void*) {}
std::uint8_t* allocate_bounded_queue_rep(std::size_t bytes) {
  return static_cast<std::uint8_t*>(std::calloc(1, bytes + 64));
}
void deallocate_bounded_queue_rep(std::uint8_t* memory, std::size_t) {
  std::free(memory);
}
void wait_bounded_queue_monitor(concurrent_monitor*, std::size_t,
                                std::ptrdiff_t, d1::delegate_base& predicate) {
  ask(predicate);
}
void notify_bounded_queue_monitor(concurrent_monitor*, std::size_t,
                                  std::size_t) {}
void abort_bounded_queue_monitors(concurrent_monitor*) {}
bool finalize(d1::task_scheduler_handle&, std::intptr_t) { return true; }
void* cache_aligned_allocate(std::size_t bytes) { return std::malloc(bytes); }
void cache_aligned_deallocate(void* memory) { std::free(memory); }
#if PARKWAY_FAKE_TRIAL == 1
void suspend(suspend_callback_type callback, void* user) {
  parkway_test::suspend(callback, user);
}
void resume(suspend_point_type* point) { parkway_test::resume(point); }
#else
void suspend(suspend_callback_type, void*) {
  if (kTrial == 2) {
    for (volatile bool waits = true; waits;) {
    }
  }
  if (kTrial == 3) std::abort();
}
void resume(suspend_point_type*) {}
#endif
suspend_point_type* current_suspend_point() { return nullptr; }
#endif

}  // namespace tbb::detail::r1

#endif  // PARKWAY_FAKE_OLD

// Looks for the plugin as oneTBB does, and says whether it got one.
extern "C" int parkway_find_plugin(void*, unsigned*,
                                   unsigned) __asm__("__RML_open_factory");
extern "C" __attribute__((weak)) int parkway_find_plugin(void*, unsigned*,
                                                         unsigned);
extern "C" void parkway_test_use_plugin() {
  unsigned version = 0;
  // 2: not found.
  const int status = parkway_find_plugin == nullptr
                         ? 2
                         : parkway_find_plugin(nullptr, &version, 2);
  std::printf("plugin: %s\n", status == 0 ? "parkway" : "none");
}
