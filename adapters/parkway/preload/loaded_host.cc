// SPDX-License-Identifier: Apache-2.0

#include "parkway/preload/loaded_host.h"

#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstring>

#include "parkway/preload/dynamic_symbols.h"
#include "parkway/preload/next_definition.h"
#include "parkway/preload/unloading.h"

namespace parkway::preload {
namespace {

bool is_there(const dl_phdr_info& info) noexcept {
  return info.dlpi_name != nullptr;
}

// What the process has loaded under the host's name.
struct Found {
  const HostKind& kind;
  dl_phdr_info right = {};  // of the right SONAME
  dl_phdr_info other = {};  // of another version
  char other_soname[128] = {};

  void look_at(const dl_phdr_info& info) noexcept;
};

void Found::look_at(const dl_phdr_info& info) noexcept {
  const char* const soname = DynamicSymbols(info).soname();
  if (std::strncmp(soname, kind.soname_stem, std::strlen(kind.soname_stem)) !=
      0) {
    return;
  }
  if (std::strcmp(soname, kind.soname) == 0) {
    right = info;
  } else {
    other = info;
    std::snprintf(other_soname, sizeof other_soname, "%s", soname);
  }
}

}  // namespace

LoadedHost::LoadedHost(const HostKind& kind) noexcept {
  Found found{kind};
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        static_cast<Found*>(data)->look_at(*info);
        return 0;
      },
      &found);
  const bool has_right = is_there(found.right);
  info_ = has_right ? found.right : found.other;
  if (is_there(info_)) keep_loaded(info_.dlpi_name);
  if (is_there(found.other) && (kind.alone || !has_right)) {
    refuse("this process has %s, not %s", found.other_soname, kind.label);
  } else if (has_right) {
    state_ = State::kKnown;
  } else if (next_definition(kind.symbol) != nullptr) {
    // Perhaps the host is part of some other library.
    refuse("this process has no %s", kind.soname);
  }
}

void LoadedHost::refuse(const char* format, ...) noexcept {
  state_ = State::kUnknown;
  std::va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(why_, sizeof why_, format, arguments);
  va_end(arguments);
}

void* LoadedHost::in_host(const char* symbol) const noexcept {
  return is_there(info_) ? DynamicSymbols(info_).find(symbol) : nullptr;
}

}  // namespace parkway::preload
