// SPDX-License-Identifier: Apache-2.0

// Fills the slots of the exported functions with whoever answers them in this
// process. If the process has started with an Abseil, all calls go there, and
// the slots say where. Else each call goes to the copy that its caller came
// with: the slots stay lazy, and the libraries that come are written anew
// (parkway/preload/newcomers.h), so that hardly any call comes by here.
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>

#include "parkway/absl/preload/copies.h"
#include "parkway/absl/preload/mode.h"
#include "parkway/absl/preload/stats.h"
#include "parkway/absl/preload/table.h"
#include "parkway/preload/decision.h"
#include "parkway/preload/environment.h"
#include "parkway/preload/next_definition.h"

namespace parkway::preload {
namespace {

// A copy that there was no place for, or nobody, as its caller needs it.
[[gnu::tls_model("initial-exec")]] thread_local Copy t_without_place;

void set_held_bits(Mode mode) noexcept {
  const HeldBits& held = mode == Mode::kLocks ? own_held_bits : host_held_bits;
  parkway_held_to_writer.store(held.to_writer, std::memory_order_relaxed);
  parkway_held_to_reader.store(held.to_reader, std::memory_order_relaxed);
}

void set_slot(std::size_t i, ParkwayCode target) noexcept {
  parkway_next[i].store(target, std::memory_order_relaxed);
  // release: whoever jumps through the slot finds our code's imports bound.
  parkway_slots[i].store(stats_asked_for() ? parkway_counting_stubs[i] : target,
                         std::memory_order_release);
}

// A function that the copy has not stays with the lazy stub: a library that
// comes later may have it.
void go_to(const Copy& copy) noexcept {
  set_held_bits(copy.mode);
  for (std::size_t i = 0; i < entry_count; ++i) {
    if (const ParkwayCode target = target_of(copy, entries[i])) {
      set_slot(i, target);
    }
  }
}

// With statistics each call has to come by.
void go_by_caller(const Copy& copy) noexcept {
  static std::atomic<bool> done{false};
  const bool was_done = done.exchange(true);
  if (copy.mode == Mode::kLocks || !was_done) set_held_bits(copy.mode);
  for (std::size_t i = 0; i < entry_count && !was_done; ++i) {
    set_slot(i, parkway_lazy_stubs[i]);
  }
}

// Abseils of other versions have other functions.
void say_what_else() noexcept {
  char why[256] = {};
  LoadedModules::look([&why](LoadedModules& modules) {
    for (const LoadedModule& module : modules) {
      if (std::strncmp(module.soname, host.soname_stem,
                       std::strlen(host.soname_stem)) != 0) {
        continue;
      }
      std::snprintf(why, sizeof why, "this process has %s, not %s",
                    module.soname, host.label);
    }
  });
  say_stepping_aside(why);
}

void resolve_at_start() {
  const unsigned number = internal::copies.find_at_start();
  if (number == CallerMap::kUnknown) {
    char complaint[256] = {};
    if (mode_asked_for(complaint, sizeof complaint) != Mode::kOff) {
      say_what_else();
    }
  } else if (internal::copies[number].everybodys) {
    go_to(internal::copies[number]);
  }
}

void forget_unloaded() { internal::copies.forget_unloaded(); }

bool took_over() {
  Copy copy;
  for (unsigned i = 0; i < kMostCopies; ++i) {
    if (internal::copies.picture(i, copy) && copy.mode != Mode::kOff)
      return true;
  }
  return false;
}

}  // namespace

const Library library = {"libparkway_absl.so", "Abseil",   &resolve_at_start,
                         &forget_unloaded,     &took_over, &print_stats};

}  // namespace parkway::preload

ParkwayCode parkway_preload_route(std::size_t entry,
                                  const void* caller) noexcept {
  using namespace parkway::preload;
  const int saved = errno;
  const bool is_first = parkway_slots[entry].load(std::memory_order_relaxed) ==
                        parkway_lazy_stubs[entry];
  unsigned number = internal::copies.find_fast(caller);
  if (number == CallerMap::kUnknown) {
    number = internal::copies.find(caller, entry, t_without_place);
  }
  const Copy& copy = number != CallerMap::kUnknown ? internal::copies[number]
                                                   : t_without_place;
  if (copy.everybodys) {
    go_to(copy);
  } else if (is_first) {
    go_by_caller(copy);
  }
  errno = saved;
  // This call is to be counted as well.
  const ParkwayCode slot = parkway_slots[entry].load(std::memory_order_relaxed);
  if (is_first && slot == parkway_counting_stubs[entry]) return slot;
  if (const ParkwayCode target = target_of(copy, entries[entry])) return target;
  return reinterpret_cast<ParkwayCode>(
      function_or_end(next_definition(entries[entry].symbol)));
}
