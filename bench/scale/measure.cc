// SPDX-License-Identifier: Apache-2.0

// This machine's costs, for costs.cc. All probes in turns, some rounds of them:
// what a virtual machine's CPUs are to each other may change from one second to
// the next.
#include "bench/scale/measure.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "bench/engine/machine.h"
#include "bench/engine/quiet.h"

namespace parkway_bench::scale {
namespace {

constexpr int kRounds = 25;
constexpr std::chrono::milliseconds kBetween{300};

using Samples = std::map<std::string, std::vector<double>>;

double Least(const std::vector<double>& values) {
  return *std::min_element(values.begin(), values.end());
}

// Whether the two CPUs were one core's hardware threads: then an update that
// both want takes no longer than one alone.
bool ShareACore(const Samples& samples) {
  return samples.at("quarrel").back() < 1.5 * samples.at("update").back();
}

void DropLast(Samples* samples) {
  for (auto& [name, values] : *samples) values.pop_back();
}

int Main() {
  if (UsableCpus().size() < 2) {
    std::fprintf(stderr, "measure: needs two CPUs, has one\n");
    return 2;
  }
  PinThisThread(0);
  std::vector<Probe> probes = InstructionProbes();
  for (const auto& more : {LineProbes(), KernelProbes()}) {
    probes.insert(probes.end(), more.begin(), more.end());
  }
  const NeighbourWatch neighbours;
  Samples samples;
  int shared = 0;
  for (int round = 0; round < kRounds; ++round) {
    for (const Probe& probe : probes) {
      PinThisThread(0);
      samples[probe.name].push_back(probe.sample());
    }
    if (ShareACore(samples)) {
      ++shared;
      DropLast(&samples);
    }
    std::this_thread::sleep_for(kBetween);
  }
  for (const auto& [name, value] : DescribeMachine()) {
    std::printf("%-12s %s\n", name.c_str(), value.c_str());
  }
  const double others = neighbours.Share();
  std::printf("%-12s %.0f %% of the machine%s\n", kOtherLoad, 100 * others,
              others > kQuietShare ? ": NOISY, run it again" : "");
  std::printf("%-12s %d; %d more in which the CPUs shared a core\n\n", "rounds",
              kRounds - shared, shared);
  if (shared == kRounds) return 1;
  std::printf("%-36s %10s %10s %10s\n", "ns", "least", "median", "most");
  for (const Probe& probe : probes) {
    const std::vector<double>& values = samples[probe.name];
    std::printf("%-36s %10.2f %10.2f %10.2f\n", probe.name.c_str(),
                Least(values), MedianOf(values),
                *std::max_element(values.begin(), values.end()));
  }
  return 0;
}

}  // namespace
}  // namespace parkway_bench::scale

int main() { return parkway_bench::scale::Main(); }
