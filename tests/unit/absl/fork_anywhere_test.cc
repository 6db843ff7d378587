// SPDX-License-Identifier: Apache-2.0

// Forks all over a change to what the debugging aids keep, before each of its
// instructions or every few: what the child finds can be used, and nothing else
// is missing in it.
//
// The thread that makes the change forks by itself, from the handler of the
// trap that the processor takes after each instruction. Its child never comes
// back to the change, as if another thread had been caught in it.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <thread>

#include "parkway/absl/deadlock.h"
#include "parkway/absl/debug_memory.h"
#include "parkway/absl/events.h"
#include "parkway/absl/lock_graph.h"
#include "parkway/absl/namespace.h"
#include "parkway/absl/stack_record.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {
namespace {

#if defined(__x86_64__)
constexpr bool kCanStep = true;
constexpr int kTrapFlag = 0x100;
// Below the red zone, which the compiler may use.
inline __attribute__((always_inline)) void StartSteps() {
  asm volatile(
      "leaq -128(%%rsp), %%rsp\n\tpushfq\n\torq %0, (%%rsp)\n\tpopfq\n\t"
      "leaq 128(%%rsp), %%rsp"
      :
      : "i"(kTrapFlag)
      : "cc", "memory");
}
void EndSteps(void* context) {
  static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_EFL] &= ~kTrapFlag;
}
#else
constexpr bool kCanStep = false;
void StartSteps() {}
void EndSteps(void*) {}
#endif

// What the trap's handler knows.
struct Steps {
  int (*in_child)();  // returns 0 if all is right
  int stride;         // forks before every so many instructions
  int done;
  int fault;  // of the first child that had one
  bool ending;
};
Steps g_steps;

void Step(int, siginfo_t*, void* context) {
  Steps& steps = g_steps;
  if (steps.ending) return EndSteps(context);
  if (++steps.done % steps.stride != 0) return;
  const pid_t child = fork();
  if (child == 0) {
    alarm(30);
    _exit(steps.in_child());
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
    steps.fault = child < 0             ? -1
                  : WIFSIGNALED(status) ? -WTERMSIG(status)
                                        : WEXITSTATUS(status);
    steps.ending = true;
    EndSteps(context);
  }
}

class ForkAnywhereTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!kCanStep) GTEST_SKIP() << "this processor's steps are not known";
    struct sigaction action = {};
    action.sa_sigaction = &Step;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGTRAP, &action, nullptr);
  }
  void TearDown() override { signal(SIGTRAP, SIG_DFL); }

  // Calls `change` twice: the second time with the forks.
  static void ForkIn(void (*change)(), int (*in_child)(), int stride) {
    for (const bool steps : {false, true}) {
      g_steps = Steps{in_child, stride, 0, 0, false};
      if (steps) StartSteps();
      change();
      g_steps.ending = true;
    }
    EXPECT_EQ(g_steps.fault, 0) << "after " << g_steps.done << " instructions";
    EXPECT_GT(g_steps.done, 0);
  }
};

// Objects that the table of events keeps in one list.
const char* ObjectOfOneList(int i) {
  static const char places[1 << 16] = {};
  const auto list = [](const char* place) {
    return DebugHash(~reinterpret_cast<std::uintptr_t>(place)) >> 22;
  };
  const char* place = places;
  while (i-- > 0) {
    do {
      ++place;
    } while (list(place) != list(places));
  }
  return place;
}

enum Object { kOldest, kRenamed, kChanged, kNewest, kMore };
constexpr int kSomeMore = 20;
const char* g_objects[kMore + kSomeMore];

int g_runs = 0;
int g_of_one, g_of_other;
void InvariantOne(void* arg) { g_runs += arg == &g_of_one ? 1 : 1000; }
void InvariantOther(void* arg) { g_runs += arg == &g_of_other ? 1 : 1000; }

bool RunsOneInvariant(const void* object) {
  g_runs = 0;
  PostEvent(object, EventKind::kUnlock);
  return g_runs == 1;
}

