// Decides once, at start or at the first call if that comes earlier, who
// answers the exported functions, and fills the slots.
//
// There is no lock: whoever comes here works out the same and stores the same
// values. Only the mode must not differ between threads, in case a program
// changes its environment meanwhile.
#include <cerrno>
#include <cstdlib>

#include "adapters/absl/preload/loaded_host.h"
#include "adapters/absl/preload/mode.h"
#include "adapters/absl/preload/stats.h"
#include "adapters/absl/preload/table.h"
#include "adapters/preload/message.h"

namespace parkway::preload {
namespace {

std::atomic<Mode> g_mode{Mode::kUndecided};

[[noreturn]] void not_there() {
  say("libparkway_absl.so: a function of Abseil was called that no library of "
      "this process defines");
  std::abort();
}

ParkwayCode code(void* address) noexcept {
  return address != nullptr ? reinterpret_cast<ParkwayCode>(address)
                            : &not_there;
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
const char* bind_imports(const LoadedHost& loaded, Sets set) noexcept {
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

Mode decide(const LoadedHost& loaded) noexcept {
  char complaint[256] = {};
  Mode mode = mode_asked_for(complaint, sizeof complaint);
  const char* missing = nullptr;
  const char* why = complaint;
  if (mode != Mode::kOff && loaded.state() != LoadedHost::State::kKnown) {
    mode = Mode::kOff;
    why = loaded.why();
  } else if ((missing = bind_imports(loaded, our_set(mode))) != nullptr) {
    mode = Mode::kOff;
  }
  Mode before = Mode::kUndecided;
  // release: pairs with the acquire below, for the imports.
  if (!g_mode.compare_exchange_strong(before, mode,
                                      std::memory_order_acq_rel)) {
    return before;
  }
  if (missing != nullptr) {
    say("libparkway_absl.so steps aside: Abseil's %s was not there when the "
        "process started",
        missing);
  } else if (why[0] != '\0') {
    say("libparkway_absl.so steps aside: %s", why);
  }
  return mode;
}

void fill(const LoadedHost& loaded, Mode mode) noexcept {
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
  const LoadedHost loaded;
  // Without a host there may be one later, brought by dlopen.
  if (needed || loaded.state() != LoadedHost::State::kNone) {
    const Mode decided = g_mode.load(std::memory_order_acquire);
    fill(loaded, decided != Mode::kUndecided ? decided : decide(loaded));
  }
  errno = saved;
}

[[gnu::constructor]] void at_start() { resolve(/*needed=*/false); }

[[gnu::destructor]] void at_exit() {
  if (stats_asked_for()) {
    print_stats(g_mode.load(std::memory_order_acquire));
  }
}

}  // namespace
}  // namespace parkway::preload

void parkway_preload_resolve() { parkway::preload::resolve(/*needed=*/true); }
