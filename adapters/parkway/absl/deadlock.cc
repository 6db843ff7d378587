// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/deadlock.h"

#include <cstdint>
#include <cstring>
#include <mutex>
#include <new>

#include "absl/base/attributes.h"
#include "absl/base/config.h"
#include "absl/base/internal/raw_logging.h"
#include "parkway/absl/deadlock_report.h"
#include "parkway/absl/debug_memory.h"
#include "parkway/absl/events.h"
#include "parkway/absl/lock_graph.h"
#include "parkway/absl/stack_record.h"
#include "parkway/wait/word_lock.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {
namespace {

#if defined(NDEBUG) || defined(ABSL_HAVE_THREAD_SANITIZER)
constexpr OnDeadlockCycle kDefaultMode = OnDeadlockCycle::kIgnore;
#else
constexpr OnDeadlockCycle kDefaultMode = OnDeadlockCycle::kAbort;
#endif

}  // namespace

ABSL_CONST_INIT std::atomic<OnDeadlockCycle> deadlock_mode{kDefaultMode};

namespace {

// How often the detection was turned on. A thread drops what it holds when it
// sees a new number.
ABSL_CONST_INIT std::atomic<std::uint32_t> g_epoch{0};

// A WordLock: it is no Mutex of ours or of Abseil's, and in the child of a fork
// it is free.
ABSL_CONST_INIT ::parkway::WordLock g_lock;

// Guarded by g_lock, except for LockGraph::MayHave().
struct State {
  DebugArena arena;
  LockGraph graph;
  StackDepot stacks;
  int reports = 0;
  bool changing = false;  // the graph or the stacks, at this moment
};
ABSL_CONST_INIT Immortal<State> g_state;

// Keeps reports apart. Taken without g_lock.
ABSL_CONST_INIT ::parkway::WordLock g_report_lock;

// Names cost about a millisecond each in a large program.
constexpr int kSymbolizedReports = 8;

// Holds g_lock. What it guards is whole: if a fork has caught another thread of
// the parent in the middle of a change, the first that comes in the child makes
// it so. The arena needs nothing for that.
class StateLock {
 public:
  StateLock() {
    if (g_lock.lock() && g_state.value.changing) Repair();
  }
  StateLock(const StateLock&) = delete;
  StateLock& operator=(const StateLock&) = delete;
  ~StateLock() { g_lock.unlock(); }

 private:
  static void Repair() {
    g_state.value.graph.Repair();
    g_state.value.stacks.Repair();
    OrderForFork();
    g_state.value.changing = false;
  }
};

// Holds g_lock in order to change the graph or the stacks.
class ChangingStateLock {
 public:
  ChangingStateLock() {
    g_state.value.changing = true;
    OrderForFork();
  }
  ChangingStateLock(const ChangingStateLock&) = delete;
  ChangingStateLock& operator=(const ChangingStateLock&) = delete;
  ~ChangingStateLock() {
    OrderForFork();
    g_state.value.changing = false;
  }

 private:
  const StateLock lock_;
};

struct HeldLock {
  std::uintptr_t hidden;  // ~address: leak checkers see no pointer
  LockGraph::Ref node;    // null until it is needed
  std::uint32_t count;
  bool shared;  // at first

  const void* mutex() const { return reinterpret_cast<const void*>(~hidden); }
};

// What a thread holds, oldest first. Plain data: there is nothing to do when
// the thread ends.
struct HeldLocks {
  HeldLock locks[DeadlockReport::kMaxHeld];
  int count;
  std::uint32_t epoch;
  bool reporting;  // what a report locks is not looked at

