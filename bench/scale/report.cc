// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/report.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/engine/json.h"
#include "bench/engine/numbers.h"
#include "bench/engine/stats.h"

namespace parkway_bench::scale {
namespace {

double PerOperation(double value, const Measured& one) {
  return value / static_cast<double>(
                     std::max<std::uint64_t>(one.figures.operations, 1));
}

// How parkway's speed compares with that of the best of a side.
std::string Compared(Side side, double goal, const Measured& one,
                     const std::vector<Measured>& all) {
  const Measured* const best = BestOf(side, one, all);
  if (one.cell.side != Side::kOurs || best == nullptr) return "";
  const double speed = SpeedOver(*best, one);
  return speed < goal ? absl::StrFormat("LOSES %.2f", speed)
                      : absl::StrFormat("%.2f", speed);
}

std::vector<std::string> Row(const Measured& one,
                             const std::vector<Measured>& all) {
  const Figures& figures = one.figures;
  const auto count = [&](std::uint64_t value) {
    return Number(1000 * PerOperation(static_cast<double>(value), one));
  };
  return {absl::StrCat(one.topology.cpus),
          absl::StrCat(one.threads),
          one.cell.lock,
          Number(figures.ns_per_operation),
          Number(figures.cpu_ns_per_operation),
          Number(figures.longest_wait_us()),
          absl::StrFormat("%.2f", figures.fairness),
          Number(figures.switches_per_1000),
          count(figures.counts.futex_calls),
          absl::StrCat(figures.counts.barriers),
          absl::StrFormat("%.2f", 100 * figures.interrupted),
          count(figures.far_transfers),
          Compared(Side::kSleeps, kGoalOfSleeping, one, all),
          Compared(Side::kSpins, kGoalOfSpinning, one, all)};
}

ChartSeries& SeriesOf(const Cell& cell, std::vector<ChartSeries>* all) {
  auto found = std::find_if(
      all->begin(), all->end(),
      [&](const ChartSeries& one) { return one.name == cell.lock; });
  if (found == all->end()) {
    found = all->insert(found, {cell.lock, cell.side == Side::kOurs, {}});
  }
  return *found;
}

SheetSection NewSection(const Measured& first) {
  SheetSection section;
  section.table.title = first.cell.scene;
  if (first.factor != 1) {
    absl::StrAppend(&section.table.title, ", ", first.factor,
                    " threads to a CPU");
  }
  section.table.notes = {WhatIs(first.cell.scene)};
  section.table.columns = {"CPUs",
                           "threads",
                           "lock",
                           "ns/op",
                           "CPU ns/op",
                           "longest wait us",
                           "fairness",
                           "switches/1000 op",
                           "futex calls/1000 op",
                           "barriers",
                           "interrupts %",
                           "far transfers/1000 op",
                           "of the best that sleeps",
                           "of the best that spins"};
  section.chart.value = "time per operation";
  section.chart.unit = "ns";
  section.chart.x = "CPUs";
  section.chart.note = "One run of each: another would give the same.";
  return section;
}

using Field = std::pair<const char*, std::string>;

std::string Object(const std::vector<Field>& fields) {
  std::string object = "{";
  for (const auto& [name, value] : fields) {
    absl::StrAppend(&object, object.size() == 1 ? "" : ", ", JsonText(name),
                    ": ", value);
  }
  return absl::StrCat(object, "}");
}

const char* NameOf(Side side) {
  return side == Side::kOurs     ? "parkway"
         : side == Side::kSleeps ? "sleeps"
                                 : "spins";
}

std::string CellJson(const Measured& one) {
  const Figures& figures = one.figures;
  const Counts& counts = figures.counts;
  const auto number = [](auto value) { return absl::StrCat(value); };
  return Object(
      {{"scene", JsonText(one.cell.scene)},
       {"lock", JsonText(one.cell.lock)},
       {"side", JsonText(NameOf(one.cell.side))},
       {"cpus", number(one.topology.cpus)},
       {"sockets", number(one.topology.sockets)},
       {"cpus_per_cluster", number(one.topology.cpus_per_cluster)},
       {"threads", number(one.threads)},
       {"operations", number(figures.operations)},
       {"ns_per_operation", JsonNumber(figures.ns_per_operation)},
       {"cpu_ns_per_operation", JsonNumber(figures.cpu_ns_per_operation)},
       {"longest_wait_us", JsonNumber(figures.longest_wait_us())},
       {"fairness", JsonNumber(figures.fairness)},
       {"switches_per_1000", JsonNumber(figures.switches_per_1000)},
       {"sleeps", number(counts.sleeps)},
       {"wakes", number(counts.wakes)},
       {"futex_calls", number(counts.futex_calls)},
       {"yields", number(counts.yields)},
       {"preemptions", number(counts.preemptions)},
       {"barriers", number(counts.barriers)},
       {"interrupts", number(counts.interrupts)},
       {"interrupted", JsonNumber(figures.interrupted)},
       {"transfers", number(figures.transfers)},
       {"far_transfers", number(figures.far_transfers)}});
}

}  // namespace

std::vector<SheetSection> Sections(const std::vector<Measured>& all) {
  std::vector<SheetSection> sections;
  const Measured* before = nullptr;
  for (const Measured& one : all) {
    if (before == nullptr || before->cell.scene != one.cell.scene ||
        before->factor != one.factor) {
      sections.push_back(NewSection(one));
    }
    before = &one;
    SheetSection& section = sections.back();
    section.table.rows.push_back(Row(one, all));
    SeriesOf(one.cell, &section.chart.series)
        .points.push_back({static_cast<double>(one.topology.cpus), "",
                           SpreadOf({one.figures.ns_per_operation})});
  }
  return sections;
}

SheetSection NotSimulated() {
  SheetSection section;
  section.table.title = "What is not simulated";
  section.table.notes = {
      "Nothing on this page was measured on such a machine.",
      "Memory bandwidth: transfers of different lines do not slow each other.",
      "SMT: a CPU has its core for itself.",
      "Frequency: all CPUs are as fast at all times, also after sleep.",
      "Virtual machines: no CPU is ever taken away from the kernel.",
      "Unfair arbitration: those that ask for a line get it in the order in "
      "which they ask. Real ones may serve a near CPU first.",
      "Migration: each thread stays on its CPU, and the kernel balances no "
      "load.",
      "Cache sizes: a line stays where it is until another CPU wants it.",
      "Out-of-order execution: one access after the other, but for stores and "
      "for what comes after a computation, which is begun before that ends.",
      "The members of RwMutex's waiters that are no atomic words cost nothing. "
      "All other shared words do, also plain ones.",
      "The peers are our readings of published algorithms, a page each, and "
      "not the libraries' code."};
  return section;
}

std::string FiguresJson(const Description& facts,
                        const std::vector<Measured>& all) {
  std::vector<Field> fields;
  for (const auto& [name, value] : facts) {
    fields.emplace_back(name.c_str(), JsonText(value));
  }
  std::string cells;
  for (const Measured& one : all) {
    absl::StrAppend(&cells, cells.empty() ? "" : ",\n", "  ", CellJson(one));
  }
  fields.emplace_back("cells", absl::StrCat("[\n", cells, "\n]"));
  return absl::StrCat(Object(fields), "\n");
}

}  // namespace parkway_bench::scale
