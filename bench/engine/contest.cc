// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/contest.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "bench/engine/stats.h"

namespace parkway_bench {
namespace {

using Key = std::pair<std::string, int>;  // group, threads

Key KeyOf(const Cell& cell) { return {cell.group, cell.threads}; }

bool Finished(const Measured& measured) {
  return !NotLost(measured.samples).empty();
}

double MedianTime(const Measured& measured) {
  std::vector<double> times;
  for (const Sample& sample : NotLost(measured.samples)) {
    times.push_back(sample.seconds_per_op);
  }
  return SpreadOf(std::move(times)).median;
}

Contest Hold(const Measured& ours, std::vector<const Measured*> rivals) {
  const Measured& best = *rivals.front();
  Contest contest;
  contest.ours = &ours;
  contest.ratios = RatiosOf(ours, best);
  if (!contest.ratios.empty()) {
    contest.outcome = OutcomeOf(contest.ratios);
  } else if (Finished(best) && !Finished(ours)) {
    contest.outcome = Outcome::kNotFinished;
  } else if (Finished(ours) && !Finished(best)) {
    contest.outcome = Outcome::kRivalNotFinished;
  }
  contest.rivals = std::move(rivals);
  return contest;
}

}  // namespace

std::vector<double> RatiosOf(const Measured& ours, const Measured& rival) {
  std::vector<double> ratios;
  const std::size_t pairs = std::min(ours.samples.size(), rival.samples.size());
  for (std::size_t i = 0; i < pairs; ++i) {
    const Sample& one = ours.samples[i];
    const Sample& other = rival.samples[i];
    if (one.lost.empty() && other.lost.empty() && other.seconds_per_op != 0) {
      ratios.push_back(one.seconds_per_op / other.seconds_per_op);
    }
  }
  return ratios;
}

std::vector<const Measured*> BestFirst(
    const std::vector<const Measured*>& rivals) {
  std::vector<std::pair<double, const Measured*>> finished;
  std::vector<const Measured*> others;
  for (const Measured* const rival : rivals) {
    if (rival->cell->side != Side::kStock) {
      continue;
    }
    if (Finished(*rival)) {
      finished.emplace_back(MedianTime(*rival), rival);
    } else {
      others.push_back(rival);
    }
  }
  std::stable_sort(
      finished.begin(), finished.end(),
      [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<const Measured*> sorted;
  for (const auto& [time, rival] : finished) {
    sorted.push_back(rival);
  }
  sorted.insert(sorted.end(), others.begin(), others.end());
  return sorted;
}

Outcome OutcomeOf(const std::vector<double>& ratios) {
  const Spread spread = SpreadOf(ratios);
  if (spread.median > 1) {
    return spread.min > 1 ? Outcome::kSlower : Outcome::kPerhapsSlower;
  }
  return spread.max < 1 ? Outcome::kFaster : Outcome::kPerhapsFaster;
}

std::vector<Contest> Contests(const std::vector<Measured>& measured) {
  std::map<Key, std::vector<const Measured*>> sets;
  for (const Measured& one : measured) {
    sets[KeyOf(*one.cell)].push_back(&one);
  }
  std::vector<Contest> contests;
  for (const Measured& one : measured) {
    if (one.cell->side != Side::kParkway) {
      continue;
    }
    std::vector<const Measured*> rivals = BestFirst(sets[KeyOf(*one.cell)]);
    if (!rivals.empty()) {
      contests.push_back(Hold(one, std::move(rivals)));
    }
  }
  return contests;
}

}  // namespace parkway_bench
