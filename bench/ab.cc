// SPDX-License-Identifier: Apache-2.0

// //bench:ab: what parkway's locks do for three programs, and for themselves,
// against stock.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "bench/engine/baseline.h"
#include "bench/engine/baseline_report.h"
#include "bench/engine/cell.h"
#include "bench/engine/charts.h"
#include "bench/engine/engine.h"
#include "bench/engine/groups.h"
#include "bench/engine/html.h"
#include "bench/engine/machine.h"
#include "bench/engine/options.h"
#include "bench/engine/page.h"
#include "bench/engine/pinning.h"
#include "bench/engine/report.h"
#include "bench/engine/runfiles.h"
#include "bench/engine/selection.h"
#include "bench/engine/sheet.h"
#include "bench/engine/summary.h"
#include "bench/engine/table.h"
#include "bench/locks/micro.h"
#include "bench/programs/corpus.h"
#include "bench/programs/program_runner.h"
#include "bench/tasks/task_groups.h"
#include "bench/tasks/task_report.h"
#include "bench/tasks/task_runner.h"
#include "bench/web/parts.h"

namespace parkway_bench {
namespace {

constexpr int kFailed = 1;
constexpr int kWrongArguments = 2;

int Wrong(const std::string& error) {
  std::cerr << "ab: " << error << '\n';
  return kWrongArguments;
}

template <typename T>
void Append(std::vector<T> from, std::vector<T>* to) {
  to->insert(to->end(), std::make_move_iterator(from.begin()),
             std::make_move_iterator(from.end()));
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
  AddReadersWriters(for_locks, &cells);
  AddHandoff(for_locks, &cells);
  AddNotes(for_locks, &cells);
  AddChannels(for_locks, &cells);
  AddStacks(for_locks, &cells);
  AddFibers(for_locks, &cells);
  AddTasks(for_tasks, tasks, &cells);
  AddTaskWaits(for_locks, &cells);
  return cells;
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

// What is wrong with the files that the options name; empty if nothing is.
// Reads the baseline.
std::string CheckFiles(const Options& options,
                       const std::vector<const Cell*>& selected,
                       Baseline* baseline) {
  std::string error;
  if (!options.baseline.empty()) {
    if (!ReadBaseline(options.baseline, baseline, &error)) {
      return absl::StrCat("--baseline: ", error);
    }
    if (std::none_of(selected.begin(), selected.end(), [&](const Cell* cell) {
          return baseline->cells.count(cell->Name()) != 0;
        })) {
      return absl::StrCat("--baseline: ", options.baseline, " has none of the ",
                          selected.size(),
                          " cells that are to be measured; name another file, "
                          "or other cells with --filter and --threads");
    }
  }
  const std::pair<const char*, const std::string&> written[] = {
      {"--json", options.json},
      {"--markdown", options.markdown},
      {"--html", options.html}};
  for (const auto& [name, path] : written) {
    if (!CanWrite(path)) {
      return absl::StrCat(name, ": cannot write ", path);
    }
  }
  return "";
}

// What was measured, and the tables that were printed, with their figures.
struct Results {
  std::vector<Measured> measured;
  std::vector<SheetSection> sections;

  void Print(Table table, Chart chart = {}, bool open = false) {
    PrintText(table, std::cout);
    sections.push_back({std::move(table), std::move(chart), open});
  }
  void PrintPrograms() {
    Print(ProgramTable(measured), RatioChart(measured, IsProgram), true);
  }
};

// Says what --html will not have, while there is still time.
void SayWhatIsMissing(const std::string& html) {
  const std::string why = html.empty() ? "" : WhyNoFigures(BuiltInParts());
  if (!why.empty()) {
    std::cerr << "ab: --html: the page will have all tables and no figures: "
              << why << '\n';
  }
}

// Returns false if it can't be written.
bool Write(const std::string& text, const std::string& path) {
  std::ofstream out(path);
  out << text;
  out.close();
  return !out.fail();
}

void SayWhatComes(const std::vector<const Cell*>& cells, int repetitions) {
  std::set<std::string> groups;
  for (const Cell* const cell : cells) {
    groups.insert(cell->group);
  }
  std::cerr << absl::StrFormat("%d cells in %d groups, about %s\n",
                               cells.size(), groups.size(),
                               Duration(SecondsFor(cells, repetitions)));
}

// Measures `cells` and prints the programs' table as soon as it is complete.
// Returns false when a cell failed.
bool Measure(const std::vector<const Cell*>& cells, int repetitions,
             Engine* engine, Results* results, std::string* error) {
  const std::vector<std::vector<const Cell*>> sets = Sets(cells);
  const auto start = std::chrono::steady_clock::now();
  SayWhatComes(cells, repetitions);
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const Cell& first = *sets[i].front();
    const Cell* const before = i == 0 ? nullptr : sets[i - 1].front();
    if (before != nullptr && IsProgram(*before) && !IsProgram(first)) {
      results->PrintPrograms();
    }
    if (before == nullptr || before->group != first.group) {
      const std::string line = LongGroupLine(first.group, cells, repetitions);
      std::cerr << line << (line.empty() ? "" : "\n");
    }
    const std::chrono::duration<double> passed =
        std::chrono::steady_clock::now() - start;
    std::cerr << absl::StrFormat(
        "[%3d/%d, %4.0f s] %s, threads %d: %d variants, %d times\n", i + 1,
        sets.size(), passed.count(), first.group, first.threads, sets[i].size(),
        repetitions);
    if (!engine->MeasureTogether(sets[i], repetitions, &results->measured,
                                 error)) {
      return false;
    }
  }
  if (!cells.empty() && IsProgram(*cells.back())) {
    results->PrintPrograms();
  }
  return true;
}

// The other tables; those of groups that can't be measured say why.
void PrintTables(const std::vector<Table>& not_measured,
                 const std::string& no_tasks, Results* results) {
  for (Table& table : MicroTables(results->measured)) {
    Chart chart = TimeChart(results->measured, table.title);
    results->Print(std::move(table), std::move(chart));
  }
  for (const Table& table : not_measured) {
    results->Print(table);
  }
  Table tasks = TaskTable(results->measured);
  if (!no_tasks.empty()) {
    results->Print(NotMeasured(kTasks, no_tasks));
  } else if (!tasks.rows.empty()) {
    results->Print(std::move(tasks), RatioChart(results->measured, IsTasks));
  }
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
  if (options.groups) {
    PrintText(GroupTable(selected, options.repetitions), std::cout);
    return 0;
  }
  const bool programs =
      std::any_of(selected.begin(), selected.end(),
                  [](const Cell* cell) { return IsProgram(*cell); });
  if (!input_error.empty() && (programs || !options.input.empty())) {
    return Wrong(input_error);
  }
  if (programs && FindPrograms(options).empty()) {
    return Wrong("found no programs; --programs DIR names their folder");
  }
  Baseline baseline;
  error = CheckFiles(options, selected, &baseline);
  if (!error.empty()) {
    return Wrong(error);
  }

  SayWhatIsMissing(options.html);
  const std::string no_tasks = DropTasks(tasks, &selected);
  const std::vector<Table> not_measured = DropUnmeasurable(&selected);

  Description head =
      Head(words, options, input, programs ? files : std::vector<TextFile>());
  PrintHead(head, std::cout);
  Engine engine(words[0], head);
  Results results;
  const NeighbourWatch neighbours;
  if (!Measure(selected, options.repetitions, &engine, &results, &error)) {
    std::cerr << "ab: " << error << '\n';
    return kFailed;
  }
  const double others = neighbours.Share();
  const Description noise = Noise(others, results.measured);
  engine.AddContext(noise);
  Append(noise, &head);
  PrintTables(not_measured, no_tasks, &results);
  std::vector<SummaryLine> in_short = InShort(results.measured);
  if (!options.baseline.empty()) {
    const auto wanted = [&](const std::string& name) {
      return IsWanted(name, options.filter, options.threads);
    };
    const Changes changes =
        Since(baseline, results.measured, {head.begin(), head.end()}, wanted);
    results.Print(ChangesTable(options.baseline, baseline, changes),
                  ChangesChart(changes), true);
    Append(ChangesInShort(baseline, changes), &in_short);
  }
  std::cout << '\n';
  PrintHead(noise, std::cout);
  Append(Doubts(options.repetitions, others), &in_short);
  if (!options.json.empty() && !engine.WriteJson(options.json)) {
    return Wrong(absl::StrCat("--json: cannot write ", options.json));
  }
  Sheet sheet{"ab", Command(words), head, in_short, results.sections};
  if (!options.markdown.empty() && !Write(Markdown(sheet), options.markdown)) {
    return Wrong(absl::StrCat("--markdown: cannot write ", options.markdown));
  }
  if (!options.html.empty()) {
    sheet.sections.insert(sheet.sections.begin(), LostCells(results.measured));
    OpenFirst(&sheet);
    if (!Write(HtmlPage(sheet, BuiltInParts()), options.html)) {
      return Wrong(absl::StrCat("--html: cannot write ", options.html));
    }
  }
  PrintText(in_short, std::cout);
  return 0;
}

}  // namespace
}  // namespace parkway_bench

int main(int argc, char** argv) { return parkway_bench::Main(argc, argv); }
