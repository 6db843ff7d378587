// SPDX-License-Identifier: Apache-2.0

// What becomes of a process: decided once, at start, or at the first call if
// that comes earlier.
//
// There is no lock: whoever comes first works out the same as others who come
// at the same time, and stores the same values. Only the choice must not differ
// between threads, in case a program changes its environment meanwhile.
#ifndef PARKWAY_PRELOAD_DECISION_H_
#define PARKWAY_PRELOAD_DECISION_H_

#include <atomic>

namespace parkway::preload {

// What each preload library says of itself.
struct Library {
  const char* file;  // libparkway_tbb.so
  const char* host;  // oneTBB
  // Says what is wrong when the program starts, not at some call. Without a
  // host there may be one later, brought by dlopen.
  void (*at_start)();
  // At exit, with PARKWAY_STATS=1.
  void (*print_stats)();
};
extern const Library library;

// One line on standard error; none without a reason.
void say_stepping_aside(const char* why) noexcept;

// The function, or for null one that says that no library defines what was
// called, and ends the process.
void* function_or_end(void* function) noexcept;

template <class Choice, Choice kUndecided>
class Decision {
 public:
  // kUndecided as long as nobody has decided.
  Choice get() const noexcept {
    // acquire: pairs with the release in settle(), for what was stored before.
    return choice_.load(std::memory_order_acquire);
  }

  // True if this thread decides, and then says why if that is to step aside.
  // Else `choice` becomes what another thread has decided.
  bool settle(Choice& choice, const char* why) noexcept {
    Choice before = kUndecided;
    // release: pairs with the acquire in get(). acquire, where another thread
    // was first: with the release here.
    if (!choice_.compare_exchange_strong(before, choice,
                                         std::memory_order_acq_rel)) {
      choice = before;
      return false;
    }
    say_stepping_aside(why);
    return true;
  }

 private:
  std::atomic<Choice> choice_{kUndecided};
};

}  // namespace parkway::preload

#endif  // PARKWAY_PRELOAD_DECISION_H_
