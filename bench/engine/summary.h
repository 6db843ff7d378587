// SPDX-License-Identifier: Apache-2.0

// What a run means, in a few lines: what parkway loses first, then programs,
// then what it gains.

#ifndef PARKWAY_BENCH_ENGINE_SUMMARY_H_
#define PARKWAY_BENCH_ENGINE_SUMMARY_H_

#include <ostream>
#include <string>
#include <vector>

#include "bench/engine/cell.h"

namespace parkway_bench {

struct SummaryLine {
  std::string text;
  bool detail = false;  // of the line above
};

std::vector<SummaryLine> InShort(const std::vector<Measured>& measured);

// Why the numbers may mean less than they seem to; empty if nothing is known.
// `others` is the share of the machine that other processes had.
std::vector<SummaryLine> Doubts(int repetitions, double others);

// Below the title "In short".
void PrintText(const std::vector<SummaryLine>& lines, std::ostream& out);
void PrintMarkdown(const std::vector<SummaryLine>& lines, std::ostream& out);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_SUMMARY_H_
