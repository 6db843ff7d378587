// SPDX-License-Identifier: Apache-2.0

#include "bench/programs/program_runner.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bench/engine/child_process.h"
#include "bench/programs/corpus.h"

namespace parkway_bench {
namespace {

constexpr double kWantedSeconds = 0.4;
constexpr int kMostRounds = 1000;

}  // namespace

const std::vector<Program>& Programs() {
  static const auto& programs = *new std::vector<Program>{
      {"directory_hasher", "directory_hasher", {}},
      // What a read takes from a disk that is busy, or over a network.
      {"directory_hasher_slow", "directory_hasher", {"--read-delay-us", "500"}},
      {"inverted_index", "inverted_index", {}},
      {"log_pipeline", "log_pipeline", {}},
  };
  return programs;
}

ProgramRunner::ProgramRunner(std::string folder, std::string input)
    : folder_(std::move(folder)), input_(std::move(input)) {}

// Returns what went wrong, or nothing.
std::string ProgramRunner::Run(const std::string& binary,
                               const std::vector<std::string>& args,
                               std::string* output, RunReport* report) {
  if (scratch_.path().empty()) {
    return "cannot make a temporary folder";
  }
  const std::string output_path = absl::StrCat(scratch_.path(), "/output");
  const std::string report_path = absl::StrCat(scratch_.path(), "/report");
  std::error_code ignored;
  std::filesystem::remove(report_path, ignored);
  ChildProcess child;
  child.file = absl::StrCat(folder_, "/", binary);
  child.words = {binary, "--report", report_path};
  child.words.insert(child.words.end(), args.begin(), args.end());
  child.output = output_path;
  const std::string path = child.file;
  const int status = RunChild(std::move(child));
  if (status < 0) {
    return absl::StrCat("cannot start ", path);
  }
  if (status != 0) {
    return absl::StrCat(path, " ", DescribeEnd(status));
  }
  if (!ReadTextFile(output_path, output) || output->empty()) {
    return absl::StrCat(path, " printed nothing");
  }
  if (!ReadRunReport(report_path, report)) {
    return absl::StrCat(path, " left no report");
  }
  return "";
}

std::string ProgramRunner::Calibrate(const Program& program,
                                     const std::string& locks) {
  Reference reference;
  RunReport report;
  std::vector<std::string> args = {"--input", input_,     "--threads",
                                   "1",       "--rounds", "1"};
  args.insert(args.end(), program.arguments.begin(), program.arguments.end());
  const std::string error = Run(absl::StrCat(program.binary, "_", locks), args,
                                &reference.output, &report);
  if (error.empty()) {
    const double rounds =
        std::ceil(kWantedSeconds / std::max(report.wall_seconds, 1e-6));
    reference.rounds = static_cast<int>(std::min<double>(rounds, kMostRounds));
    reference.output.clear();
    references_[program.name] = reference;
  }
  return error;
}

Sample ProgramRunner::Measure(const Program& program, const std::string& locks,
                              int threads) {
  Sample sample;
  const std::string& name = program.name;
  if (references_.count(name) == 0) {
    sample.error = Calibrate(program, locks);
    if (!sample.error.empty()) {
      return sample;
    }
  }
  Reference& reference = references_[name];
  RunReport report;
  std::string output;
  std::vector<std::string> args = {"--input",   input_,
                                   "--threads", absl::StrCat(threads),
                                   "--rounds",  absl::StrCat(reference.rounds)};
  args.insert(args.end(), program.arguments.begin(), program.arguments.end());
  sample.error =
      Run(absl::StrCat(program.binary, "_", locks), args, &output, &report);
  if (!sample.error.empty()) {
    return sample;
  }
  const std::string run = absl::StrCat(locks, " with ", threads, " threads");
  if (report.locks != locks) {
    sample.error = absl::StrCat(program.binary, "_", locks, " was built with ",
                                report.locks, " locks");
    return sample;
  }
  if (reference.output.empty()) {
    reference.output = output;
    reference.produced_by = run;
  } else if (reference.output != output) {
    sample.error = absl::StrCat("OUTPUTS DIFFER: ", name, ", ", run,
                                ", does not print what ", reference.produced_by,
                                " printed");
    return sample;
  }
  sample.seconds_per_op = report.wall_seconds;
  sample.cpu_seconds_per_op = report.cpu_seconds;
  sample.counters[kCpuPerOp] = 1e9 * report.cpu_seconds;
  sample.counters[kSwitches] = report.voluntary_switches;
  sample.counters[kLongestWait] = report.longest_wait_microseconds;
  return sample;
}

void AddPrograms(const std::vector<int>& threads, ProgramRunner* runner,
                 std::vector<Cell>* cells) {
  for (const Program& program : Programs()) {
    for (const int n : threads) {
      for (const char* const locks : {"stock", "parkway"}) {
        Cell cell;
        cell.group = absl::StrCat("program/", program.name);
        cell.subject = locks;
        cell.threads = n;
        cell.side = cell.subject == "stock" ? Side::kStock : Side::kParkway;
        cell.reference = cell.side == Side::kStock;
        cell.measure = [runner, &program, locks, n] {
          return runner->Measure(program, locks, n);
        };
        cells->push_back(std::move(cell));
      }
    }
  }
}

}  // namespace parkway_bench
