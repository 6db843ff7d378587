// SPDX-License-Identifier: Apache-2.0

// Processes that are made without a copy of the memory, by vfork() or
// posix_spawn(), leave all as it is: for the threads that use locks meanwhile,
// for those that wait, and for the child of vfork() itself, which is one more
// thread of its parent as far as locks can tell.
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/process/busy_neighbours.h"
#include "tests/process/child.h"
#include "tests/process/places.h"
#include "tests/process/subject.h"
#include "tests/process/uses.h"
#include "tests/suites/support.h"

extern char** environ;

namespace parkway::test {
namespace {

constexpr int kRounds = 1;
constexpr char kTrue[] = "/bin/true";

bool EndsWell(pid_t child) {
  int status = -1;
  return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

// Does not return in the child: neither may the function that calls vfork().
template <class F>
bool VforkAndExit(F&& in_child) {
  const pid_t child = vfork();
  if (child == 0) {
    in_child();
    _exit(0);
  }
  return EndsWell(child);
}
bool VforkAndExec() {
  const pid_t child = vfork();
  if (child == 0) {
    execl(kTrue, kTrue, nullptr);
    _exit(kWrong);
  }
  return EndsWell(child);
}
bool Spawn() {
  pid_t child = 0;
  char name[] = "true";
  char* arguments[] = {name, nullptr};
  if (posix_spawn(&child, kTrue, nullptr, nullptr, arguments, environ) != 0) {
    return false;
  }
  return EndsWell(child);
}

int SpawnWhileOthersWait(const SubjectKind& kind) {
  const auto waited_for = kind.make(MeetingPlaces()[kBusyPlaces]);
  const auto other = kind.make(MeetingPlaces()[kBusyPlaces + 1]);
  StartBusyNeighbours();
  for (int round = 0; round < kRounds; ++round) {
    waited_for->Hold();
    Waiters waiters(*waited_for, kind.many_wait ? 3 : 1);
    Step("vfork, and the child uses an object");
    Demand(VforkAndExit([&] { UseAlone(*other); }),
           "the child of vfork() did not end well");
    Step("vfork and exec");
    Demand(VforkAndExec(), "vfork() and exec did not end well");
    Step("posix_spawn");
    Demand(Spawn(), "posix_spawn() did not end well");
    UseAlone(*other);
    Step("threads are let go that waited all the time");
    waited_for->Wake();
    Demand(waiters.Right(), "a wait did not end as it should");
  }
  return 0;
}

class SpawnedChild : public SubjectTest {
 protected:
  void SetUp() override {
    if (kTsan || kAsan) GTEST_SKIP() << "sanitizers don't know vfork()";
    if (access(kTrue, X_OK) != 0) GTEST_SKIP() << "there is no " << kTrue;
    ASSERT_NE(MeetingPlaces(), nullptr) << "no addresses that meet";
  }
};

TEST_P(SpawnedChild, LeavesTheParentAsItIs) {
  const Outcome outcome =
      RunChild([] { return SpawnWhileOthersWait(kind()); }, {60, &fork});
  EXPECT_TRUE(EndedWell(outcome));
}

INSTANTIATE_TEST_SUITE_P(All, SpawnedChild,
                         testing::ValuesIn(DistinctSubjects()), NameOf);

}  // namespace
}  // namespace parkway::test
