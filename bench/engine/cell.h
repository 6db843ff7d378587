// SPDX-License-Identifier: Apache-2.0

// One cell of a table: something that can be measured again and again.

#ifndef PARKWAY_BENCH_ENGINE_CELL_H_
#define PARKWAY_BENCH_ENGINE_CELL_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace parkway_bench {

// The names of counters, in the tables' order. All but the longest wait and
// fairness are per operation; for a program, the operation is the whole run.
inline constexpr char kCpuPerOp[] = "cpu_per_op_ns";
inline constexpr char kLongestWait[] = "longest_wait_us";
inline constexpr char kFairness[] =
    "fairness";  // operations, unluckiest over luckiest thread
inline constexpr char kSwitches[] = "voluntary_switches";
inline constexpr char kInvoluntarySwitches[] = "involuntary_switches";
inline constexpr char kAllocations[] = "allocations";
inline constexpr char kSyscalls[] = "syscalls";
// Of the thread whose core was the slowest, after it (core_probe.h).
inline constexpr char kCoreProbe[] = "core_probe_ns";
inline constexpr char kResident[] = "resident_mib";
inline constexpr char kPageTables[] = "page_tables_mib";

// One measurement.
struct Sample {
  double operations = 1;
  double seconds_per_op = 0;
  double cpu_seconds_per_op = 0;
  std::map<std::string, double> counters;
  std::string
      error;  // not empty: the measured thing failed, the numbers mean nothing
  // The same for what is known to fail now and then: the run is counted as lost
  // and the others go on.
  std::string lost;
};

// Repetitions of which something is left.
inline std::vector<Sample> NotLost(const std::vector<Sample>& samples) {
  std::vector<Sample> left;
  for (const Sample& sample : samples) {
    if (sample.lost.empty()) {
      left.push_back(sample);
    }
  }
  return left;
}

enum class Side { kStock, kParkway };

struct Cell {
  std::string group;    // "MutexContention", "program/inverted_index"
  std::string subject;  // "FutexMutex", "stock"
  int threads = 1;
  Side side = Side::kStock;
  bool reference = false;  // the ratio column's 1.00
  std::function<Sample()> measure;
  // Why the group can't be measured on this machine, in one sentence without
  // its end; empty if it can. Asked once for each group that is wanted.
  std::function<std::string()> why_not = [] { return std::string(); };

  std::string Name() const {
    return group + "/" + subject + "/threads:" + std::to_string(threads);
  }
};

// The group of oneTBB's suspended tasks.
inline constexpr char kTasks[] = "SuspendedTasks";

// Whether the cell is one of that group's, which are named
// "SuspendedTasks/...".
inline bool IsTasks(const Cell& cell) {
  return cell.group.rfind(std::string(kTasks) + "/", 0) == 0;
}

// The groups of programs are named "program/...".
inline constexpr char kProgram[] = "program/";

inline bool IsProgram(const Cell& cell) {
  return cell.group.rfind(kProgram, 0) == 0;
}

// A group's name as the tables have it: a program's without "program/".
inline std::string ShortName(const std::string& group) {
  return group.rfind(kProgram, 0) == 0 ? group.substr(sizeof(kProgram) - 1)
                                       : group;
}

// Cells with their samples: as many for each, in the order of the repetitions.
struct Measured {
  const Cell* cell = nullptr;
  std::vector<Sample> samples;
};

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_CELL_H_
