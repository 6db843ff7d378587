// SPDX-License-Identifier: Apache-2.0

// The parts of a page that stay the same, as they were when this was built:
// they need no file beside the program.

#ifndef PARKWAY_BENCH_WEB_PARTS_H_
#define PARKWAY_BENCH_WEB_PARTS_H_

#include "bench/engine/html.h"

namespace parkway_bench {

PageParts BuiltInParts();

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_WEB_PARTS_H_
