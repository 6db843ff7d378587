// SPDX-License-Identifier: Apache-2.0

// Cells that nobody has measured.

#ifndef PARKWAY_TESTS_UNIT_BENCH_ENGINE_MADE_UP_H_
#define PARKWAY_TESTS_UNIT_BENCH_ENGINE_MADE_UP_H_

#include <list>
#include <string>
#include <utility>
#include <vector>

#include "bench/engine/cell.h"

namespace parkway_bench {

class MadeUp {
 public:
  MadeUp() = default;
  MadeUp(MadeUp&&) = default;

  MadeUp& Ours(const std::string& group, const std::string& subject,
               int threads, std::vector<double> seconds) {
    return Add(group, subject, threads, Side::kParkway, std::move(seconds));
  }
  MadeUp& Theirs(const std::string& group, const std::string& subject,
                 int threads, std::vector<double> seconds) {
    return Add(group, subject, threads, Side::kStock, std::move(seconds));
  }

  // All runs of the last one are lost.
  MadeUp& Lost() {
    for (Sample& sample : measured_.back().samples) {
      sample.lost = "hung";
    }
    return *this;
  }

  const std::vector<Measured>& measured() const { return measured_; }

  std::vector<const Cell*> cells() const {
    std::vector<const Cell*> cells;
    for (const Cell& cell : cells_) {
      cells.push_back(&cell);
    }
    return cells;
  }

 private:
  MadeUp& Add(const std::string& group, const std::string& subject, int threads,
              Side side, std::vector<double> seconds) {
    Cell cell;
    cell.group = group;
    cell.subject = subject;
    cell.threads = threads;
    cell.side = side;
    cells_.push_back(std::move(cell));
    Measured one;
    one.cell = &cells_.back();
    for (const double second : seconds) {
      Sample sample;
      sample.seconds_per_op = second;
      one.samples.push_back(std::move(sample));
    }
    measured_.push_back(std::move(one));
    return *this;
  }

  std::list<Cell> cells_;  // they stay where they are
  std::vector<Measured> measured_;
};

}  // namespace parkway_bench

#endif  // PARKWAY_TESTS_UNIT_BENCH_ENGINE_MADE_UP_H_
