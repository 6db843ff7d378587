// SPDX-License-Identifier: Apache-2.0

// Threads that only wait do not make the unlocks of other objects slower. What
// makes them slower is to share a slot of sleepers with one that waits, and the
// lock of a bucket; both can be counted.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <new>
#include <set>
#include <vector>

#include "parkway/absl/mutex.h"
#include "parkway/lock/futex_mutex.h"
#include "parkway/lock/rw_mutex.h"
#include "parkway/os/os.h"
#include "parkway/tbb/rw_mutex.h"
#include "parkway/wait/sleepers.h"
#include "parkway/wait/wait_platform.h"
#include "parkway/wait/wait_table.h"
#include "tests/process/child.h"
#include "tests/process/many_threads.h"
#include "tests/process/places.h"
#include "tests/process/sleeps.h"
#include "tests/process/subject.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

constexpr int kObjects = 1000;
constexpr int kWaiters = 1000;
// Of 2^13 slots 1000 waiters have one in nine.
constexpr int kMostMeet = kObjects * 17 / 100;

constexpr std::size_t kStride = 64 << 10;

// Memory at the same place of many ranges of 64 KiB: slots of a pool, shards.
class Shards {
 public:
  explicit Shards(int count)
      : bytes_(kStride * static_cast<std::size_t>(count)),
        memory_(static_cast<char*>(
            mmap(nullptr, bytes_, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))) {}
  ~Shards() { munmap(memory_, bytes_); }
  Shards(const Shards&) = delete;
  Shards& operator=(const Shards&) = delete;
  bool ok() const { return memory_ != MAP_FAILED; }
  void* operator[](int i) const {
    return memory_ + kStride * static_cast<std::size_t>(i);
  }

 private:
  const std::size_t bytes_;
  char* const memory_;
};

using Addresses = std::vector<const void*>;

// How many of `objects` share a slot with one of `waiters`.
int MeetInASlot(const Addresses& objects, const Addresses& waiters) {
  std::set<const void*> taken;
  for (const void* w : waiters) taken.insert(&internal::sleeper_slot(w));
  int meet = 0;
  for (const void* o : objects) {
    meet += static_cast<int>(taken.count(&internal::sleeper_slot(o)));
  }
  return meet;
}

TEST(SleeperSlots, OfObjectsFromTheHeapDiffer) {
  // Small objects in turns, as a program makes them.
  struct Small {
    char bytes[64];
  };
  std::vector<std::unique_ptr<Small>> owned;
  Addresses objects;
  Addresses waiters;
  for (int i = 0; i < kObjects + kWaiters; ++i) {
    owned.push_back(std::make_unique<Small>());
    (i % 2 == 0 ? objects : waiters).push_back(owned.back().get());
  }
  EXPECT_LE(MeetInASlot(objects, waiters), kMostMeet);
}

TEST(SleeperSlots, OfObjectsFarApartDiffer) {
  for (std::uintptr_t stride = 64; stride <= std::uintptr_t{1} << 30;
       stride *= 2) {
    Addresses objects;
    Addresses waiters;
    for (std::uintptr_t i = 0; i < kObjects + kWaiters; ++i) {
      (i < kObjects ? objects : waiters)
          .push_back(
              reinterpret_cast<const void*>(0x7f0000000000 + i * stride));
    }
    EXPECT_LE(MeetInASlot(objects, waiters), kMostMeet) << "stride " << stride;
    // And each other: as few as there can be, but for a tenth.
    std::set<const void*> slots;
    for (const void* o : objects) slots.insert(&internal::sleeper_slot(o));
    EXPECT_GE(slots.size(), kObjects * 9 / 10) << "stride " << stride;
  }
}

// ---- With threads that wait ----

// As an unlock asks. In its own terms: a plain store is not enough.
bool NotQuiet(const void* word) {
  return Platform::sleepers_near(
      *static_cast<const std::atomic<std::uint32_t>*>(word));
}

