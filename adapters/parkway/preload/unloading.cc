// SPDX-License-Identifier: Apache-2.0

#include "parkway/preload/unloading.h"

#include <dlfcn.h>

#include <atomic>
#include <cerrno>

#include "parkway/preload/decision.h"
#include "parkway/preload/next_definition.h"

namespace parkway::preload {
namespace {

NextFunction<int(void*)> g_dlclose("dlclose");

[[gnu::constructor]] void find_dlclose() { g_dlclose.find(); }

std::atomic<const char*> g_to_keep[kMostKept];

// dlopen() may wait for the loader's lock: no more than dlclose() does.
void keep_all() noexcept {
  for (std::atomic<const char*>& to_keep : g_to_keep) {
    // acquire: pairs with the release in keep_loaded().
    const char* path = to_keep.load(std::memory_order_acquire);
    if (path == nullptr) continue;
    // NOLOAD: nothing but a handle, which is never given back.
    if (dlopen(path, RTLD_LAZY | RTLD_NOLOAD) == nullptr) dlerror();
    // Not before: another thread's dlclose() would not wait for it.
    to_keep.compare_exchange_strong(path, nullptr);
  }
}

}  // namespace

void keep_loaded(const char* path) noexcept {
  for (std::atomic<const char*>& to_keep : g_to_keep) {
    const char* before = nullptr;
    // release: pairs with the acquire in keep_all().
    if (to_keep.compare_exchange_strong(before, path,
                                        std::memory_order_release) ||
        before == path) {
      return;
    }
  }
}

}  // namespace parkway::preload

extern "C" int dlclose(void* handle) noexcept {
  using namespace parkway::preload;
  keep_all();
  const int result = g_dlclose.get()(handle);
  const int saved = errno;
  library.after_dlclose();
  errno = saved;
  return result;
}
