// SPDX-License-Identifier: Apache-2.0

// Curves that others have published, with what the machine says of the same.
#ifndef PARKWAY_BENCH_SCALE_TRUST_CURVES_H_
#define PARKWAY_BENCH_SCALE_TRUST_CURVES_H_

#include <string>
#include <vector>

#include "bench/engine/table.h"

namespace parkway_bench::scale {

struct Curve {
  std::string source;  // who has published it, and where
  std::string shape;   // what it looks like there
  std::string here;    // how it is simulated
  Table table;
  // The claims of that shape, and whether they hold here.
  struct Claim {
    std::string text;
    bool holds = false;
  };
  std::vector<Claim> claims;
};

std::vector<Curve> PublishedCurves();

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_TRUST_CURVES_H_
