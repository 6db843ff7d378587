// SPDX-License-Identifier: Apache-2.0

// //bench/scale:trust: what the simulated machine says of cells that were
// measured on real CPUs.

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "bench/engine/options.h"
#include "bench/engine/runfiles.h"
#include "bench/scale/costs.h"
#include "bench/scale/trust.h"
#include "bench/scale/trust_curves.h"
#include "bench/scale/trust_models.h"
#include "bench/scale/trust_page.h"

namespace parkway_bench::scale {
namespace {

constexpr int kWrongArguments = 2;
constexpr const char* kPages[] = {"docs/results/locks.md",
                                  "docs/results/readers_writers.md"};

constexpr char kUsage[] =
    R"(trust: what the simulated machine says of cells that were measured on real CPUs.

  --measured FILE    a page of //bench:ab, in the place of docs/results/locks.md and
                     docs/results/readers_writers.md
  --filter REGEX     only the cells whose name it matches somewhere, such as
                     MutexContention/.*threads:2
  --cost NAME=NS     another cost than that of VirtualXeon() in bench/scale/costs.cc;
                     again for more
  --no-curves        without the published curves
  --markdown FILE    writes the page
  --help             prints this

Nothing is measured: the same arguments give the same page on each host.
Exit status: 0 done; 2 wrong arguments.
)";

struct Options {
  bool help = false;
  bool curves = true;
  std::vector<std::string> measured;
  std::string filter;
  std::string markdown;
  Costs costs = VirtualXeon();
};

int Wrong(const std::string& error) {
  std::cerr << "trust: " << error << '\n';
  return kWrongArguments;
}

std::string SetCost(const std::string& value, Costs* costs) {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(value, absl::MaxSplits('=', 1));
  Time* const cost = FindCost(parts.first, costs);
  double ns = 0;
  if (cost == nullptr) return "names no time of bench/scale/costs.h";
  if (!absl::SimpleAtod(parts.second, &ns) || !(ns >= 0) || ns > 1e9) {
    return "is not NAME=NS with a number from 0 to 1e9";
  }
  *cost = Nanos(ns);
  return "";
}

std::string SetOption(const std::string& name, const std::string& value,
                      Options* options) {
  if (name == "--cost") return SetCost(value, &options->costs);
  if (name == "--filter") {
    try {
      const std::regex parsed(value);
    } catch (const std::regex_error&) {
      return "is not a regular expression";
    }
    options->filter = value;
    return "";
  }
  if (name == "--measured") {
    options->measured.push_back(UserPath(value));
  } else if (name == "--markdown") {
    options->markdown = UserPath(value);
  } else {
    return "is not an option of trust; --help lists them";
  }
  return value.empty() ? "needs a path" : "";
}

// Returns what is wrong, or nothing.
std::string Parse(const std::vector<std::string>& words, Options* options) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(words[i], absl::MaxSplits('=', 1));
    std::string value = parts.second;
    if (words[i] == "--help") {
      options->help = true;
      continue;
    }
    if (words[i] == "--no-curves") {
      options->curves = false;
      continue;
    }
    if (parts.first == words[i]) {
      if (i + 1 == words.size()) {
        return absl::StrCat(words[i],
                            " needs a value, or is no option of "
                            "trust; --help lists them");
      }
      value = words[++i];
    }
    const std::string fault = SetOption(parts.first, value, options);
    if (!fault.empty()) {
      return absl::StrCat(parts.first, " ", value, " ", fault);
    }
  }
  return "";
}

std::string Command(const std::vector<std::string>& words) {
  const bool by_bazel = std::getenv("BUILD_WORKSPACE_DIRECTORY") != nullptr;
  return absl::StrCat(
      by_bazel ? "./bazelw run //bench/scale:trust -- " : words[0] + " ",
      absl::StrJoin(words.begin() + 1, words.end(), " "));
}

std::string Today() {
  const std::time_t now = std::time(nullptr);
  char text[sizeof("2026-12-31")];
  std::strftime(text, sizeof(text), "%Y-%m-%d", std::gmtime(&now));
  return text;
}

