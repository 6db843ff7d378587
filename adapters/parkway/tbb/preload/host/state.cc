// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/preload/host/state.h"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include "parkway/preload/decision.h"
#include "parkway/preload/environment.h"
#include "parkway/preload/message.h"
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

constexpr const LayerStart* kStarts[] = {&waits_start, &stacks_start,
                                         &conditions_start};

// Starts those that are wanted, and returns those that cannot be had.
unsigned start(unsigned wanted) noexcept {
  unsigned refused = kNoLayers;
  for (const LayerStart* layer : kStarts) {
    if ((wanted & layer->layer) != 0 && !layer->start()) {
      refused |= layer->layer;
    }
  }
  return refused;
}

void say_refused(unsigned refused) noexcept {
  for (const LayerStart* layer : kStarts) {
    if ((refused & layer->layer) == 0) continue;
    say("%s: %s", library.file, layer->refusal);
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
  const unsigned refused = start(wanted);
  wanted &= ~refused;
  if (stats_asked_for()) start_counting(loaded.name());
  if (g_layers.settle(wanted, why)) say_refused(refused);
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
