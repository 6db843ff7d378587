// SPDX-License-Identifier: Apache-2.0

// What the C++ runtime keeps with a thread about exceptions in flight, for
// a task that goes on on another thread.
#ifndef PARKWAY_TBB_TASK_EXCEPTION_STATE_H_
#define PARKWAY_TBB_TASK_EXCEPTION_STATE_H_

#include "parkway/os/language.h"

namespace parkway {
namespace tbb {

// The head of __cxa_eh_globals of the Itanium C++ ABI.
struct ExceptionState {
  void* caught = nullptr;  // innermost exception that is being handled
  unsigned uncaught = 0;   // exceptions that are being thrown
};

// Takes the calling thread's, which has none afterwards.
ExceptionState take_exception_state() noexcept;
// Gives the calling thread what a task has brought along.
void put_exception_state(const ExceptionState& state) noexcept;

}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_TASK_EXCEPTION_STATE_H_
