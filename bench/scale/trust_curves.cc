// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/trust_curves.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "bench/engine/numbers.h"
#include "bench/scale/peers/futex2011.h"
#include "bench/scale/peers/mcs.h"
#include "bench/scale/peers/spinbit.h"
#include "bench/scale/peers/tas_backoff.h"
#include "bench/scale/scenes.h"

namespace parkway_bench::scale {
namespace {

// A point of a curve: so many CPUs, a thread on each.
Setup OnCpus(int cpus, int cpus_per_socket) {
  Setup setup;
  setup.costs = Server();
  setup.topology.cpus = cpus;
  setup.topology.sockets = std::max(1, cpus / cpus_per_socket);
  setup.topology.cpus_per_cluster = std::min(8, cpus_per_socket);
  setup.threads = cpus;
  setup.lead = Micros(1000);
  setup.duration = Micros(5000);
  return setup;
}

using Column = std::vector<double>;

std::vector<std::string> RowOf(int cpus, const std::vector<Column>& columns) {
  std::vector<std::string> row = {absl::StrCat(cpus)};
  for (const Column& column : columns)
    row.push_back(parkway_bench::Number(column.back()));
  return row;
}

// ---- Go's locks ----

Curve GosLocks() {
  Curve curve;
  curve.source =
      "Rhys Hiltner, [runtime: improve scaling of "
      "lock2](https://go.dev/issue/68578), 2024, first comment: Go's "
      "ChanContended on 1 to 20 threads of an i7-13700H.";
  curve.shape =
      "The lock of 2011 gets slower with each thread. Spinbit is slower at "
      "first and then holds its speed; with 8 threads both are equal, with 20 "
      "the lock of 2011 is slower by three times.";
  curve.here =
      "The scene ChanContended, one socket, clusters of 8, costs of a server.";
  curve.table.columns = {"CPUs", "futex of 2011, ns/op", "spinbit, ns/op",
                         "2011 over spinbit"};
  Column old_lock;
  Column spinbit;
  Column ratio;
  for (const int cpus : {1, 2, 4, 8, 12, 16, 20}) {
    const Setup setup = OnCpus(cpus, cpus);
    old_lock.push_back(Channel<Futex2011>(setup).ns_per_operation);
    spinbit.push_back(Channel<Spinbit>(setup).ns_per_operation);
    ratio.push_back(old_lock.back() / spinbit.back());
    curve.table.rows.push_back(RowOf(cpus, {old_lock, spinbit, ratio}));
  }
  constexpr std::size_t kFour = 2;
  curve.claims = {
      {"With 20 threads the lock of 2011 is slower than with 4.",
       old_lock.back() > 1.25 * old_lock[kFour]},
      {"Spinbit with 20 threads has at least three quarters of its speed "
       "with 4.",
       spinbit.back() * .75 < spinbit[kFour]},
      {"Spinbit is not much faster with 2 threads.", ratio[1] < 1.25},
      {"With 20 threads spinbit is at least twice as fast.",
       ratio.back() >= 2}};
  return curve;
}

// ---- MCS ----

// Without back-off.
class TestAndSet {
 public:
  void lock() {
    while (word_.exchange(1) != 0) Pause();
  }
  void unlock() { word_.store(0, std::memory_order_release); }

