// SPDX-License-Identifier: Apache-2.0

// The command line of //bench:ab.
//
// Read by hand and not with Abseil's flags: those end the program with status 1
// on a wrong argument, and the versions in use give no way to change that; ab
// promises 2.

#ifndef PARKWAY_BENCH_ENGINE_OPTIONS_H_
#define PARKWAY_BENCH_ENGINE_OPTIONS_H_

#include <string>
#include <vector>

namespace parkway_bench {

struct Options {
  bool help = false;
  bool groups = false;  // list them and measure nothing
  std::string filter =
      "";  // a regular expression on benchmark names; empty: all
  std::vector<int> threads;  // empty: each table's own
  int repetitions = 5;
  std::string input;  // the folder of text; empty: the dependencies' sources
  std::string json;   // files to write; empty: none
  std::string markdown;
  std::string html;
  std::string baseline;  // an earlier --json to compare with; empty: none
  std::string programs;  // where the programs are; empty: in the runfiles
};

// What --help prints.
extern const char kUsage[];

// Reads "--name value" and "--name=value". Returns false, and one sentence in
// `*error`, when something is unknown, missing, out of range or not a regular
// expression.
bool ParseOptions(const std::vector<std::string>& args, Options* options,
                  std::string* error);

// Turns a relative path into one below the folder where the user typed `bazel
// run`, which itself starts programs elsewhere.
std::string UserPath(const std::string& path);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_OPTIONS_H_
