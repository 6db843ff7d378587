// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/preload/host/decide.h"

#include <errno.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <string_view>

#include "parkway/preload/decision.h"
#include "parkway/preload/dynamic_symbols.h"
#include "parkway/preload/environment.h"
#include "parkway/tbb/preload/host/trial.h"
#include "parkway/tbb/preload/host/worker_sleeps.h"

namespace parkway::preload {
namespace {

// TBB_runtime_interface_version() of the first and the last release whose
// sources were compared (host_abi.h, rml_abi.h) and whose tests ran under this
// library: 2021.5 and 2023.2.
constexpr int kFirstSeen = 12050;
constexpr int kLastSeen = 12200;

bool was_seen(int interface) noexcept {
  return kFirstSeen <= interface && interface <= kLastSeen;
}

// The functions that a layer needs: from `first` to before `end`.
struct Needs {
  unsigned layer;
  Entry first;
  Entry end;
};
constexpr Needs kNeeds[] = {
    {kWaits, kWaitOnAddress, kFinalize},
    {kWaits, kCacheAlignedAllocate, kCurrentSuspendPoint},
    {kWorkers, kFinalize, kSuspend},
    {kStacks, kSuspend, kCacheAlignedAllocate},
    {kStacks, kCurrentSuspendPoint, kEntries},
};

// In the names of functions of which `waits` has all or none: half of them
// would wait on one side and wake on the other.
constexpr std::string_view kWholeSets[] = {
    "wait_on_address", "notify_by_address", "bounded_queue_"};
constexpr std::string_view kNamespace = "_ZN3tbb6detail2r1";

bool is_foreign_wait(std::string_view symbol) noexcept {
  if (symbol.substr(0, kNamespace.size()) != kNamespace) return false;
  const bool in_set = std::any_of(
      std::begin(kWholeSets), std::end(kWholeSets), [symbol](auto part) {
        return symbol.find(part) != std::string_view::npos;
      });
  return in_set && std::find(std::begin(entry_symbols), std::end(entry_symbols),
                             symbol) == std::end(entry_symbols);
}

const char* first_missing(const Copy& copy, unsigned layer) noexcept {
  for (const Needs& needs : kNeeds) {
    if (needs.layer != layer) continue;
    for (std::size_t i = needs.first; i < needs.end; ++i) {
      if (copy.functions[i] == nullptr) return entry_symbols[i];
    }
  }
  return nullptr;
}

void name_copy(const LoadedModule& module, Copy& copy) noexcept {
  const char* name = module.soname[0] != '\0' ? module.soname : module.file;
  if (name[0] == '\0') name = program_invocation_short_name;
  // What packagers make of libtbb.so.12 and libtbb_debug.so.12.
  copy.alone = std::strncmp(name, "libtbb", std::strlen("libtbb")) == 0;
  std::snprintf(copy.name, sizeof copy.name, "%s (%sinterface %d%s)", name,
                copy.alone ? "" : "has oneTBB within it, ", copy.interface,
                was_seen(copy.interface) ? "" : ", which was tried out");
}

// The layer stays the copy's own.
void leave(Copy& copy, unsigned layer, Remarks& remarks, const char* why,
           const char* what) noexcept {
  char spelled[64];
  spell_names(layer, spelled, sizeof spelled);
  remarks.add("%s leaves %s to %s: %s%s", library.file, spelled, copy.name, why,
              what);
  copy.layers &= ~layer;
}

void leave_what_is_missing(Copy& copy, Remarks& remarks) noexcept {
  for (const unsigned layer : {kWaits, kWorkers, kStacks}) {
    const char* const missing = first_missing(copy, layer);
    if (copy.uses(layer) && missing != nullptr) {
      leave(copy, layer, remarks, "it does not define ", missing);
    }
  }
  if (copy.uses(kWaits) && copy.foreign[0] != '\0') {
    leave(copy, kWaits, remarks, "nobody knows its ", copy.foreign);
  }
}

// Nothing of the copy's own changes, so nothing is tried out.
unsigned what_can_be_watched(const Copy& copy, Remarks& remarks) noexcept {
  unsigned watched = kNoLayers;
  const auto watch = [&](unsigned layer, const char* why_not,
                         const char* what) {
    if (why_not == nullptr) {
      watched |= layer;
      return;
    }
    char spelled[64];
    spell_names(layer, spelled, sizeof spelled);
    remarks.add("%s does not see %s of %s: %s%s", library.file, spelled,
                copy.name, why_not, what);
  };
  const char* const missing = first_missing(copy, kWaits);
  watch(kWaits, missing != nullptr ? "it does not define " : nullptr, missing);
  watch(kWorkers, see_sleeps_of(copy), "");
  return watched;
}

[[gnu::tls_model("initial-exec")]] thread_local bool t_in_its_start = false;

void leave_what_fails(Copy& copy, Remarks& remarks) noexcept {
  Trial trial;
  for (const unsigned layer : {kWaits, kWorkers, kStacks}) {
    if (!copy.uses(layer)) continue;
    const char* const why =
        t_in_its_start && layer != kWaits
            ? "it can't be tried out while it starts"
            : trial.why_not(copy, static_cast<Layers>(layer));
    if (why != nullptr) leave(copy, layer, remarks, why, "");
  }
}

}  // namespace

InItsStart::InItsStart() noexcept { t_in_its_start = true; }
InItsStart::~InItsStart() { t_in_its_start = false; }

void read_copy(const LoadedModule& module, Copy& copy) noexcept {
  const DynamicSymbols symbols(module.info);
  if (void* const version = symbols.find("TBB_runtime_interface_version")) {
    copy.interface = reinterpret_cast<int (*)()>(version)();
  }
  for (std::size_t i = 0; i < kEntries; ++i) {
    copy.functions[i] = symbols.find(entry_symbols[i]);
  }
  symbols.each_function([&copy](const char* symbol) {
    if (is_foreign_wait(symbol)) {
      std::snprintf(copy.foreign, sizeof copy.foreign, "%s", symbol);
    }
  });
  name_copy(module, copy);
}

void decide_about(Copy& copy, Remarks& remarks) noexcept {
  if (copy.comes_first) {
    // What a program has within itself does not concern others.
    if (copy.alone) {
      remarks.add("%s steps aside: %s comes before it", library.file,
                  copy.name);
    }
    return;
  }
  char complaint[256] = {};
  copy.layers =
      layers_asked_for(was_seen(copy.interface) ? copy.interface : kLastSeen,
                       complaint, sizeof complaint);
  remarks.complain(complaint);
  if (watching()) {
    copy.watched = what_can_be_watched(copy, remarks);
    return;
  }
  // Yields and switches of the other code in that library look like oneTBB's.
  if (!copy.alone) copy.layers &= ~unsigned{kStacks | kYields};
  leave_what_is_missing(copy, remarks);
  if (!was_seen(copy.interface)) leave_what_fails(copy, remarks);
  if (!copy.uses(kWorkers)) copy.layers &= ~unsigned{kYields};
  copy.stays = copy.alone && copy.layers != kNoLayers;
}

}  // namespace parkway::preload
