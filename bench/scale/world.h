// SPDX-License-Identifier: Apache-2.0

// A simulated machine with its memory and its threads. The code that runs there
// is ordinary code: it sees the machine by Atomic (bench/scale/atomic.h) and by
// the policy SimPlatform (bench/scale/sim_platform.h).
#ifndef PARKWAY_BENCH_SCALE_WORLD_H_
#define PARKWAY_BENCH_SCALE_WORLD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "bench/scale/kernel.h"
#include "bench/scale/memory.h"
#include "parkway/base/spin.h"

namespace parkway_bench::scale {

// One at a time, on one thread of the host. The same arguments and the same
// code give the same figures, on any host.
class World {
 public:
  World(const Costs& costs, const Topology& topology, std::uint64_t seed);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // The one that there is.
  static World& Get() { return *current_; }
  // The machine's kernel for one of its threads; null for who sets it up.
  static Kernel* Simulating() { return simulating_; }

  Kernel& kernel() { return kernel_; }
  const Kernel& kernel() const { return kernel_; }

  // Memory of the machine, all zero, aligned to a line. It is given back as
  // a whole: no destructor is called.
  void* Allocate(std::size_t bytes) { return memory_.Allocate(bytes); }
  template <class T, class... Args>
  T* Make(Args&&... args) {
    static_assert(alignof(T) <= Memory::kAlignment);
    return new (Allocate(sizeof(T))) T(std::forward<Args>(args)...);
  }
  template <class T>
  T* MakeArray(std::size_t n) {
    static_assert(alignof(T) <= Memory::kAlignment);
    return new (Allocate(n * sizeof(T))) T[n];
  }

  // A thread that is pinned to `cpu` and begins at `at`.
  void Spawn(int cpu, Time at, std::function<void()> body);
  // Until all of them have ended. False: those that are left sleep for ever.
  bool Run();

  // Of all threads together, outside of them.
  Time Spent(Time now) const;
  std::uint64_t Switches() const;

  // Of the thread that runs.
  int thread_index() { return kernel_.current().index; }
  parkway::internal::SpinHistory& spin_history() {
    return current().spin_history;
  }
  // Its own record of that type, made when it is first asked for.
  template <class Record>
  Record& Own() {
    static const std::size_t kind = kinds_++;
    void*& found = current().records.at(kind);
    if (found == nullptr) found = Make<Record>();
    return *static_cast<Record*>(found);
  }

 private:
  static constexpr std::size_t kMostKinds = 16;

  struct Simulated {
    Thread thread;
    parkway::internal::SpinHistory spin_history;
    std::array<void*, kMostKinds> records{};
  };

  Simulated& current() {
    return *threads_[static_cast<std::size_t>(thread_index())];
  }

  static inline World* current_ = nullptr;
  static inline Kernel* simulating_ = nullptr;
  static inline std::size_t kinds_ = 0;

  Memory memory_;
  Kernel kernel_;
  std::vector<std::unique_ptr<Simulated>> threads_;
};

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_WORLD_H_
