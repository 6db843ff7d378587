// There is no lock: whoever comes first works out the same as others who come
// at the same time, and stores the same values. Only the layers must not differ
// between threads, in case a program changes its environment meanwhile.
#include "adapters/tbb/preload/state.h"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "adapters/preload/message.h"
#include "adapters/tbb/preload/stats.h"
#include "adapters/tbb/preload/system_conditions.h"
#include "parkway/asymmetric_fence.h"
#include "parkway/stack_freelist.h"

namespace parkway::preload {
namespace {

constexpr unsigned kUndecided = ~0u;

std::atomic<unsigned> g_layers{kUndecided};
std::atomic<void*> g_functions[kEntries];
std::atomic<std::uintptr_t> g_code_begin{0};
std::atomic<std::uintptr_t> g_code_end{0};

[[noreturn]] void not_there() {
  say("libparkway_tbb.so: a function of oneTBB was called that no library of "
      "this process defines");
  std::abort();
}

void store(const LoadedHost& loaded) noexcept {
  for (std::size_t i = 0; i < kEntries; ++i) {
    void* address = loaded.next(entry_symbols[i]);
    if (address == nullptr) address = reinterpret_cast<void*>(&not_there);
    g_functions[i].store(address, std::memory_order_relaxed);
  }
  if (loaded.state() == LoadedHost::State::kKnown) {
    g_code_begin.store(loaded.code().begin, std::memory_order_relaxed);
    g_code_end.store(loaded.code().end, std::memory_order_relaxed);
  }
}

void limit_stacks() noexcept {
  const std::optional<std::size_t> bytes = stack_bytes_asked_for();
  if (!bytes) return;
  StackLimits limits = stack_limits();
  limits.shared_bytes = *bytes;
  set_stack_limits(limits);
}

unsigned decide(const LoadedHost& loaded) noexcept {
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
  // Each suspended task notifies, and most programs have nobody who waits.
  if ((wanted & kWaits) != 0) Platform::asymmetric_fence().decide();
  if ((wanted & kStacks) != 0) limit_stacks();
  const bool odd_conditions =
      (wanted & kConditions) != 0 && !conditions_are_known();
  if (odd_conditions) wanted &= ~unsigned{kConditions};
  if (stats_asked_for()) start_counting(loaded.name());
  unsigned before = kUndecided;
  // release: pairs with the acquire in layers(), for what store() stored.
  if (!g_layers.compare_exchange_strong(before, wanted,
                                        std::memory_order_acq_rel)) {
    wanted = before;
  } else if (why[0] != '\0') {
    say("libparkway_tbb.so steps aside: %s", why);
  } else if (odd_conditions) {
    say("libparkway_tbb.so: this libc's condition variables are not like "
        "glibc's from 2.25 on; without the layer conditions");
  }
  errno = saved;
  return wanted;
}

// Says what is wrong when the program starts, not at some call. Without a host
// there may be one later, brought by dlopen.
[[gnu::constructor]] void at_start() {
  const LoadedHost loaded;
  if (loaded.state() != LoadedHost::State::kNone &&
      g_layers.load(std::memory_order_relaxed) == kUndecided) {
    decide(loaded);
  }
}

[[gnu::destructor]] void at_exit() {
  if (!stats_asked_for()) return;
  const unsigned decided = g_layers.load(std::memory_order_acquire);
  print_stats(decided != kUndecided, decided);
}

}  // namespace

unsigned layers() noexcept {
  // acquire: pairs with the release in decide().
  const unsigned decided = g_layers.load(std::memory_order_acquire);
  return decided != kUndecided ? decided : decide(LoadedHost());
}

unsigned decided_layers() noexcept {
  // acquire: as above.
  const unsigned decided = g_layers.load(std::memory_order_acquire);
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
