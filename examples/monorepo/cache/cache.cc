// SPDX-License-Identifier: Apache-2.0

#include "cache/cache.h"

#include <string>

#include "absl/time/clock.h"

namespace example {

std::string Cache::Get(absl::string_view key) {
  {
    absl::ReaderMutexLock lock(&mutex_);
    const auto it = values_.find(key);
    if (it != values_.end()) return it->second;
  }
  {
    absl::MutexLock lock(&mutex_);
    for (;;) {
      const auto it = values_.find(key);
      if (it != values_.end()) return it->second;
      if (in_progress_.insert(std::string(key)).second) break;
      computed_.Wait(&mutex_);
    }
  }
  std::string value = compute_(key);
  absl::MutexLock lock(&mutex_);
  in_progress_.erase(key);
  values_[key] = value;
  computed_.SignalAll();
  return value;
}

bool Cache::WaitForSize(std::size_t size, absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  absl::MutexLock lock(&mutex_);
  while (values_.size() < size) {
    if (computed_.WaitWithDeadline(&mutex_, deadline)) {
      return values_.size() >= size;
    }
  }
  return true;
}

}  // namespace example
