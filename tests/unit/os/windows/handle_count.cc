// SPDX-License-Identifier: Apache-2.0

#include "tests/unit/os/windows/handle_count.h"

#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <windows.h>
#include <winternl.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace parkway::test {
namespace {

// SYSTEM_HANDLE_INFORMATION_EX, which the SDK has not.
struct Entry {
  void* object;
  ULONG_PTR process;
  ULONG_PTR handle;
  ULONG rest[4];
};
struct List {
  ULONG_PTR count;
  ULONG_PTR reserved;
  Entry entries[1];
};
constexpr auto kExtendedHandleInformation =
    static_cast<SYSTEM_INFORMATION_CLASS>(64);

// Among those of all processes.
long CountInList() {
  std::vector<char> memory(std::size_t{1} << 20);
  for (;;) {
    ULONG bytes = 0;
    const NTSTATUS status =
        NtQuerySystemInformation(kExtendedHandleInformation, memory.data(),
                                 static_cast<ULONG>(memory.size()), &bytes);
    if (status == 0) break;
    if (memory.size() > (std::size_t{1} << 28)) std::abort();
    memory.resize(2 * memory.size());
  }
  const auto* const list = reinterpret_cast<const List*>(memory.data());
  long count = 0;
  for (ULONG_PTR i = 0; i < list->count; ++i) {
    count += list->entries[i].process == GetCurrentProcessId();
  }
  return count;
}

}  // namespace

long HandleCount() {
  DWORD count = 0;
  // Wine (8.0) says 0 and that it has succeeded.
  if (GetProcessHandleCount(GetCurrentProcess(), &count) && count != 0) {
    return static_cast<long>(count);
  }
  return CountInList();
}

}  // namespace parkway::test
