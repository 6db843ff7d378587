// SPDX-License-Identifier: Apache-2.0

// at_thread_exit() by the image's list of TLS callbacks, which the loader calls
// for each thread that ends.
//
// Not by FlsAlloc(): those callbacks come before the destructors of
// thread_local variables, and no second time if one of these registers anew;
// they come for a fiber that is deleted, with the thread still there; and they
// come when the process ends, in its last thread. The others have been stopped
// wherever they were then, so that a lock which one of them had would be waited
// for without end.
#include "parkway/os/os.h"
#include "parkway/os/windows/system_header.h"

namespace parkway::os {
namespace {

[[maybe_unused]] const bool* const volatile linked_with_exits =
    &keeps_code_mapped;

struct AtExit {
  void (*fn)(void*) = nullptr;
  void* arg = nullptr;
};

// Constants at first, and without a destructor: the callback can read it when
// all of the thread's objects are gone.
thread_local AtExit t_at_exit;

void NTAPI thread_ends(void*, DWORD reason, void*) {
  if (reason != DLL_THREAD_DETACH) return;
  const AtExit at_exit = t_at_exit;
  t_at_exit = {};
  if (at_exit.fn != nullptr) at_exit.fn(at_exit.arg);
}

}  // namespace

bool at_thread_exit(void (*fn)(void*), void* arg) noexcept {
  t_at_exit = {fn, arg};
  return true;
}

}  // namespace parkway::os

// The list is what the linker finds in the sections .CRT$XLA to .CRT$XLZ, in
// the order of their names. The C and C++ runtimes, which destroy thread_local
// variables, have those up to .CRT$XLD. MinGW makes the list for whoever has
// a thread_local variable, as there is one here; Microsoft's linker has to be
// told.
extern "C" {
#if defined(_MSC_VER)
#if defined(_M_IX86)
#pragma comment(linker, "/INCLUDE:__tls_used")
#pragma comment(linker, "/INCLUDE:_parkway_thread_ends")
#else
#pragma comment(linker, "/INCLUDE:_tls_used")
#pragma comment(linker, "/INCLUDE:parkway_thread_ends")
#endif
#pragma section(".CRT$XLY", long, read)
extern __declspec(allocate(".CRT$XLY")) const PIMAGE_TLS_CALLBACK
    parkway_thread_ends = &parkway::os::thread_ends;
#else
[[gnu::section(".CRT$XLY"),
  gnu::used]] extern const PIMAGE_TLS_CALLBACK parkway_thread_ends =
    &parkway::os::thread_ends;
#endif
}
