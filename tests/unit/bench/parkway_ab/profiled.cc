// SPDX-License-Identifier: Apache-2.0

// Prints a contention profile of itself, as a preload library would: one wait,
// whose stacks are those of functions here.
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

struct Report {
  void* waiter[3];
  void* releaser[2];
};

[[gnu::noinline]] void* Here() { return __builtin_return_address(0); }

[[gnu::noinline]] void LetsGo(Report* report) {
  report->releaser[0] = Here();
  report->releaser[1] = __builtin_return_address(0);
}

[[gnu::noinline]] void Waits(Report* report) {
  report->waiter[0] = Here();
  report->waiter[1] = __builtin_return_address(0);
}

[[gnu::noinline]] void Works(Report* report) {
  Waits(report);
  report->waiter[2] = __builtin_return_address(0);
}

namespace {

unsigned long long Address(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

void PrintMappings() {
  std::FILE* const maps = std::fopen("/proc/self/maps", "r");
  if (maps == nullptr) std::abort();
  char line[4096];
  const char* separator = "";
  while (std::fgets(line, sizeof(line), maps) != nullptr) {
    unsigned long long start, end, offset;
    char path[4096];
    if (std::sscanf(line, "%llx-%llx %*s %llx %*s %*s %4095s", &start, &end,
                    &offset, path) != 4) {
      continue;
    }
    std::printf(
        "%s{\"start\":\"0x%llx\",\"end\":\"0x%llx\",\"offset\":\"0x%llx\","
        "\"path\":\"%s\"}",
        separator, start, end, offset, path);
    separator = ",";
  }
  std::fclose(maps);
}

}  // namespace

int main() {
  Report report;
  Works(&report);
  LetsGo(&report);
  std::printf(
      "{\"parkway_profile\":1,\"seconds\":1,\"threads\":1,\"sample\":1,"
      "\"waits\":[{\"kind\":\"mutex\",\"lock\":\"0x1\",\"count\":1,"
      "\"nanoseconds\":1000,\"waiter\":[\"0x%llx\",\"0x%llx\",\"0x%llx\"],"
      "\"releaser\":[\"0x%llx\",\"0x%llx\"]}],\"mappings\":[",
      Address(report.waiter[0]), Address(report.waiter[1]),
      Address(report.waiter[2]), Address(report.releaser[0]),
      Address(report.releaser[1]));
  PrintMappings();
  std::printf("]}\n");
}
