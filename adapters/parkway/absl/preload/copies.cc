// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/preload/copies.h"

#include <errno.h>

#include <cstdio>
#include <cstring>

#include "parkway/absl/preload/watch.h"
#include "parkway/preload/decision.h"
#include "parkway/preload/dynamic_symbols.h"
#include "parkway/preload/environment.h"

namespace parkway::preload {
namespace internal {

CopyTable<Copy, AbslHost> copies;

}  // namespace internal

namespace {

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

// What the code of one set needs of the libraries that the copy came with.
struct Imports {
  static constexpr std::size_t kMost = 256;
  ParkwayCode functions[kMost] = {};
  const char* missing = nullptr;
};

Imports find_imports(const Copy& copy, Sets set) noexcept {
  Imports found;
  LoadedModules::look([&](LoadedModules& modules) {
    const void* const there = reinterpret_cast<const void*>(copy.code.begin);
    for (std::size_t i = 0; i < import_count; ++i) {
      if ((imports[i].sets & set) == 0) continue;
      // A program may define hooks that Abseil's libraries have weak.
      const LoadedModules::Answer answer =
          modules.binding(there, imports[i].symbol);
      // The copy keeps what it needs itself, and nothing else.
      if (answer.module != nullptr && !answer.guessed && i < Imports::kMost) {
        found.functions[i] = reinterpret_cast<ParkwayCode>(
            DynamicSymbols(answer.module->info).find(imports[i].symbol));
      }
      if (i >= Imports::kMost || found.functions[i] == nullptr) {
        found.missing = imports[i].symbol;
      }
    }
  });
  for (std::size_t i = 0; i < data_import_count; ++i) {
    const DataImport& data = data_imports[i];
    if ((data.sets & set) != 0 && data.address == nullptr) {
      found.missing = data.symbol;
    }
  }
  return found;
}

// Binds them. Another copy's do as well: the first ones stay.
const char* bind_imports(const Copy& copy, Sets set) noexcept {
  const Imports found = find_imports(copy, set);
  if (found.missing != nullptr) return found.missing;
  for (std::size_t i = 0; i < import_count; ++i) {
    ParkwayCode unbound = nullptr;
    if (found.functions[i] != nullptr) {
      parkway_import_slots[i].compare_exchange_strong(unbound,
                                                      found.functions[i]);
    }
  }
  return nullptr;
}

}  // namespace

void AbslHost::read(const LoadedModule& module, Copy& copy) noexcept {
  const char* name = module.soname[0] != '\0' ? module.soname : module.file;
  if (name[0] == '\0') name = program_invocation_short_name;
  copy.alone =
      std::strncmp(name, "libabsl_sync", std::strlen("libabsl_sync")) == 0;
  std::snprintf(copy.name, sizeof copy.name, "%s", name);
  copy.fingerprint = DynamicSymbols(module.info).fingerprint();
}

void AbslHost::decide(Copy& copy, Remarks& remarks) noexcept {
  char complaint[256] = {};
  copy.mode = mode_asked_for(complaint, sizeof complaint);
  remarks.complain(complaint);
  if (copy.mode == Mode::kOff) return;
  if (copy.comes_first) {
    // What a program has within itself does not concern others.
    if (copy.alone) {
      remarks.add("%s steps aside: %s comes before it", library.file,
                  copy.name);
    }
    copy.mode = Mode::kOff;
  } else if (copy.fingerprint != host.symbols) {
    remarks.add("%s steps aside: %s defines other symbols than %s did",
                library.file, copy.name, host.label);
    copy.mode = Mode::kOff;
  } else if (const char* missing = bind_imports(copy, our_set(copy.mode))) {
    remarks.add(
        "%s steps aside: Abseil's %s was not there when the process started",
        library.file, missing);
    copy.mode = Mode::kOff;
  } else if (copy.mode == Mode::kWatch && !watch_copy(copy)) {
    remarks.add("%s does not watch %s: it watches another copy of Abseil",
                library.file, copy.name);
    copy.mode = Mode::kOff;
  }
  copy.stays = copy.mode != Mode::kOff;
}

ParkwayCode target_of(const Copy& copy, const Entry& entry) noexcept {
  if ((entry.set & our_set(copy.mode)) != 0) return entry.own;
  if (copy.mode == Mode::kWatch) {
    if (const ParkwayCode watcher = watcher_of(entry)) return watcher;
  }
  return copy.info.dlpi_phdr != nullptr
             ? reinterpret_cast<ParkwayCode>(
                   DynamicSymbols(copy.info).find(entry.symbol))
             : nullptr;
}

HostNames AbslHost::names() noexcept {
  const auto index_of = [](const char* name) -> std::size_t {
    for (std::size_t i = 0; i < entry_count; ++i) {
      if (std::strcmp(name, entries[i].symbol) == 0) return i;
    }
    return HostNames::kNoIndex;
  };
  const auto is_hosts = [](const char* name) {
    return std::strstr(name, "4absl") != nullptr ||
           std::strncmp(name, "AbslInternal", 12) == 0;
  };
  return {index_of, is_hosts};
}

void* AbslHost::target(const Copy& copy, unsigned, std::size_t entry) noexcept {
  // What is counted has to come by.
  if (copy.mode != Mode::kOff && stats_asked_for()) return nullptr;
  return reinterpret_cast<void*>(target_of(copy, entries[entry]));
}

}  // namespace parkway::preload
