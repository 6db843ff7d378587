// SPDX-License-Identifier: Apache-2.0

// Keeps what is logged while it lives.

#ifndef JOURNAL_JOURNAL_H_
#define JOURNAL_JOURNAL_H_

#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/log/log_entry.h"
#include "absl/log/log_sink.h"
#include "absl/synchronization/mutex.h"

namespace example {

class Journal : public absl::LogSink {
 public:
  Journal();
  ~Journal() override;

  void Send(const absl::LogEntry& entry) override;

  std::vector<std::string> Lines() const;

 private:
  mutable absl::Mutex mutex_;
  std::vector<std::string> lines_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace example

#endif  // JOURNAL_JOURNAL_H_
