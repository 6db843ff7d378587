// SPDX-License-Identifier: Apache-2.0

#include "bench/tasks/task_runner.h"

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "bench/engine/child_process.h"
#include "bench/engine/runfiles.h"

namespace parkway_bench {
namespace {

constexpr int kTries = 3;

// Of bench/preload/tbb_resumable.cc: each round has so many suspends.
constexpr int kAlone = 100000;
// The same of tbb_conditions.cc.
constexpr int kHandedOver = 5000;
constexpr int kAtOnce = 1000;
constexpr int kMany = 100000;
// Long enough to be measured, short enough to be repeated.
constexpr char kRounds[] = "3";

// A line "NAME: VALUE UNIT", or "NAME: crashed".
struct Figure {
  double value = 0;
  bool crashed = false;
};

double ScaleOf(absl::string_view unit) {
  return unit == "ns" ? 1e-9 : unit == "us" ? 1e-6 : 1;
}

std::map<std::string, Figure> Figures(const std::string& output) {
  std::map<std::string, Figure> figures;
  for (const absl::string_view line : absl::StrSplit(output, '\n')) {
    const std::size_t colon = line.rfind(": ");
    if (colon == absl::string_view::npos) {
      continue;
    }
    const std::vector<absl::string_view> words =
        absl::StrSplit(line.substr(colon + 2), ' ');
    Figure figure;
    figure.crashed = words.front() == "crashed";
    if (figure.crashed ||
        (words.size() == 2 && absl::SimpleAtod(words.front(), &figure.value))) {
      figure.value *= ScaleOf(words.back());
      figures[std::string(line.substr(0, colon))] = figure;
    }
  }
  return figures;
}

std::string Contents(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool Hung(int status) {
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
}

}  // namespace

TaskPrograms FindTaskPrograms() {
  TaskPrograms programs;
  programs.library =
      FindRunfile("adapters/parkway/tbb/preload/libparkway_tbb.so");
  for (const char* const host : {"built", "installed"}) {
    programs.resumable =
        FindRunfile(absl::StrCat("bench/preload/tbb_resumable_", host));
    programs.suspended =
        FindRunfile(absl::StrCat("bench/preload/tbb_suspended_", host));
    programs.conditions =
        FindRunfile(absl::StrCat("bench/preload/tbb_conditions_", host));
    if (!programs.resumable.empty() && !programs.suspended.empty() &&
        !programs.conditions.empty()) {
      break;
    }
  }
  return programs;
}

TaskRunner::TaskRunner(TaskPrograms programs)
    : programs_(std::move(programs)) {}

int TaskRunner::Run(const std::string& program,
                    const std::vector<std::string>& arguments, Side side,
                    const std::vector<std::string>& environment,
                    std::string* output, std::string* errors) const {
  ChildProcess child;
  child.file = program;
  child.words = {program};
  child.words.insert(child.words.end(), arguments.begin(), arguments.end());
  child.environment = environment;
  if (side == Side::kParkway) {
    child.environment.push_back(absl::StrCat("LD_PRELOAD=", programs_.library));
  }
  child.output = absl::StrCat(scratch_.path(), "/output");
  child.errors = absl::StrCat(scratch_.path(), "/errors");
  const int status = RunChild(child);
  *output = Contents(child.output);
  *errors = Contents(child.errors);
  return status;
}

std::string TaskRunner::WhyNot() const {
  if (programs_.resumable.empty() || programs_.suspended.empty() ||
      programs_.conditions.empty()) {
    return "there is no program on a shared oneTBB";
  }
  if (programs_.library.empty()) {
    return "there is no libparkway_tbb.so";
  }
  if (scratch_.path().empty()) {
    return "cannot make a temporary folder";
  }
  std::string output;
  std::string errors;
  for (const Side side : {Side::kStock, Side::kParkway}) {
    const int status = Run(programs_.suspended, {"1"}, side,
                           {"PARKWAY_STATS=1"}, &output, &errors);
    if (status != 0) {
      return absl::StrCat(programs_.suspended,
                          side == Side::kStock ? " " : ", preloaded, ",
                          DescribeEnd(status));
    }
  }
  // Of the preloaded run, which was the last.
  return absl::StrContains(errors, " PARKWAY=on ")
             ? ""
             : absl::StrCat("libparkway_tbb.so is not in use: ",
                            errors.substr(0, errors.find('\n')));
}

Sample TaskRunner::Measure(const std::string& program,
                           const std::vector<std::string>& arguments,
                           const std::string& figure, double tasks,
                           Side side) const {
  Sample sample;
  std::string output;
  std::string errors;
  int status = 0;
  for (int i = 0; i < kTries && (i == 0 || Hung(status)); ++i) {
    status = Run(program, arguments, side, {}, &output, &errors);
  }
  if (Hung(status)) {
    sample.lost = "hung";
    return sample;
  }
  if (status != 0) {
    sample.error =
        absl::StrCat(program, side == Side::kStock ? " " : ", preloaded, ",
                     DescribeEnd(status), errors.empty() ? "" : ": ", errors);
    return sample;
  }
  const std::map<std::string, Figure> figures = Figures(output);
  const auto found = figures.find(figure);
  if (found == figures.end()) {
    sample.error = absl::StrCat(program, " does not print \"", figure, "\"");
    return sample;
  }
  if (found->second.crashed) {
    sample.lost = "crashed";
    return sample;
  }
  sample.operations = tasks;
  sample.seconds_per_op = found->second.value;
  for (const auto& [name, counter] :
       {std::pair{"resident", kResident}, {"page tables", kPageTables}}) {
    const auto memory = figures.find(name);
    if (memory != figures.end()) {
      sample.counters[counter] = memory->second.value;
    }
  }
  return sample;
}

void AddTasks(const std::vector<int>& threads, const TaskRunner* runner,
              std::vector<Cell>* cells) {
  const auto add = [&](const std::string& name, int n,
                       const std::string& program,
                       const std::vector<std::string>& arguments,
                       const std::string& figure, double tasks) {
    for (const Side side : {Side::kStock, Side::kParkway}) {
      Cell cell;
      cell.group = absl::StrCat(kTasks, "/", name);
      cell.subject = side == Side::kStock ? "stock" : "parkway";
      cell.threads = n;
      cell.side = side;
      cell.reference = side == Side::kStock;
      cell.measure = [=] {
        return runner->Measure(program, arguments, figure, tasks, side);
      };
      cells->push_back(std::move(cell));
    }
  };
  const TaskPrograms& programs = runner->programs();
  for (const int n : threads) {
    add("self", n, programs.resumable, {kRounds, absl::StrCat(n)},
        "suspend and resume itself", kAlone);
  }
  for (const int n : threads) {
    add("handed_over", n, programs.conditions, {kRounds, absl::StrCat(n)},
        "suspended and resumed task", kHandedOver);
  }
  if (std::find(threads.begin(), threads.end(), 1) == threads.end()) {
    return;
  }
  add(absl::StrCat(kAtOnce), 1, programs.resumable, {kRounds, "1"},
      absl::StrCat(kAtOnce, " suspended at once, per task"), kAtOnce);
  add(absl::StrCat(kMany), 1, programs.suspended, {absl::StrCat(kMany)},
      "per task", kMany);
}

}  // namespace parkway_bench
