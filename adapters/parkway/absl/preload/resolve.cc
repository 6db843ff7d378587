// SPDX-License-Identifier: Apache-2.0

// Fills the slots of the exported functions with whoever answers them in this
// process: at start, or at the first call if that comes earlier.
#include <cerrno>
#include <cstddef>
#include <cstdio>

#include "parkway/absl/preload/absl_host.h"
#include "parkway/absl/preload/mode.h"
#include "parkway/absl/preload/stats.h"
#include "parkway/absl/preload/table.h"
#include "parkway/preload/decision.h"
#include "parkway/preload/environment.h"

namespace parkway::preload {
namespace {

Decision<Mode, Mode::kUndecided> g_mode;

ParkwayCode code(void* address) noexcept {
  return reinterpret_cast<ParkwayCode>(function_or_end(address));
}

// The set that answers in this mode, or none.
Sets our_set(Mode mode) noexcept {
  switch (mode) {
    case Mode::kLocks:
      return kLocks;
    case Mode::kSemaphore:
      return kSemaphore;
    default:
      return kNone;
  }
}

// Binds what the code of one set needs of the host's libraries. Returns what is
// missing, or null.
const char* bind_imports(const AbslHost& loaded, Sets set) noexcept {
  for (std::size_t i = 0; i < import_count; ++i) {
    if ((imports[i].sets & set) == 0) continue;
    void* const address = loaded.in_libraries(imports[i].symbol);
    if (address == nullptr) return imports[i].symbol;
    parkway_import_slots[i].store(code(address), std::memory_order_relaxed);
  }
  for (std::size_t i = 0; i < data_import_count; ++i) {
    const DataImport& data = data_imports[i];
    if ((data.sets & set) != 0 && data.address == nullptr) return data.symbol;
  }
  return nullptr;
}

Mode decide(const AbslHost& loaded) noexcept {
  char complaint[256] = {};
  Mode mode = mode_asked_for(complaint, sizeof complaint);
  const char* why = complaint;
  if (mode != Mode::kOff && loaded.state() != LoadedHost::State::kKnown) {
    mode = Mode::kOff;
    why = loaded.why();
  } else if (const char* missing = bind_imports(loaded, our_set(mode))) {
    mode = Mode::kOff;
    std::snprintf(complaint, sizeof complaint,
                  "Abseil's %s was not there when the process started",
                  missing);
  }
  g_mode.settle(mode, why);
  return mode;
}

void fill(const AbslHost& loaded, Mode mode) noexcept {
  const bool counting = stats_asked_for();
  const HeldBits& held = mode == Mode::kLocks ? own_held_bits : host_held_bits;
  parkway_held_to_writer.store(held.to_writer, std::memory_order_relaxed);
  parkway_held_to_reader.store(held.to_reader, std::memory_order_relaxed);
  for (std::size_t i = 0; i < entry_count; ++i) {
    const Entry& entry = entries[i];
    const ParkwayCode target = (entry.set & our_set(mode)) != 0
                                   ? entry.own
                                   : code(loaded.next(entry.symbol));
    parkway_next[i].store(target, std::memory_order_relaxed);
    // release: whoever jumps through the slot finds our code's imports bound.
    parkway_slots[i].store(counting ? parkway_counting_stubs[i] : target,
                           std::memory_order_release);
  }
}

void resolve(bool needed) noexcept {
  const int saved = errno;
  const AbslHost loaded;
  if (needed || loaded.state() != LoadedHost::State::kNone) {
    const Mode decided = g_mode.get();
    fill(loaded, decided != Mode::kUndecided ? decided : decide(loaded));
  }
  errno = saved;
}

void resolve_at_start() { resolve(/*needed=*/false); }

void print_mode_and_calls() { print_stats(g_mode.get()); }

}  // namespace

const Library library = {"libparkway_absl.so", "Abseil", &resolve_at_start,
                         &print_mode_and_calls};

}  // namespace parkway::preload

void parkway_preload_resolve() { parkway::preload::resolve(/*needed=*/true); }
