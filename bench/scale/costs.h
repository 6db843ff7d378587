// SPDX-License-Identifier: Apache-2.0

// What a simulated machine charges. Data, with where each number comes from;
// nothing else in bench/scale knows a time.
#ifndef PARKWAY_BENCH_SCALE_COSTS_H_
#define PARKWAY_BENCH_SCALE_COSTS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace parkway_bench::scale {

// Picoseconds, so that a cycle is not rounded away.
using Time = std::int64_t;
constexpr Time kForever = INT64_MAX / 4;
constexpr Time Nanos(double ns) { return static_cast<Time>(ns * 1000); }
constexpr Time Micros(double us) { return Nanos(us * 1000); }
constexpr double ToNanos(Time time) { return static_cast<double>(time) / 1000; }

// A CPU that has had nothing to do for so long sleeps so deeply that it takes
// so long to begin with what it is woken for.
struct IdleState {
  Time after = 0;
  Time latency = 0;
};

struct Costs {
  std::string name;

  // The processor. Of a line that the CPU has:
  Time load = 0;
  // Until its value is there, if a compare-and-exchange after it needs that.
  Time load_use = 0;
  Time store = 0;
  Time update = 0;  // a locked instruction
  Time fence = 0;
  // A store, until it has left the CPU: a locked instruction waits for that.
  Time drain = 0;
  Time pause = 0;
  Time read_clock = 0;
  Time turn = 0;       // of the loops that stand for work
  Time operation = 0;  // of a benchmark's own loop, for each operation

  // A line that another CPU has, until it is here.
  Time from_cluster = 0;  // of CPUs with the same last cache
  Time from_socket = 0;
  Time from_other_socket = 0;
  int spread_percent = 0;  // by which each of these differs, either way
  Time from_memory = 0;    // nobody has it
  Time for_each_copy = 0;  // that a write has to end, beside the farthest
  Time line_between = 0;   // two readers of one line are served so far apart
  // Of a transfer's time, how much is gone when the request is where all of
  // them are put in order, and when whoever had the line has lost it.
  int asked_percent = 0;
  int lost_percent = 50;
  // Who reads what another CPU has written has it alone.
  bool lines_migrate = false;
  // A CPU loads ahead: what it has lost so short a while ago it has loaded.
  Time loads_ahead = 0;
  Time works_ahead = 0;
  // It has begun what comes after a computation so long before that ends.
  Time looks_ahead = 0;

  // The kernel.
  Time system_call = 0;   // in and out
  Time futex_sleep = 0;   // beside system_call, until the CPU is free
  Time futex_wake = 0;    // beside system_call, for each that is woken
  Time futex_miss = 0;    // beside system_call, if nobody sleeps there
  Time futex_bucket = 0;  // its bucket's lock is held for so long
  // So many lines that a wake needs are where the sleeper slept.
  int futex_wake_lines = 0;
  Time yield = 0;  // alone on its CPU
  Time context_switch = 0;
  Time send_interrupt = 0;      // what the sender of one loses
  Time wake_interrupt = 0;      // until a CPU knows that it shall run another
  std::vector<IdleState> idle;  // ascending
  Time slice = 0;           // that a thread keeps its CPU for if others wait
  Time tick = 0;            // slices end at these
  Time barrier = 0;         // membarrier(2) itself
  Time barrier_send = 0;    // for each CPU that it interrupts
  Time barrier_answer = 0;  // until the last one has answered
  Time interrupt = 0;       // that the interrupted CPU loses
};

// This project's machine: two virtual CPUs of a Sapphire Rapids, measured by
// //bench/scale:measure.
Costs VirtualXeon();
// A server of two sockets or more without virtual machines.
Costs Server();

// Those of that name, or none.
const Costs* FindCosts(const std::string& name);
std::string NamesOfCosts();

// One of those that are a time each, by its name here; null for another one.
Time* FindCost(const std::string& name, Costs* costs);

// A machine's shape. CPUs with neighbouring numbers are near.
struct Topology {
  int cpus = 2;
  int sockets = 1;
  int cpus_per_cluster = 2;

  int socket_of(int cpu) const { return cpu * sockets / cpus; }
  int cluster_of(int cpu) const { return cpu / cpus_per_cluster; }
};

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_COSTS_H_
