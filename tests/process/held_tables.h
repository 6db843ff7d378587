// SPDX-License-Identifier: Apache-2.0

// Every lock of parkway's tables held, as other threads may hold some of them
// at the moment of a fork.
#ifndef PARKWAY_TESTS_PROCESS_HELD_TABLES_H_
#define PARKWAY_TESTS_PROCESS_HELD_TABLES_H_

#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "parkway/task/task_platform.h"
#include "parkway/wait/address_wait.h"
#include "parkway/wait/address_wait_slow.h"
#include "parkway/wait/wait_platform.h"
#include "parkway/wait/wait_table.h"
#include "tests/process/places.h"

namespace parkway::test {

// Held from the constructor to the destructor, by a thread. Who needs a table
// meanwhile sleeps.
class HeldTables {
 public:
  HeldTables()
      : thread_([this] {
          Hold<Platform>([this] {
            Hold<TaskPlatform>([this] {
              held_ = true;
              while (!released_) usleep(kPauseUs);
            });
          });
        }) {
    while (!held_) usleep(kPauseUs);
  }
  ~HeldTables() {
    released_ = true;
    thread_.join();
  }
  HeldTables(const HeldTables&) = delete;
  HeldTables& operator=(const HeldTables&) = delete;

 private:
  // One address for each bucket of `bucket_of`.
  template <class BucketOf>
  static std::vector<const void*> OneOfEach(BucketOf bucket_of) {
    std::vector<const void*> addresses;
    std::vector<const void*> buckets;
    const auto known = [&](const void* bucket) {
      for (const void* b : buckets) {
        if (b == bucket) return true;
      }
      return false;
    };
    // The tables are small: what has not been met by then is not there.
    constexpr std::uintptr_t kAddresses = 1 << 14;
    for (std::uintptr_t i = 1; i < kAddresses; ++i) {
      const void* const address = reinterpret_cast<const void*>(i * 64);
      const void* const bucket = &bucket_of(address);
      if (known(bucket)) continue;
      buckets.push_back(bucket);
      addresses.push_back(address);
    }
    return addresses;
  }

  template <class P, class F>
  static void Hold(F&& f) {
    const std::vector<const void*> queues =
        OneOfEach([](const void* a) -> auto& { return P::bucket(a); });
    for (const void* key : queues) P::bucket(key).lock();
    HoldAddresses<P>(
        OneOfEach([](const void* a) -> auto& { return P::address_bucket(a); }),
        0, f);
    for (const void* key : queues) P::bucket(key).unlock();
  }

  // still() is called under the bucket's lock: one within the other.
  template <class P, class F>
  static void HoldAddresses(const std::vector<const void*>& addresses,
                            std::size_t from, F& f) {
    if (from == addresses.size()) return f();
    BasicAddressWaiter<P> waiter(addresses[from], AddressKind::kMutexFutex);
    waiter.prepare_if([&](bool) {
      HoldAddresses<P>(addresses, from + 1, f);
      return false;
    });
  }

  static constexpr unsigned kPauseUs = 100;

  std::atomic<bool> held_{false};
  std::atomic<bool> released_{false};
  std::thread thread_;
};

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_PROCESS_HELD_TABLES_H_
