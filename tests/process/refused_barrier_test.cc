// SPDX-License-Identifier: Apache-2.0

// Where membarrier(2) is refused, by whatever error and from whatever moment
// on, threads that wait sleep until they are woken: none looks again now and
// then. And where it ends the process, it is not called if the program says so.
#include <errno.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <vector>

#include "tests/process/child.h"
#include "tests/process/many_threads.h"
#include "tests/process/run_again.h"
#include "tests/process/sleeps.h"
#include "tests/process/subject.h"
#include "tests/process/system_call_filter.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

constexpr int kSleepers = 40;

// So many threads wait, for one object or for one each.
class Sleepers {
 public:
  explicit Sleepers(const SubjectKind& kind) : many_wait_(kind.many_wait) {
    for (int i = 0; i < (many_wait_ ? 1 : kSleepers); ++i) {
      objects_.push_back(kind.Make());
      objects_.back()->Hold();
    }
    started_ = threads_.Start(kSleepers, [this](int i) {
      Subject& object = *objects_[many_wait_ ? 0 : static_cast<std::size_t>(i)];
      ++waiting_;
      right_ += object.Wait();
    });
    Eventually([this] { return waiting_ == started_; });
  }
  // True if all waits ended as they should.
  bool LetGo() {
    for (const auto& object : objects_) object->Wake();
    threads_.Join();
    return right_ == started_;
  }

 private:
  const bool many_wait_;
  std::vector<std::unique_ptr<Subject>> objects_;
  std::atomic<int> waiting_{0};
  std::atomic<int> right_{0};
  int started_ = 0;
  ManyThreads threads_;
};

class RefusedBarrier : public SubjectTest {
 protected:
  void SetUp() override {
    if (kTsan || kAsan) GTEST_SKIP() << "too many threads for a sanitizer";
    const Outcome outcome =
        RunChild([] { return RefuseMembarrier(EPERM) ? 0 : kNotHere; });
    if (outcome.not_here()) {
      GTEST_SKIP() << "this system does not let us filter system calls";
    }
  }

  static void DemandSleep() {
    Step("a time in which no thread wakes for no reason is waited for");
    if (kind().quirk != Quirk::kLooksAgain) {
      Demand(AllSleepOn(), "threads that wait wake for no reason");
    }
  }
  static void LetGo(Sleepers& sleepers) {
    Step("the threads are let go");
    Demand(sleepers.LetGo(), "a wait did not end as it should");
  }
  static int SleepAndWake() {
    Step("threads begin to wait");
    Sleepers sleepers(kind());
    DemandSleep();
    LetGo(sleepers);
    return 0;
  }
};

// As in a container: before the program starts.
TEST_P(RefusedBarrier, FromTheStart) {
  if (RunsAgain()) _exit(SleepAndWake());
  for (const int error : {EPERM, ENOSYS}) {
    const Outcome outcome = RunThisTestAgain(
        [error] { return RefuseMembarrier(error) ? 0 : kNotHere; });
    EXPECT_TRUE(EndedWell(outcome)) << "error " << error;
  }
}

// As by a program that locks itself in when it has started.
TEST_P(RefusedBarrier, BeforeTheFirstUse) {
  for (const int error : {EPERM, ENOSYS}) {
    const Outcome outcome = RunChild([error] {
      if (!RefuseMembarrier(error)) return kNotHere;
      return SleepAndWake();
    });
    EXPECT_TRUE(EndedWell(outcome)) << "error " << error;
  }
}

// Some have slept before, and some sleep at that moment.
TEST_P(RefusedBarrier, AfterTheFirstSleeps) {
  const Outcome outcome = RunChild([] {
    Sleepers first(kind());
    LetGo(first);
    Sleepers asleep(kind());
    if (!RefuseMembarrier(EPERM)) return kNotHere;
    SleepAndWake();
    DemandSleep();
    LetGo(asleep);
    return SleepAndWake();
  });
  EXPECT_TRUE(EndedWell(outcome));
}

TEST_P(RefusedBarrier, ByTheEndOfTheProcess) {
  if (RunsAgain()) _exit(SleepAndWake());
  const Outcome outcome = RunThisTestAgain([] {
    setenv("PARKWAY_BARRIER", "off", 1);
    return RefuseMembarrier(kEndsTheProcess) ? 0 : kNotHere;
  });
  EXPECT_TRUE(EndedWell(outcome));
}

INSTANTIATE_TEST_SUITE_P(All, RefusedBarrier, testing::ValuesIn(AllSubjects()),
                         NameOf);

}  // namespace
}  // namespace parkway::test
