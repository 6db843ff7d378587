// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/world.h"

#include <utility>

namespace parkway_bench::scale {

World::World(const Costs& costs, const Topology& topology, std::uint64_t seed)
    : kernel_(costs, topology, seed) {
  current_ = this;
}

World::~World() { current_ = nullptr; }

void World::Spawn(int cpu, Time at, std::function<void()> body) {
  threads_.push_back(std::make_unique<Simulated>());
  Thread& thread = threads_.back()->thread;
  thread.index = static_cast<int>(threads_.size()) - 1;
  thread.cpu = cpu;
  thread.body = std::move(body);
  thread.context =
      parkway::make_context(memory_.AllocateStack(), Memory::kStackBytes,
                            &Kernel::EnterThread, &thread);
  kernel_.Start(&thread, at);
}

bool World::Run() {
  simulating_ = &kernel_;
  const bool ended = kernel_.Run();
  simulating_ = nullptr;
  return ended;
}

Time World::Spent(Time now) const {
  Time sum = kernel_.Unaccounted(now);
  for (const auto& simulated : threads_) sum += simulated->thread.spent;
  return sum;
}

std::uint64_t World::Switches() const {
  std::uint64_t sum = 0;
  for (const auto& simulated : threads_) sum += simulated->thread.switches;
  return sum;
}

}  // namespace parkway_bench::scale
