// SPDX-License-Identifier: Apache-2.0

// What the process would use without this library.
//
// dlsym() would say so as well, but it waits for the loader's lock. A dlopen()
// holds that while it runs the constructors of what it has opened, and one of
// these may wait for a thread that makes its first call of ours.
#ifndef PARKWAY_PRELOAD_NEXT_DEFINITION_H_
#define PARKWAY_PRELOAD_NEXT_DEFINITION_H_

#include <atomic>

namespace parkway::preload {

// The first definition in a library that was loaded after this one, or null.
// Its lock is only held while a library is added to the list of those that are
// loaded, or taken out.
void* next_definition(const char* name) noexcept;

// The same, but ends the process where nobody defines it.
void* needed_definition(const char* name) noexcept;

// A function of the libc that this library defines as well. A constructor calls
// find(), so that hardly any call has to.
template <class Function>
class NextFunction {
 public:
  explicit constexpr NextFunction(const char* name) : name_(name) {}

  void find() noexcept { keep(next_definition(name_)); }

  Function* get() noexcept {
    Function* const known = function_.load(std::memory_order_relaxed);
    return known != nullptr ? known : keep(needed_definition(name_));
  }

 private:
  Function* keep(void* address) noexcept {
    const auto function = reinterpret_cast<Function*>(address);
    function_.store(function, std::memory_order_relaxed);
    return function;
  }

  const char* const name_;
  // relaxed, everywhere: everybody finds the same.
  std::atomic<Function*> function_{nullptr};
};

}  // namespace parkway::preload

#endif  // PARKWAY_PRELOAD_NEXT_DEFINITION_H_
