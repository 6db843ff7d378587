// SPDX-License-Identifier: Apache-2.0

#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <windows.h>
// After it.
#include <psapi.h>
#include <winternl.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "parkway/base/checks.h"
#include "parkway/os/os.h"
#include "tests/suites/support.h"
#include "tests/suites/support_system.h"

namespace parkway::test {
namespace {

// Wine (8.0) says nothing of what its threads do. They are the host's threads,
// which does, in files that a program can open; and a program can make the
// host's calls to learn their numbers.
bool IsWine() {
  static const bool is = GetProcAddress(GetModuleHandleW(L"ntdll.dll"),
                                        "wine_get_version") != nullptr;
  return is;
}

#if defined(__x86_64__)
long HostCall(long number) {
  long result;
  asm volatile("syscall" : "=a"(result) : "a"(number) : "rcx", "r11", "memory");
  return result;
}
long HostProcess() { return HostCall(39); }
long HostThread() { return HostCall(186); }
#else
long HostProcess() { return -1; }
long HostThread() { return -1; }
#endif

bool SleepsOnHost(ThreadNumber thread) {
  char path[96];
  std::snprintf(path, sizeof(path), "\\\\?\\unix\\proc\\%ld\\task\\%ld\\stat",
                HostProcess(), thread);
  const HANDLE file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, nullptr,
                                  OPEN_EXISTING, 0, nullptr);
  if (file == INVALID_HANDLE_VALUE) return false;
  char text[256];
  DWORD n = 0;
  if (!ReadFile(file, text, sizeof(text), &n, nullptr)) n = 0;
  CloseHandle(file);
  const std::string stat(text, n);
  const std::size_t end_of_name = stat.rfind(')');
  return end_of_name != std::string::npos &&
         stat.compare(end_of_name, 3, ") S") == 0;
}

// Calls see(thread) for each thread of the host's that is this process.
template <class See>
void ForEachHostThread(See&& see) {
  char pattern[64];
  std::snprintf(pattern, sizeof(pattern), "\\\\?\\unix\\proc\\%ld\\task\\*",
                HostProcess());
  WIN32_FIND_DATAA found;
  const HANDLE search = FindFirstFileA(pattern, &found);
  if (search == INVALID_HANDLE_VALUE) return;
  do {
    if (const long thread = std::strtol(found.cFileName, nullptr, 10)) {
      see(static_cast<ThreadNumber>(thread));
    }
  } while (FindNextFileA(search, &found));
  FindClose(search);
}

// Calls see(thread, whether it sleeps) for each thread of this process.
template <class See>
void ForEachThread(See&& see) {
  std::vector<char> list(std::size_t{1} << 16);
  ULONG bytes = 0;
  while (NtQuerySystemInformation(SystemProcessInformation, list.data(),
                                  static_cast<ULONG>(list.size()),
                                  &bytes) != 0) {
    list.resize(2 * list.size());
  }
  const char* at = list.data();
  for (;;) {
    const auto* process =
        reinterpret_cast<const SYSTEM_PROCESS_INFORMATION*>(at);
    if (reinterpret_cast<std::uintptr_t>(process->UniqueProcessId) ==
        GetCurrentProcessId()) {
      const auto* threads =
          reinterpret_cast<const SYSTEM_THREAD_INFORMATION*>(process + 1);
      for (ULONG i = 0; i < process->NumberOfThreads; ++i) {
        constexpr ULONG kWaiting = 5;
        see(static_cast<ThreadNumber>(reinterpret_cast<std::uintptr_t>(
                threads[i].ClientId.UniqueThread)),
            threads[i].ThreadState == kWaiting);
      }
    }
    if (process->NextEntryOffset == 0) return;
    at += process->NextEntryOffset;
  }
}

HANDLE g_timer = nullptr;
void (*g_on_alarm)() = nullptr;

void CALLBACK OnAlarm(void*, BOOLEAN) {
  static std::atomic<bool> rang{false};
  if (rang.exchange(true)) TerminateProcess(GetCurrentProcess(), 3);
  g_on_alarm();
}

constexpr std::size_t kPageBytes = 4096;

}  // namespace

namespace internal {

void SetAlarm(unsigned seconds, void (*handler)()) {
  if (g_timer != nullptr) {
    DeleteTimerQueueTimer(nullptr, g_timer, nullptr);
    g_timer = nullptr;
  }
  g_on_alarm = handler;
  if (seconds != 0 &&
      !CreateTimerQueueTimer(&g_timer, nullptr, &OnAlarm, nullptr,
                             seconds * 1000, 10000, WT_EXECUTELONGFUNCTION)) {
    std::abort();
  }
}

// Nobody who is there without a debugger can say.
void ShowStacks() {}

std::uint64_t ProcessNumber() { return GetCurrentProcessId(); }

bool SleepsNow(ThreadNumber thread) {
  if (IsWine()) return SleepsOnHost(thread);
  bool sleeps = false;
  ForEachThread([&](ThreadNumber seen, bool waits) {
    if (seen == thread) sleeps = waits;
  });
  return sleeps;
}

bool OthersSleepNow() {
  const ThreadNumber me = CurrentThreadNumber();
  bool all = true;
  if (IsWine()) {
    int threads = 0;
    ForEachHostThread([&](ThreadNumber seen) {
      ++threads;
      all = all && (seen == me || SleepsOnHost(seen));
    });
    return all && threads != 0;
  }
  ForEachThread([&](ThreadNumber seen, bool waits) {
    all = all && (seen == me || waits);
  });
  return all;
}

// Under Wine a thread sleeps for a moment for each answer of its server.
const int kLooks = 10;

}  // namespace internal

ThreadNumber CurrentThreadNumber() {
  return IsWine() ? HostThread()
                  : static_cast<ThreadNumber>(GetCurrentThreadId());
}

int CpuCount() { return os::ncpu(); }

bool PinToOneCpu() {
  DWORD_PTR own = 0;
  DWORD_PTR all = 0;
  const HANDLE process = GetCurrentProcess();
  return GetProcessAffinityMask(process, &own, &all) &&
         SetProcessAffinityMask(process, own & (~own + 1));
}

std::size_t ResidentBytes() {
  PROCESS_MEMORY_COUNTERS memory;
  if (!K32GetProcessMemoryInfo(GetCurrentProcess(), &memory, sizeof(memory))) {
    std::abort();
  }
  return memory.WorkingSetSize;
}

Page::Page()
    : memory_(VirtualAlloc(nullptr, kPageBytes, MEM_RESERVE | MEM_COMMIT,
                           PAGE_READWRITE)) {
  if (memory_ == nullptr) std::abort();
}

Page::~Page() { VirtualFree(memory_, 0, MEM_RELEASE); }

void Page::Revoke() {
  // Drops the contents too, and keeps the address from being taken.
  if (!VirtualFree(memory_, kPageBytes, MEM_DECOMMIT)) std::abort();
}

void Page::Restore() {
  if (VirtualAlloc(memory_, kPageBytes, MEM_COMMIT, PAGE_READWRITE) !=
      memory_) {
    std::abort();
  }
}

int RunInChild(const std::function<int()>&, int) {
  parkway::internal::fatal("RunInChild()", nullptr,
                           "there is no fork() on this system");
}

int RunInChild(const std::function<void()>&, const std::function<int()>& body,
               int seconds) {
  return RunInChild(body, seconds);
}

}  // namespace parkway::test
