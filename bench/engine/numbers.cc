// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/numbers.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace parkway_bench {

std::string Number(double value) {
  if (value == 0) {
    return "0";
  }
  return value >= 100  ? absl::StrFormat("%.0f", value)
         : value >= 10 ? absl::StrFormat("%.1f", value)
                       : absl::StrFormat("%.2f", value);
}

std::string Range(const Spread& spread, double scale) {
  return absl::StrCat(Number(spread.min * scale), "..",
                      Number(spread.max * scale));
}

std::string Ratio(const std::vector<double>& ratios) {
  return ratios.empty() ? "-"
                        : absl::StrFormat("%.2f", SpreadOf(ratios).median);
}

std::string RatioRange(const std::vector<double>& ratios) {
  if (ratios.empty()) {
    return "-";
  }
  const Spread spread = SpreadOf(ratios);
  return absl::StrFormat("%.2f..%.2f", spread.min, spread.max);
}

std::string Verdict(const std::vector<double>& ratios) {
  if (ratios.empty()) {
    return "not compared";
  }
  const Spread spread = SpreadOf(ratios);
  if (spread.median <= 1) {
    return spread.max < 1 ? "faster in every run" : "";
  }
  return spread.min > 1 ? "LOSES in every run" : "LOSES, within the spread";
}

}  // namespace parkway_bench
