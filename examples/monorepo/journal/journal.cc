// SPDX-License-Identifier: Apache-2.0

#include "journal/journal.h"

#include <string>
#include <vector>

#include "absl/log/log_sink_registry.h"

namespace example {

Journal::Journal() { absl::AddLogSink(this); }

Journal::~Journal() { absl::RemoveLogSink(this); }

void Journal::Send(const absl::LogEntry& entry) {
  absl::MutexLock lock(&mutex_);
  lines_.emplace_back(entry.text_message());
}

std::vector<std::string> Journal::Lines() const {
  absl::ReaderMutexLock lock(&mutex_);
  return lines_;
}

}  // namespace example
