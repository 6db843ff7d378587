// SPDX-License-Identifier: Apache-2.0

// What a CPU begins before it is its turn, and what it ends later: computations
// and stores.
#include <algorithm>
#include <cstring>

#include "bench/scale/kernel.h"

namespace parkway_bench::scale {

// ---- what is begun early ----

void Kernel::Compute(Time time) {
  Time& until = current_->computes_until;
  until = std::max(until, now() - costs_.looks_ahead) + time;
  cpu_->clock = std::max(cpu_->clock, until - costs_.looks_ahead);
}

void Kernel::AskAhead(const void* address, bool writes) {
  Sync();
  const std::uint32_t line = Memory::LineOf(address);
  if (writes) {
    Take(*cpu_, line, now());
  } else {
    Fetch(*cpu_, line, now());
  }
  AfterComputing();
}

// ---- stores ----

void Kernel::Store(void* address, std::uint64_t value, unsigned bytes) {
  constexpr std::size_t kMostStores = 56;
  Spend(costs_.store);
  Sync();
  while (cpu_->stores.size() >= kMostStores) {
    WaitUntil(std::max(now(), cpu_->store_at) + 1);
  }
  auto& stores = cpu_->stores;
  const Time here = Take(*cpu_, Memory::LineOf(address), now());
  if (stores.empty() && here <= now()) {
    std::memcpy(address, &value, bytes);
    cpu_->all_done_at = std::max(cpu_->all_done_at, now() + costs_.drain);
    return;
  }
  stores.push_back({here, address, value, bytes});
  if (stores.size() == 1) StoreAt(*cpu_, here);
}

void Kernel::CommitStore(Cpu& cpu) {
  const Time now = cpu.store_at;
  PendingStore& store = cpu.stores.front();
  // Somebody may have taken the line while it waited for those before it.
  store.here = Take(cpu, Memory::LineOf(store.address), now);
  if (store.here > now) {
    StoreAt(cpu, store.here);
    return;
  }
  std::memcpy(store.address, &store.value, store.bytes);
  cpu.stores.pop_front();
  ++cpu.stored;
  StoreAt(cpu, cpu.stores.empty() ? Agenda::kNever
                                  : std::max(now, cpu.stores.front().here));
}

bool Kernel::ForwardSlow(const void* address, std::uint64_t* value) const {
  const auto& stores = cpu_->stores;
  for (auto store = stores.rbegin(); store != stores.rend(); ++store) {
    if (store->address != address) continue;
    *value = store->value;
    return true;
  }
  return false;
}

void Kernel::DrainStoresSlow() {
  while (!cpu_->stores.empty()) {
    WaitUntil(std::max(now(), cpu_->store_at) + 1);
  }
}

}  // namespace parkway_bench::scale
