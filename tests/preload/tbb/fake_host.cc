// SPDX-License-Identifier: Apache-2.0

// A libtbb that only says who it is. PARKWAY_FAKE_INTERFACE is what it says;
// with PARKWAY_FAKE_SMALL it has none of the newer functions.
#include <cstddef>
#include <cstdint>
#include <cstdio>

#include "parkway/tbb/preload/host/host_abi.h"

extern "C" int TBB_runtime_interface_version() {
  return PARKWAY_FAKE_INTERFACE;
}

namespace tbb::detail::r1 {

void notify_by_address_one(void*) { std::puts("host notify_by_address_one"); }

#ifndef PARKWAY_FAKE_SMALL
void wait_on_address(void*, d1::delegate_base&, std::uintptr_t) {}
void notify_by_address(void*, std::uintptr_t) {}
void notify_by_address_all(void*) {}
std::uint8_t* allocate_bounded_queue_rep(std::size_t) { return nullptr; }
void deallocate_bounded_queue_rep(std::uint8_t*, std::size_t) {}
void wait_bounded_queue_monitor(concurrent_monitor*, std::size_t,
                                std::ptrdiff_t, d1::delegate_base&) {}
void notify_bounded_queue_monitor(concurrent_monitor*, std::size_t,
                                  std::size_t) {}
void abort_bounded_queue_monitors(concurrent_monitor*) {}
bool finalize(d1::task_scheduler_handle&, std::intptr_t) { return true; }
void* cache_aligned_allocate(std::size_t) { return nullptr; }
void cache_aligned_deallocate(void*) {}
void throw_exception(d0::exception_id) {}
void suspend(suspend_callback_type, void*) {}
void resume(suspend_point_type*) {}
suspend_point_type* current_suspend_point() { return nullptr; }
#endif

}  // namespace tbb::detail::r1

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
