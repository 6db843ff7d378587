// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/preload/absl_host.h"

#include <dlfcn.h>

#include "parkway/absl/preload/table.h"
#include "parkway/preload/dynamic_symbols.h"

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
  void* const address = dlsym(RTLD_NEXT, symbol);
  // Nothing that comes after us in the global order: a host that was brought
  // by dlopen with RTLD_LOCAL.
  return address != nullptr ? address : in_host(symbol);
}

void* AbslHost::in_libraries(const char* symbol) const noexcept {
  void* const address = in_host(symbol);
  return address != nullptr ? address : dlsym(RTLD_DEFAULT, symbol);
}

}  // namespace parkway::preload
