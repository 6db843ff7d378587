// SPDX-License-Identifier: Apache-2.0

#include "parkway/preload/loaded_modules.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

#include "parkway/preload/dynamic_symbols.h"

namespace parkway::preload {
namespace {

std::size_t count_modules() noexcept {
  std::size_t count = 0;
  dl_iterate_phdr(
      [](dl_phdr_info*, std::size_t, void* data) {
        ++*static_cast<std::size_t*>(data);
        return 0;
      },
      &count);
  return count;
}

std::uint32_t hash(const char* text) noexcept {
  std::uint32_t value = 2166136261u;
  for (; *text != '\0'; ++text) {
    value = (value ^ static_cast<unsigned char>(*text)) * 16777619u;
  }
  return value;
}

const char* last_part(const char* path) noexcept {
  if (path == nullptr) return "";
  const char* const slash = std::strrchr(path, '/');
  return slash != nullptr ? slash + 1 : path;
}

// An address in this library and in no other.
const char here = 0;

}  // namespace

bool LoadedModule::contains(const void* address) const noexcept {
  const auto at = reinterpret_cast<std::uintptr_t>(address) - info.dlpi_addr;
  for (int i = 0; i < info.dlpi_phnum; ++i) {
    const ElfW(Phdr)& part = info.dlpi_phdr[i];
    if (part.p_type == PT_LOAD && at - part.p_vaddr < part.p_memsz) return true;
  }
  return false;
}

void LoadedModules::look(Callback use, void* data) noexcept {
  struct Job {
    const Callback use;
    void* const data;
    bool done = false;
  } job{use, data};
  // The lock may be taken again by who has it.
  dl_iterate_phdr(
      [](dl_phdr_info*, std::size_t, void* data) {
        Job& job = *static_cast<Job*>(data);
        LoadedModules modules;
        job.use(modules, job.data);
        job.done = true;
        return 1;
      },
      &job);
  // A process without a list of what it has loaded.
  if (!job.done) {
    LoadedModules none;
    use(none, data);
  }
}

LoadedModules::LoadedModules() noexcept {
  const std::size_t room = count_modules();
  if (room == 0) return;
  constexpr std::size_t kEach = sizeof(LoadedModule) + sizeof(LoadedModule*);
  void* const memory = mmap(nullptr, room * kEach, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  room_ = room;
  modules_ = static_cast<LoadedModule*>(memory);
  queue_ = reinterpret_cast<LoadedModule**>(modules_ + room);
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        auto* const modules = static_cast<LoadedModules*>(data);
        // Not every libc keeps others out all the time.
        if (modules->count_ == modules->room_) return 1;
        modules->add(*info);
        return 0;
      },
      this);
  const LoadedModule* const own = at(&here);
  own_ = own != nullptr ? static_cast<std::size_t>(own - modules_) : count_;
  find_start();
}

// The program, what is preloaded and what these need come first in the list, in
// this order, and are never unloaded. (Constructors of theirs that ran before
// this library's may have opened others.)
void LoadedModules::find_start() noexcept {
  const auto none = [](const LoadedModule&) { return false; };
  for (const std::size_t i : {std::size_t{0}, own_}) {
    if (i >= count_) continue;
    search(modules_[i], none);
    for (std::size_t j = started_with_; j < count_; ++j) {
      if (modules_[j].seen) started_with_ = j + 1;
    }
  }
}

LoadedModules::~LoadedModules() {
  if (modules_ != nullptr) {
    munmap(modules_, room_ * (sizeof(LoadedModule) + sizeof(LoadedModule*)));
  }
}

void LoadedModules::add(const dl_phdr_info& info) noexcept {
  LoadedModule& module = modules_[count_++];
  module.info = info;
  module.soname = DynamicSymbols(info).soname();
  module.file = last_part(info.dlpi_name);
  module.hashes[0] = hash(module.soname);
  module.hashes[1] = hash(module.file);
  module.seen = false;
}

const LoadedModule* LoadedModules::at(const void* address) const noexcept {
  const LoadedModule* const found =
      std::find_if(begin(), end(), [address](const LoadedModule& module) {
        return module.contains(address);
      });
  return found != end() ? found : nullptr;
}

// As the dynamic linker finds out that what is needed is there already.
LoadedModule* LoadedModules::named(const char* name) noexcept {
  const std::uint32_t hashed = hash(last_part(name));
  for (std::size_t i = 0; i < count_; ++i) {
    LoadedModule& module = modules_[i];
    if ((module.hashes[0] == hashed && std::strcmp(module.soname, name) == 0) ||
        (module.hashes[1] == hashed &&
         std::strcmp(module.file, last_part(name)) == 0)) {
      return &module;
    }
  }
  return nullptr;
}

bool LoadedModules::defines(const LoadedModule& module,
                            const char* symbol) const noexcept {
  return &module != modules_ + own_ &&
         DynamicSymbols(module.info).find(symbol) != nullptr;
}

template <class Found>
LoadedModule* LoadedModules::search(LoadedModule& from, Found found) noexcept {
  for (std::size_t i = 0; i < count_; ++i) modules_[i].seen = false;
  std::size_t last = 0;
  const auto enter = [this, &last](LoadedModule* module) {
    if (module != nullptr && !module->seen) {
      module->seen = true;
      queue_[last++] = module;
    }
    return false;
  };
  enter(&from);
  for (std::size_t next = 0; next < last; ++next) {
    LoadedModule& module = *queue_[next];
    if (found(module)) return &module;
    DynamicSymbols(module.info).any_needed([&](const char* name) {
      return enter(named(name));
    });
  }
  return nullptr;
}

LoadedModules::Answer LoadedModules::answer(const void* caller,
                                            const char* symbol) noexcept {
  return answer_for(at(caller), symbol);
}

LoadedModules::Answer LoadedModules::binding(const void* caller,
                                             const char* symbol) noexcept {
  for (std::size_t i = 0; i < std::min(own_, count_); ++i) {
    if (defines(modules_[i], symbol)) return {modules_ + i, false, true};
  }
  return answer(caller, symbol);
}

LoadedModules::Answer LoadedModules::answer_for(const LoadedModule* from,
                                                const char* symbol) noexcept {
  for (std::size_t i = own_ + 1; i < started_with_; ++i) {
    if (defines(modules_[i], symbol)) return {modules_ + i, false, true};
  }
  const auto has_it = [this, symbol](const LoadedModule& module) {
    return defines(module, symbol);
  };
  // What was there from the start needs nothing that came later.
  if (from != nullptr && came_later(*from)) {
    // The first that reaches it is what was opened. Its libraries are looked
    // through from there.
    const auto is_caller = [from](const LoadedModule& module) {
      return &module == from;
    };
    std::size_t i = started_with_;
    while (i < count_ && search(modules_[i], is_caller) == nullptr) ++i;
    LoadedModule* const found =
        i < count_ ? search(modules_[i], has_it) : nullptr;
    if (found != nullptr) return {found, false, false};
  }
  for (std::size_t i = std::max(own_ + 1, started_with_); i < count_; ++i) {
    if (defines(modules_[i], symbol)) return {modules_ + i, true, false};
  }
  // What goes before this library may call it, by an address from dlsym().
  for (std::size_t i = 0; i < std::min(own_, count_); ++i) {
    if (defines(modules_[i], symbol)) return {modules_ + i, true, false};
  }
  return {nullptr, true, false};
}

}  // namespace parkway::preload
