// SPDX-License-Identifier: Apache-2.0

#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <windows.h>
// After it.
#include <psapi.h>

#include "tests/stress/soak_memory.h"

namespace parkway::test {

MemorySample SampleMemory(const RecordCount& records) {
  MemorySample sample;
  sample.records = records.most();
  PROCESS_MEMORY_COUNTERS counters = {};
  if (K32GetProcessMemoryInfo(GetCurrentProcess(), &counters,
                              sizeof(counters))) {
    sample.resident_kib = static_cast<long>(counters.WorkingSetSize / 1024);
  }
  DWORD handles = 0;
  if (GetProcessHandleCount(GetCurrentProcess(), &handles)) {
    sample.mappings = static_cast<long>(handles);
  }
  return sample;
}

}  // namespace parkway::test
