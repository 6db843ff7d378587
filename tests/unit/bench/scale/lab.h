// SPDX-License-Identifier: Apache-2.0

// Machines whose costs are easy to add up.
#ifndef PARKWAY_TESTS_UNIT_BENCH_SCALE_LAB_H_
#define PARKWAY_TESTS_UNIT_BENCH_SCALE_LAB_H_

#include "bench/scale/costs.h"

namespace parkway_bench::scale {

// All that is not named costs nothing.
inline Costs RoundCosts() {
  Costs costs;
  costs.name = "round";
  costs.load = Nanos(1);
  costs.store = Nanos(1);
  costs.update = Nanos(2);
  costs.turn = Nanos(1);
  costs.from_cluster = Nanos(10);
  costs.from_socket = Nanos(50);
  costs.from_other_socket = Nanos(200);
  costs.from_memory = Nanos(80);
  costs.line_between = Nanos(5);
  costs.lost_percent = 50;
  costs.slice = Micros(3000);
  costs.tick = Micros(4000);
  return costs;
}

// Sockets of 8 CPUs, clusters of 2.
inline Topology Cpus(int cpus) {
  Topology topology;
  topology.cpus = cpus;
  topology.sockets = cpus > 8 ? cpus / 8 : 1;
  topology.cpus_per_cluster = 2;
  return topology;
}

}  // namespace parkway_bench::scale

#endif  // PARKWAY_TESTS_UNIT_BENCH_SCALE_LAB_H_
