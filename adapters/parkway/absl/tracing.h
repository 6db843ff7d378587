// SPDX-License-Identifier: Apache-2.0

// What tracers are told of notifications and counters.
//
// Origin: absl/base/internal/tracing.h, since 20250127. Its functions are weak
// there, and a tracer defines them. Here they are weak as well, and nothing
// where there are none: Abseil's own header is not for others to include.
#ifndef PARKWAY_ABSL_TRACING_H_
#define PARKWAY_ABSL_TRACING_H_

#include "absl/base/config.h"
#include "parkway/absl/namespace.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {

// ObjectKind of the original.
enum class Traced : int { kUnknown, kBlockingCounter, kNotification };

#if defined(__ELF__) && defined(ABSL_INTERNAL_C_SYMBOL)

#define PARKWAY_ABSL_TEXT_OF(name) #name
#define PARKWAY_ABSL_TEXT(name) PARKWAY_ABSL_TEXT_OF(name)
#define PARKWAY_ABSL_TRACER(name) \
  __asm__(PARKWAY_ABSL_TEXT(ABSL_INTERNAL_C_SYMBOL(name)))

[[gnu::weak]] void TracerWait(const void* object, Traced kind)
    PARKWAY_ABSL_TRACER(AbslInternalTraceWait);
[[gnu::weak]] void TracerContinue(const void* object, Traced kind)
    PARKWAY_ABSL_TRACER(AbslInternalTraceContinue);
[[gnu::weak]] void TracerSignal(const void* object, Traced kind)
    PARKWAY_ABSL_TRACER(AbslInternalTraceSignal);
[[gnu::weak]] void TracerObserved(const void* object, Traced kind)
    PARKWAY_ABSL_TRACER(AbslInternalTraceObserved);

inline void Trace(void (*tracer)(const void*, Traced), const void* object,
                  Traced kind) {
  if (tracer != nullptr) tracer(object, kind);
}

// A wait for the object begins, and is over: with null if its time was up.
inline void TraceWait(const void* object, Traced kind) {
  Trace(&TracerWait, object, kind);
}
inline void TraceContinue(const void* object, Traced kind) {
  Trace(&TracerContinue, object, kind);
}
// What is waited for happens.
inline void TraceSignal(const void* object, Traced kind) {
  Trace(&TracerSignal, object, kind);
}
// Somebody has seen it, without a wait.
inline void TraceObserved(const void* object, Traced kind) {
  Trace(&TracerObserved, object, kind);
}

#else

inline void TraceWait(const void*, Traced) {}
inline void TraceContinue(const void*, Traced) {}
inline void TraceSignal(const void*, Traced) {}
inline void TraceObserved(const void*, Traced) {}

#endif

}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END

#endif  // PARKWAY_ABSL_TRACING_H_
