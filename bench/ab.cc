// SPDX-License-Identifier: Apache-2.0

// //bench:ab: what parkway's locks do for three programs, and for themselves,
// against stock.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "bench/engine/cell.h"
#include "bench/engine/core_probe.h"
#include "bench/engine/engine.h"
#include "bench/engine/machine.h"
#include "bench/engine/options.h"
#include "bench/engine/pinning.h"
#include "bench/engine/report.h"
#include "bench/engine/runfiles.h"
#include "bench/engine/table.h"
#include "bench/locks/micro.h"
#include "bench/programs/corpus.h"
#include "bench/programs/program_runner.h"
#include "bench/tasks/task_groups.h"
#include "bench/tasks/task_report.h"
#include "bench/tasks/task_runner.h"

namespace parkway_bench {
namespace {

// More of the machine than this for others, and the numbers are noise.
constexpr double kQuietShare = 0.05;

constexpr int kFailed = 1;
constexpr int kWrongArguments = 2;

using Description = std::vector<std::pair<std::string, std::string>>;

int Wrong(const std::string& error) {
  std::cerr << "ab: " << error << '\n';
  return kWrongArguments;
}

bool IsProgram(const Cell& cell) {
  return absl::StartsWith(cell.group, "program/");
}

// Whether the file can be written; makes it, and leaves alone what is in it.
bool CanWrite(const std::string& path) {
  return path.empty() || std::ofstream(path, std::ios::app).good();
}

std::vector<Cell> AllCells(const std::vector<int>& threads,
                           ProgramRunner* runner, const TaskRunner* tasks) {
  const std::vector<int> for_programs =
      threads.empty() ? std::vector<int>{1, 2, 4, 16} : threads;
  const std::vector<int> for_locks =
      threads.empty() ? std::vector<int>{1, 2, 4, 8, 16} : threads;
  const std::vector<int> for_tasks =
      threads.empty() ? std::vector<int>{1, 2} : threads;
  std::vector<Cell> cells;
  AddPrograms(for_programs, runner, &cells);
  AddUncontended(for_locks, &cells);
  AddContention(for_locks, &cells);
  AddHandoff(for_locks, &cells);
  AddNotes(for_locks, &cells);
  AddChannels(for_locks, &cells);
  AddStacks(for_locks, &cells);
  AddFibers(for_locks, &cells);
  AddTasks(for_tasks, tasks, &cells);
  AddTaskWaits(for_locks, &cells);
  return cells;
}

std::vector<const Cell*> Select(const std::vector<Cell>& cells,
                                const std::string& filter) {
  const std::regex wanted(filter);
  std::vector<const Cell*> selected;
  for (const Cell& cell : cells) {
    if (std::regex_search(cell.Name(), wanted)) {
      selected.push_back(&cell);
    }
  }
  return selected;
}

// Takes oneTBB's tasks out of `cells` where they can't be measured, and says
// why; says nothing else.
std::string DropTasks(const TaskRunner& runner,
                      std::vector<const Cell*>* cells) {
  const auto first =
      std::stable_partition(cells->begin(), cells->end(),
                            [](const Cell* cell) { return !IsTasks(*cell); });
  const std::string why = first == cells->end() ? "" : runner.WhyNot();
  if (!why.empty()) {
    cells->erase(first, cells->end());
  }
  return why;
}

// Takes the groups out of `cells` that can't be measured here. Returns what
// stands in their places.
std::vector<Table> DropUnmeasurable(std::vector<const Cell*>* cells) {
  std::map<std::string, std::string> why_not;
  std::vector<Table> tables;
  for (const Cell* const cell : *cells) {
    if (why_not.count(cell->group) == 0) {
      const std::string why = why_not[cell->group] = cell->why_not();
      if (!why.empty()) {
        tables.push_back(NotMeasured(cell->group, why));
      }
    }
  }
  cells->erase(std::remove_if(cells->begin(), cells->end(),
                              [&](const Cell* cell) {
                                return !why_not[cell->group].empty();
                              }),
               cells->end());
  return tables;
}

// Neighbours of one group and thread count are measured together.
std::vector<std::vector<const Cell*>> Together(
    const std::vector<const Cell*>& cells) {
  std::vector<std::vector<const Cell*>> sets;
  for (const Cell* const cell : cells) {
    if (sets.empty() || sets.back().front()->group != cell->group ||
        sets.back().front()->threads != cell->threads) {
      sets.emplace_back();
    }
    sets.back().push_back(cell);
  }
  return sets;
}

// How often a thread's core was not its own, after the windows.
std::string CoresLine(const std::vector<Measured>& measured) {
  std::vector<double> probes;
  for (const Measured& one : measured) {
    for (const Sample& sample : one.samples) {
      const auto found = sample.counters.find(kCoreProbe);
      if (found != sample.counters.end()) {
        probes.push_back(found->second);
      }
    }
  }
  return probes.empty()
             ? ""
             : absl::StrFormat(
                   "after %.0f %% of %d windows a loop without memory took "
                   "more than 1.25 of its least time",
                   100 * BusyCores(probes), probes.size());
}

// As a reader types it: what `bazel run` makes of it says nothing elsewhere.
std::string Command(const std::vector<std::string>& words) {
  if (std::getenv("BUILD_WORKSPACE_DIRECTORY") == nullptr || words.empty()) {
    return absl::StrJoin(words, " ");
  }
  return absl::StrCat("./bazelw run //bench:ab -- ",
                      absl::StrJoin(words.begin() + 1, words.end(), " "));
}

Description Head(const std::vector<std::string>& words, const Options& options,
                 const std::string& input, const std::vector<TextFile>& files) {
  Description head = DescribeMachine();
  head.emplace_back("command", Command(words));
  head.emplace_back("repetitions", absl::StrCat(options.repetitions));
  if (!files.empty()) {
    std::uint64_t bytes = 0;
    for (const TextFile& file : files) {
      bytes += file.bytes;
    }
    head.emplace_back(
        "input",
        absl::StrFormat(
            "%s (%d files, %.1f MB)",
            options.input.empty() ? "the dependencies' sources" : input,
            files.size(), 1e-6 * static_cast<double>(bytes)));
  }
  return head;
}

void PrintHead(const Description& head, std::ostream& out) {
  for (const auto& [name, value] : head) {
    out << absl::StrFormat("%-12s %s\n", name, value);
  }
  out.flush();
}

void WriteMarkdown(const Description& head, const std::vector<Table>& tables,
                   std::ostream& out) {
  for (const auto& [name, value] : head) {
    out << "- " << name << ": " << value << '\n';
  }
  for (const Table& table : tables) {
    PrintMarkdown(table, out);
  }
}

// The text for the programs, and where it is. Returns what is wrong, or
// nothing.
std::string FindInput(const Options& options, std::string* input,
                      std::vector<TextFile>* files) {
  *input = options.input.empty() ? FindRunfile("bench/programs/corpus_text")
                                 : options.input;
  if (input->empty()) {
    return "found no sources of the dependencies; --input DIR names a folder "
           "of text";
  }
  std::string error;
  return FindTextFiles(*input, files, &error)
             ? ""
             : absl::StrCat("--input: ", error);
}

std::string FindPrograms(const Options& options) {
  return options.programs.empty() ? FindRunfile("bench/programs")
                                  : options.programs;
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
  UsableCpus();  // before any thread is pinned
  // Stock at its best.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);

  std::string input;
  std::vector<TextFile> files;
  const std::string input_error = FindInput(options, &input, &files);
  ProgramRunner runner(FindPrograms(options), input);
  const TaskRunner tasks(FindTaskPrograms());
  const std::vector<Cell> cells = AllCells(options.threads, &runner, &tasks);
  std::vector<const Cell*> selected = Select(cells, options.filter);
  if (selected.empty()) {
    return Wrong(absl::StrCat("--filter ", options.filter, " matches none of ",
                              cells.size(), " benchmarks, from ",
                              cells.front().Name(), " to ",
                              cells.back().Name()));
  }
  bool programs = false;
  for (const Cell* const cell : selected) {
    programs = programs || IsProgram(*cell);
  }
  if (!input_error.empty() && (programs || !options.input.empty())) {
    return Wrong(input_error);
  }
  if (programs && FindPrograms(options).empty()) {
    return Wrong("found no programs; --programs DIR names their folder");
  }
  if (!CanWrite(options.json)) {
    return Wrong(absl::StrCat("--json: cannot write ", options.json));
  }
  if (!CanWrite(options.markdown)) {
    return Wrong(absl::StrCat("--markdown: cannot write ", options.markdown));
  }

  const std::string no_tasks = DropTasks(tasks, &selected);
  const std::vector<Table> not_measured = DropUnmeasurable(&selected);

  Description head =
      Head(words, options, input, programs ? files : std::vector<TextFile>());
  PrintHead(head, std::cout);
  Engine engine(words[0], head);
  std::vector<Measured> measured;
  std::vector<Table> tables;
  const std::vector<std::vector<const Cell*>> sets = Together(selected);
  const NeighbourWatch neighbours;
  const auto start = std::chrono::steady_clock::now();
  bool programs_printed = false;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const Cell& first = *sets[i].front();
    const std::chrono::duration<double> passed =
        std::chrono::steady_clock::now() - start;
    std::cerr << absl::StrFormat(
        "[%3d/%d, %4.0f s] %s, threads %d: %d variants, %d times\n", i + 1,
        sets.size(), passed.count(), first.group, first.threads, sets[i].size(),
        options.repetitions);
    if (!programs_printed && !measured.empty() && !IsProgram(first)) {
      programs_printed = true;
      if (programs) {
        tables.push_back(ProgramTable(measured));
        PrintText(tables.back(), std::cout);
      }
    }
    if (!engine.MeasureTogether(sets[i], options.repetitions, &measured,
                                &error)) {
      std::cerr << "ab: " << error << '\n';
      return kFailed;
    }
  }
  if (programs && !programs_printed) {
    tables.push_back(ProgramTable(measured));
    PrintText(tables.back(), std::cout);
  }
  for (Table& table : MicroTables(measured)) {
    PrintText(table, std::cout);
    tables.push_back(std::move(table));
  }
  for (const Table& table : not_measured) {
    PrintText(table, std::cout);
    tables.push_back(table);
  }
  Table task_table = TaskTable(measured);
  if (!no_tasks.empty()) {
    task_table = NotMeasured(kTasks, no_tasks);
  }
  if (!no_tasks.empty() || !task_table.rows.empty()) {
    PrintText(task_table, std::cout);
    tables.push_back(std::move(task_table));
  }
  const double others = neighbours.Share();
  if (others >= 0) {
    head.emplace_back(
        "other load",
        absl::StrFormat(
            "%.0f %% of the machine%s", 100 * others,
            others > kQuietShare ? ": NOISY, measure on a quiet machine" : ""));
    std::cout << '\n';
    PrintHead({head.back()}, std::cout);
  }
  const std::string cores = CoresLine(measured);
  if (!cores.empty()) {
    head.emplace_back("shared cores", cores);
    PrintHead({head.back()}, std::cout);
  }
  if (!options.json.empty() && !engine.WriteJson(options.json)) {
    return Wrong(absl::StrCat("--json: cannot write ", options.json));
  }
  if (!options.markdown.empty()) {
    std::ofstream out(options.markdown);
    WriteMarkdown(head, tables, out);
    out.close();
    if (out.fail()) {
      return Wrong(absl::StrCat("--markdown: cannot write ", options.markdown));
    }
  }
  return 0;
}

}  // namespace
}  // namespace parkway_bench

int main(int argc, char** argv) { return parkway_bench::Main(argc, argv); }
