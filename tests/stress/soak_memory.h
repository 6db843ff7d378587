// SPDX-License-Identifier: Apache-2.0

// What a process has of memory, sampled for a long time, and whether it grows.
#ifndef PARKWAY_TESTS_STRESS_SOAK_MEMORY_H_
#define PARKWAY_TESTS_STRESS_SOAK_MEMORY_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <vector>

#include "parkway/wait/worker.h"

namespace parkway::test {

struct MemorySample {
  long resident_kib = 0;
  long mappings = 0;  // on Windows: handles
  long records = 0;
};

// Worker records are numbered, and a thread gets the first that is free. So the
// highest number that a thread has had is how many there are.
class RecordCount {
 public:
  // By a thread that is about to end.
  void Look() {
    const Worker* const mine = current_worker();
    const long number = mine == nullptr ? 0 : mine->index;
    long most = most_;
    while (number > most && !most_.compare_exchange_weak(most, number)) {
    }
  }
  long most() const { return most_; }

 private:
  std::atomic<long> most_{0};
};

// What the process has now. Allocates nothing.
MemorySample SampleMemory(const RecordCount& records);

// The largest of each in a part of the samples.
inline MemorySample Largest(const std::vector<MemorySample>& samples,
                            std::size_t from, std::size_t to) {
  MemorySample most;
  for (std::size_t i = from; i < to; ++i) {
    most.resident_kib = std::max(most.resident_kib, samples[i].resident_kib);
    most.mappings = std::max(most.mappings, samples[i].mappings);
    most.records = std::max(most.records, samples[i].records);
  }
  return most;
}

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_STRESS_SOAK_MEMORY_H_
