// SPDX-License-Identifier: Apache-2.0

// Which cells are measured, and which of them together.

#ifndef PARKWAY_BENCH_ENGINE_SELECTION_H_
#define PARKWAY_BENCH_ENGINE_SELECTION_H_

#include <string>
#include <vector>

#include "bench/engine/cell.h"
#include "bench/engine/table.h"

namespace parkway_bench {

// Those whose name `filter`, a regular expression, matches somewhere.
std::vector<const Cell*> Select(const std::vector<Cell>& cells,
                                const std::string& filter);

// Whether a run with these options was to measure the cell; no `threads`: all
// counts.
bool IsWanted(const std::string& name, const std::string& filter,
              const std::vector<int>& threads);

// Takes the groups out of `cells` that can't be measured here. Returns what
// stands in their places.
std::vector<Table> DropUnmeasurable(std::vector<const Cell*>* cells);

// Neighbours of one group and thread count: they are measured together.
std::vector<std::vector<const Cell*>> Sets(
    const std::vector<const Cell*>& cells);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_SELECTION_H_
