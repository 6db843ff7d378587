// SPDX-License-Identifier: Apache-2.0

#include "parkway/preload/next_definition.h"

#include <link.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "parkway/preload/decision.h"
#include "parkway/preload/dynamic_symbols.h"
#include "parkway/preload/message.h"

namespace parkway::preload {
namespace {

// An address in this library and in no other.
const char here = 0;

bool is_this_library(const dl_phdr_info& info) noexcept {
  const auto at = reinterpret_cast<std::uintptr_t>(&here) - info.dlpi_addr;
  for (int i = 0; i < info.dlpi_phnum; ++i) {
    const ElfW(Phdr)& part = info.dlpi_phdr[i];
    if (part.p_type == PT_LOAD && at - part.p_vaddr < part.p_memsz) return true;
  }
  return false;
}

struct Search {
  const char* const name;
  bool after_us = false;
  void* found = nullptr;

  // The list is in the order in which symbols are looked for, with what came by
  // dlopen() at its end.
  bool ends_at(const dl_phdr_info& info) noexcept {
    if (after_us) {
      found = DynamicSymbols(info).find(name);
    } else {
      after_us = is_this_library(info);
    }
    return found != nullptr;
  }
};

}  // namespace

void* next_definition(const char* name) noexcept {
  Search search{name};
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        return static_cast<Search*>(data)->ends_at(*info) ? 1 : 0;
      },
      &search);
  return search.found;
}

void* needed_definition(const char* name) noexcept {
  if (void* const address = next_definition(name)) return address;
  say("%s: no library of this process defines %s", library.file, name);
  std::abort();
}

}  // namespace parkway::preload
