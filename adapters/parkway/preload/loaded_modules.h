// SPDX-License-Identifier: Apache-2.0

// What the process has loaded, and whose definition a call would reach if this
// library were not there.
//
// The dynamic linker binds a call by where it comes from: first to what the
// process started with, then to the libraries that came by dlopen() together
// with the caller. It can be asked only under the loader's lock (see
// next_definition.h), so its rules are followed here.
#ifndef PARKWAY_PRELOAD_LOADED_MODULES_H_
#define PARKWAY_PRELOAD_LOADED_MODULES_H_

#include <link.h>

#include <cstddef>
#include <cstdint>

namespace parkway::preload {

// The program or a library.
struct LoadedModule {
  dl_phdr_info info;
  const char* soname;       // or an empty string
  const char* file;         // the last part of its path, or an empty string
  std::uint32_t hashes[2];  // of these two
  bool seen;                // in a search

  bool contains(const void* address) const noexcept;
};

// A picture of that. Takes memory from the system by mmap(); without any it is
// empty.
class LoadedModules {
 public:
  // Calls use(modules) while nothing is unloaded. The lock for that is only
  // held elsewhere while a library is added to the list of those that are
  // loaded, or taken out.
  template <class Use>
  static void look(Use use) noexcept {
    look([](LoadedModules& modules,
            void* data) noexcept { (*static_cast<Use*>(data))(modules); },
         &use);
  }

  ~LoadedModules();
  LoadedModules(const LoadedModules&) = delete;
  LoadedModules& operator=(const LoadedModules&) = delete;

  const LoadedModule* begin() const { return modules_; }
  const LoadedModule* end() const { return modules_ + count_; }

  // How often anything was unloaded in this process.
  unsigned long long unloaded() const noexcept {
    return count_ != 0 ? modules_[0].info.dlpi_subs : 0;
  }

  // What the address lies in, or null.
  const LoadedModule* at(const void* address) const noexcept;

  // Whether calls are bound to that module rather than to this library.
  bool goes_before_us(const LoadedModule& module) const noexcept {
    return &module < modules_ + own_;
  }

  // Whether it came by dlopen().
  bool came_later(const LoadedModule& module) const noexcept {
    return &module >= modules_ + started_with_;
  }
  // Whether that is in this library.
  bool is_own(const void* address) const noexcept {
    return own_ < count_ && modules_[own_].contains(address);
  }

  struct Answer {
    const LoadedModule* module;  // null: nobody
    // No rule led there; it is only the first that has such a function. The
    // call may have come from elsewhere: a last call that was made a jump
    // returns to its caller's caller.
    bool guessed;
    bool everybodys;  // it was there from the start, and answers all calls
  };
  // Whether the module has it, and is not this library.
  bool defines(const LoadedModule& module, const char* symbol) const noexcept;

  // Whose definition of `symbol` a call from there would reach.
  Answer answer(const void* caller, const char* symbol) noexcept;
  // The same for what this library does not stand before: as the dynamic linker
  // binds it for that module, the program's definition first. Its own
  // definition, if it has one, is for nobody.
  Answer binding(const void* caller, const char* symbol) noexcept;
  // The same for calls from a module.
  Answer answer_below(const LoadedModule& from, const char* symbol) noexcept {
    return answer_for(&from, symbol);
  }

 private:
  using Callback = void (*)(LoadedModules&, void*) noexcept;

  LoadedModules() noexcept;
  void find_start() noexcept;
  Answer answer_for(const LoadedModule* from, const char* symbol) noexcept;
  static void look(Callback use, void* data) noexcept;
  void add(const dl_phdr_info& info) noexcept;
  // Goes through the module and all that it needs, the nearest first, until
  // found(module) is true.
  template <class Found>
  LoadedModule* search(LoadedModule& from, Found found) noexcept;
  LoadedModule* named(const char* name) noexcept;

  LoadedModule* modules_ = nullptr;
  LoadedModule** queue_ = nullptr;  // as many as modules_
  std::size_t room_ = 0;
  std::size_t count_ = 0;
  std::size_t own_ = 0;           // this library's place
  std::size_t started_with_ = 0;  // so many were there from the start
};

}  // namespace parkway::preload

#endif  // PARKWAY_PRELOAD_LOADED_MODULES_H_
