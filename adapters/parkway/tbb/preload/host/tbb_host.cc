// SPDX-License-Identifier: Apache-2.0

// What the table of copies has to know of oneTBB.
#include <cstring>

#include "parkway/tbb/preload/host/copies.h"
#include "parkway/tbb/preload/host/decide.h"
#include "parkway/tbb/preload/host/layer_start.h"
#include "parkway/tbb/preload/host/variant_tables.h"

namespace parkway::preload::internal {

void TbbHost::read(const LoadedModule& module, Copy& copy) noexcept {
  read_copy(module, copy);
}

void TbbHost::decide(Copy& copy, Remarks& remarks) noexcept {
  decide_about(copy, remarks);
  for (const LayerStart* layer : {&stacks_start}) {
    if (copy.uses(layer->layer)) layer->start();
  }
}

HostNames TbbHost::names() noexcept {
  const auto is_hosts = [](const char* name) {
    constexpr char kNamespace[] = "_ZN3tbb6detail2r1";
    return std::strncmp(name, kNamespace, sizeof kNamespace - 1) == 0;
  };
  // Not of those that we only call.
  const auto index_of = [](const char* name) -> std::size_t {
    for (std::size_t i = 0; i < kCacheAlignedAllocate; ++i) {
      if (std::strcmp(name, entry_symbols[i]) == 0) return i;
    }
    return HostNames::kNoIndex;
  };
  return {index_of, is_hosts};
}

void* TbbHost::target(const Copy& copy, unsigned number,
                      std::size_t entry) noexcept {
  const std::size_t place = (number - 1) / 2;
  const bool waits = copy.uses(kWaits) || copy.watches(kWaits);
  if (entry < kAllocateBoundedQueueRep && waits) {
    return address_variants(entry).functions[place];
  }
  if (entry < kFinalize && waits) {
    return queue_variants(entry - kAllocateBoundedQueueRep).functions[place];
  }
  if (entry == kFinalize && copy.uses(kWorkers)) {
    return finalize_variants().functions[place];
  }
  if ((entry == kSuspend || entry == kResume) && copy.uses(kStacks) &&
      &suspend_variants != nullptr) {
    return suspend_variants(entry - kSuspend).functions[place];
  }
  return copy.functions[entry];
}

}  // namespace parkway::preload::internal
