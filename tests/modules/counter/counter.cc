// SPDX-License-Identifier: Apache-2.0

#include "counter.h"

namespace counter {

void Counter::Add(absl::Mutex& mutex) {
  mutex.lock();
  {
    const tbb::spin_mutex::scoped_lock lock(spin_);
    ++count_;
  }
  mutex.unlock();
}

}  // namespace counter
