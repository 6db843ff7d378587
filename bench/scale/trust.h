// SPDX-License-Identifier: Apache-2.0

// Whether the simulated machine is to be believed: cells that were measured on
// real CPUs, and what it says of them.
#ifndef PARKWAY_BENCH_SCALE_TRUST_H_
#define PARKWAY_BENCH_SCALE_TRUST_H_

#include <istream>
#include <string>
#include <vector>

namespace parkway_bench::scale {

// By so much a prediction may be off.
inline constexpr double kHit = .25;
// Predictions that differ by less say nothing of an order.
inline constexpr double kSame = .01;

// ns per operation of the whole machine.
struct MeasuredCell {
  std::string benchmark;
  int threads = 0;
  std::string lock;
  double median = 0;
  double least = 0;
  double most = 0;

  std::string Name() const;
};

// The tables of a Markdown page of //bench:ab.
std::vector<MeasuredCell> ReadMeasured(std::istream& page);

struct Predicted {
  MeasuredCell measured;
  double ns = 0;

  double Ratio() const { return ns / measured.median; }
  bool Hits() const;
};

// The locks of one benchmark with one number of threads.
struct Order {
  std::string benchmark;
  int threads = 0;
  double rank_correlation = 0;  // Spearman's
  // Pairs that were measured without overlap.
  int pairs = 0;
  // Those of them that are predicted to be the same, within kSame.
  int same = 0;
  // Those of them that stand the wrong way round: "the faster one before the
  // slower one".
  std::vector<std::string> wrong;
};
std::vector<Order> Orders(const std::vector<Predicted>& all);

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_TRUST_H_