  HeldLock* Find(const void* mutex) {
    // The newest first: it is the most likely one.
    const std::uintptr_t hidden = ~reinterpret_cast<std::uintptr_t>(mutex);
    for (HeldLock* h = locks + count; h != locks;) {
      if ((--h)->hidden == hidden) return h;
    }
    return nullptr;
  }
  void Remove(HeldLock* h) {
    --count;
    std::memmove(h, h + 1,
                 static_cast<std::size_t>(locks + count - h) * sizeof(*h));
  }
};

HeldLocks& ThisThread() {
  static thread_local HeldLocks held = {};
  const std::uint32_t epoch = g_epoch.load(std::memory_order_relaxed);
  if (held.epoch != epoch) {
    held.epoch = epoch;
    held.count = 0;
  }
  return held;
}

// A lock whose node is gone was forgotten or destroyed by another thread, or
// there was no memory for it: no order is known.
bool IsStale(const HeldLock& held) {
  return !held.node.is_null() && !g_state.value.graph.Alive(held.node);
}

// Whether every order that BeforeLock(mutex) would note is on record.
bool AllKnown(HeldLocks& held, const void* mutex) {
  const StateLock lock;
  LockGraph& graph = g_state.value.graph;
  const LockGraph::Ref to = graph.Find(mutex);
  if (to.is_null()) return false;
  for (int i = 0; i < held.count; ++i) {
    HeldLock& from = held.locks[i];
    if (IsStale(from)) continue;
    if (from.node.is_null()) from.node = graph.Find(from.mutex());
    if (from.node.is_null() || !graph.Knows(from.node, to)) return false;
  }
  return true;
}

// Null if there is no memory. The caller owns it.
DeadlockReport* MakeReport(const HeldLocks& held, const void* mutex,
                           const StackRecord& stack, LockGraph::Ref from,
                           LockGraph::Ref to) {
  State& state = g_state.value;
  void* const memory = state.arena.Allocate(sizeof(DeadlockReport));
  if (memory == nullptr) return nullptr;
  auto* const report = ::new (memory) DeadlockReport;
  report->mutex = mutex;
  report->stack = stack;
  report->held_count = held.count;
  for (int i = 0; i < held.count; ++i) {
    report->held[i] = {held.locks[i].mutex(), held.locks[i].shared};
  }
  LockGraph::Step steps[DeadlockReport::kMaxSteps];
  report->length =
      state.graph.FindPath(to, from, steps, DeadlockReport::kMaxSteps);
  for (int i = 0; i < report->length && i < DeadlockReport::kMaxSteps; ++i) {
    report->steps[i].from = steps[i].from;
    report->steps[i].to = steps[i].to;
    state.stacks.Get(steps[i].stack, &report->steps[i].stack);
  }
  report->symbolize = ++state.reports <= kSymbolizedReports;
  return report;
}

// Records the orders. True if one closes a cycle, with what is to be said about
// it, or with null.
bool Record(HeldLocks& held, const void* mutex, const StackRecord& stack,
            DeadlockReport** report) {
  const ChangingStateLock lock;
  State& state = g_state.value;
  // Nodes in the order in which the locks were taken: they need no new ranks.
  for (int i = 0; i < held.count; ++i) {
    HeldLock& from = held.locks[i];
    if (from.node.is_null()) {
      from.node = state.graph.Ensure(state.arena, from.mutex());
    }
  }
  const LockGraph::Ref to = state.graph.Ensure(state.arena, mutex);
  if (to.is_null()) return false;
  const std::uint32_t at = state.stacks.Put(state.arena, stack);
  for (int i = 0; i < held.count; ++i) {
    const LockGraph::Ref from = held.locks[i].node;
    if (!state.graph.Alive(from)) continue;
    if (state.graph.AddEdge(state.arena, from, to, at) ==
        LockGraph::Added::kCycle) {
      *report = MakeReport(held, mutex, stack, from, to);
      return true;  // one report is enough
    }
  }
  return false;
}

void Report(HeldLocks& held, DeadlockReport* report) {
  held.reporting = true;
  if (report == nullptr) {
    ABSL_RAW_LOG(ERROR, "Potential Mutex deadlock: no memory for a report");
  } else {
    {
      const std::lock_guard<::parkway::WordLock> lock(g_report_lock);
      PrintDeadlockReport(*report);
    }
    const StateLock lock;
    g_state.value.arena.Free(report, sizeof(*report));
  }
  if (deadlock_mode.load(std::memory_order_relaxed) ==
      OnDeadlockCycle::kAbort) {
    ABSL_RAW_LOG(FATAL, "dying due to potential deadlock");
  }
  held.reporting = false;
}

ABSL_ATTRIBUTE_NOINLINE void CheckOrder(HeldLocks& held, const void* mutex) {
  if (AllKnown(held, mutex)) return;
  // Without the lock: unwinding may take the dynamic linker's.
  StackRecord stack;
  stack.Capture(1);
  DeadlockReport* report = nullptr;
  if (Record(held, mutex, stack, &report)) Report(held, report);
}

}  // namespace

void BeforeLock(const void* mutex) {
  HeldLocks& held = ThisThread();
  if (held.count != 0 && !held.reporting) CheckOrder(held, mutex);
}

void Locked(const void* mutex, bool shared) {
  HeldLocks& held = ThisThread();
  if (HeldLock* const h = held.Find(mutex)) {
    ++h->count;
  } else if (held.count < DeadlockReport::kMaxHeld) {
    held.locks[held.count++] = HeldLock{
        ~reinterpret_cast<std::uintptr_t>(mutex), LockGraph::Ref(), 1, shared};
  }
}

void Unlocked(const void* mutex) {
  HeldLocks& held = ThisThread();
  HeldLock* const h = held.Find(mutex);
  if (h != nullptr && --h->count == 0) held.Remove(h);
}

bool Holds(const void* mutex) { return ThisThread().Find(mutex) != nullptr; }

void CheckNotHeld(const void* mutex) {
  if (!Holds(mutex)) return;
  char name[200];
  EventName(mutex, name, sizeof(name));
  ABSL_RAW_LOG(FATAL, "thread should not hold mutex %p %s", mutex, name);
}

void Forget(const void* mutex) {
  HeldLocks& held = ThisThread();
  if (HeldLock* const h = held.Find(mutex)) held.Remove(h);
  if (!g_state.value.graph.MayHave(mutex)) return;
  const ChangingStateLock lock;
  g_state.value.graph.Remove(mutex);
}

}  // namespace internal

void SetMutexDeadlockDetectionMode(OnDeadlockCycle mode) {
  // Without the lock: see the contract. What others do until they see it is
  // what they would have done before.
  if (mode == OnDeadlockCycle::kIgnore) {
    internal::deadlock_mode.store(mode, std::memory_order_release);
    return;
  }
  // The first look at a stack reads tables, which may take over 100 us. It is
  // for those who turn this on, and not for the first lock after that.
  internal::StackRecord().Capture(0);
  const internal::ChangingStateLock lock;
  if (!internal::DeadlockDetectionOn()) {
    internal::g_state.value.graph.Clear();
    internal::g_state.value.stacks.Clear();
    internal::g_epoch.fetch_add(1, std::memory_order_relaxed);
  }
  internal::deadlock_mode.store(mode, std::memory_order_release);
}

PARKWAY_ABSL_NAMESPACE_END
