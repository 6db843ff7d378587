// SPDX-License-Identifier: Apache-2.0

// parkway/task/task_platform.h over a platform that injects faults.
#ifndef PARKWAY_TESTS_FAULTS_FAULT_TASK_PLATFORM_H_
#define PARKWAY_TESTS_FAULTS_FAULT_TASK_PLATFORM_H_

#include <cstdint>

#include "parkway/lock/semaphore_slow.h"
#include "parkway/task/park_slow.h"
#include "parkway/wait/address_futex.h"
#include "tests/faults/fault_platform.h"
#include "tests/suites/task_suite.h"

namespace parkway::test {

template <Membarrier kBarrier>
struct FaultTaskPlatform : FaultPlatform<kBarrier> {
  template <class P>
  using WaitSemaphore = WaiterSemaphore<FaultPlatform<kBarrier>>;
  static constexpr bool kHeldLocks = false;

  // Never made.
  struct Worker {
    RwWaiter<FaultTaskPlatform> waiter;
    bool waits;
  };
  static Worker* waits_in_record() { return nullptr; }

  static WaitBucket<FaultTaskPlatform>& bucket(const void* key) {
    static WaitBucket<FaultTaskPlatform> buckets[2];
    return buckets[reinterpret_cast<std::uintptr_t>(key) / 64 % 2];
  }
  static AddressBucket<FaultTaskPlatform>& address_bucket(const void* address) {
    static AddressBucket<FaultTaskPlatform> buckets[2];
    return buckets[reinterpret_cast<std::uintptr_t>(address) / 64 % 2];
  }
};

template <Membarrier kBarrier>
using FaultTaskFutex = AddressFutex<FaultTaskPlatform<kBarrier>, std::uint32_t>;

template <Membarrier kBarrier>
using FaultTaskTypes = TaskTypes<BasicFutexMutex<FaultTaskFutex<kBarrier>>,
                                 BasicRwMutex<FaultTaskPlatform<kBarrier>>,
                                 BasicCondVar<FaultTaskPlatform<kBarrier>>,
                                 BasicSemaphore<FaultTaskPlatform<kBarrier>>,
                                 BasicFutexNote<FaultTaskFutex<kBarrier>>>;

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_FAULTS_FAULT_TASK_PLATFORM_H_