 private:
  Atomic<std::uint32_t> word_{0};
};

Curve QueuesAndTestAndSet() {
  Curve curve;
  curve.source =
      "J. Mellor-Crummey and M. Scott, [Algorithms for Scalable "
      "Synchronization on Shared-Memory "
      "Multiprocessors](https://doi.org/10.1145/103727.103729), TOCS 1991, "
      "figures of spin locks; S. Boyd-Wickizer and others, [Non-scalable locks "
      "are dangerous]"
      "(https://pdos.csail.mit.edu/papers/linux:lock.pdf), 2012.";
  curve.shape =
      "The time for a lock that all processors spin on grows with their "
      "number: fastest for test-and-set, slower with back-off. That for MCS "
      "does not grow once there is a queue.";
  curve.here =
      "The scene MutexContention, sockets of 8 CPUs, costs of a server. The "
      "first lock is test-and-set with one pause between two looks.";
  curve.table.columns = {"CPUs", "test-and-set, ns/op",
                         "test-and-set with back-off, ns/op", "MCS, ns/op"};
  Column plain;
  Column backoff;
  Column mcs;
  for (const int cpus : {1, 2, 4, 8, 16, 32, 64}) {
    const Setup setup = OnCpus(cpus, 8);
    plain.push_back(Contention<TestAndSet>(setup, 0, 0).ns_per_operation);
    backoff.push_back(Contention<TasBackoff>(setup, 0, 0).ns_per_operation);
    mcs.push_back(Contention<Mcs>(setup, 0, 0).ns_per_operation);
    curve.table.rows.push_back(RowOf(cpus, {plain, backoff, mcs}));
  }
  constexpr std::size_t kSixteen = 4;
  curve.claims = {
      {"Test-and-set with 64 CPUs takes at least twice as long as with 16.",
       plain.back() > 2 * plain[kSixteen]},
      {"MCS takes less than 1.5 times as long.",
       mcs.back() < 1.5 * mcs[kSixteen]},
      {"With 64 CPUs MCS is faster than test-and-set, also with back-off.",
       mcs.back() < std::min(plain.back(), backoff.back())},
      {"Back-off helps.", backoff.back() < plain.back()}};
  return curve;
}

// ---- membarrier ----

// Thread 0 calls barriers; the others, as many as run, compute. All CPUs but
// theirs are idle.
struct Barriers {
  double ns = 0;          // a call
  double interrupts = 0;  // to a call
  double lost = 0;        // of a computing CPU's time
};
Barriers BarriersWith(int threads, int cpus) {
  Setup setup = OnCpus(cpus, cpus);
  setup.threads = threads;
  std::uint64_t calls = 0;
  const Figures figures = Measure(setup, [&] {
    Scene scene;
    scene.body = [&calls](Turn& turn) {
      while (turn.Goes()) {
        if (turn.index() == 0) {
          World::Get().kernel().Barrier();
          turn.Done();
          calls = turn.operations();
        } else {
          turn.Work(100);
          World::Get().kernel().Sync();
        }
      }
    };
    return scene;
  });
  const double ns = ToNanos(setup.duration);
  Barriers barriers;
  barriers.ns = ns / static_cast<double>(calls);
  barriers.interrupts = static_cast<double>(figures.counts.interrupts) /
                        static_cast<double>(calls);
  if (threads > 1) {
    barriers.lost = ToNanos(figures.counts.interrupted) / (ns * (threads - 1));
  }
  return barriers;
}

Curve Membarrier() {
  Curve curve;
  curve.source =
      "membarrier(2), MEMBARRIER_CMD_PRIVATE_EXPEDITED; M. Desnoyers, "
      "[membarrier: Provide expedited private "
      "command](https://git.kernel.org/torvalds/c/22e4ebb97582), Linux 4.14.";
  curve.shape =
      "Each CPU that runs a thread of the process is interrupted, and no "
      "other one. The caller waits for all of them, so that a call takes "
      "longer the more there are.";
  curve.here =
      "64 CPUs, one socket, costs of a server: one thread calls barriers all "
      "the time, the others compute.";
  curve.table.columns = {"running threads", "ns/barrier", "interrupts/barrier",
                         "lost by the others, %"};
  Column ns;
  bool each_one = true;
  constexpr int kCpus = 64;
  for (const int threads : {1, 2, 8, 32, 64}) {
    const Barriers found = BarriersWith(threads, kCpus);
    ns.push_back(found.ns);
    each_one = each_one && found.interrupts > threads - 1.5 &&
               found.interrupts < threads - .5;
    curve.table.rows.push_back({absl::StrCat(threads),
                                parkway_bench::Number(found.ns),
                                absl::StrFormat("%.1f", found.interrupts),
                                absl::StrFormat("%.0f", 100 * found.lost)});
  }
  curve.claims = {
      {"One interrupt for each other running thread, none for an idle CPU.",
       each_one},
      {"A call takes longer the more threads run.",
       std::is_sorted(ns.begin(), ns.end())}};
  return curve;
}

}  // namespace

std::vector<Curve> PublishedCurves() {
  std::vector<Curve> curves = {GosLocks(), QueuesAndTestAndSet(), Membarrier()};
  curves[0].table.title = "Go's spinbit against its lock of 2011";
  curves[1].table.title = "MCS against test-and-set on many sockets";
  curves[2].table.title = "The interrupts of membarrier";
  return curves;
}

}  // namespace parkway_bench::scale
