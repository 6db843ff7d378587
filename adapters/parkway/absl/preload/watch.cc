// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/preload/watch.h"

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "parkway/preload/dynamic_symbols.h"
#include "parkway/preload/stock_wait.h"

namespace parkway::preload {
namespace {

// relaxed, everywhere: whoever gets to know the copy, by its table, finds what
// belongs to it.

// The program headers of the watched copy's library.
std::atomic<const void*> g_watched{nullptr};

const void* pointer(ParkwayWord word) {
  return reinterpret_cast<const void*>(word);
}

// Whether the host's own fast path would leave the mutex to the slow one.
bool is_held(ParkwayWord mutex, const std::atomic<std::uint64_t>& bits) {
  const auto* const word =
      reinterpret_cast<const std::atomic<ParkwayWord>*>(mutex);
  return (word->load(std::memory_order_relaxed) &
          bits.load(std::memory_order_relaxed)) != 0;
}

// A call on its way to the host. An argument's type is not known, only the
// registers that it can be in; neither is the result's.
struct Call {
  std::size_t entry;
  ParkwayWord object, second, third, fourth, fifth;

  ParkwayWord make() const {
    using Function = ParkwayWord(ParkwayWord, ParkwayWord, ParkwayWord,
                                 ParkwayWord, ParkwayWord);
    return reinterpret_cast<Function*>(parkway_watched[entry].load(
        std::memory_order_relaxed))(object, second, third, fourth, fifth);
  }

  ParkwayWord make_in(WaitKind kind, StockWait::Certainty certainty) const {
    const StockWait wait(kind, pointer(object), certainty);
    return make();
  }
};

}  // namespace

bool watch_copy(const CopyBase& copy) noexcept {
  const void* before = nullptr;
  if (!g_watched.compare_exchange_strong(before, copy.info.dlpi_phdr) &&
      before != copy.info.dlpi_phdr) {
    return false;
  }
  bool there = false;
  LoadedModules::look([&](LoadedModules& modules) {
    for (const LoadedModule& module : modules) {
      if (!copy.is_of(module.info)) continue;
      there = true;
      const DynamicSymbols symbols(module.info);
      for (std::size_t i = 0; i < entry_count; ++i) {
        if (entries[i].watch == Watch::kNot) continue;
        parkway_watched[i].store(
            reinterpret_cast<ParkwayCode>(symbols.find(entries[i].symbol)),
            std::memory_order_relaxed);
      }
    }
  });
  return there;
}

ParkwayCode watcher_of(const Entry& entry) noexcept {
  const std::ptrdiff_t i = &entry - entries;
  return parkway_watched[i].load(std::memory_order_relaxed) != nullptr
             ? parkway_watching_stubs[i]
             : nullptr;
}

}  // namespace parkway::preload

// The mutex is looked at, and not tried first: TryLock() writes other lines to
// a debug log than Lock() does, and leaves out the deadlock detection. So each
// call reaches the host once, as it was made.
ParkwayWord parkway_watch(ParkwayWord object, ParkwayWord second,
                          ParkwayWord third, ParkwayWord fourth,
                          ParkwayWord fifth, std::size_t entry) {
  using namespace parkway::preload;
  using parkway::WaitKind;
  const Call call{entry, object, second, third, fourth, fifth};
  switch (entries[entry].watch) {
    case Watch::kWriter:
      if (!is_held(object, parkway_held_to_writer)) break;
      return call.make_in(WaitKind::kWriter, StockWait::kCertain);
    case Watch::kReader:
      if (!is_held(object, parkway_held_to_reader)) break;
      return call.make_in(WaitKind::kReader, StockWait::kCertain);
    case Watch::kAwait:
      stock_releases(WaitKind::kWriter, pointer(object));
      [[fallthrough]];
    case Watch::kCondition:
      return call.make_in(WaitKind::kCondition, StockWait::kPerhaps);
    case Watch::kCondVar:
      stock_releases(WaitKind::kWriter, pointer(second));
      return call.make_in(WaitKind::kConditionVariable, StockWait::kCertain);
    case Watch::kUnlock:
      stock_releases(WaitKind::kWriter, pointer(object));
      break;
    case Watch::kSignal:
      stock_releases(WaitKind::kConditionVariable, pointer(object));
      break;
    case Watch::kNot:
      break;
  }
  return call.make();
}
