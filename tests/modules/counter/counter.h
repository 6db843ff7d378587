// SPDX-License-Identifier: Apache-2.0

#ifndef COUNTER_H_
#define COUNTER_H_

#include "absl/synchronization/mutex.h"
#include "oneapi/tbb/spin_mutex.h"

namespace counter {

class Counter {
 public:
  // `mutex` is taken and released.
  void Add(absl::Mutex& mutex);
  int count() const { return count_; }

 private:
  tbb::spin_mutex spin_;
  int count_ = 0;
};

}  // namespace counter

#endif  // COUNTER_H_
