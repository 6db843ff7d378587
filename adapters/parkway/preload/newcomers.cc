// SPDX-License-Identifier: Apache-2.0

#include "parkway/preload/newcomers.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "parkway/preload/dynamic_symbols.h"

namespace parkway::preload {
namespace {

std::uintptr_t identity(const dl_phdr_info& info) noexcept {
  return info.dlpi_addr ^ reinterpret_cast<std::uintptr_t>(info.dlpi_name);
}

bool is_in(const dl_phdr_info& info, const ElfW(Phdr) & part,
           const void* place) noexcept {
  const auto at = reinterpret_cast<std::uintptr_t>(place) - info.dlpi_addr;
  return at - part.p_vaddr < part.p_memsz;
}

enum class Writable {
  kAlways,
  kSealed,  // read-only once the dynamic linker is done with the library
  kNever,
};

Writable writable(const dl_phdr_info& info, const void* place) noexcept {
  Writable result = Writable::kNever;
  for (int i = 0; i < info.dlpi_phnum; ++i) {
    const ElfW(Phdr)& part = info.dlpi_phdr[i];
    if (!is_in(info, part, place)) continue;
    if (part.p_type == PT_GNU_RELRO) return Writable::kSealed;
    if (part.p_type == PT_LOAD && (part.p_flags & PF_W) != 0) {
      result = Writable::kAlways;
    }
  }
  return result;
}

// Into memory that may be read-only, or may become that now: the protection is
// the dynamic linker's and is left as it is. False where the system does not
// allow it: then calls go on by who makes them.
bool write_sealed(void** place, void* target) noexcept {
  const int memory = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
  if (memory < 0) return false;
  const bool written =
      pwrite(memory, &target, sizeof target,
             static_cast<off_t>(reinterpret_cast<std::uintptr_t>(place))) ==
      static_cast<ssize_t>(sizeof target);
  close(memory);
  return written;
}

bool is_aligned(const void* place) noexcept {
  return reinterpret_cast<std::uintptr_t>(place) % sizeof(void*) == 0;
}

}  // namespace

bool write_place(const dl_phdr_info& info, void** place,
                 void* target) noexcept {
  if (__atomic_load_n(place, __ATOMIC_RELAXED) == target) return true;
  switch (writable(info, place)) {
    case Writable::kAlways:
      // release: what the target needs is there.
      __atomic_store_n(place, target, __ATOMIC_RELEASE);
      return true;
    case Writable::kSealed:
      return write_sealed(place, target);
    default:
      return false;
  }
}

bool Newcomers::was_seen(const dl_phdr_info& info) const noexcept {
  const std::uintptr_t* const end = seen_ + seen_count_;
  return std::find(seen_, end, identity(info)) != end;
}

// False: not yet, the dynamic linker is at work on it.
bool Newcomers::collect(LoadedModules& modules, const LoadedModule& module,
                        const HostNames& names, Newcomer& into) noexcept {
  into.info = module.info;
  into.imports_count = into.candidates_count = 0;
  const DynamicSymbols symbols(module.info);
  // Whom the linker has found for other functions of the host answers all.
  const LoadedModule* bound = nullptr;
  bool is_ready = true;
  bool is_others = false;
  symbols.each_import([&](const char* name, void** place) {
    if (!names.is_hosts(name) || !is_aligned(place)) return;
    const void* const now = __atomic_load_n(place, __ATOMIC_RELAXED);
    if (modules.is_own(now)) return;
    const LoadedModule* const its = modules.at(now);
    if (its == nullptr) {
      is_ready = false;
    } else if (its != &module) {
      bound = its;
      // It does not look into this library first (RTLD_DEEPBIND), and must not
      // be taken over by half.
      if (names.index_of(name) != HostNames::kNoIndex) is_others = true;
    }
  });
  if (!is_ready) return false;
  // What the process has started with answers it.
  if (is_others || (bound != nullptr && !modules.came_later(*bound))) {
    return true;
  }
  symbols.each_import([&](const char* name, void** place) {
    const std::size_t symbol =
        names.is_hosts(name) ? names.index_of(name) : HostNames::kNoIndex;
    if (symbol == HostNames::kNoIndex || !is_aligned(place) ||
        into.imports_count == Newcomer::kMostImports) {
      return;
    }
    const void* const now = __atomic_load_n(place, __ATOMIC_RELAXED);
    if (!module.contains(now) && !modules.is_own(now)) return;
    const LoadedModule* its = bound;
    if (its == nullptr || !modules.defines(*its, name)) {
      const LoadedModules::Answer answer = modules.answer_below(module, name);
      if (answer.everybodys || answer.guessed) return;
      its = answer.module;
    }
    const LoadedModule** const end = into.candidates + into.candidates_count;
    const auto candidate = static_cast<std::size_t>(
        std::find(into.candidates, end, its) - into.candidates);
    if (candidate == Newcomer::kMostCandidates) return;
    if (candidate == into.candidates_count) {
      into.candidates[into.candidates_count++] = its;
    }
    into.imports[into.imports_count++] = {place, symbol, candidate, nullptr};
  });
  return true;
}

bool Newcomers::next(LoadedModules& modules, const HostNames& names,
                     Newcomer& into) noexcept {
  bool found = false;
  lock_.lock();
  for (const LoadedModule& module : modules) {
    if (found || seen_count_ == kMostSeen) break;
    if (!modules.came_later(module) || was_seen(module.info) ||
        !collect(modules, module, names, into)) {
      continue;
    }
    seen_[seen_count_++] = identity(module.info);
    found = into.imports_count != 0;
  }
  lock_.unlock();
  return found;
}

void Newcomers::write(const Newcomer& newcomer) noexcept {
  LoadedModules::look([&](LoadedModules& modules) {
    const bool there = std::any_of(
        modules.begin(), modules.end(), [&](const LoadedModule& module) {
          return identity(module.info) == identity(newcomer.info);
        });
    if (!there) return;
    lock_.lock();
    for (std::size_t i = 0; i < newcomer.imports_count; ++i) {
      const ImportPlace& import = newcomer.imports[i];
      if (import.target != nullptr) {
        write_place(newcomer.info, import.place, import.target);
      }
    }
    lock_.unlock();
  });
}

void Newcomers::forget() noexcept {
  lock_.lock();
  seen_count_ = 0;
  lock_.unlock();
}

}  // namespace parkway::preload
