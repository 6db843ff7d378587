// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/verdicts.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/engine/numbers.h"

namespace parkway_bench::scale {
namespace {

// More lines are not read; the tables have all.
constexpr std::size_t kMostDetails = 8;

// Worse is larger.
struct Miss {
  double how_bad = 0;
  std::string text;
};

std::string Place(const Measured& measured) {
  return absl::StrFormat("%s, %d CPUs, %d threads: %s", measured.cell.scene,
                         measured.topology.cpus, measured.threads,
                         measured.cell.lock);
}

std::string Milliseconds(Time time) {
  return absl::StrCat(Number(ToNanos(time) / 1e6), " ms");
}

// Fast because it serves few.
bool Starves(const Measured& rival) {
  constexpr double kUnfair = .05;
  return rival.figures.longest_wait > kLongestWait ||
         rival.figures.fairness < kUnfair;
}
std::string HowItStarves(const Measured& rival) {
  return Starves(rival) ? absl::StrFormat(
                              ", which starves some (longest wait %s, "
                              "fairness %.2f)",
                              Milliseconds(rival.figures.longest_wait),
                              rival.figures.fairness)
                        : "";
}

void AddDetails(std::vector<Miss> misses, std::vector<SummaryLine>* lines) {
  std::stable_sort(
      misses.begin(), misses.end(),
      [](const Miss& a, const Miss& b) { return a.how_bad > b.how_bad; });
  for (std::size_t i = 0; i < std::min(misses.size(), kMostDetails); ++i) {
    lines->push_back({misses[i].text, true});
  }
  if (misses.size() > kMostDetails) {
    lines->push_back({absl::StrFormat("%d more in the tables.",
                                      misses.size() - kMostDetails),
                      true});
  }
}

std::vector<const Measured*> Ours(const std::vector<Measured>& all) {
  std::vector<const Measured*> ours;
  for (const Measured& one : all) {
    if (one.cell.side == Side::kOurs) ours.push_back(&one);
  }
  return ours;
}

void AddLosses(const std::vector<Measured>& all, Side side, const char* how,
               double goal, std::vector<SummaryLine>* lines) {
  std::vector<Miss> misses;
  std::size_t compared = 0;
  std::size_t to_starving = 0;
  double most = 0;
  std::string best;
  for (const Measured* const ours : Ours(all)) {
    const Measured* const rival = BestOf(side, *ours, all);
    if (rival == nullptr) continue;
    ++compared;
    const double speed = SpeedOver(*rival, *ours);
    if (speed > most) {
      most = speed;
      best = absl::StrCat(Place(*ours), " against ", rival->cell.lock);
    }
    if (speed >= goal) continue;
    if (Starves(*rival)) ++to_starving;
    misses.push_back(
        {-speed, absl::StrFormat("%s %.2f of %s%s", Place(*ours), speed,
                                 rival->cell.lock, HowItStarves(*rival))});
  }
  if (compared == 0) return;
  if (misses.empty()) {
    lines->push_back({absl::StrFormat(
        "Kept: all %d cells of parkway have at least %.1f of the speed of the "
        "best that %s.",
        compared, goal, how)});
  } else {
    lines->push_back({absl::StrFormat(
        "Lost: in %d of %d cells parkway has less than %.1f of the speed of "
        "the best that %s; in %d of them that one starves some of its threads.",
        misses.size(), compared, goal, how, to_starving)});
    AddDetails(std::move(misses), lines);
  }
  lines->push_back({absl::StrFormat("The best: %s, %.2f.", best, most), true});
}

void AddLongWaits(const std::vector<Measured>& all,
                  std::vector<SummaryLine>* lines) {
  std::vector<Miss> misses;
  const std::vector<const Measured*> ours = Ours(all);
  for (const Measured* const one : ours) {
    const Time wait = one->figures.longest_wait;
    if (wait <= kLongestWait) continue;
    misses.push_back(
        {ToNanos(wait), absl::StrCat(Place(*one), ", ", Milliseconds(wait))});
  }
  if (misses.empty()) {
    lines->push_back(
        {"Kept: nobody waits for more than 10 ms in any cell of "
         "parkway."});
    return;
  }
  lines->push_back({absl::StrFormat(
      "Lost: in %d of %d cells of parkway somebody waits for more than 10 ms.",
      misses.size(), ours.size())});
  AddDetails(std::move(misses), lines);
}

void AddInterrupts(const std::vector<Measured>& all,
                   std::vector<SummaryLine>* lines) {
  std::vector<Miss> misses;
  const std::vector<const Measured*> ours = Ours(all);
  for (const Measured* const one : ours) {
    const double share = one->figures.interrupted;
    if (share <= kMostInterrupted) continue;
    misses.push_back(
        {share, absl::StrFormat("%s, %.1f %%, %d barriers", Place(*one),
                                100 * share, one->figures.counts.barriers)});
  }
  if (misses.empty()) {
    lines->push_back(
        {"Kept: the interrupts of barriers take less than 1 % of "
         "the machine in all cells."});
    return;
  }
  lines->push_back({absl::StrFormat(
      "Lost: in %d of %d cells of parkway the interrupts of barriers take more "
      "than 1 %% of the machine.",
      misses.size(), ours.size())});
  AddDetails(std::move(misses), lines);
}

}  // namespace

bool Measured::IsRivalOf(const Measured& other) const {
  return cell.scene == other.cell.scene &&
         topology.cpus == other.topology.cpus && threads == other.threads;
}

const Measured* BestOf(Side side, const Measured& ours,
                       const std::vector<Measured>& all) {
  const Measured* best = nullptr;
  for (const Measured& one : all) {
    if (one.cell.side == side && one.IsRivalOf(ours) &&
        (best == nullptr || SpeedOver(*best, one) > 1)) {
      best = &one;
    }
  }
  return best;
}

double SpeedOver(const Measured& rival, const Measured& ours) {
  return rival.figures.ns_per_operation / ours.figures.ns_per_operation;
}

std::vector<SummaryLine> InShort(const std::vector<Measured>& all) {
  std::vector<SummaryLine> lines;
  if (Ours(all).empty()) return {{"None of the cells is parkway's."}};
  AddLosses(all, Side::kSleeps, "sleeps", kGoalOfSleeping, &lines);
  AddLosses(all, Side::kSpins, "spins", kGoalOfSpinning, &lines);
  AddLongWaits(all, &lines);
  AddInterrupts(all, &lines);
  // What is lost first, each with its details.
  std::vector<std::vector<SummaryLine>> groups;
  for (SummaryLine& line : lines) {
    if (!line.detail) groups.emplace_back();
    groups.back().push_back(std::move(line));
  }
  std::stable_partition(groups.begin(), groups.end(), [](const auto& group) {
    return group.front().text.compare(0, 4, "Lost") == 0;
  });
  lines.clear();
  for (auto& group : groups) {
    for (SummaryLine& line : group) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace parkway_bench::scale
