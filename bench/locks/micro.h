// SPDX-License-Identifier: Apache-2.0

// The benchmarks of single primitives. Each function adds the cells of its
// file's benchmarks for every lock or note and every thread count.

#ifndef PARKWAY_BENCH_LOCKS_MICRO_H_
#define PARKWAY_BENCH_LOCKS_MICRO_H_

#include <vector>

#include "bench/engine/cell.h"

namespace parkway_bench {

void AddUncontended(const std::vector<int>& threads, std::vector<Cell>* cells);
void AddContention(const std::vector<int>& threads, std::vector<Cell>* cells);
void AddReadersWriters(const std::vector<int>& threads,
                       std::vector<Cell>* cells);
void AddHandoff(const std::vector<int>& threads, std::vector<Cell>* cells);
void AddNotes(const std::vector<int>& threads, std::vector<Cell>* cells);
void AddChannels(const std::vector<int>& threads, std::vector<Cell>* cells);
void AddStacks(const std::vector<int>& threads, std::vector<Cell>* cells);
// None where this machine has no Boost.Fiber.
void AddFibers(const std::vector<int>& threads, std::vector<Cell>* cells);

// One sentence on what the benchmarks of that group do.
const char* ExplainGroup(const std::string& group);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_LOCKS_MICRO_H_
