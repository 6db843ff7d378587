// SPDX-License-Identifier: Apache-2.0

// In the child of a fork everything that nobody holds can be used: by a handler
// of the program that was registered before parkway was first used, by a later
// one, afterwards, and in a child whose making no handler saw. Meanwhile
// threads of the parent are busy with other objects, which meet these in every
// table, or hold all locks of the tables.
#include <gtest/gtest.h>
#include <pthread.h>

#include <chrono>
#include <cstddef>
#include <type_traits>

#include "tests/process/budget.h"
#include "tests/process/busy_neighbours.h"
#include "tests/process/child.h"
#include "tests/process/held_tables.h"
#include "tests/process/places.h"
#include "tests/process/subject.h"
#include "tests/process/uses.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

constexpr int kForksWithHeldTables = 1;
constexpr int kForks = 15;
constexpr std::chrono::milliseconds kTime{10};
constexpr ChildOptions kProgram = {100, &fork};
constexpr ChildOptions kChild = {20, &fork};

// What the handlers of the program use. One program, one object.
void (*g_before)() = nullptr;
void (*g_after_in_parent)() = nullptr;
void (*g_after_in_child)() = nullptr;

void RegisterHandlers() {
  pthread_atfork(
      [] {
        if (g_before != nullptr) g_before();
      },
      [] {
        if (g_after_in_parent != nullptr) g_after_in_parent();
      },
      [] {
        if (g_after_in_child != nullptr) g_after_in_child();
      });
}

enum class Registered { kEarly, kLate };

class ForkedChild : public SubjectTest {
 protected:
  void SetUp() override {
    if (kTsan) {
      GTEST_SKIP() << "TSan does not support threads in the child of a process "
                      "with threads";
    }
    ASSERT_NE(MeetingPlaces(), nullptr) << "no addresses that meet";
  }
  void TearDown() override {
    g_before = g_after_in_parent = g_after_in_child = nullptr;
  }

  // The program: a process in which nothing of parkway has been used. Forks,
  // and calls in_child() in each child.
  static Outcome Program(Registered when, void (*in_child)(),
                         const ChildOptions& how = kChild,
                         bool tables_held = true) {
    return RunChild(
        [=] {
          // As long as the process.
          object_ = kind().make(MeetingPlaces()[kBusyPlaces]).release();
          if (when == Registered::kEarly) RegisterHandlers();
          StartBusyNeighbours();
          if (when == Registered::kLate) RegisterHandlers();
          const auto fork_once = [&] {
            const Outcome outcome = RunChild(
                [=] {
                  in_child();
                  return 0;
                },
                how);
            return Report(outcome, "a child");
          };
          if (tables_held) {
            const HeldTables held;
            for (int i = 0; i < kForksWithHeldTables; ++i) {
              if (!fork_once()) return kWrong;
            }
          }
          for (Budget budget(kForks, kTime); budget.Next();) {
            if (!fork_once()) return kWrong;
          }
          return 0;
        },
        kProgram);
  }

  static void Use() { UseWithThreads(kind(), *object_); }
  static void UseItAlone() { UseAlone(*object_); }
  static void Hold() { object_->Hold(); }
  static void GiveBack() {
    Step("a handler gives back what was held during the fork");
    object_->Wake();
  }

 private:
  static inline Subject* object_ = nullptr;
};

class ForkedEarly : public ForkedChild {};
class ForkedLate : public ForkedChild {};
class ForkedWhileHeld : public ForkedChild {};
class ForkedBare : public ForkedChild {};

TEST_P(ForkedEarly, HandlerUsesIt) {
  g_after_in_child = &Use;
  EXPECT_TRUE(EndedWell(Program(Registered::kEarly, &UseItAlone)));
}

TEST_P(ForkedLate, HandlerAndChildUseIt) {
  g_after_in_child = &UseItAlone;
  EXPECT_TRUE(EndedWell(Program(Registered::kLate, &Use)));
}

// As a program does that wants the object to be free in the child.
TEST_P(ForkedWhileHeld, HandlersHaveIt) {
  if (!kind().has_section) GTEST_SKIP() << "nobody holds such an object";
  g_before = &Hold;
  g_after_in_parent = &GiveBack;
  g_after_in_child = [] {
    GiveBack();
    UseItAlone();
  };
  for (const Registered when : {Registered::kEarly, Registered::kLate}) {
    // The parent's handler needs the tables, too.
    EXPECT_TRUE(EndedWell(Program(when, &UseItAlone, kChild, false)));
  }
}

TEST_P(ForkedBare, NoHandlerRuns) {
  for (const Fork make : {&BareClone, ForkWithoutHandlers()}) {
    if (make == nullptr) continue;
    EXPECT_TRUE(EndedWell(
        Program(Registered::kLate, &UseItAlone, {kChild.seconds, make})));
  }
}

// The handlers that come too early for everything are for all. Of the rest each
// subject has one, or all where a stress time is given.
auto EveryThird(std::size_t first) {
  const auto all = DistinctSubjects();
  if (StressTime(std::chrono::nanoseconds(0)).count() != 0) return all;
  std::decay_t<decltype(all)> some;
  for (std::size_t i = first; i < all.size(); i += 3) some.push_back(all[i]);
  return some;
}

INSTANTIATE_TEST_SUITE_P(All, ForkedEarly,
                         testing::ValuesIn(DistinctSubjects()), NameOf);
INSTANTIATE_TEST_SUITE_P(Some, ForkedLate, testing::ValuesIn(EveryThird(0)),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Some, ForkedWhileHeld,
                         testing::ValuesIn(EveryThird(1)), NameOf);
INSTANTIATE_TEST_SUITE_P(Some, ForkedBare, testing::ValuesIn(EveryThird(2)),
                         NameOf);

}  // namespace
}  // namespace parkway::test