bool IsNamed(const void* object, const char* name) {
  char its[32];
  EventName(object, its, sizeof(its));
  return std::strcmp(its, name) == 0;
}

void ChangeEvents() {
  EnsureEvent(g_objects[kRenamed], nullptr, false);
  SetInvariant(g_objects[kRenamed], &InvariantOne, &g_of_one);
  EnsureEvent(g_objects[kRenamed], "renamed", false);
  SetInvariant(g_objects[kChanged], &InvariantOther, &g_of_other);
  SetInvariant(g_objects[kChanged], &InvariantOne, &g_of_one);
  ForgetEvent(g_objects[kRenamed]);
}

int UseEvents() {
  if (!IsNamed(g_objects[kOldest], "oldest")) return 1;
  if (!IsNamed(g_objects[kNewest], "newest")) return 2;
  if (!IsNamed(g_objects[kChanged], "changed")) return 3;
  if (!RunsOneInvariant(g_objects[kChanged])) return 4;
  if (!IsNamed(g_objects[kRenamed], "")) {
    if (!IsNamed(g_objects[kRenamed], "renamed")) return 5;
    if (!RunsOneInvariant(g_objects[kRenamed])) return 6;
  }
  // New entries take nobody's place.
  for (int i = 0; i < kSomeMore; ++i) {
    const std::string name(1 + static_cast<std::size_t>(i), 'x');
    EnsureEvent(g_objects[kMore + i], name.c_str(), true);
  }
  for (int i = 0; i < kSomeMore; ++i) {
    const std::string name(1 + static_cast<std::size_t>(i), 'x');
    if (!IsNamed(g_objects[kMore + i], name.c_str())) return 7;
    ForgetEvent(g_objects[kMore + i]);
  }
  if (!IsNamed(g_objects[kOldest], "oldest")) return 8;
  if (!IsNamed(g_objects[kNewest], "newest")) return 9;
  return RunsOneInvariant(g_objects[kChanged]) ? 0 : 10;
}

TEST_F(ForkAnywhereTest, InTheTableOfEvents) {
  for (int i = 0; i < kMore + kSomeMore; ++i) g_objects[i] = ObjectOfOneList(i);
  EnsureEvent(g_objects[kOldest], "oldest", false);
  EnsureEvent(g_objects[kChanged], "changed", false);
  SetInvariant(g_objects[kChanged], &InvariantOne, &g_of_one);
  EnsureEvent(g_objects[kNewest], "newest", false);
  ForkIn(&ChangeEvents, &UseEvents, 1);
}

DebugArena g_arena;
LockGraph g_graph;
// A chain. The first tables have room for 256 nodes and edges, and are to grow
// while there are forks.
constexpr int kOldNodes = 230;
int g_nodes = kOldNodes;

const void* Node(int i) {
  return reinterpret_cast<const void*>(0x10000 + 8 * std::uintptr_t(i));
}
LockGraph::Added AddEdge(int from, int to) {
  return g_graph.AddEdge(g_arena, g_graph.Ensure(g_arena, Node(from)),
                         g_graph.Ensure(g_arena, Node(to)), 0);
}

// Two chains more. Then the later one is put before the other, which changes
// ranks, and both lose a link.
void ChangeGraph() {
  constexpr int kLength = 10;
  const int first = g_nodes, second = first + kLength;
  g_nodes += 2 * kLength;
  for (int i = 1; i < kLength; ++i) AddEdge(first + i - 1, first + i);
  for (int i = 1; i < kLength; ++i) AddEdge(second + i - 1, second + i);
  AddEdge(second + 5, first + 5);
  g_graph.Remove(Node(second + 3));
  g_graph.Remove(Node(first + 5));
}

