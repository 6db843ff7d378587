// SPDX-License-Identifier: Apache-2.0

// oneTBB's mutex types against parkway's, in turns, in one process.
#include <fstream>
#include <iostream>
#include <regex>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/engine/engine.h"
#include "bench/engine/machine.h"
#include "bench/engine/pinning.h"
#include "bench/locks/tbb_types/comparison.h"
#include "bench/locks/tbb_types/workloads.h"

ABSL_FLAG(std::string, filter, "",
          "measure those whose name matches this regular expression, such as "
          "Contended/mutex/threads:2");
ABSL_FLAG(int, repetitions, 9, "windows of each side");
ABSL_FLAG(std::string, markdown, "", "also write the table into this file");
ABSL_FLAG(std::string, json, "",
          "also write all samples into this file, as Google Benchmark does");

namespace parkway_bench {
namespace {

constexpr int kWrongUse = 2;
constexpr int kFailed = 1;

int Wrong(const std::string& message) {
  std::cerr << "tbb_types: " << message << '\n';
  return kWrongUse;
}

bool CanWrite(const std::string& path) {
  return path.empty() || std::ofstream(path, std::ios::app).good();
}

std::string NameOf(const Comparison& comparison) {
  return absl::StrCat(comparison.benchmark, "/", comparison.type,
                      "/threads:", comparison.threads);
}

int Main(const std::vector<char*>& arguments) {
  if (arguments.size() > 1) {
    return Wrong(absl::StrCat("unknown argument ", arguments[1]));
  }
  const int repetitions = absl::GetFlag(FLAGS_repetitions);
  if (repetitions < 1) return Wrong("--repetitions must be above 0");
  std::regex wanted;
  try {
    wanted = absl::GetFlag(FLAGS_filter);
  } catch (const std::regex_error& error) {
    return Wrong(absl::StrCat("--filter: ", error.what()));
  }
  const std::string markdown = absl::GetFlag(FLAGS_markdown);
  const std::string json = absl::GetFlag(FLAGS_json);
  if (!CanWrite(markdown)) {
    return Wrong(absl::StrCat("--markdown: cannot write ", markdown));
  }
  if (!CanWrite(json))
    return Wrong(absl::StrCat("--json: cannot write ", json));

  UsableCpus();  // before any thread is pinned
  const std::vector<Comparison> all = AllComparisons();
  std::vector<const Comparison*> selected;
  for (const Comparison& comparison : all) {
    if (std::regex_search(NameOf(comparison), wanted)) {
      selected.push_back(&comparison);
    }
  }
  if (selected.empty()) {
    return Wrong(absl::StrCat("--filter matches none of ", all.size(),
                              " comparisons, from ", NameOf(all.front()),
                              " to ", NameOf(all.back())));
  }

  auto head = DescribeMachine();
  head.emplace_back("command", "./bazelw run //bench/locks/tbb_types");
  head.emplace_back("repetitions", absl::StrCat(repetitions));
  Engine engine("tbb_types", head);
  const NeighbourWatch neighbours;
  std::vector<Compared> compared;
  for (const Comparison* const comparison : selected) {
    std::cerr << absl::StrFormat("[%d/%d] %s\n", compared.size() + 1,
                                 selected.size(), NameOf(*comparison));
    std::vector<Measured> measured;
    std::string error;
    if (!engine.MeasureTogether({&comparison->stock, &comparison->parkway},
                                repetitions, &measured, &error)) {
      std::cerr << "tbb_types: " << error << '\n';
      return kFailed;
    }
    compared.push_back({comparison, measured[0], measured[1]});
  }
  head.emplace_back("other load", absl::StrFormat("%.0f %% of the machine",
                                                  100 * neighbours.Share()));

  const Table table = ComparisonTable(compared);
  for (const auto& [name, value] : head) {
    std::cout << absl::StrFormat("%-12s %s\n", name, value);
  }
  PrintText(table, std::cout);
  if (!json.empty() && !engine.WriteJson(json)) {
    return Wrong(absl::StrCat("--json: cannot write ", json));
  }
  if (!markdown.empty()) {
    std::ofstream out(markdown);
    for (const auto& [name, value] : head) {
      out << "- " << name << ": " << value << '\n';
    }
    PrintMarkdown(table, out);
    out.close();
    if (out.fail()) {
      return Wrong(absl::StrCat("--markdown: cannot write ", markdown));
    }
  }
  return 0;
}

}  // namespace
}  // namespace parkway_bench

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "oneTBB's mutex types against parkway's, in turns, in one process.");
  return parkway_bench::Main(absl::ParseCommandLine(argc, argv));
}
