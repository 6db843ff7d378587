// SPDX-License-Identifier: Apache-2.0

#include "parkway/preload/remarks.h"

#include <atomic>
#include <cstdarg>
#include <cstdio>

#include "parkway/preload/decision.h"
#include "parkway/preload/message.h"

namespace parkway::preload {

void Remarks::add(const char* format, ...) noexcept {
  if (count_ == kMost) return;
  std::va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(lines_[count_++], sizeof lines_[0], format, arguments);
  va_end(arguments);
}

void Remarks::complain(const char* complaint) noexcept {
  std::snprintf(complaint_, sizeof complaint_, "%s", complaint);
}

void Remarks::say_all() const noexcept {
  static std::atomic<bool> complained{false};
  if (complaint_[0] != '\0' && !complained.exchange(true)) {
    say_stepping_aside(complaint_);
  }
  for (std::size_t i = 0; i < count_; ++i) say("%s", lines_[i]);
}

}  // namespace parkway::preload
