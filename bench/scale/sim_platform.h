// SPDX-License-Identifier: Apache-2.0

// SimPlatform: the policy of parkway/base/platform.h by which the production
// locks run on a simulated machine. What is a table of the process in
// production is one of the world.
#ifndef PARKWAY_BENCH_SCALE_SIM_PLATFORM_H_
#define PARKWAY_BENCH_SCALE_SIM_PLATFORM_H_

#include <cstdint>

#include "bench/scale/atomic.h"
#include "bench/scale/memory.h"
#include "bench/scale/world.h"
#include "parkway/lock/cond_var_slow.h"
#include "parkway/lock/futex_mutex_slow.h"
#include "parkway/lock/futex_note_slow.h"
#include "parkway/lock/rw_cond_var_slow.h"
#include "parkway/lock/rw_mutex_slow.h"
#include "parkway/lock/sema_mutex_slow.h"
#include "parkway/lock/sema_note_slow.h"
#include "parkway/wait/address_wait_slow.h"
#include "parkway/wait/shared_barrier.h"
#include "parkway/wait/sleepers.h"
#include "parkway/wait/sleepers_slow.h"
#include "parkway/wait/word_lock.h"
#include "parkway/wait/worker_semaphore.h"

namespace parkway_bench::scale {

template <class P>
struct alignas(64) SimWorker {
  parkway::WorkerSemaphore<P> semaphore;
  Plain<SimWorker*> next_waiter{nullptr};
  parkway::RwWaiter<P> waiter = {};
  bool waits = false;
  std::int32_t held_locks = 0;
  std::uint32_t slow_unlocks = 0;
  std::uint32_t index = 0;
};

struct SimPlatform {
  template <class T>
  using Atomic = scale::Atomic<T>;
  template <class T>
  using Plain = scale::Plain<T>;
  using MutexWord = std::uint32_t;
  static constexpr const char* kMutexName = "FutexMutex";
  static constexpr bool kHeldLocks = false;

  // base
  static bool futexsleep(Atomic<std::uint32_t>& word, std::uint32_t expected,
                         std::int64_t deadline) {
    return kernel().FutexSleep(
        &word, expected,
        deadline == parkway::os::kForever ? kForever : deadline * 1000);
  }
  static void futexwakeup(Atomic<std::uint32_t>& word, std::uint32_t count) {
    kernel().FutexWake(&word, count);
  }
  static void yield() { kernel().Yield(); }
  static void pause() { kernel().Dawdle(kernel().costs().pause); }
  // A clock of 2 GHz.
  static std::uint64_t ticks() {
    kernel().Spend(kernel().costs().read_clock);
    return static_cast<std::uint64_t>(kernel().now() / kTick);
  }
  static void fence() {
    kernel().DrainStores();
    kernel().Spend(kernel().costs().fence);
  }
  static void compiler_fence() {}
  static bool process_barrier() {
    kernel().Barrier();
    return true;
  }
  static std::int64_t now() {
    kernel().Spend(kernel().costs().read_clock);
    return kernel().now() / 1000;
  }
  static std::uint32_t fork_generation() { return 1; }
  static bool forked() { return false; }
  static parkway::SpinLimits spin_limits();
  static parkway::internal::SpinHistory& spin_history() {
    return World::Get().spin_history();
  }
  static constexpr std::uint32_t kStarvingLosses =
      parkway::BasePlatform::kStarvingLosses;
  static bool starving(std::int64_t since, std::uint32_t losses) {
    return losses >= parkway::BasePlatform::kStarvingLosses &&
           now() - since > parkway::BasePlatform::kStarvingNs;
  }
  static std::int64_t look_again(std::int64_t) { return parkway::os::kForever; }
  static constexpr std::int64_t kNapNs = parkway::BasePlatform::kNapNs;
  static constexpr std::int64_t kLongestNapNs =
      parkway::BasePlatform::kLongestNapNs;
  static constexpr std::int64_t kRelyNs = parkway::BasePlatform::kRelyNs;
  static constexpr bool kOneProcess = true;
  static constexpr std::int64_t kPatienceNs =
      parkway::BasePlatform::kPatienceNs;

  // wait
  using Worker = SimWorker<SimPlatform>;
  template <class P>
  using WaitSemaphore = parkway::WorkerSemaphore<P>;
  static Worker* worker_at(std::uint32_t index) {
    return &tables().workers[index];
  }
  static Worker* current_worker() {
    Worker* const worker =
        worker_at(static_cast<std::uint32_t>(World::Get().thread_index()) + 1);
    worker->index = static_cast<std::uint32_t>(World::Get().thread_index()) + 1;
    return worker;
  }
  static Worker* waits_in_record() { return current_worker(); }
  static std::int32_t priority() { return 0; }

