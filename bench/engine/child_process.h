// SPDX-License-Identifier: Apache-2.0

// Running another program to its end.

#ifndef PARKWAY_BENCH_ENGINE_CHILD_PROCESS_H_
#define PARKWAY_BENCH_ENGINE_CHILD_PROCESS_H_

#include <string>
#include <vector>

namespace parkway_bench {

struct ChildProcess {
  std::string file;                // what is run
  std::vector<std::string> words;  // its arguments, the name first
  // NAME=VALUE, in addition to ours.
  std::vector<std::string> environment;
  std::string output;  // where its standard output goes: a file, made anew
  std::string errors;  // the same for standard error; empty: where ours goes
};

// Runs it for two minutes at most, if it does not choose another alarm(), and
// returns its status as waitpid() gives it; -1 if it can't be started. 126 if a
// file can't be made, 127 if it can't be run.
int RunChild(ChildProcess child);

// How a child ended whose status is not 0: "ended with status 3".
std::string DescribeEnd(int status);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_CHILD_PROCESS_H_
