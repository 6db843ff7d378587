// SPDX-License-Identifier: Apache-2.0

#include "parkway/preload/loaded_host.h"

#include <dlfcn.h>

#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstring>

#include "parkway/preload/dynamic_symbols.h"

namespace parkway::preload {
namespace {

// What the process has loaded under the host's name.
struct Found {
  const HostKind& kind;
  dl_phdr_info right = {};      // of the right SONAME
  const char* other = nullptr;  // of another version
  char other_soname[128] = {};

  void look_at(const dl_phdr_info& info) noexcept;
  const char* path() const noexcept {
    return right.dlpi_name != nullptr ? right.dlpi_name : other;
  }
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
    other = info.dlpi_name;
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
  if (found.path() != nullptr) {
    // NOLOAD: only a handle. Never given back, so that the library stays as
    // long as our slots may point into it, or threads of ours return into it.
    handle_ = dlopen(found.path(), RTLD_LAZY | RTLD_NOLOAD);
  }
  const bool has_right = found.right.dlpi_name != nullptr;
  if (found.other != nullptr && (kind.alone || !has_right)) {
    refuse("this process has %s, not %s", found.other_soname, kind.label);
  } else if (has_right) {
    info_ = found.right;
    state_ = State::kKnown;
  } else if (dlsym(RTLD_NEXT, kind.symbol) != nullptr) {
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
  return handle_ != nullptr ? dlsym(handle_, symbol) : nullptr;
}

}  // namespace parkway::preload
