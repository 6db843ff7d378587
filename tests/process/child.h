// SPDX-License-Identifier: Apache-2.0

// Child processes that are watched, and what became of each.
#ifndef PARKWAY_TESTS_PROCESS_CHILD_H_
#define PARKWAY_TESTS_PROCESS_CHILD_H_

#include <gtest/gtest.h>
#include <sys/types.h>
#include <unistd.h>

#include <functional>
#include <ostream>
#include <string>

namespace parkway::test {

struct Outcome {
  enum class End { kExited, kSignalled, kHung, kNotStarted };

  bool ok() const { return end == End::kExited && number == 0; }
  bool not_here() const;

  End end = End::kNotStarted;
  int number = 0;    // its status, the signal, or why it was not started
  std::string step;  // what it was about, see Step()
};

std::ostream& operator<<(std::ostream& out, const Outcome& outcome);

// Success if it is ok(), else a failure that says how it ended.
testing::AssertionResult EndedWell(const Outcome& outcome);

// Exit statuses: what a Demand() asked for was not so; the system does not let
// us do what the test needs.
inline constexpr int kWrong = 99;
inline constexpr int kNotHere = 77;
inline bool Outcome::not_here() const {
  return end == End::kExited && number == kNotHere;
}

struct ChildOptions {
  // After these it counts as hung and is killed. No test needs a tenth of it.
  int seconds = 20;
  // How the child is made.
  pid_t (*make)() = &fork;
};

// Runs body() in a child, whose exit status is what it returns, and waits for
// its end. A child of the first level takes its own children with it when it
// ends. The watch is kept by the parent: a child may hang before fork() has
// returned there. Not for two threads of a process at once.
Outcome RunChild(const std::function<int()>& body,
                 const ChildOptions& options = {});

// What the calling process does next, for the report of whoever watches it. No
// allocation and no lock: for handlers as well.
void Step(const char* what);

// Step(what); ends the process with kWrong unless `right`.
void Demand(bool right, const char* what);

// For a process that watches others and is itself a child: writes the outcome
// to standard error unless it is ok(). Returns whether it is.
bool Report(const Outcome& outcome, const char* of_what);

// A child without any handler that was registered for fork(): by the bare
// system call, and by the libc's _Fork(). The second is null where the libc has
// none. Such a child may not allocate.
pid_t BareClone();
using Fork = pid_t (*)();
Fork ForkWithoutHandlers();

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_PROCESS_CHILD_H_
