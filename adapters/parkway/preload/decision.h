// SPDX-License-Identifier: Apache-2.0

// What every preload library does at the start of a process, at its end and
// after each dlclose(), and what it says.
#ifndef PARKWAY_PRELOAD_DECISION_H_
#define PARKWAY_PRELOAD_DECISION_H_

namespace parkway::preload {

// What each preload library says of itself.
struct Library {
  const char* file;  // libparkway_tbb.so
  const char* host;  // oneTBB
  // Says what is wrong when the program starts, not at some call. Without a
  // host there may be one later, brought by dlopen.
  void (*at_start)();
  // Forgets libraries that are gone.
  void (*after_dlclose)();
  // Whether any of the host's functions is ours in this process.
  bool (*took_over)();
  // At exit, with PARKWAY_STATS=1.
  void (*print_stats)();
};
extern const Library library;

// One line on standard error; none without a reason.
void say_stepping_aside(const char* why) noexcept;

// The function, or for null one that does what the dynamic linker does when
// a program calls what nobody defines: it says so and ends the process, with
// exit code 127.
void* function_or_end(void* function) noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_PRELOAD_DECISION_H_