int UseGraph() {
  g_graph.Repair();
  if (!g_graph.CheckInvariants()) return 1;
  for (int i = 1; i < kOldNodes; ++i) {
    if (!g_graph.Knows(g_graph.Find(Node(i - 1)), g_graph.Find(Node(i)))) {
      return 2;
    }
  }
  if (AddEdge(kOldNodes - 1, 0) != LockGraph::Added::kCycle) return 3;
  for (int i = kOldNodes; i < g_nodes; ++i) g_graph.Remove(Node(i));
  if (g_graph.node_count() != kOldNodes) return 4;
  if (g_graph.edge_count() != kOldNodes - 1) return 5;
  for (int i = 0; i < kOldNodes; ++i) {
    if (AddEdge(g_nodes + i, i) != LockGraph::Added::kYes) return 6;
  }
  return g_graph.CheckInvariants() ? 0 : 7;
}

TEST_F(ForkAnywhereTest, InTheGraphOfLocks) {
  for (int i = 1; i < kOldNodes; ++i) {
    ASSERT_EQ(AddEdge(i - 1, i), LockGraph::Added::kYes);
  }
  ForkIn(&ChangeGraph, &UseGraph, 41);
}

StackDepot g_stacks;
constexpr std::uintptr_t kOldStacks = 250;
std::uintptr_t g_next_stack = 0;

StackRecord Stack(std::uintptr_t number) {
  StackRecord stack;
  stack.depth = 3;
  for (int i = 0; i < stack.depth; ++i) {
    stack.pcs[i] = reinterpret_cast<void*>(1000 * number + std::uintptr_t(i));
  }
  return stack;
}

bool PutsAndGets(std::uintptr_t number) {
  const StackRecord stack = Stack(number);
  StackRecord its;
  g_stacks.Get(g_stacks.Put(g_arena, stack), &its);
  return its.depth == stack.depth &&
         std::equal(its.pcs, its.pcs + its.depth, stack.pcs);
}

void AddStacks() {
  for (int i = 0; i < 5; ++i) g_stacks.Put(g_arena, Stack(g_next_stack++));
}
void AddStacksAfterAll() {
  g_stacks.Clear();
  AddStacks();
}

int UseStacks() {
  g_stacks.Repair();
  for (std::uintptr_t i = 0; i < 2 * kOldStacks; ++i) {
    if (!PutsAndGets(i)) return 1;
  }
  return g_stacks.size() == 2 * kOldStacks ? 0 : 2;
}

int UseMoreStacks() {
  g_stacks.Repair();
  const std::size_t size = g_stacks.size();
  if (size < kOldStacks || size > g_next_stack) return 3;
  for (std::uintptr_t i = 0; i < size; ++i) g_stacks.Put(g_arena, Stack(i));
  return g_stacks.size() == size ? UseStacks() : 4;
}

TEST_F(ForkAnywhereTest, InTheDepotOfStacks) {
  while (g_next_stack < kOldStacks) AddStacks();
  ForkIn(&AddStacks, &UseMoreStacks, 23);
  ForkIn(&AddStacksAfterAll, &UseStacks, 3);
}

char g_mutexes[4];

void LockInOrder(const char* first, const char* second) {
  for (const char* mutex : {first, second}) {
    BeforeLock(mutex);
    Locked(mutex, false);
  }
  Unlocked(second);
  Unlocked(first);
}

void NoteOrders() {
  for (int i = 1; i < 4; ++i) LockInOrder(&g_mutexes[i - 1], &g_mutexes[i]);
  for (const char& mutex : g_mutexes) Forget(&mutex);
}

// Another order is no contradiction once the first is forgotten.
int UseDeadlockDetection() {
  // The forking thread's own list is in the middle of a change.
  std::thread([] {
    for (const char& mutex : g_mutexes) Forget(&mutex);
    for (int i = 3; i > 0; --i) LockInOrder(&g_mutexes[i], &g_mutexes[i - 1]);
  }).join();
  return 0;
}

TEST_F(ForkAnywhereTest, InTheDeadlockDetection) {
  SetMutexDeadlockDetectionMode(OnDeadlockCycle::kAbort);
  ForkIn(&NoteOrders, &UseDeadlockDetection, 29);
  SetMutexDeadlockDetectionMode(OnDeadlockCycle::kIgnore);
}

}  // namespace
}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END
