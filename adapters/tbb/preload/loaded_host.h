// libtbb as it is in this process.
#ifndef PARKWAY_ADAPTERS_TBB_PRELOAD_LOADED_HOST_H_
#define PARKWAY_ADAPTERS_TBB_PRELOAD_LOADED_HOST_H_

#include <cstdint>

namespace parkway::preload {

// A range of addresses.
struct CodeRange {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
  bool contains(const void* address) const noexcept {
    const auto at = reinterpret_cast<std::uintptr_t>(address);
    return begin <= at && at < end;
  }
};

class LoadedHost {
 public:
  enum class State {
    kNone,     // no libtbb is loaded (yet)
    kKnown,    // one that this library was written for
    kUnknown,  // another one; why() says what is wrong
  };

  // Looks at everything that is loaded now.
  LoadedHost() noexcept;

  State state() const { return state_; }
  const char* why() const { return why_; }
  // "libtbb.so.12 (interface 12080)" of a known host.
  const char* name() const { return name_; }
  // TBB_runtime_interface_version() of a known host.
  int interface() const { return interface_; }
  // Where its code is.
  CodeRange code() const { return code_; }

  // The definition that the process would use without us, or null.
  void* next(const char* symbol) const noexcept;

 private:
  struct Found;
  void judge(const Found& found) noexcept;

  State state_ = State::kNone;
  void* handle_ = nullptr;
  CodeRange code_;
  int interface_ = 0;
  char name_[64] = {};
  char why_[384] = {};
};

// Where this library's own code is.
CodeRange own_code() noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_ADAPTERS_TBB_PRELOAD_LOADED_HOST_H_
