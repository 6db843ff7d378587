// SPDX-License-Identifier: Apache-2.0

// What one run of a program cost, and its way from the program to //bench:ab.

#ifndef PARKWAY_BENCH_PROGRAMS_RUN_REPORT_H_
#define PARKWAY_BENCH_PROGRAMS_RUN_REPORT_H_

#include <cstdint>
#include <string>

#include "bench/engine/pinning.h"

namespace parkway_bench {

// The cost of the work phase: all threads, from the first file to the last
// result.
struct RunReport {
  std::string locks;  // "stock" or "parkway"
  double wall_seconds = 0;
  double cpu_seconds = 0;                // user and system
  double voluntary_switches = 0;         // a count
  double longest_wait_microseconds = 0;  // for a lock
};

// Meters the phase between its construction and Finish().
class RunMeter {
 public:
  RunMeter();
  // The costs so far, with the longest wait of wait_meter.h.
  RunReport Finish(const std::string& locks) const;

 private:
  std::int64_t start_nanos_;
  Usage start_usage_;
};

// Writes `report` to the file `path` as one flat JSON object. Returns false
// when it cannot.
bool WriteRunReport(const std::string& path, const RunReport& report);

// Reads what WriteRunReport wrote. Returns false when a field is missing.
bool ReadRunReport(const std::string& path, RunReport* report);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_PROGRAMS_RUN_REPORT_H_
