// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/page.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/engine/core_probe.h"
#include "bench/engine/quiet.h"

namespace parkway_bench {

void PrintHead(const Description& head, std::ostream& out) {
  for (const auto& [name, value] : head) {
    out << absl::StrFormat("%-12s %s\n", name, value);
  }
  out.flush();
}

Description Noise(double others, const std::vector<Measured>& measured) {
  Description noise;
  if (others >= 0) {
    const std::string share =
        absl::StrFormat("%.0f %% of the machine", 100 * others);
    noise.emplace_back(
        kOtherLoad,
        others > kQuietShare
            ? absl::StrCat(share, ": ", kNoisy, ", measure on a quiet machine")
            : share);
  }
  std::vector<double> probes;
  for (const Measured& one : measured) {
    for (const Sample& sample : one.samples) {
      const auto found = sample.counters.find(kCoreProbe);
      if (found != sample.counters.end()) {
        probes.push_back(found->second);
      }
    }
  }
  if (!probes.empty()) {
    noise.emplace_back(
        "shared cores",
        absl::StrFormat("after %.0f %% of %d windows a loop without memory "
                        "took more than 1.25 of its least time",
                        100 * BusyCores(probes), probes.size()));
  }
  return noise;
}

void WriteMarkdown(const Description& head,
                   const std::vector<SummaryLine>& in_short,
                   const std::vector<Table>& tables, std::ostream& out) {
  for (const auto& [name, value] : head) {
    out << "- " << name << ": " << value << '\n';
  }
  PrintMarkdown(in_short, out);
  for (const Table& table : tables) {
    PrintMarkdown(table, out);
  }
}

}  // namespace parkway_bench
