#include "adapters/absl/preload/loaded_host.h"

#include <dlfcn.h>
#include <link.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "adapters/absl/preload/table.h"
#include "adapters/preload/dynamic_symbols.h"

namespace parkway::preload {

// What the process has loaded under the host's name.
struct LoadedHost::Found {
  void look_at(const dl_phdr_info& info) noexcept;

  const char* path = nullptr;   // of the right SONAME
  const char* other = nullptr;  // of another version
  char other_soname[128] = {};
  std::uint64_t symbols = 0;  // of `path`
};

void LoadedHost::Found::look_at(const dl_phdr_info& info) noexcept {
  const DynamicSymbols library(info);
  const char* const soname = library.soname();
  if (std::strncmp(soname, host.soname_stem, std::strlen(host.soname_stem)) !=
      0) {
    return;
  }
  if (std::strcmp(soname, host.soname) == 0) {
    path = info.dlpi_name;
    symbols = library.fingerprint();
  } else {
    other = info.dlpi_name;
    std::snprintf(other_soname, sizeof other_soname, "%s", soname);
  }
}

LoadedHost::LoadedHost() noexcept {
  Found found;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        static_cast<Found*>(data)->look_at(*info);
        return 0;
      },
      &found);
  judge(found);
  const char* const path = found.path != nullptr ? found.path : found.other;
  if (path != nullptr) {
    // NOLOAD: only a handle. Never given back, so that the library stays as
    // long as our slots may point into it.
    handle_ = dlopen(path, RTLD_LAZY | RTLD_NOLOAD);
  }
}

void LoadedHost::judge(const Found& found) noexcept {
  if (found.other != nullptr) {
    state_ = State::kUnknown;
    std::snprintf(why_, sizeof why_, "this process has %s, not %s (%s)",
                  found.other_soname, host.soname, host.inline_space);
  } else if (found.path == nullptr) {
    // Perhaps Abseil is part of some other library.
    if (dlsym(RTLD_NEXT, entries[0].symbol) != nullptr) {
      state_ = State::kUnknown;
      std::snprintf(why_, sizeof why_, "this process has no %s", host.soname);
    }
  } else if (found.symbols != host.symbols) {
    state_ = State::kUnknown;
    std::snprintf(why_, sizeof why_,
                  "%s defines other symbols than %s (%s) did", found.path,
                  host.soname, host.inline_space);
  } else {
    state_ = State::kKnown;
  }
}

void* LoadedHost::next(const char* symbol) const noexcept {
  void* const address = dlsym(RTLD_NEXT, symbol);
  // Nothing that comes after us in the global order: a host that was brought
  // by dlopen with RTLD_LOCAL.
  return address != nullptr || handle_ == nullptr ? address
                                                  : dlsym(handle_, symbol);
}

void* LoadedHost::in_libraries(const char* symbol) const noexcept {
  void* const address = handle_ != nullptr ? dlsym(handle_, symbol) : nullptr;
  return address != nullptr ? address : dlsym(RTLD_DEFAULT, symbol);
}

}  // namespace parkway::preload
