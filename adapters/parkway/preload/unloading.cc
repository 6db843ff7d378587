// SPDX-License-Identifier: Apache-2.0

#include "parkway/preload/unloading.h"

#include <dlfcn.h>

#include <atomic>

#include "parkway/preload/next_definition.h"

namespace parkway::preload {
namespace {

NextFunction<int(void*)> g_dlclose("dlclose");

[[gnu::constructor]] void find_dlclose() { g_dlclose.find(); }

std::atomic<const char*> g_to_keep{nullptr};

// dlopen() may wait for the loader's lock: no more than dlclose() does.
void keep() noexcept {
  const char* path = g_to_keep.load(std::memory_order_acquire);
  if (path == nullptr) return;
  // NOLOAD: nothing but a handle, which is never given back.
  if (dlopen(path, RTLD_LAZY | RTLD_NOLOAD) == nullptr) dlerror();
  // Not before: another thread's dlclose() would not wait for it.
  g_to_keep.compare_exchange_strong(path, nullptr);
}

}  // namespace

void keep_loaded(const char* path) noexcept {
  // release: pairs with the acquire in keep().
  g_to_keep.store(path, std::memory_order_release);
}

}  // namespace parkway::preload

extern "C" int dlclose(void* handle) noexcept {
  parkway::preload::keep();
  return parkway::preload::g_dlclose.get()(handle);
}
