// SPDX-License-Identifier: Apache-2.0

// Which system calls the threads of a child make, and when. By ptrace(2) of an
// own child, which needs no privilege.
#ifndef PARKWAY_TESTS_PROCESS_TRACE_H_
#define PARKWAY_TESTS_PROCESS_TRACE_H_

#include <functional>
#include <string>
#include <vector>

#include "tests/process/child.h"

namespace parkway::test {

struct Call {
  int window;  // of its thread, at that moment
  long number;
  unsigned long first_argument;
};

struct Trace {
  // Of calls in windows, in the order in which they were made.
  std::vector<Call> calls;
  // kNotHere: this system does not let us trace.
  Outcome outcome;
};

// Runs body() in a child and notes its calls, or of all only those named.
Trace TraceChild(const std::function<int()>& body,
                 const std::vector<long>& calls = {});

// In the child: the calling thread's window from now on. Calls outside of any
// are not noted.
inline constexpr int kNoWindow = 0;
void SetWindow(int window);

// In the child: returns as soon as all other threads that are in a window are
// asleep. The tracer holds the calling thread until then, so nothing depends on
// how long that takes.
void AwaitOthersAsleep();

// For messages; the number if it is none of those that tests ask about.
std::string NameOfCall(long number);

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_PROCESS_TRACE_H_
