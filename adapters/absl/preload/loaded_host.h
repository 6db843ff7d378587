// The host library as it is in this process.
#ifndef PARKWAY_ADAPTERS_ABSL_PRELOAD_LOADED_HOST_H_
#define PARKWAY_ADAPTERS_ABSL_PRELOAD_LOADED_HOST_H_

namespace parkway::preload {

class LoadedHost {
 public:
  enum class State {
    kNone,     // no host is loaded (yet)
    kKnown,    // the one this library was built for
    kUnknown,  // another one; why() says what is wrong
  };

  // Looks at everything that is loaded now.
  LoadedHost() noexcept;

  State state() const { return state_; }
  const char* why() const { return why_; }

  // The definition that the process would use without us, or null.
  void* next(const char* symbol) const noexcept;
  // A function of the libraries that the host came with, or null.
  void* in_libraries(const char* symbol) const noexcept;

 private:
  struct Found;
  void judge(const Found& found) noexcept;

  State state_ = State::kNone;
  void* handle_ = nullptr;
  char why_[384] = {};
};

}  // namespace parkway::preload

#endif  // PARKWAY_ADAPTERS_ABSL_PRELOAD_LOADED_HOST_H_