  template <class T>
  static bool sleepers_near(const Atomic<T>& word) {
    return sleepers_near(static_cast<const void*>(&word));
  }
  static bool sleepers_near(const void* word) { return !slot(word).quiet(); }
  static bool sleepers_after(const void* word) { return sleepers_near(word); }
  template <class T>
  static bool release(Atomic<T>& word) {
    const void* const address = &word;
    word.store(0, std::memory_order_release);
    return sleepers_near(address);
  }
  static void calm(const void* word) {
    if (slot(word).idle()) Eras::calm(word);
  }
  static bool announce(const void* word) {
    return slot(word).enter() || Eras::fence(word);
  }
  static void announce_held(const void* word) { slot(word).enter(); }
  static void retract(const void* word) { Eras::leave(word); }
  static void settled(const void* word) { slot(word).fenced(); }
  static constexpr std::int64_t kSettleNs = parkway::Platform::kSettleNs;
  static constexpr std::int64_t kOnItsWayNs = parkway::Platform::kOnItsWayNs;

  using TableLock = parkway::BasicWordLock<SimPlatform>;
  static parkway::WaitBucket<SimPlatform>& bucket(const void* key) {
    return tables()
        .wait[parkway::internal::address_hash(Memory::Rebased(key))]
        .bucket;
  }
  static parkway::KeyMark** mark_lists() { return nullptr; }
  static parkway::AddressBucket<SimPlatform>& address_bucket(
      const void* address) {
    return tables()
        .address[parkway::internal::address_hash(Memory::Rebased(address))]
        .bucket;
  }

  // To be called by who sets up a world, for so many threads.
  static void MakeTables(int threads);

 private:
  static constexpr Time kTick = Nanos(.5);

  using Slot = parkway::BasicSleeperSlot<SimPlatform>;
  struct alignas(64) PaddedWaitBucket {
    parkway::WaitBucket<SimPlatform> bucket;
  };
  struct alignas(64) PaddedAddressBucket {
    parkway::AddressBucket<SimPlatform> bucket;
  };
  static constexpr std::size_t kSlots = std::size_t{1}
                                        << parkway::internal::kSleeperSlotBits;
  struct Tables {
    Worker* workers;
    alignas(64) Slot slots[kSlots];
    alignas(64) Atomic<std::uint32_t> left[kSlots];
    alignas(64) Atomic<std::int64_t> calmed;
    alignas(64) Atomic<std::uint32_t> barrier_ns;
    alignas(64) parkway::BasicSharedBarrier<SimPlatform> barrier;
    PaddedWaitBucket wait[parkway::internal::kAddressHashes];
    PaddedAddressBucket address[parkway::internal::kAddressHashes];
  };
  static inline Tables* tables_ = nullptr;

  struct SimEras {
    static Slot& slot(const void* word) { return SimPlatform::slot(word); }
    static Atomic<std::uint32_t>& left(const void* word) {
      return tables().left[slot_index(word)];
    }
    static Atomic<std::int64_t>& calmed() { return tables().calmed; }
    static Atomic<std::uint32_t>& barrier_ns() { return tables().barrier_ns; }
    static parkway::BasicSharedBarrier<SimPlatform>& barrier() {
      return tables().barrier;
    }
    static std::int64_t now() { return SimPlatform::now(); }
    static std::int64_t coarse_now() {
      return kernel().now() / kernel().costs().tick *
             (kernel().costs().tick / 1000);
    }
  };
  using Eras = parkway::internal::SleeperEras<SimEras>;

  static Kernel& kernel() { return World::Get().kernel(); }
  static Tables& tables() { return *tables_; }
  static std::size_t slot_index(const void* word) {
    return parkway::internal::sleeper_slot_index(Memory::Rebased(word));
  }
  static Slot& slot(const void* word) {
    return tables().slots[slot_index(word)];
  }
};

using FutexMutex = parkway::BasicFutexMutex<SimPlatform>;
using SemaMutex = parkway::BasicSemaMutex<SimPlatform>;
using RwMutex = parkway::BasicRwMutex<SimPlatform>;
using FutexNote = parkway::BasicFutexNote<SimPlatform>;
using SemaNote = parkway::BasicSemaNote<SimPlatform>;

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_SIM_PLATFORM_H_
