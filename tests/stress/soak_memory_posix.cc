// SPDX-License-Identifier: Apache-2.0

#include <unistd.h>

#include <cstdio>

#include "tests/stress/soak_memory.h"

namespace parkway::test {

// From /proc/self. The files are read without a buffer of their own on the
// heap.
MemorySample SampleMemory(const RecordCount& records) {
  MemorySample sample;
  sample.records = records.most();
  if (std::FILE* const statm = std::fopen("/proc/self/statm", "r")) {
    long size = 0;
    long pages = 0;
    if (std::fscanf(statm, "%ld %ld", &size, &pages) == 2) {
      sample.resident_kib = pages * (sysconf(_SC_PAGESIZE) / 1024);
    }
    std::fclose(statm);
  }
  if (std::FILE* const maps = std::fopen("/proc/self/maps", "r")) {
    for (int c = std::fgetc(maps); c != EOF; c = std::fgetc(maps)) {
      if (c == '\n') ++sample.mappings;
    }
    std::fclose(maps);
  }
  return sample;
}

}  // namespace parkway::test
