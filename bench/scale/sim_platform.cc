// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/sim_platform.h"

namespace parkway_bench::scale {

parkway::SpinLimits SimPlatform::spin_limits() {
  const Costs& costs = kernel().costs();
  parkway::SpinLimits limits;
  limits.yields = parkway::SpinLimits::kYields;
  if (kernel().topology().cpus == 1) return limits;
  const Time unit = Nanos(parkway::SpinLimits::kUnitNs);
  limits.unit_parts = static_cast<std::uint32_t>(
      (parkway::SpinLimits::kParts * unit + costs.pause / 2) / costs.pause);
  limits.close_ticks =
      static_cast<std::uint32_t>(parkway::SpinLimits::kFirstGap * unit / kTick);
  limits.gaps = parkway::SpinLimits::kGaps;
  return limits;
}

void SimPlatform::MakeTables(int threads) {
  World& world = World::Get();
  tables_ = world.Make<Tables>();
  tables_->workers =
      world.MakeArray<Worker>(static_cast<std::size_t>(threads) + 1);
}

}  // namespace parkway_bench::scale
