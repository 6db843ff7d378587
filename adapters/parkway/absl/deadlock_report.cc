// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/deadlock_report.h"

#include <algorithm>

#include "absl/base/internal/raw_logging.h"
#include "parkway/absl/events.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {
namespace {

void LogError(const char* text) { ABSL_RAW_LOG(ERROR, "%s", text); }

// "0x... name", as an argument of LogText::Add().
class Named {
 public:
  explicit Named(const void* mutex) {
    name_[0] = ' ';
    if (!EventName(mutex, name_ + 1, sizeof(name_) - 1)) name_[0] = '\0';
  }
  const char* name() const { return name_; }

 private:
  char name_[64];
};

}  // namespace

void PrintDeadlockReport(const DeadlockReport& report) {
  LogText text(&LogError);
  text.Add("Potential Mutex deadlock: \n");
  text.AddStack(report.stack, report.symbolize);
  text.Flush();

  text.Add("Acquiring absl::Mutex %p%s while holding ", report.mutex,
           Named(report.mutex).name());
  for (int i = 0; i < report.held_count; ++i) {
    const DeadlockReport::Held& held = report.held[i];
    text.Add(" %p%s%s", held.mutex, Named(held.mutex).name(),
             held.shared ? " (shared)" : "");
  }
  text.Add("; a cycle in the historical lock ordering graph has been observed");
  text.Flush();

  text.Add("Cycle: \n");
  if (report.length == 0) {
    text.Add("mutex@%p%s is held by this thread already\n", report.mutex,
             Named(report.mutex).name());
  }
  const int shown = std::min(report.length, DeadlockReport::kMaxSteps);
  for (int i = 0; i < shown; ++i) {
    const DeadlockReport::Step& step = report.steps[i];
    text.Add("mutex@%p%s stack: acquired while holding mutex@%p%s, first at\n",
             step.to, Named(step.to).name(), step.from,
             Named(step.from).name());
    text.AddStack(step.stack, report.symbolize);
  }
  if (shown < report.length) {
    text.Add("and %d more\n", report.length - shown);
  }
  text.Flush();
}

}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END
