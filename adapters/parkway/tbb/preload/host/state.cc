// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/preload/host/state.h"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "parkway/preload/decision.h"
#include "parkway/preload/environment.h"
#include "parkway/tbb/preload/host/layer_start.h"
#include "parkway/tbb/preload/host/stats.h"

namespace parkway::preload {
namespace {

constexpr unsigned kUndecided = ~0u;

Decision<unsigned, kUndecided> g_layers;

// relaxed, all three: stored before g_layers.settle(), and read after the
// g_layers.get() that pairs with it.
std::atomic<void*> g_functions[kEntries];
std::atomic<std::uintptr_t> g_code_begin{0};
std::atomic<std::uintptr_t> g_code_end{0};

void store(const TbbHost& loaded) noexcept {
  for (std::size_t i = 0; i < kEntries; ++i) {
    void* const function = function_or_end(loaded.next(entry_symbols[i]));
    g_functions[i].store(function, std::memory_order_relaxed);
  }
  if (loaded.state() == LoadedHost::State::kKnown) {
    const CodeRange code = loaded.code();
    g_code_begin.store(code.begin, std::memory_order_relaxed);
    g_code_end.store(code.end, std::memory_order_relaxed);
  }
}

void start(unsigned wanted) noexcept {
  for (const LayerStart* layer : {&stacks_start}) {
    if ((wanted & layer->layer) != 0) layer->start();
  }
}

unsigned decide(const TbbHost& loaded) noexcept {
  const int saved = errno;
  char complaint[256] = {};
  unsigned wanted =
      layers_asked_for(loaded.interface(), complaint, sizeof complaint);
  const char* why = complaint;
  if (wanted != kNoLayers && loaded.state() != LoadedHost::State::kKnown) {
    wanted = kNoLayers;
    why = loaded.why();
  }
  store(loaded);
  start(wanted);
  if (stats_asked_for()) start_counting(loaded.name());
  g_layers.settle(wanted, why);
  errno = saved;
  return wanted;
}

void decide_at_start() {
  const TbbHost loaded;
  if (loaded.state() != LoadedHost::State::kNone &&
      g_layers.get() == kUndecided) {
    decide(loaded);
  }
}

void print_layers_and_counts() {
  const unsigned decided = g_layers.get();
  print_stats(decided != kUndecided, decided);
}

}  // namespace

const Library library = {"libparkway_tbb.so", "oneTBB", &decide_at_start,
                         &print_layers_and_counts};

unsigned layers() noexcept {
  const unsigned decided = g_layers.get();
  return decided != kUndecided ? decided : decide(TbbHost());
}

unsigned decided_layers() noexcept {
  const unsigned decided = g_layers.get();
  return decided != kUndecided ? decided : unsigned{kNoLayers};
}

void* host_function(Entry entry) noexcept {
  return g_functions[entry].load(std::memory_order_relaxed);
}

CodeRange host_code() noexcept {
  CodeRange code;
  code.begin = g_code_begin.load(std::memory_order_relaxed);
  code.end = g_code_end.load(std::memory_order_relaxed);
  return code;
}

}  // namespace parkway::preload
