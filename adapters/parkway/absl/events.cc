// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/events.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <new>

#include "absl/base/internal/cycleclock.h"
#include "absl/base/internal/raw_logging.h"
#include "parkway/absl/debug_memory.h"
#include "parkway/absl/stack_record.h"
#include "parkway/wait/word_lock.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {

ABSL_CONST_INIT Hook<void(std::int64_t)> mutex_profiler;
ABSL_CONST_INIT Hook<void(const char*, const void*, std::int64_t)> mutex_tracer;
ABSL_CONST_INIT Hook<void(const char*, const void*)> cond_var_tracer;

namespace {

ABSL_CONST_INIT std::atomic<bool> g_invariant_debugging{false};

// Of Abseil's CycleClock; 0 as long as nobody has asked for cycles.
ABSL_CONST_INIT std::atomic<double> g_cycles_per_nanosecond{0};

// Before a hook is registered that is given cycles. The first call measures
// for milliseconds and may open a file: not a thing to do in an unlock.
void LearnCycles() {
  // relaxed: who finds the hook finds this, too; see Hook.
  g_cycles_per_nanosecond.store(
      1e-9 * ::absl::base_internal::CycleClock::Frequency(),
      std::memory_order_relaxed);
}

struct Properties {
  const char* message;  // upstream's
  const char* state;
  bool held;  // the mutex is, so that the invariant can run
};

// In the order of EventKind.
constexpr Properties kProperties[] = {
    {"TryLock succeeded ", " (held)", true},
    {"TryLock failed ", " (not held)", false},
    {"ReaderTryLock succeeded ", " (held shared)", true},
    {"ReaderTryLock failed ", " (not held)", false},
    {"Lock blocking ", " (not held)", false},
    {"Lock returning ", " (held)", true},
    {"ReaderLock blocking ", " (not held)", false},
    {"ReaderLock returning ", " (held shared)", true},
    {"Unlock ", " (held)", true},
    {"ReaderUnlock ", " (held shared)", true},
    {"Wait on ", "", false},
    {"Wait unblocked ", "", false},
    {"Signal on ", "", false},
    {"SignalAll on ", "", false},
};
static_assert(sizeof(kProperties) / sizeof(kProperties[0]) ==
              static_cast<std::size_t>(EventKind::kSignalAll) + 1);

struct Invariant {
  void (*function)(void*);
  void* arg;
};

struct Event {
  Event* next;
  std::uintptr_t hidden;    // ~address: leak checkers see no pointer
  Invariant invariants[2];  // the one at `which`; a new one goes beside it
  std::uint8_t which;
  bool log;
  bool is_cv;
  std::size_t name_length;
  // name_length characters follow.
  char* name() { return reinterpret_cast<char*>(this + 1); }
};

constexpr int kBucketBits = 10;
constexpr std::size_t kMaxEvents = 100 << 10;

struct Table {
  DebugArena arena;
  std::size_t count = 0;
  Event* heads[1 << kBucketBits] = {};
};

// Everything in the table is guarded by the lock, which is free in the child of
// a fork. Whatever a fork may have caught another thread at, the child finds
// a table that is as it was before this or as it would be after it: each change
// is one store of a link, of `which` or of `log`, and what this store leads to
// was there before (OrderForFork). The count may be too high by one.
ABSL_CONST_INIT ::parkway::WordLock g_lock;
ABSL_CONST_INIT Immortal<Table> g_table;
using Guard = std::lock_guard<::parkway::WordLock>;

// The link that points, or would point, to the entry of this object.
Event** FindLink(const void* obj) {
  const std::uintptr_t hidden = ~reinterpret_cast<std::uintptr_t>(obj);
  Event** link = &g_table.value.heads[DebugHash(hidden) >> (32 - kBucketBits)];
  while (*link != nullptr && (*link)->hidden != hidden) link = &(*link)->next;
  return link;
}

std::size_t SizeOf(const Event& event) {
  return sizeof(Event) + event.name_length;
}

// Of an event that nothing leads to any more.
void Free(Event* event) {
  g_table.value.arena.Free(event, SizeOf(*event));
  OrderForFork();
  --g_table.value.count;
}

void RemoveAt(Event** link) {
  Event* const event = *link;
  *link = event->next;
  Free(event);
}

void RemoveAll() {
  for (Event*& head : g_table.value.heads) {
    while (head != nullptr) RemoveAt(&head);
  }
}

// Adds an entry where there is none, or else puts it in the place of that one,
// with its log and invariant if it is of the same kind. Without memory only
// a dead object's entry goes.
void PutAt(Event** link, const void* obj, const char* name, bool is_cv) {
  Event* const old = *link;
  const bool same = old != nullptr && old->is_cv == is_cv;
  const std::size_t length = std::strlen(name);
  void* const memory = g_table.value.arena.Allocate(sizeof(Event) + length);
  if (memory == nullptr) {
    if (old != nullptr && !same) RemoveAt(link);
    return;
  }
  Event* const event = ::new (memory) Event();
  if (same) *event = *old;
  event->next = old != nullptr ? old->next : nullptr;
  event->hidden = ~reinterpret_cast<std::uintptr_t>(obj);
  event->is_cv = is_cv;
  event->name_length = length;
  std::memcpy(event->name(), name, length);
  ++g_table.value.count;
  OrderForFork();
  *link = event;
  if (old != nullptr) Free(old);
}

// An entry as it was at one moment.
struct Snapshot {
  bool present = false;
  bool log = false;
  Invariant invariant = {};
  char name[256] = "";
};

void CopyName(Event& event, char* name, std::size_t size) {
  const std::size_t length = std::min(event.name_length, size - 1);
  std::memcpy(name, event.name(), length);
  name[length] = '\0';
}

Snapshot Look(const void* obj) {
  Snapshot result;
  const Guard lock(g_lock);
  if (Event* const event = *FindLink(obj)) {
    result.present = true;
    result.log = event->log;
    result.invariant = event->invariants[event->which];
    CopyName(*event, result.name, sizeof(result.name));
  }
  return result;
}

// The calling thread's marks for what it is in the middle of, as long as they
// are in scope: an invariant of this object, a line of the log.
class Running {
 public:
  explicit Running(const void* obj) : obj_(obj), outer_(t_innermost) {
    t_innermost = this;
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() { t_innermost = outer_; }

  static bool Has(const void* obj) {
    const Running* r = t_innermost;
    while (r != nullptr && r->obj_ != obj) r = r->outer_;
    return r != nullptr;
  }

 private:
  static thread_local const Running* t_innermost;

  const void* const obj_;
  const Running* const outer_;
};
thread_local const Running* Running::t_innermost = nullptr;

thread_local bool t_logging = false;

ABSL_ATTRIBUTE_NOINLINE void LogEvent(const void* obj, const Properties& event,
                                      const char* name) {
  StackRecord stack;
  stack.Capture(2);  // without this function and PostEvent()
  char text[StackRecord::kMaxDepth * 24];
  std::size_t length = 0;
  text[0] = '\0';
  for (int i = 0; i < stack.depth; ++i) {
    const int written = std::snprintf(text + length, sizeof(text) - length,
                                      " %p", stack.pcs[i]);
    if (written < 0 ||
        static_cast<std::size_t>(written) >= sizeof(text) - length) {
      break;
    }
    length += static_cast<std::size_t>(written);
  }
  ABSL_RAW_LOG(INFO, "%s%p %s%s  @%s", event.message, obj, name, event.state,
               text);
}

}  // namespace

bool InvariantDebuggingEnabled() {
  return g_invariant_debugging.load(std::memory_order_acquire);
}

void EnsureEvent(const void* obj, const char* name, bool is_cv) {
  if (name == nullptr) name = "";
  bool full = false;
  {
    const Guard lock(g_lock);
    Event** link = FindLink(obj);
    const Event* const old = *link;
    if (old != nullptr && old->is_cv == is_cv &&
        (old->name_length != 0 || *name == '\0')) {
      return;
    }
    full = old == nullptr && g_table.value.count >= kMaxEvents;
    if (full) {
      RemoveAll();
      link = FindLink(obj);
    }
    PutAt(link, obj, name, is_cv);
  }
  if (full) {
    ABSL_RAW_LOG(ERROR,
                 "Accumulated %zu Mutex debug objects. If you see this in "
                 "production, it may mean that the production code "
                 "accidentally calls "
                 "Mutex/CondVar::EnableDebugLog/EnableInvariantDebugging.",
                 kMaxEvents);
  }
}

void SetInvariant(const void* obj, void (*invariant)(void*), void* arg) {
  const Guard lock(g_lock);
  if (Event* const event = *FindLink(obj)) {
    const std::uint8_t other = 1 - event->which;
    event->invariants[other] = {invariant, arg};
    OrderForFork();
    event->which = other;
  }
}

void SetLog(const void* obj, bool log) {
  const Guard lock(g_lock);
  if (Event* const event = *FindLink(obj)) event->log = log;
}

void ForgetEvent(const void* obj) {
  const Guard lock(g_lock);
  Event** const link = FindLink(obj);
  if (*link != nullptr) RemoveAt(link);
}

bool EventName(const void* obj, char* name, std::size_t size) {
  *name = '\0';
  const Guard lock(g_lock);
  Event* const event = *FindLink(obj);
  if (event != nullptr) CopyName(*event, name, size);
  return *name != '\0';
}

void PostEvent(const void* obj, EventKind kind, InvariantRunner run) {
  const Snapshot entry = Look(obj);
  const Properties& event = kProperties[static_cast<int>(kind)];
  if ((!entry.present || entry.log) && !t_logging) {
    t_logging = true;
    LogEvent(obj, event, entry.name);
    t_logging = false;
  }
  const Invariant& invariant = entry.invariant;
  if (!event.held || invariant.function == nullptr || Running::Has(obj)) {
    return;
  }
  const Running running(obj);
  if (run != nullptr) {
    run(obj, kind, invariant.function, invariant.arg);
  } else {
    invariant.function(invariant.arg);
  }
}

void PostSlowRelease(const void* mutex, std::int64_t waited) {
  if (mutex_tracer.Load() == nullptr && mutex_profiler.Load() == nullptr) {
    return;
  }
  // relaxed: stored before a hook, and never changed after.
  const auto cycles = static_cast<std::int64_t>(
      static_cast<double>(waited) *
      g_cycles_per_nanosecond.load(std::memory_order_relaxed));
  mutex_tracer("slow release", mutex, cycles);
  mutex_profiler(cycles);
}

}  // namespace internal

void RegisterMutexProfiler(void (*fn)(std::int64_t wait_cycles)) {
  internal::LearnCycles();
  internal::mutex_profiler.Store(fn);
}

void RegisterMutexTracer(void (*fn)(const char* msg, const void* obj,
                                    std::int64_t wait_cycles)) {
  internal::LearnCycles();
  internal::mutex_tracer.Store(fn);
}

void RegisterCondVarTracer(void (*fn)(const char* msg, const void* cv)) {
  internal::cond_var_tracer.Store(fn);
}

#if defined(ABSL_LTS_RELEASE_VERSION) && ABSL_LTS_RELEASE_VERSION < 20230802
void RegisterSymbolizer(bool (*fn)(const void* pc, char* out, int out_size)) {
  internal::symbolizer.Store(fn);
}
#endif

void EnableMutexInvariantDebugging(bool enabled) {
  internal::g_invariant_debugging.store(enabled, std::memory_order_release);
}

PARKWAY_ABSL_NAMESPACE_END
