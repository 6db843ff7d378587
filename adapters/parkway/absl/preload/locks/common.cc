// SPDX-License-Identifier: Apache-2.0

// The members that every release declares out of line.
#include <cstddef>
#include <cstdint>
#include <new>

#include "absl/synchronization/barrier.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "parkway/absl/preload/locks/ours.h"

namespace absl {
ABSL_NAMESPACE_BEGIN

namespace ours = ::parkway::preload::ours;
using ::parkway::preload::as;

void Mutex::AssertHeld() const { as<ours::Mutex>(this).AssertHeld(); }
void Mutex::AssertReaderHeld() const {
  as<ours::Mutex>(this).AssertReaderHeld();
}
void Mutex::AssertNotHeld() const { as<ours::Mutex>(this).AssertNotHeld(); }

void Mutex::EnableInvariantDebugging(void (*invariant)(void*), void* arg) {
  as<ours::Mutex>(this).EnableInvariantDebugging(invariant, arg);
}
void Mutex::EnableDebugLog(const char* name) {
  as<ours::Mutex>(this).EnableDebugLog(name);
}
void Mutex::ForgetDeadlockInfo() { as<ours::Mutex>(this).ForgetDeadlockInfo(); }
void Mutex::InternalAttemptToUseMutexInFatalSignalHandler() {
  ours::Mutex::InternalAttemptToUseMutexInFatalSignalHandler();
}

void CondVar::Signal() { as<ours::CondVar>(this).Signal(); }
void CondVar::SignalAll() { as<ours::CondVar>(this).SignalAll(); }
void CondVar::EnableDebugLog(const char* name) {
  as<ours::CondVar>(this).EnableDebugLog(name);
}

void ReleasableMutexLock::Release() {
  as<ours::ReleasableMutexLock>(this).Release();
}

Notification::~Notification() {
  // The headers read this member where ours has its own.
  static_assert(offsetof(Notification, notified_yet_) == sizeof(Mutex));
  as<ours::Notification>(this).~Notification();
}
void Notification::Notify() { as<ours::Notification>(this).Notify(); }
void Notification::WaitForNotification() const {
  as<ours::Notification>(this).WaitForNotification();
}
bool Notification::WaitForNotificationWithTimeout(
    absl::Duration timeout) const {
  return as<ours::Notification>(this).WaitForNotificationWithTimeout(timeout);
}
bool Notification::WaitForNotificationWithDeadline(absl::Time deadline) const {
  return as<ours::Notification>(this).WaitForNotificationWithDeadline(deadline);
}

BlockingCounter::BlockingCounter(int initial_count) {
  new (this) ours::BlockingCounter(initial_count);
}
bool BlockingCounter::DecrementCount() {
  return as<ours::BlockingCounter>(this).DecrementCount();
}
void BlockingCounter::Wait() { as<ours::BlockingCounter>(this).Wait(); }

bool Barrier::Block() {
  static_assert(offsetof(Barrier, num_to_block_) == sizeof(Mutex));
  static_assert(offsetof(Barrier, num_to_exit_) == sizeof(Mutex) + sizeof(int));
  return as<ours::Barrier>(this).Block();
}

void RegisterMutexProfiler(void (*fn)(std::int64_t wait_cycles)) {
  ours::RegisterMutexProfiler(fn);
}
void RegisterMutexTracer(void (*fn)(const char* msg, const void* obj,
                                    std::int64_t wait_cycles)) {
  ours::RegisterMutexTracer(fn);
}
void RegisterCondVarTracer(void (*fn)(const char* msg, const void* cv)) {
  ours::RegisterCondVarTracer(fn);
}
void EnableMutexInvariantDebugging(bool enabled) {
  ours::EnableMutexInvariantDebugging(enabled);
}
void SetMutexDeadlockDetectionMode(OnDeadlockCycle mode) {
  ours::SetMutexDeadlockDetectionMode(static_cast<ours::OnDeadlockCycle>(mode));
}

ABSL_NAMESPACE_END
}  // namespace absl
