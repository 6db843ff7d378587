#include "bench/program_runner.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bench/support/corpus.h"

namespace parkway_bench {
namespace {

constexpr double kWantedSeconds = 0.4;
constexpr int kMostRounds = 1000;
constexpr unsigned kMostSeconds = 120;

// In the child between fork and exec, where little is allowed: everything is
// prepared before.
[[noreturn]] void Become(const char* binary, char* const* argv,
                         const char* output) {
  const int out = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (out < 0 || dup2(out, STDOUT_FILENO) < 0) {
    _exit(126);
  }
  alarm(kMostSeconds);  // survives the exec
  execv(binary, argv);
  _exit(127);
}

std::string Describe(int status) {
  if (WIFSIGNALED(status)) {
    return WTERMSIG(status) == SIGALRM
               ? absl::StrCat("did not end within ", kMostSeconds, " s")
               : absl::StrCat("was ended by signal ", WTERMSIG(status));
  }
  return absl::StrCat("ended with status ", WEXITSTATUS(status));
}

}  // namespace

std::vector<std::string> ProgramNames() {
  return {"inverted_index", "log_pipeline"};
}

ProgramRunner::ProgramRunner(std::string folder, std::string input)
    : folder_(std::move(folder)), input_(std::move(input)) {
  std::error_code ignored;
  std::string pattern =
      (std::filesystem::temp_directory_path(ignored) / "parkway_ab_XXXXXX")
          .string();
  if (mkdtemp(pattern.data()) != nullptr) {
    scratch_ = pattern;
  }
}

ProgramRunner::~ProgramRunner() {
  if (!scratch_.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(scratch_, ignored);
  }
}

// Returns what went wrong, or nothing.
std::string ProgramRunner::Run(const std::string& binary,
                               const std::vector<std::string>& args,
                               std::string* output, RunReport* report) {
  if (scratch_.empty()) {
    return "cannot make a temporary folder";
  }
  const std::string path = absl::StrCat(folder_, "/", binary);
  const std::string output_path = absl::StrCat(scratch_, "/output");
  const std::string report_path = absl::StrCat(scratch_, "/report");
  std::error_code ignored;
  std::filesystem::remove(report_path, ignored);
  std::vector<std::string> words = {binary, "--report", report_path};
  words.insert(words.end(), args.begin(), args.end());
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);

  const pid_t child = fork();
  if (child == 0) {
    Become(path.c_str(), argv.data(), output_path.c_str());
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) {
    return absl::StrCat("cannot start ", path);
  }
  if (status != 0) {
    return absl::StrCat(path, " ", Describe(status));
  }
  if (!ReadTextFile(output_path, output) || output->empty()) {
    return absl::StrCat(path, " printed nothing");
  }
  if (!ReadRunReport(report_path, report)) {
    return absl::StrCat(path, " left no report");
  }
  return "";
}

std::string ProgramRunner::Calibrate(const std::string& name,
                                     const std::string& locks) {
  Reference reference;
  RunReport report;
  const std::string error =
      Run(absl::StrCat(name, "_", locks),
          {"--input", input_, "--threads", "1", "--rounds", "1"},
          &reference.output, &report);
  if (error.empty()) {
    const double rounds =
        std::ceil(kWantedSeconds / std::max(report.wall_seconds, 1e-6));
    reference.rounds = static_cast<int>(std::min<double>(rounds, kMostRounds));
    reference.output.clear();
    references_[name] = reference;
  }
  return error;
}

Sample ProgramRunner::Measure(const std::string& name, const std::string& locks,
                              int threads) {
  Sample sample;
  if (references_.count(name) == 0) {
    sample.error = Calibrate(name, locks);
    if (!sample.error.empty()) {
      return sample;
    }
  }
  Reference& reference = references_[name];
  RunReport report;
  std::string output;
  sample.error = Run(absl::StrCat(name, "_", locks),
                     {"--input", input_, "--threads", absl::StrCat(threads),
                      "--rounds", absl::StrCat(reference.rounds)},
                     &output, &report);
  if (!sample.error.empty()) {
    return sample;
  }
  const std::string run = absl::StrCat(locks, " with ", threads, " threads");
  if (report.locks != locks) {
    sample.error = absl::StrCat(name, "_", locks, " was built with ",
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
  for (const std::string& name : ProgramNames()) {
    for (const int n : threads) {
      for (const char* const locks : {"stock", "parkway"}) {
        Cell cell;
        cell.group = absl::StrCat("program/", name);
        cell.subject = locks;
        cell.threads = n;
        cell.side = cell.subject == "stock" ? Side::kStock : Side::kParkway;
        cell.reference = cell.side == Side::kStock;
        cell.measure = [runner, name, locks, n] {
          return runner->Measure(name, locks, n);
        };
        cells->push_back(std::move(cell));
      }
    }
  }
}

}  // namespace parkway_bench
