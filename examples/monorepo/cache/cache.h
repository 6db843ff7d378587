// SPDX-License-Identifier: Apache-2.0

// A cache that many read; each value is computed by one of those that ask.

#ifndef CACHE_CACHE_H_
#define CACHE_CACHE_H_

#include <cstddef>
#include <functional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace example {

class Cache {
 public:
  using Compute = std::function<std::string(absl::string_view key)>;

  explicit Cache(Compute compute) : compute_(std::move(compute)) {}

  // The value of `key`; computes it, or waits for who does already.
  std::string Get(absl::string_view key) ABSL_LOCKS_EXCLUDED(mutex_);

  // Waits for so long until so many values are there. Returns whether they are.
  bool WaitForSize(std::size_t size, absl::Duration timeout)
      ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  const Compute compute_;
  absl::Mutex mutex_;
  absl::CondVar computed_;  // with mutex_: `values_` has grown
  absl::flat_hash_map<std::string, std::string> values_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<std::string> in_progress_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace example

#endif  // CACHE_CACHE_H_
