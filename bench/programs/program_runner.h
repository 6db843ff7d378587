// SPDX-License-Identifier: Apache-2.0

// Running the programs, stock and parkway, on one input.

#ifndef PARKWAY_BENCH_PROGRAMS_PROGRAM_RUNNER_H_
#define PARKWAY_BENCH_PROGRAMS_PROGRAM_RUNNER_H_

#include <map>
#include <string>
#include <vector>

#include "bench/engine/cell.h"
#include "bench/engine/scratch_folder.h"
#include "bench/programs/run_report.h"

namespace parkway_bench {

// One of bench/programs, or the same with arguments of its own.
struct Program {
  std::string name;
  std::string binary;  // without _stock and _parkway
  std::vector<std::string> arguments;
};
const std::vector<Program>& Programs();

// Runs programs and holds their outputs against each other.
class ProgramRunner {
 public:
  // `folder` has the binaries BINARY_stock and BINARY_parkway; `input` is the
  // text for them.
  ProgramRunner(std::string folder, std::string input);

  // One run of BINARY_LOCKS, which gets two minutes. The first run of a program
  // decides how often all its runs work through the input: long enough to be
  // measured. Fails, with the reason in the sample's error, when the program
  // does or when it prints anything else than its first run.
  Sample Measure(const Program& program, const std::string& locks, int threads);

 private:
  struct Reference {
    int rounds = 1;
    std::string output;
    std::string produced_by;
  };

  std::string Run(const std::string& binary,
                  const std::vector<std::string>& args, std::string* output,
                  RunReport* report);
  std::string Calibrate(const Program& program, const std::string& locks);

  const std::string folder_;
  const std::string input_;
  const ScratchFolder scratch_;
  std::map<std::string, Reference> references_;
};

// Adds the cells of all programs: stock and parkway, for every thread count.
void AddPrograms(const std::vector<int>& threads, ProgramRunner* runner,
                 std::vector<Cell>* cells);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_PROGRAMS_PROGRAM_RUNNER_H_
