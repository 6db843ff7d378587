// SPDX-License-Identifier: Apache-2.0

// The debugging aids of single mutexes and condition variables (a name, a log
// of what happens, an invariant) and the hooks of the whole process.
//
// Semantics: those of the functions of the same name in
// absl/synchronization/mutex.h and of what is behind them in mutex.cc.
#ifndef PARKWAY_ABSL_EVENTS_H_
#define PARKWAY_ABSL_EVENTS_H_

#include <cstddef>
#include <cstdint>

#include "absl/base/attributes.h"
#include "absl/base/config.h"
#include "parkway/absl/hook.h"
#include "parkway/absl/namespace.h"

PARKWAY_ABSL_NAMESPACE_BEGIN

// Each of these registers a function that the locks call from then on; see
// internal::Hook for who wins and how it is ordered. The function may be called
// by any thread, at any time, also before this returns.
//
// The first two are given times in the units of Abseil's CycleClock. So they
// ask it for its frequency. The first that asks in a process may take
// milliseconds, and Abseil may read a file in /sys. An unlock never does.

// Called with the time that waiters have waited, by whoever released the
// contended mutex.
void RegisterMutexProfiler(void (*fn)(std::int64_t wait_cycles));

// The same with the mutex and what happened ("slow release").
void RegisterMutexTracer(void (*fn)(const char* msg, const void* obj,
                                    std::int64_t wait_cycles));

// Called with a condition variable and what happened to it: "Wait", "Unwait",
// "Signal wakeup" or "SignalAll wakeup".
void RegisterCondVarTracer(void (*fn)(const char* msg, const void* cv));

// Upstream had this until 2023.
#if defined(ABSL_LTS_RELEASE_VERSION) && ABSL_LTS_RELEASE_VERSION < 20230802
// Replaces ::absl::Symbolize in the reports of the deadlock detection.
ABSL_DEPRECATED("absl::RegisterSymbolizer() was removed in 2023")
void RegisterSymbolizer(bool (*fn)(const void* pc, char* out, int out_size));
#endif

// Whether Mutex::EnableInvariantDebugging() has an effect; off at first. It
// changes nothing for mutexes that have their invariant already.
void EnableMutexInvariantDebugging(bool enabled);

namespace internal {

extern Hook<void(std::int64_t)> mutex_profiler;
extern Hook<void(const char*, const void*, std::int64_t)> mutex_tracer;
extern Hook<void(const char*, const void*)> cond_var_tracer;

// What EnableMutexInvariantDebugging() has set.
bool InvariantDebuggingEnabled();

// The table of objects with a name, a log or an invariant, by address.
//
// All of it may be called by any thread at any time, with any mutex held,
// before main and during exit; nothing uses malloc. The lock inside is never
// held while code of the program runs. A forked child keeps the table, and may
// use it at once, in handlers of the fork as well. What a caller sets is meant
// to be set before the object is shared, as in Abseil: an event on another
// thread may just miss it.
//
// An object says with a bit of its own that it is in the table, so that the
// others pay nothing. An object that sets its bit for the first time should
// call ForgetEvent() before EnsureEvent(): what is found there belongs to a
// dead object with a destructor that does nothing. An object with the bit calls
// ForgetEvent() when it is destroyed, if it has a destructor.

// Makes an entry unless there is one. `name` is copied; null is "". The name
// that an entry has stays, except for "". An entry of the other kind (`is_cv`)
// at this address is a dead object's and is replaced. Without memory it does
// nothing. At 100K entries (a program that debugs in production, without
// knowing) it says so and starts anew with an empty table.
void EnsureEvent(const void* obj, const char* name, bool is_cv);

// Sets what PostEvent() calls, null for nothing; or whether it logs (at first
// not). Nothing happens without an entry.
void SetInvariant(const void* obj, void (*invariant)(void*), void* arg);
void SetLog(const void* obj, bool log);

// Removes the entry, if there is one.
void ForgetEvent(const void* obj);

// Writes the object's name, cut to `size`, and returns whether it has one that
// is not empty; if not, writes "".
bool EventName(const void* obj, char* name, std::size_t size);

enum class EventKind {
  // Of a mutex.
  kTryLockSucceeded,
  kTryLockFailed,
  kReaderTryLockSucceeded,
  kReaderTryLockFailed,
  kLockBlocking,
  kLockReturning,
  kReaderLockBlocking,
  kReaderLockReturning,
  kUnlock,
  kReaderUnlock,
  // Of a condition variable.
  kWait,
  kWaitReturning,
  kSignal,
  kSignalAll,
};

// What PostEvent() hands an invariant to. A Mutex that carries TSan annotations
// does here what it does around a Condition; it must call invariant(arg) once.
using InvariantRunner = void (*)(const void* obj, EventKind kind,
                                 void (*invariant)(void*), void* arg);

// To be called by an object with an event bit, for the kinds that say that the
// mutex was locked with the mutex held, and for kUnlock and kReaderUnlock while
// it is still held.
//
// First the log: if it is on, or the object has no entry, one line to standard
// error: what happens, to which object, its name, whether it is held, and the
// stack. Then the invariant, for all kinds with the mutex held, directly or
// through `run`. It may lock other mutexes. Events that it causes on its own
// mutex do not run it again; events that logging causes are not logged.
void PostEvent(const void* obj, EventKind kind, InvariantRunner run = nullptr);

// To be called by whoever has released a contended mutex, which is an address
// by now, with the nanoseconds that those it has woken had waited: tells the
// tracer and the profiler. Two loads if there is neither.
void PostSlowRelease(const void* mutex, std::int64_t waited);

}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END

#endif  // PARKWAY_ABSL_EVENTS_H_
