// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/figures.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "bench/scale/sim_platform.h"

namespace parkway_bench::scale {
namespace {

// What has been so far.
struct Totals {
  Counts counts;
  Time spent = 0;
  std::uint64_t switches = 0;
  std::uint64_t transfers = 0;
  std::uint64_t far_transfers = 0;
};

Totals TotalsOf(const World& world, Time now) {
  const Kernel& kernel = world.kernel();
  return {kernel.counts(), world.Spent(now), world.Switches(),
          kernel.machine().transfers(), kernel.machine().far_transfers()};
}

Counts operator-(const Counts& a, const Counts& b) {
  Counts counts;
  counts.sleeps = a.sleeps - b.sleeps;
  counts.wakes = a.wakes - b.wakes;
  counts.futex_calls = a.futex_calls - b.futex_calls;
  counts.yields = a.yields - b.yields;
  counts.preemptions = a.preemptions - b.preemptions;
  counts.barriers = a.barriers - b.barriers;
  counts.interrupts = a.interrupts - b.interrupts;
  counts.interrupted = a.interrupted - b.interrupted;
  return counts;
}

using Turns = std::vector<std::unique_ptr<Turn>>;

// Returns how many operations there were, also outside of what is measured.
std::uint64_t AddTurns(const Turns& turns, int passive, Figures* figures) {
  std::uint64_t all = 0;
  std::uint64_t least = UINT64_MAX;
  std::uint64_t most = 1;
  for (const auto& turn : turns) {
    all += turn->all();
    figures->operations += turn->operations();
    if (turn->index() >= passive) least = std::min(least, turn->operations());
    most = std::max(most, turn->operations());
    figures->longest_wait = std::max(figures->longest_wait, turn->longest());
  }
  figures->fairness = static_cast<double>(least) / static_cast<double>(most);
  return all;
}

void AddTotals(const Setup& setup, const Totals& before, const Totals& after,
               Figures* figures) {
  const double operations =
      static_cast<double>(std::max<std::uint64_t>(figures->operations, 1));
  const double duration = ToNanos(setup.duration);
  figures->ns_per_operation = duration / operations;
  figures->cpu_ns_per_operation =
      ToNanos(after.spent - before.spent) / operations;
  figures->switches_per_1000 =
      1000 * static_cast<double>(after.switches - before.switches) / operations;
  figures->counts = after.counts - before.counts;
  figures->interrupted =
      ToNanos(figures->counts.interrupted) / (duration * setup.topology.cpus);
  figures->transfers = after.transfers - before.transfers;
  figures->far_transfers = after.far_transfers - before.far_transfers;
}

}  // namespace

bool Turn::Goes() const {
  Kernel& kernel = *World::Simulating();
  kernel.Spend(kernel.costs().operation);
  return Now() < end_;
}

void Turn::Work(int turns) const {
  Kernel& kernel = *World::Simulating();
  kernel.Compute(turns * kernel.costs().turn);
}

Figures Measure(const Setup& setup, const std::function<Scene()>& prepare) {
  World world(setup.costs, setup.topology, setup.seed);
  SimPlatform::MakeTables(setup.threads);
  const Scene scene = prepare();
  const Time end = setup.lead + setup.duration;
  Turns turns;
  for (int i = 0; i < setup.threads; ++i) {
    turns.push_back(std::make_unique<Turn>(i, setup.lead, end));
    Turn* const turn = turns.back().get();
    world.Spawn(i % setup.topology.cpus, Nanos(100) * i, [&scene, turn] {
      Kernel& kernel = *World::Simulating();
      kernel.Spend(kernel.costs().operation);
      scene.body(*turn);
    });
  }
  Totals before;
  Totals after;
  world.kernel().At(setup.lead, [&] { before = TotalsOf(world, setup.lead); });
  world.kernel().At(end, [&] { after = TotalsOf(world, end); });
  Figures figures;
  if (!world.Run()) figures.fault = "a thread sleeps for ever";
  const std::uint64_t all = AddTurns(turns, scene.passive, &figures);
  AddTotals(setup, before, after, &figures);
  if (figures.fault.empty() && scene.check != nullptr) {
    figures.fault = scene.check(all);
  }
  return figures;
}

}  // namespace parkway_bench::scale
