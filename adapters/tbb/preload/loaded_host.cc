#include "adapters/tbb/preload/loaded_host.h"

#include <dlfcn.h>
#include <link.h>

#include <cstddef>
#include <cstdio>
#include <cstring>

#include "adapters/preload/dynamic_symbols.h"
#include "adapters/tbb/preload/entries.h"

namespace parkway::preload {
namespace {

constexpr char kSonameStem[] = "libtbb.so";
constexpr char kSoname[] = "libtbb.so.12";
// TBB_runtime_interface_version() of the first and the last release whose
// sources were compared (host_abi.h, rml_abi.h): 2021.8 and 2022.1.
constexpr int kFirstInterface = 12080;
constexpr int kLastInterface = 12150;

// From the first to the last executable byte.
CodeRange code_of(const dl_phdr_info& info) noexcept {
  CodeRange range;
  for (int i = 0; i < info.dlpi_phnum; ++i) {
    const ElfW(Phdr)& part = info.dlpi_phdr[i];
    if (part.p_type != PT_LOAD || (part.p_flags & PF_X) == 0) continue;
    const std::uintptr_t begin = info.dlpi_addr + part.p_vaddr;
    if (range.begin == 0) range.begin = begin;
    range.end = begin + part.p_memsz;
  }
  return range;
}

}  // namespace

// What the process has loaded under libtbb's name.
struct LoadedHost::Found {
  void look_at(const dl_phdr_info& info) noexcept;

  const char* path = nullptr;   // of the right SONAME
  const char* other = nullptr;  // of another version
  char other_soname[128] = {};
  CodeRange code;
};

void LoadedHost::Found::look_at(const dl_phdr_info& info) noexcept {
  const DynamicSymbols library(info);
  const char* const soname = library.soname();
  if (std::strncmp(soname, kSonameStem, sizeof kSonameStem - 1) != 0) return;
  if (std::strcmp(soname, kSoname) == 0) {
    path = info.dlpi_name;
    code = code_of(info);
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
  const char* const path = found.path != nullptr ? found.path : found.other;
  if (path != nullptr) {
    // NOLOAD: only a handle. Never given back, so that the library stays as
    // long as threads of ours may return into it.
    handle_ = dlopen(path, RTLD_LAZY | RTLD_NOLOAD);
  }
  judge(found);
}

void LoadedHost::judge(const Found& found) noexcept {
  state_ = State::kUnknown;
  if (found.path == nullptr) {
    if (found.other != nullptr) {
      std::snprintf(why_, sizeof why_, "this process has %s, not %s",
                    found.other_soname, kSoname);
    } else if (dlsym(RTLD_NEXT, entry_symbols[0]) != nullptr) {
      // Perhaps oneTBB is part of some other library.
      std::snprintf(why_, sizeof why_, "this process has no %s", kSoname);
    } else {
      state_ = State::kNone;
    }
    return;
  }
  code_ = found.code;
  void* const version = dlsym(handle_, "TBB_runtime_interface_version");
  const int interface =
      version != nullptr ? reinterpret_cast<int (*)()>(version)() : 0;
  if (interface < kFirstInterface || interface > kLastInterface) {
    std::snprintf(why_, sizeof why_,
                  "%s has interface version %d; known are %d to %d", found.path,
                  interface, kFirstInterface, kLastInterface);
    return;
  }
  for (const char* symbol : entry_symbols) {
    if (dlsym(handle_, symbol) == nullptr) {
      std::snprintf(why_, sizeof why_, "%s does not define %s", found.path,
                    symbol);
      return;
    }
  }
  std::snprintf(name_, sizeof name_, "%s (interface %d)", kSoname, interface);
  interface_ = interface;
  state_ = State::kKnown;
}

void* LoadedHost::next(const char* symbol) const noexcept {
  // The handle first: with RTLD_LOCAL the host is not in the global order.
  void* const address = handle_ != nullptr ? dlsym(handle_, symbol) : nullptr;
  return address != nullptr ? address : dlsym(RTLD_NEXT, symbol);
}

CodeRange own_code() noexcept {
  CodeRange range;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        const CodeRange code = code_of(*info);
        if (!code.contains(reinterpret_cast<const void*>(&own_code))) return 0;
        *static_cast<CodeRange*>(data) = code;
        return 1;
      },
      &range);
  return range;
}

}  // namespace parkway::preload
