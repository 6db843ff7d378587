// SPDX-License-Identifier: Apache-2.0

// Barrier: threads wait for one another.
//
// Origin: the class of the same name in absl/synchronization/barrier.h.
#ifndef PARKWAY_ABSL_BARRIER_H_
#define PARKWAY_ABSL_BARRIER_H_

#include "absl/base/thread_annotations.h"
#include "parkway/absl/mutex.h"
#include "parkway/absl/namespace.h"

PARKWAY_ABSL_NAMESPACE_BEGIN

// For one meeting. Ordering: what any thread did before Block() is visible to
// every other after it. Ownership: 16 bytes, no allocation.
class Barrier {
 public:
  // `num_threads` threads will call Block().
  explicit Barrier(int num_threads)
      : num_to_block_(num_threads), num_to_exit_(num_threads) {}
  Barrier(const Barrier&) = delete;
  Barrier& operator=(const Barrier&) = delete;

  // Waits, without limit, until all have called it. Returns true to one of
  // them, which may then destroy the barrier. One thread too many ends the
  // program.
  bool Block();

 private:
  Mutex lock_;
  int num_to_block_ ABSL_GUARDED_BY(lock_);
  int num_to_exit_ ABSL_GUARDED_BY(lock_);
};

PARKWAY_ABSL_NAMESPACE_END

#endif  // PARKWAY_ABSL_BARRIER_H_