// In a process of its own: each of 1000 threads waits for an object of its own,
// and 1000 mutexes are used in turn. How many of these see sleepers.
int CountNotQuiet(const SubjectKind& kind) {
  const Shards far_apart(kObjects + kWaiters);
  if (!far_apart.ok()) return -1;
  std::vector<std::unique_ptr<Subject>> waited_for;
  for (int i = 0; i < kWaiters; ++i) {
    waited_for.push_back(kind.make(far_apart[kObjects + i]));
    waited_for.back()->Hold();
  }
  Step("threads begin to wait");
  std::atomic<int> waiting{0};
  ManyThreads threads;
  const int started = threads.Start(kWaiters, [&](int i) {
    ++waiting;
    waited_for[static_cast<std::size_t>(i)]->Wait();
  });
  Eventually([&] { return waiting == started; });
  AllSleepOn();
  Step("mutexes are used beside them");
  // As often as it takes the slots to become quiet that can. In the end as many
  // are not as there were the last time.
  int count = kObjects;
  for (int before = -1; count != before;) {
    before = count;
    count = 0;
    for (int i = 0; i < kObjects; ++i) {
      auto* const mutex = new (far_apart[i]) FutexMutex;
      for (int turn = 0; turn < 3; ++turn) {
        mutex->lock();
        mutex->unlock();
      }
      count += NotQuiet(mutex) ? 1 : 0;
    }
  }
  Step("the threads are let go");
  for (int i = 0; i < started; ++i) {
    waited_for[static_cast<std::size_t>(i)]->Wake();
  }
  threads.Join();
  return count;
}

class IdleWaiters : public SubjectTest {};

TEST_P(IdleWaiters, LeaveOtherObjectsQuiet) {
  if (kTsan || kAsan) GTEST_SKIP() << "too many threads for a sanitizer";
  if (!os::process_barrier()) {
    GTEST_SKIP() << "no membarrier here: nothing is quiet";
  }
  const Outcome outcome = RunChild([] {
    const int count = CountNotQuiet(kind());
    if (count >= 0 && count <= kMostMeet) return 0;
    std::fprintf(stderr, "%d of %d mutexes see sleepers\n", count, kObjects);
    return kWrong;
  });
  EXPECT_TRUE(EndedWell(outcome));
}

// Each way to be counted in a slot.
INSTANTIATE_TEST_SUITE_P(
    All, IdleWaiters,
    testing::ValuesIn(Named(
        {"Futex", "Byte", "Sema", "RwWriter", "RwCondition", "Queuing",
         "QueuingRwWriter", "CondVar", "RwCondVar", "Semaphore", "Address",
         "TaskLock", "TaskRwCondition", "TaskPermit", "AbslWriter", "AbslAwait",
         "AbslCondVar", "TbbMutex", "TbbRwReader"})),
    NameOf);

// ---- A bucket in which nobody waits ----

// The slot has a sleeper, who waits for something else; the bucket of this
// object has none. So its lock is nobody's concern: here somebody else holds
// it all the time.
template <class M>
int UseAMutexWhoseBucketIsHeld() {
  auto& waited_for = *new (MeetingPlaces()[0]) RwMutex;
  waited_for.lock();
  Thread waiter([&] {
    waited_for.lock();
    waited_for.unlock();
  });
  waiter.WaitAsleep();
  auto& mutex = *new (PlaceInTheSlotAlone()) M;
  Platform::bucket(&mutex).lock();
  Thread user([&] {
    for (int i = 0; i < 1000; ++i) {
      Step("a mutex that nobody waits for is locked and unlocked");
      mutex.lock();
      mutex.unlock();
      Step("the same, shared");
      mutex.lock_shared();
      mutex.unlock_shared();
    }
  });
  user.Join();
  Platform::bucket(&mutex).unlock();
  waited_for.unlock();
  return 0;
}

template <class M>
class EmptyBucket : public testing::Test {};
using SharedMutexes = testing::Types<RwMutex, absl::Mutex, tbb::rw_mutex>;
TYPED_TEST_SUITE(EmptyBucket, SharedMutexes);

TYPED_TEST(EmptyBucket, IsNotLocked) {
  ASSERT_NE(PlaceInTheSlotAlone(), nullptr) << "no addresses that meet";
  const Outcome outcome = RunChild(&UseAMutexWhoseBucketIsHeld<TypeParam>);
  EXPECT_TRUE(EndedWell(outcome));
}

}  // namespace
}  // namespace parkway::test
