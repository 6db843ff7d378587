// SPDX-License-Identifier: Apache-2.0

// What stands around the tables of a run.

#ifndef PARKWAY_BENCH_ENGINE_PAGE_H_
#define PARKWAY_BENCH_ENGINE_PAGE_H_

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "bench/engine/cell.h"
#include "bench/engine/summary.h"
#include "bench/engine/table.h"

namespace parkway_bench {

// Names and values, such as {"cpu", "..."}.
using Description = std::vector<std::pair<std::string, std::string>>;

void PrintHead(const Description& head, std::ostream& out);

// How quiet the machine was: how much of it others had, if that is known (if
// `others`, as of NeighbourWatch, is no less than zero), and how often a
// thread's core was not its own after its window, if there were windows.
Description Noise(double others, const std::vector<Measured>& measured);

// All of a run as a Markdown page, in the order of the arguments.
void WriteMarkdown(const Description& head,
                   const std::vector<SummaryLine>& in_short,
                   const std::vector<Table>& tables, std::ostream& out);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_PAGE_H_
