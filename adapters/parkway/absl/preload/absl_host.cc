// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/preload/absl_host.h"

#include "parkway/absl/preload/table.h"
#include "parkway/preload/dynamic_symbols.h"
#include "parkway/preload/next_definition.h"

namespace parkway::preload {

AbslHost::AbslHost() noexcept
    : LoadedHost({host.soname_stem, host.soname, host.label, entries[0].symbol,
                  /*alone=*/true}) {
  if (state() == State::kKnown &&
      DynamicSymbols(info()).fingerprint() != host.symbols) {
    refuse("%s defines other symbols than %s did", info().dlpi_name,
           host.label);
  }
}

void* AbslHost::next(const char* symbol) const noexcept {
  void* const address = next_definition(symbol);
  // A host that is preloaded before us.
  return address != nullptr ? address : in_host(symbol);
}

void* AbslHost::in_libraries(const char* symbol) const noexcept {
  void* const address = in_host(symbol);
  return address != nullptr ? address : next_definition(symbol);
}

}  // namespace parkway::preload
