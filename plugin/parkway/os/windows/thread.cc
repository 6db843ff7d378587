// SPDX-License-Identifier: Apache-2.0

#include <process.h>

#include <new>

#include "parkway/os/call_failed.h"
#include "parkway/os/os.h"
#include "parkway/os/windows/keep_last_error.h"
#include "parkway/os/windows/system_header.h"

namespace parkway::os {
namespace {

struct Start {
  void (*function)(void*);
  void* argument;
};

unsigned __stdcall begin(void* memory) {
  const Start start = *static_cast<Start*>(memory);
  delete static_cast<Start*>(memory);
  start.function(start.argument);
  return 0;
}

}  // namespace

bool start_thread(void (*function)(void*), void* argument) noexcept {
  const windows::KeepLastError keep;
  Start* const start = new (std::nothrow) Start{function, argument};
  if (start == nullptr) return false;
  // Not CreateThread(): the C runtime wants to know of threads that use it.
  const std::uintptr_t thread =
      _beginthreadex(nullptr, 0, &begin, start, 0, nullptr);
  if (thread == 0) {
    delete start;
    return false;
  }
  // The thread goes on without its handle.
  if (!CloseHandle(reinterpret_cast<HANDLE>(thread))) {
    call_failed("CloseHandle", last_error());
  }
  return true;
}

int thread_priority() noexcept {
  const windows::KeepLastError keep;
  // Real-time are the levels from 16 on, and only a process of that class has
  // threads there. THREAD_PRIORITY_TIME_CRITICAL in another one is level 15.
  if (GetPriorityClass(GetCurrentProcess()) != REALTIME_PRIORITY_CLASS) {
    return 0;
  }
  const int relative = GetThreadPriority(GetCurrentThread());
  if (relative == THREAD_PRIORITY_ERROR_RETURN) return 0;
  if (relative <= THREAD_PRIORITY_IDLE) return 16;
  if (relative >= THREAD_PRIORITY_TIME_CRITICAL) return 31;
  return 24 + relative;
}

void osyield() noexcept {
  const windows::KeepLastError keep;
  SwitchToThread();  // false: there was none
}

// No process here is the child of a fork.
bool at_fork_in_child(void (*)()) noexcept { return true; }

}  // namespace parkway::os
