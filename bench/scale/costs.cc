// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/costs.h"

namespace parkway_bench::scale {

// VirtualXeon(): what //bench/scale:measure printed on that machine on
// 2026-11-30 and 2026-12-01, medians of several, but for these:
//   - the lines, from_cluster to works_ahead without from_memory, were chosen
//     so that the cells of MutexHandoff, and of MutexContention and
//     ChanContended with two threads, come out. Measured are a hand over of
//     56 ns, a quarrel of 16 and a visit of 11; these costs give 64, 19 and 12
//     for the same loops;
//   - looks_ahead is the processor's scheduler: 97 places as published, of
//     which a turn that waits takes two, times 1.29 ns;
//   - futex_wake_lines is what is left of a wake of one without an interrupt,
//     wake_interrupt what is left of a wake of an idle CPU.
// What that predicts of all cells: docs/results/scale_trust.md.
Costs VirtualXeon() {
  Costs costs;
  costs.name = "virtual-xeon";
  costs.load = Nanos(.32);
  costs.load_use = Nanos(1.6);
  costs.store = Nanos(.32);
  costs.update = Nanos(5.8);
  costs.fence = Nanos(5.8);
  costs.drain = Nanos(2.6);
  costs.pause = Nanos(12.6);
  costs.read_clock = Nanos(9.4);
  costs.turn = Nanos(1.29);
  costs.operation = Nanos(.32);
  costs.from_cluster = Nanos(86);
  costs.from_socket = Nanos(86);
  costs.from_other_socket = Nanos(86);
  costs.asked_percent = 26;
  costs.lost_percent = 46;
  costs.lines_migrate = true;
  costs.loads_ahead = Nanos(4);
  costs.works_ahead = Nanos(10);
  costs.looks_ahead = Nanos(62);
  costs.spread_percent = 20;
  costs.from_memory = Nanos(97);
  costs.line_between = Nanos(10);
  costs.system_call = Nanos(103);
  costs.futex_sleep = Nanos(330);
  costs.futex_wake = Nanos(400);
  costs.futex_wake_lines = 20;
  costs.futex_miss = Nanos(24);
  costs.futex_bucket = Nanos(81);
  costs.yield = Nanos(218);
  costs.context_switch = Nanos(430);
  costs.send_interrupt = Micros(5.5);
  costs.wake_interrupt = Micros(7.8);
  costs.idle = {{0, Micros(5.1)},
                {Micros(200), Micros(6.2)},
                {Micros(2000), Micros(10.7)}};
  costs.slice = Micros(1400);
  costs.tick = Micros(4000);
  costs.barrier = Nanos(31);
  costs.barrier_send = Micros(5.5);
  costs.barrier_answer = Micros(4.5);
  costs.interrupt = Micros(6.2);
  return costs;
}

// What is published of servers of 2022 to 2025, rounded; where sources differ,
// the middle. Nobody here has measured it.
Costs Server() {
  // The rest is the processor's: as measured.
  Costs costs = VirtualXeon();
  costs.name = "server";
  // Tables of core-to-core latencies of AMD's EPYC 7763 and 9654 (AnandTech
  // 2021, Chips and Cheese 2022): within a core complex 25 to 30 ns, to another
  // one of the socket 90 to 120, to the other socket 190 to 220. Intel's Xeon
  // 8480 has 60 to 80 within a socket and 120 to 140 to the other one.
  costs.from_cluster = Nanos(28);
  costs.from_socket = Nanos(100);
  costs.from_other_socket = Nanos(200);
  costs.from_memory = Nanos(110);
  // lmbench, lat_ctx with two processes and no data, on bare metal: 1 to 1.5 us
  // for a switch with a pipe's calls; the switch itself about half.
  costs.context_switch = Nanos(700);
  // Interrupts between processors through an x2APIC: some 100 ns to send, about
  // 1 us until they are served (kernel patches on smp_call_function
  // give 1 to 2 us for the round trip).
  costs.send_interrupt = Nanos(150);
  costs.wake_interrupt = Micros(1);
  // Linux, drivers/idle/intel_idle.c, Sapphire Rapids: C1 1 us, C1E 2 us after
  // 4 us, C6 290 us after 800.
  costs.idle = {
      {0, Micros(1)}, {Micros(4), Micros(2)}, {Micros(800), Micros(290)}};
  // kernel/sched: 700 us times 1 + log2 of the CPUs, 8 at most; HZ is 250.
  costs.slice = Micros(2800);
  costs.tick = Micros(4000);
  // As interrupts above.
  costs.barrier_send = Nanos(80);
  costs.barrier_answer = Nanos(1500);
  costs.interrupt = Nanos(700);
  return costs;
}

}  // namespace parkway_bench::scale
