// SPDX-License-Identifier: Apache-2.0

// What is measured in a world, and by which loop.
#ifndef PARKWAY_BENCH_SCALE_FIGURES_H_
#define PARKWAY_BENCH_SCALE_FIGURES_H_

#include <cstdint>
#include <functional>
#include <string>

#include "bench/scale/costs.h"
#include "bench/scale/kernel.h"
#include "bench/scale/world.h"

namespace parkway_bench::scale {

struct Setup {
  Costs costs;
  Topology topology;
  int threads = 2;
  // What is before it is not measured.
  Time lead = Micros(4000);
  Time duration = Micros(20000);
  std::uint64_t seed = 1;
};

struct Figures {
  std::uint64_t operations = 0;
  double ns_per_operation = 0;  // of the whole machine
  double cpu_ns_per_operation = 0;
  Time longest_wait = 0;
  // The unluckiest thread's operations over the luckiest's.
  double fairness = 0;
  double switches_per_1000 = 0;
  // Of all CPUs' time, what barriers' interrupts took.
  double interrupted = 0;
  Counts counts;
  std::uint64_t transfers = 0;
  std::uint64_t far_transfers = 0;
  // What is wrong with the run, or nothing: a thread that sleeps for ever, two
  // threads in a section.
  std::string fault;

  double longest_wait_us() const { return ToNanos(longest_wait) / 1000; }
};

// What a thread of a cell knows.
class Turn {
 public:
  Turn(int index, Time from, Time end)
      : index_(index), from_(from), end_(end) {}

  int index() const { return index_; }
  static Time Now() { return World::Simulating()->now(); }
  // Whether it goes on, at the cost of a loop's step.
  bool Goes() const;
  // So many turns of a loop.
  void Work(int turns) const;
  // Meters what may wait.
  template <class Wait>
  void Metered(const Wait& wait) {
    const Time start = Now();
    wait();
    Waited(start);
  }
  // The same for what began at `start` and is over.
  void Waited(Time start) {
    const Time end = Now();
    if (start < end_ && end >= from_ && end - start > longest_) {
      longest_ = end - start;
    }
  }
  void Done() {
    ++all_;
    const Time now = Now();
    if (now >= from_ && now < end_) ++operations_;
  }

  std::uint64_t all() const { return all_; }
  // In the time that is measured.
  std::uint64_t operations() const { return operations_; }
  Time longest() const { return longest_; }

 private:
  const int index_;
  const Time from_;
  const Time end_;
  std::uint64_t all_ = 0;
  std::uint64_t operations_ = 0;
  Time longest_ = 0;
};

// One cell: `prepare` makes what it needs in the world and returns what each
// thread does; `check`, if there is one, says at the end what is wrong, of all
// operations that there were.
struct Scene {
  std::function<void(Turn&)> body;
  std::function<std::string(std::uint64_t operations)> check;
  // So many of the first threads do no operations.
  int passive = 0;
};
Figures Measure(const Setup& setup, const std::function<Scene()>& prepare);

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_FIGURES_H_
