// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/preload/host/tbb_host.h"

#include <cstdio>

#include "parkway/preload/next_definition.h"
#include "parkway/tbb/preload/host/entries.h"

namespace parkway::preload {
namespace {

constexpr char kSoname[] = "libtbb.so.12";
// A process may have TBB's last release before oneTBB, libtbb.so.2, as well.
constexpr HostKind kTbb = {"libtbb.so", kSoname, kSoname, entry_symbols[0],
                           /*alone=*/false};
// TBB_runtime_interface_version() of the first and the last release whose
// sources were compared (host_abi.h, rml_abi.h): 2021.8 and 2022.1.
constexpr int kFirstInterface = 12080;
constexpr int kLastInterface = 12150;

}  // namespace

TbbHost::TbbHost() noexcept : LoadedHost(kTbb) {
  if (state() != State::kKnown) return;
  void* const version = in_host("TBB_runtime_interface_version");
  const int interface =
      version != nullptr ? reinterpret_cast<int (*)()>(version)() : 0;
  if (interface < kFirstInterface || interface > kLastInterface) {
    refuse("%s has interface version %d; known are %d to %d", info().dlpi_name,
           interface, kFirstInterface, kLastInterface);
    return;
  }
  for (const char* symbol : entry_symbols) {
    if (in_host(symbol) == nullptr) {
      refuse("%s does not define %s", info().dlpi_name, symbol);
      return;
    }
  }
  std::snprintf(name_, sizeof name_, "%s (interface %d)", kSoname, interface);
  interface_ = interface;
}

void* TbbHost::next(const char* symbol) const noexcept {
  // The host first: another version may be loaded as well.
  void* const address = in_host(symbol);
  return address != nullptr ? address : next_definition(symbol);
}

}  // namespace parkway::preload
