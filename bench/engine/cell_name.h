// SPDX-License-Identifier: Apache-2.0

// Names of cells, such as "MutexContention/FutexMutex/threads:4".

#ifndef PARKWAY_BENCH_ENGINE_CELL_NAME_H_
#define PARKWAY_BENCH_ENGINE_CELL_NAME_H_

#include <string>
#include <vector>

namespace parkway_bench {

// A name, taken apart.
struct CellName {
  std::string group;
  std::string subject;
  int threads = 0;
};

// Returns false if `name` is none.
bool ParseCellName(const std::string& name, CellName* parts);

// "1", "1 and 2", "1, 2 and 4".
std::string Enumerate(const std::vector<std::string>& words);

// "1 thread", "1, 2 and 4 threads".
std::string ThreadCounts(const std::vector<int>& threads);

// Many names in fewer words: "MutexContention/FutexMutex with 1 and 2 threads"
// for each group and subject, in the order of the names.
std::vector<std::string> Condense(const std::vector<std::string>& names);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_CELL_NAME_H_
