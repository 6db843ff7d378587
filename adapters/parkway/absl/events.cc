// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/events.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <new>

#include "absl/base/internal/raw_logging.h"
#include "parkway/absl/debug_memory.h"
#include "parkway/absl/stack_record.h"
#include "parkway/os/os.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {

ABSL_CONST_INIT Hook<void(std::int64_t)> mutex_profiler;
ABSL_CONST_INIT Hook<void(const char*, const void*, std::int64_t)> mutex_tracer;
ABSL_CONST_INIT Hook<void(const char*, const void*)> cond_var_tracer;

namespace {

ABSL_CONST_INIT std::atomic<bool> g_invariant_debugging{false};

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

struct Event {
  Event* next;
  std::uintptr_t hidden;  // ~address: leak checkers see no pointer
  void (*invariant)(void*);
  void* arg;
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

// Everything in the table is guarded by the mutex.
ABSL_CONST_INIT Immortal<std::mutex> g_mutex;
ABSL_CONST_INIT Immortal<Table> g_table;
ABSL_CONST_INIT std::atomic<bool> g_fork_handled{false};

// In the child of a fork: the holder of the lock may not have come along. The
// table is whole, or misses what was being added or removed at that moment.
void AfterForkInChild() { ::new (&g_mutex.value) std::mutex; }

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

void RemoveAt(Event** link) {
  Event* const event = *link;
  *link = event->next;
  g_table.value.arena.Free(event, SizeOf(*event));
  --g_table.value.count;
}

void RemoveAll() {
  for (Event*& head : g_table.value.heads) {
    while (head != nullptr) RemoveAt(&head);
  }
}

// A new entry without log and invariant, or null.
Event* AddAt(Event** link, const void* obj, const char* name, bool is_cv) {
  const std::size_t length = std::strlen(name);
  void* const memory = g_table.value.arena.Allocate(sizeof(Event) + length);
  if (memory == nullptr) return nullptr;
  Event* const event = ::new (memory) Event();
  event->next = *link;
  event->hidden = ~reinterpret_cast<std::uintptr_t>(obj);
  event->is_cv = is_cv;
  event->name_length = length;
  std::memcpy(event->name(), name, length);
  *link = event;
  ++g_table.value.count;
  return event;
}

// An entry as it was at one moment.
struct Snapshot {
  bool present = false;
  bool log = false;
  void (*invariant)(void*) = nullptr;
  void* arg = nullptr;
  char name[256] = "";
};

void CopyName(Event& event, char* name, std::size_t size) {
  const std::size_t length = std::min(event.name_length, size - 1);
  std::memcpy(name, event.name(), length);
  name[length] = '\0';
}

Snapshot Look(const void* obj) {
  Snapshot result;
  const std::lock_guard<std::mutex> lock(g_mutex.value);
  if (Event* const event = *FindLink(obj)) {
    result.present = true;
    result.log = event->log;
    result.invariant = event->invariant;
    result.arg = event->arg;
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
  if (!g_fork_handled.exchange(true, std::memory_order_relaxed)) {
    // Without memory for the handler, a child may hang in here.
    ::parkway::os::at_fork_in_child(&AfterForkInChild);
  }
  if (name == nullptr) name = "";
  bool full = false;
  {
    const std::lock_guard<std::mutex> lock(g_mutex.value);
    Event** link = FindLink(obj);
    Event old{};
    if (*link != nullptr) {
      if ((*link)->is_cv == is_cv) {
        if ((*link)->name_length != 0 || *name == '\0') return;
        old = **link;
      }
      RemoveAt(link);
    }
    full = g_table.value.count >= kMaxEvents;
    if (full) {
      RemoveAll();
      link = FindLink(obj);
    }
    if (Event* const event = AddAt(link, obj, name, is_cv)) {
      event->invariant = old.invariant;
      event->arg = old.arg;
      event->log = old.log;
    }
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
  const std::lock_guard<std::mutex> lock(g_mutex.value);
  if (Event* const event = *FindLink(obj)) {
    event->invariant = invariant;
    event->arg = arg;
  }
}

void SetLog(const void* obj, bool log) {
  const std::lock_guard<std::mutex> lock(g_mutex.value);
  if (Event* const event = *FindLink(obj)) event->log = log;
}

void ForgetEvent(const void* obj) {
  const std::lock_guard<std::mutex> lock(g_mutex.value);
  Event** const link = FindLink(obj);
  if (*link != nullptr) RemoveAt(link);
}

bool EventName(const void* obj, char* name, std::size_t size) {
  *name = '\0';
  const std::lock_guard<std::mutex> lock(g_mutex.value);
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
  if (!event.held || entry.invariant == nullptr || Running::Has(obj)) {
    return;
  }
  const Running running(obj);
  if (run != nullptr) {
    run(obj, kind, entry.invariant, entry.arg);
  } else {
    entry.invariant(entry.arg);
  }
}

}  // namespace internal

void RegisterMutexProfiler(void (*fn)(std::int64_t wait_cycles)) {
  internal::mutex_profiler.Store(fn);
}

void RegisterMutexTracer(void (*fn)(const char* msg, const void* obj,
                                    std::int64_t wait_cycles)) {
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
