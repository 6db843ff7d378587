// SPDX-License-Identifier: Apache-2.0

// What the numbers were measured on.

#ifndef PARKWAY_BENCH_ENGINE_MACHINE_H_
#define PARKWAY_BENCH_ENGINE_MACHINE_H_

#include <string>
#include <utility>
#include <vector>

namespace parkway_bench {

// Pairs of a name and a value, such as {"cpu", "..."}: the machine, its system,
// the date, the build and the versions of the hosts.
std::vector<std::pair<std::string, std::string>> DescribeMachine();

// Whether this program was built with optimisation. If not, its numbers mean
// little.
bool IsOptimizedBuild();

// Watches how much of the machine's CPU time goes to others: a measurement
// beside a busy neighbour is noise, and whoever reads the table must be told.
class NeighbourWatch {
 public:
  // Starts watching.
  NeighbourWatch();

  // The share of all CPU time since the start, 0..1, that neither this program
  // nor its ended children used. Negative when the system does not say.
  double Share() const;

 private:
  double start_busy_;
  double start_own_;
  double start_seconds_;
};

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_MACHINE_H_
