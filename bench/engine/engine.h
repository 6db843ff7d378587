// SPDX-License-Identifier: Apache-2.0

// Google Benchmark as the engine: it times every repetition of every cell and
// writes the JSON.
//
// The order of the repetitions is ours: round robin over the cells that are
// compared with each other, so that what changes on the machine with time hits
// all of them alike.

#ifndef PARKWAY_BENCH_ENGINE_ENGINE_H_
#define PARKWAY_BENCH_ENGINE_ENGINE_H_

#include <benchmark/benchmark.h>

#include <string>
#include <utility>
#include <vector>

#include "bench/engine/cell.h"

namespace parkway_bench {

class Engine {
 public:
  // `context` goes into the JSON; `executable` is the program's name.
  Engine(const std::string& executable,
         const std::vector<std::pair<std::string, std::string>>& context);

  // Adds what was only known later.
  void AddContext(
      const std::vector<std::pair<std::string, std::string>>& context);

  // Measures `cells`, which are compared with each other, `repetitions` times.
  // Stops at the first sample with an error, names the benchmark in `*error`
  // and returns false.
  bool MeasureTogether(const std::vector<const Cell*>& cells, int repetitions,
                       std::vector<Measured>* measured, std::string* error);

  // Writes everything measured so far in Google Benchmark's JSON layout, with
  // mean, median and standard deviation where there are repetitions. Returns
  // false when it cannot.
  bool WriteJson(const std::string& path) const;

 private:
  using Run = benchmark::BenchmarkReporter::Run;

  Run MeasureOnce(const Cell& cell, Sample* sample);
  void Keep(const Measured& measured, std::vector<Run> runs);

  std::vector<Run> runs_;
  int families_ = 0;
};

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_ENGINE_H_
