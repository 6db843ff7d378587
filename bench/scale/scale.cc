// SPDX-License-Identifier: Apache-2.0

// //bench:scale: what parkway's locks do on machines that we do not have, as a
// simulated one has it.

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "bench/engine/html.h"
#include "bench/engine/page.h"
#include "bench/engine/sheet.h"
#include "bench/engine/summary.h"
#include "bench/engine/table.h"
#include "bench/scale/cells.h"
#include "bench/scale/report.h"
#include "bench/scale/scale_options.h"
#include "bench/scale/verdicts.h"
#include "bench/web/parts.h"

namespace parkway_bench::scale {
namespace {

constexpr int kFailed = 1;
constexpr int kWrongArguments = 2;

int Wrong(const std::string& error) {
  std::cerr << "scale: " << error << '\n';
  return kWrongArguments;
}

// As a reader types it: what `bazel run` makes of it says nothing elsewhere.
std::string Command(const std::vector<std::string>& words) {
  const bool by_bazel = std::getenv("BUILD_WORKSPACE_DIRECTORY") != nullptr;
  return by_bazel
             ? absl::StrCat("./bazelw run //bench:scale -- ",
                            absl::StrJoin(words.begin() + 1, words.end(), " "))
             : absl::StrJoin(words, " ");
}

std::string Shape(const Topology& topology) {
  return absl::StrFormat("%d CPUs, %d socket%s, clusters of %d", topology.cpus,
                         topology.sockets, topology.sockets == 1 ? "" : "s",
                         topology.cpus_per_cluster);
}

Description Facts(const std::string& command, const Options& options) {
  std::vector<std::string> shapes;
  for (const int cpus : options.cpus) {
    shapes.push_back(Shape(TopologyOf(cpus, options)));
  }
  return {{"command", command},
          {"machines", absl::StrJoin(shapes, "; ")},
          {"costs", absl::StrCat(options.costs, ", bench/scale/costs.cc")},
          {"time", absl::StrFormat("%d ms of the machine's own after %.0f ms, "
                                   "seed %d",
                                   options.duration_ms,
                                   ToNanos(Setup().lead) / 1e6, options.seed)}};
}

std::vector<Cell> Select(const std::string& filter) {
  const std::regex wanted(filter);
  std::vector<Cell> selected;
  for (Cell& cell : Cells()) {
    if (std::regex_search(cell.Name(), wanted)) {
      selected.push_back(std::move(cell));
    }
  }
  return selected;
}

bool CanWrite(const std::string& path) {
  return path.empty() || std::ofstream(path, std::ios::app).good();
}

bool Write(const std::string& text, const std::string& path) {
  std::ofstream out(path);
  out << text;
  out.close();
  return !out.fail();
}

// What is to be run, in the order of the page.
std::vector<Measured> Plan(const std::vector<Cell>& cells,
                           const Options& options) {
  std::vector<Measured> plan;
  for (std::size_t first = 0; first < cells.size();) {
    std::size_t end = first;
    while (end < cells.size() && cells[end].scene == cells[first].scene) ++end;
    for (const double factor : options.threads) {
      for (const int cpus : options.cpus) {
        for (std::size_t i = first; i < end; ++i) {
          plan.push_back({cells[i], TopologyOf(cpus, options), factor,
                          ThreadsFor(cpus, factor), Figures()});
        }
      }
    }
    first = end;
  }
  return plan;
}

// Says on standard error how far it is. Returns what is wrong, or nothing.
std::string Run(const Options& options, std::vector<Measured>* plan) {
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < plan->size(); ++i) {
    Measured& one = (*plan)[i];
    if (i == 0 || !one.IsRivalOf((*plan)[i - 1])) {
      const std::chrono::duration<double> passed =
          std::chrono::steady_clock::now() - start;
      std::cerr << absl::StrFormat(
          "[%4d/%d, %4.0f s] %s, %d CPUs, %d threads\n", i + 1, plan->size(),
          passed.count(), one.cell.scene, one.topology.cpus, one.threads);
    }
    Setup setup;
    setup.costs = *FindCosts(options.costs);
    setup.topology = one.topology;
    setup.threads = one.threads;
    setup.duration = Micros(1000.0 * options.duration_ms);
    setup.seed = options.seed;
    one.figures = one.cell.measure(setup);
    if (!one.figures.fault.empty()) {
      return absl::StrCat(one.cell.Name(), ", ", one.topology.cpus, " CPUs, ",
                          one.threads, " threads: ", one.figures.fault);
    }
  }
  return "";
}

int Main(int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  Options options;
  std::string error;
  if (!ParseOptions({words.begin() + 1, words.end()}, &options, &error)) {
    return Wrong(error);
  }
  if (options.help) {
    std::cout << kUsage;
    return 0;
  }
  const std::vector<Cell> cells = Select(options.filter);
  if (cells.empty()) {
    return Wrong(absl::StrCat("--filter ", options.filter,
                              " matches no cell; --list shows them"));
  }
  if (options.list) {
    for (const Cell& cell : cells) std::cout << cell.Name() << '\n';
    return 0;
  }
  const std::pair<const char*, const std::string&> written[] = {
      {"--json", options.json},
      {"--markdown", options.markdown},
      {"--html", options.html}};
  for (const auto& [name, path] : written) {
    if (!CanWrite(path)) {
      return Wrong(absl::StrCat(name, ": cannot write ", path));
    }
  }
  const std::string why_no_figures =
      options.html.empty() ? "" : WhyNoFigures(BuiltInParts());
  if (!why_no_figures.empty()) {
    std::cerr << "scale: --html: the page will have all tables and no figures: "
              << why_no_figures << '\n';
  }

  std::vector<Measured> measured = Plan(cells, options);
  error = Run(options, &measured);
  if (!error.empty()) {
    std::cerr << "scale: " << error << '\n';
    return kFailed;
  }

  Sheet sheet;
  sheet.tool = "scale";
  sheet.title = Command(words);
  sheet.facts = Facts(sheet.title, options);
  sheet.in_short = InShort(measured);
  sheet.sections = Sections(measured);
  sheet.sections.push_back(NotSimulated());
  PrintHead(sheet.facts, std::cout);
  for (const SheetSection& section : sheet.sections) {
    PrintText(section.table, std::cout);
  }
  PrintText(sheet.in_short, std::cout);
  if (!options.json.empty() &&
      !Write(FiguresJson(sheet.facts, measured), options.json)) {
    return Wrong(absl::StrCat("--json: cannot write ", options.json));
  }
  if (!options.markdown.empty() && !Write(Markdown(sheet), options.markdown)) {
    return Wrong(absl::StrCat("--markdown: cannot write ", options.markdown));
  }
  if (!options.html.empty() &&
      !Write(HtmlPage(sheet, BuiltInParts()), options.html)) {
    return Wrong(absl::StrCat("--html: cannot write ", options.html));
  }
  return 0;
}

}  // namespace
}  // namespace parkway_bench::scale

int main(int argc, char** argv) {
  return parkway_bench::scale::Main(argc, argv);
}
