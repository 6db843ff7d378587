// SPDX-License-Identifier: Apache-2.0

#include "parkway/os/windows/calls.h"

#include <atomic>

#include "parkway/os/windows/keep_last_error.h"
#include "parkway/os/windows/system_header.h"

namespace parkway::os::windows {
namespace {

static_assert(kErrorTimeout == ERROR_TIMEOUT && kInfinite == INFINITE);
static_assert(kWaitObject0 == WAIT_OBJECT_0 && kWaitTimeout == WAIT_TIMEOUT);

using WaitFunction = BOOL WINAPI(volatile void* address, void* compared,
                                 SIZE_T bytes, DWORD milliseconds);
using WakeFunction = void WINAPI(void* address);

// What the system turned out to have. A program that imports one of these does
// not start on systems without it.
enum class Has : int { kUnknown, kYes, kNo };
// Written before the first of the marks. relaxed: the mark orders them.
std::atomic<WaitFunction*> g_wait{nullptr};
std::atomic<WakeFunction*> g_wake_single{nullptr};
std::atomic<WakeFunction*> g_wake_all{nullptr};
std::atomic<Has> g_wait_on_address{Has::kUnknown};
std::atomic<Has> g_process_barrier{Has::kUnknown};

// In a library that every process has loaded; or null.
template <class Function>
Function* find(const wchar_t* library, const char* name) noexcept {
  const HMODULE module = GetModuleHandleW(library);
  if (module == nullptr) return nullptr;
  // By void*: compilers warn of casts from one type of function to another.
  return reinterpret_cast<Function*>(
      reinterpret_cast<void*>(GetProcAddress(module, name)));
}

template <class Function>
Function* find_in_base(const char* name) noexcept {
  auto* const found = find<Function>(L"KernelBase.dll", name);
  // The name that the documentation has for it.
  return found != nullptr
             ? found
             : find<Function>(L"api-ms-win-core-synch-l1-2-0.dll", name);
}

Has find_wait_on_address() noexcept {
  const KeepLastError keep;
  auto* const wait = find_in_base<WaitFunction>("WaitOnAddress");
  auto* const wake_single = find_in_base<WakeFunction>("WakeByAddressSingle");
  auto* const wake_all = find_in_base<WakeFunction>("WakeByAddressAll");
  Has has = Has::kNo;
  if (wait != nullptr && wake_single != nullptr && wake_all != nullptr) {
    has = Has::kYes;
    g_wait.store(wait, std::memory_order_relaxed);
    g_wake_single.store(wake_single, std::memory_order_relaxed);
    g_wake_all.store(wake_all, std::memory_order_relaxed);
  }
  // release: pairs with the acquire in has_wait_on_address().
  g_wait_on_address.store(has, std::memory_order_release);
  return has;
}

// In Wine 8.0 the function is there, does nothing, and can't say so; a lock
// that believes in a barrier which is none loses wakeups. Wine is known by
// a function that no Windows has.
Has find_process_barrier() noexcept {
  const KeepLastError keep;
  const Has has = find<void()>(L"ntdll.dll", "wine_get_version") == nullptr
                      ? Has::kYes
                      : Has::kNo;
  // relaxed: the mark is all there is.
  g_process_barrier.store(has, std::memory_order_relaxed);
  return has;
}

// When the library is loaded: on some systems to look for a function takes the
// loader's lock, and a thread that loads another library may hold it while it
// waits for us. Who is earlier than this looks by itself.
[[maybe_unused]] const bool found_at_load =
    (find_wait_on_address(), find_process_barrier(), true);

HANDLE handle_of(EventHandle event) { return reinterpret_cast<HANDLE>(event); }

}  // namespace

bool has_wait_on_address() noexcept {
  Has has = g_wait_on_address.load(std::memory_order_acquire);
  if (has == Has::kUnknown) has = find_wait_on_address();
  return has == Has::kYes;
}

bool wait_on_address(void* address, const void* compared, std::size_t bytes,
                     std::uint32_t milliseconds) noexcept {
  return g_wait.load(std::memory_order_relaxed)(
             address, const_cast<void*>(compared), bytes, milliseconds) != 0;
}
void wake_by_address_single(void* address) noexcept {
  g_wake_single.load(std::memory_order_relaxed)(address);
}
void wake_by_address_all(void* address) noexcept {
  g_wake_all.load(std::memory_order_relaxed)(address);
}

EventHandle create_event() noexcept {
  return reinterpret_cast<EventHandle>(
      CreateEventW(nullptr, FALSE, FALSE, nullptr));
}
bool set_event(EventHandle event) noexcept {
  return SetEvent(handle_of(event)) != 0;
}
bool close_event(EventHandle event) noexcept {
  return CloseHandle(handle_of(event)) != 0;
}
std::uint32_t wait_for_event(EventHandle event,
                             std::uint32_t milliseconds) noexcept {
  return WaitForSingleObject(handle_of(event), milliseconds);
}

bool has_process_barrier() noexcept {
  Has has = g_process_barrier.load(std::memory_order_relaxed);
  if (has == Has::kUnknown) has = find_process_barrier();
  return has == Has::kYes;
}
void flush_process_write_buffers() noexcept { FlushProcessWriteBuffers(); }

}  // namespace parkway::os::windows
