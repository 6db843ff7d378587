// SPDX-License-Identifier: Apache-2.0

// The host as it is in this process: the library before which a preload library
// goes. What makes it one that we know is the derived classes' to say.
#ifndef PARKWAY_PRELOAD_LOADED_HOST_H_
#define PARKWAY_PRELOAD_LOADED_HOST_H_

#include <link.h>

namespace parkway::preload {

// By what a host is recognised.
struct HostKind {
  const char* soname_stem;  // what the SONAMEs of all versions begin with
  const char* soname;       // of the version that the library is for
  const char* label;        // the same, for people
  const char* symbol;       // that all versions define
  bool alone;  // whether another version beside it makes it unknown
};

class LoadedHost {
 public:
  enum class State {
    kNone,     // no host is loaded (yet)
    kKnown,    // one that this library was made for
    kUnknown,  // another one; why() says what is wrong
  };

  State state() const { return state_; }
  const char* why() const { return why_; }

 protected:
  // Looks at everything that is loaded now. A host of the right SONAME is known
  // as long as nobody refuses it. It stays loaded for good, because our slots
  // may point into it, and threads of ours return into it.
  explicit LoadedHost(const HostKind& kind) noexcept;
  ~LoadedHost() = default;

  [[gnu::format(printf, 2, 3)]] void refuse(const char* format, ...) noexcept;

  // The host as the dynamic linker has it; of the version that we are for, if
  // there is a choice.
  const dl_phdr_info& info() const { return info_; }

  // What the host defines, or null.
  void* in_host(const char* symbol) const noexcept;

 private:
  State state_ = State::kNone;
  dl_phdr_info info_ = {};
  char why_[384] = {};
};

}  // namespace parkway::preload

#endif  // PARKWAY_PRELOAD_LOADED_HOST_H_
