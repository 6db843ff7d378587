// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/preload/host/copies.h"

#include <atomic>

#include "parkway/preload/decision.h"
#include "parkway/preload/environment.h"
#include "parkway/preload/next_definition.h"
#include "parkway/tbb/preload/host/counters.h"

namespace parkway::preload {
namespace internal {

CopyTable<Copy, TbbHost> copies;

}  // namespace internal

namespace {

using internal::copies;

// relaxed, everywhere: whoever sees a copy gets to know it by the table.
std::atomic<unsigned> g_layers{kNoLayers};
std::atomic<unsigned> g_watched{kNoLayers};

// A copy that there was no place for, or nobody, as its caller needs it.
[[gnu::tls_model("initial-exec")]] thread_local Copy t_without_place;

}  // namespace

unsigned layers_in_use() noexcept {
  return g_layers.load(std::memory_order_relaxed);
}

unsigned layers_watched() noexcept {
  return g_watched.load(std::memory_order_relaxed);
}

namespace internal {

void TbbHost::has_come(const Copy& copy) noexcept {
  g_layers.fetch_or(copy.layers, std::memory_order_relaxed);
  g_watched.fetch_or(copy.watched, std::memory_order_relaxed);
  if (stats_asked_for()) internal::counting.store(true);
}

const Copy& find_copy(const void* caller, Entry entry) noexcept {
  const unsigned number = copies.find(caller, entry, t_without_place);
  return number != CallerMap::kUnknown ? copies[number] : t_without_place;
}

void* find_elsewhere(Entry entry) noexcept {
  return function_or_end(next_definition(entry_symbols[entry]));
}

const Copy& try_out(const Copy& copy, unsigned layer) noexcept {
  Copy tried = copy;
  tried.layers = layer;
  return copies.pretend(tried);
}

}  // namespace internal
}  // namespace parkway::preload
