// SPDX-License-Identifier: Apache-2.0

// The command line of //bench:scale. As ab's it is read by hand: wrong
// arguments end with status 2.
#ifndef PARKWAY_BENCH_SCALE_SCALE_OPTIONS_H_
#define PARKWAY_BENCH_SCALE_SCALE_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "bench/scale/costs.h"

namespace parkway_bench::scale {

struct Options {
  bool help = false;
  bool list = false;  // the cells, and run nothing
  std::vector<int> cpus = {8, 64, 192, 384};
  std::vector<double> threads = {1};  // each times the CPUs
  int sockets = 0;                    // 0: as TopologyOf() has them
  int cluster = 0;
  std::string costs = "server";
  int duration_ms = 20;
  std::uint64_t seed = 1;
  std::string filter;  // a regular expression on names; empty: all
  std::string html;    // files to write; empty: none
  std::string markdown;
  std::string json;
};

// What --help prints.
extern const char kUsage[];

// Reads "--name value" and "--name=value". Returns false, and one sentence in
// `*error`, when something is unknown, missing or out of range.
bool ParseOptions(const std::vector<std::string>& args, Options* options,
                  std::string* error);

// Of so many CPUs: two sockets if there are more than 128, clusters of 8, as
// far as the options do not say otherwise.
Topology TopologyOf(int cpus, const Options& options);

// So many times the CPUs, at least two.
int ThreadsFor(int cpus, double factor);

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_SCALE_OPTIONS_H_