// Returns what is wrong, or nothing.
std::string ReadAll(const Options& options, std::vector<MeasuredCell>* cells) {
  std::vector<std::string> paths = options.measured;
  if (paths.empty()) {
    for (const char* const page : kPages) {
      const std::string found = FindRunfile(page);
      if (!found.empty()) paths.push_back(found);
    }
  }
  const std::regex wanted(options.filter);
  for (const std::string& path : paths) {
    std::ifstream in(path);
    if (!in) return absl::StrCat("--measured ", path, " cannot be read");
    for (MeasuredCell& cell : ReadMeasured(in)) {
      if (std::regex_search(cell.Name(), wanted)) {
        cells->push_back(std::move(cell));
      }
    }
  }
  return "";
}

// Cells of benchmarks that have models for other locks.
void Divide(const std::vector<MeasuredCell>& cells,
            std::vector<MeasuredCell>* with,
            std::vector<MeasuredCell>* without) {
  for (const MeasuredCell& cell : cells) {
    if (CanPredict(cell)) with->push_back(cell);
  }
  for (const MeasuredCell& cell : cells) {
    if (CanPredict(cell)) continue;
    for (const MeasuredCell& other : *with) {
      if (other.benchmark != cell.benchmark) continue;
      without->push_back(cell);
      break;
    }
  }
}

int Main(int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  Options options;
  std::string error = Parse(words, &options);
  if (!error.empty()) return Wrong(error);
  if (options.help) {
    std::cout << kUsage;
    return 0;
  }
  std::vector<MeasuredCell> measured;
  error = ReadAll(options, &measured);
  if (!error.empty()) return Wrong(error);
  if (!options.markdown.empty() &&
      !std::ofstream(options.markdown, std::ios::app).good()) {
    return Wrong(absl::StrCat("--markdown: cannot write ", options.markdown));
  }
  std::vector<MeasuredCell> cells;
  std::vector<MeasuredCell> left_out;
  Divide(measured, &cells, &left_out);
  if (cells.empty()) {
    return Wrong(
        "no measured cell that can be simulated; --measured needs a "
        "page that //bench:ab wrote, and --filter has to match");
  }
  std::vector<Predicted> all;
  for (const MeasuredCell& cell : cells) {
    all.push_back({cell, Predict(cell, options.costs)});
    std::cerr << absl::StrFormat(
        "[%3d/%d] %-55s %8.2f %8.2f %6.2f\n", all.size(), cells.size(),
        cell.Name(), cell.median, all.back().ns, all.back().Ratio());
  }
  std::vector<Curve> curves;
  if (options.curves) curves = PublishedCurves();

  PrintText(PairsTable(all), std::cout);
  PrintText(OrdersTable(Orders(all)), std::cout);
  for (const Curve& curve : curves) PrintText(curve.table, std::cout);
  PrintText(TrustInShort(all, left_out, curves), std::cout);
  if (options.markdown.empty()) return 0;
  std::vector<std::string> shown = words;
  for (std::string& word : shown) {
    // Where the page lies says nothing to its reader.
    if (UserPath(word) == options.markdown) word = "FILE";
  }
  std::ofstream out(options.markdown);
  out << TrustPage(
      {{"date", Today()},
       {"command", Command(shown)},
       {"costs",
        "VirtualXeon() of bench/scale/costs.cc, two "
        "CPUs; the middle one of three seeds"},
       {"measured", options.measured.empty() ? "[locks.md](locks.md) and "
                                               "[readers_writers.md]"
                                               "(readers_writers.md)"
                                             : "by --measured"}},
      all, left_out, curves);
  out.close();
  return out.fail() ? Wrong(absl::StrCat("--markdown: cannot write ",
                                         options.markdown))
                    : 0;
}

}  // namespace
}  // namespace parkway_bench::scale

int main(int argc, char** argv) {
  return parkway_bench::scale::Main(argc, argv);
}
