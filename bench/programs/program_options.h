// SPDX-License-Identifier: Apache-2.0

// The command line of a program that has no flag library of its own.

#ifndef PARKWAY_BENCH_PROGRAMS_PROGRAM_OPTIONS_H_
#define PARKWAY_BENCH_PROGRAMS_PROGRAM_OPTIONS_H_

#include <map>
#include <string>

namespace parkway_bench {

struct ProgramOptions {
  std::string input;  // --input DIR: the folder of text. Required.
  int threads = 1;    // --threads N, 1..1024
  int rounds =
      1;  // --rounds N, 1..100000: how often the folder is worked through
  std::string
      report;  // --report FILE: where the run report goes. Empty: nowhere.
};

// Options of one program alone, with their values: counts from 0 to a million.
using MoreOptions = std::map<std::string, int*>;

// Reads "--name value" and "--name=value". Returns false, and one sentence in
// `*error`, when something is unknown, missing or out of range.
bool ParseProgramOptions(int argc, const char* const* argv,
                         ProgramOptions* options, std::string* error,
                         const MoreOptions& more = {});

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_PROGRAMS_PROGRAM_OPTIONS_H_
