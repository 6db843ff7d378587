// SPDX-License-Identifier: Apache-2.0

#include <sched.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "bench/engine/pinning.h"

namespace parkway_bench {
namespace {

std::vector<int> ReadUsableCpus() {
  std::vector<int> cpus;
  // Room for machines with more CPUs than the fixed-size cpu_set_t knows.
  for (int room = CPU_SETSIZE; cpus.empty() && room <= (1 << 20); room *= 2) {
    cpu_set_t* set = CPU_ALLOC(room);
    const std::size_t size = CPU_ALLOC_SIZE(room);
    if (sched_getaffinity(0, size, set) == 0) {
      for (int cpu = 0; cpu < room; ++cpu) {
        if (CPU_ISSET_S(cpu, size, set)) {
          cpus.push_back(cpu);
        }
      }
    }
    CPU_FREE(set);
  }
  if (cpus.empty()) {
    cpus.push_back(0);
  }
  return cpus;
}

Usage UsageOf(int who) {
  rusage used{};
  getrusage(who, &used);
  Usage usage;
  usage.cpu_seconds =
      static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
      1e-6 * static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
  usage.voluntary_switches = used.ru_nvcsw;
  usage.involuntary_switches = used.ru_nivcsw;
  return usage;
}

double CpuClock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) +
         1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

const std::vector<int>& UsableCpus() {
  // Never destroyed: threads may outlive main.
  static const std::vector<int>* const cpus =
      new std::vector<int>(ReadUsableCpus());
  return *cpus;
}

bool PinThisThread(int index) {
  const std::vector<int>& cpus = UsableCpus();
  const int cpu = cpus[static_cast<std::size_t>(index) % cpus.size()];
  cpu_set_t* set = CPU_ALLOC(cpu + 1);
  const std::size_t size = CPU_ALLOC_SIZE(cpu + 1);
  CPU_ZERO_S(size, set);
  CPU_SET_S(cpu, size, set);
  const bool pinned = sched_setaffinity(0, size, set) == 0;
  CPU_FREE(set);
  return pinned;
}

// The CPU clocks are finer than the times of getrusage, which some kernels keep
// in ticks.
Usage ThisThreadUsage() {
  Usage usage = UsageOf(RUSAGE_THREAD);
  usage.cpu_seconds = CpuClock(CLOCK_THREAD_CPUTIME_ID);
  return usage;
}

Usage ProcessUsage() {
  Usage usage = UsageOf(RUSAGE_SELF);
  usage.cpu_seconds = CpuClock(CLOCK_PROCESS_CPUTIME_ID);
  return usage;
}

Usage ChildrenUsage() { return UsageOf(RUSAGE_CHILDREN); }

std::int64_t MonotonicNanos() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000000000 + now.tv_nsec;
}

}  // namespace parkway_bench
