// What the numbers were measured on.

#ifndef PARKWAY_BENCH_MACHINE_H_
#define PARKWAY_BENCH_MACHINE_H_

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

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_MACHINE_H_
