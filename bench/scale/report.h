// SPDX-License-Identifier: Apache-2.0

// The page of a run of //bench:scale.
#ifndef PARKWAY_BENCH_SCALE_REPORT_H_
#define PARKWAY_BENCH_SCALE_REPORT_H_

#include <string>
#include <vector>

#include "bench/engine/page.h"
#include "bench/engine/sheet.h"
#include "bench/scale/verdicts.h"

namespace parkway_bench::scale {

// A section for each scene and each number of threads to a CPU.
std::vector<SheetSection> Sections(const std::vector<Measured>& all);

// What no section can show, because the machine does not have it.
SheetSection NotSimulated();

// All figures.
std::string FiguresJson(const Description& facts,
                        const std::vector<Measured>& all);

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_REPORT_H_
