// SPDX-License-Identifier: Apache-2.0

// parkway::tbb's types are as large as oneTBB's, say the same of themselves,
// and go where oneTBB's go.
#include <gtest/gtest.h>

#include <atomic>

#define TBB_PREVIEW_CONCURRENT_HASH_MAP_EXTENSIONS 1
#include <oneapi/tbb/concurrent_hash_map.h>
#include <oneapi/tbb/mutex.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/queuing_mutex.h>
#include <oneapi/tbb/queuing_rw_mutex.h>
#include <oneapi/tbb/rw_mutex.h>
#include <oneapi/tbb/spin_mutex.h>
#include <oneapi/tbb/spin_rw_mutex.h>

#include "parkway/tbb/mutex.h"
#include "parkway/tbb/queuing_mutex.h"
#include "parkway/tbb/queuing_rw_mutex.h"
#include "parkway/tbb/rw_mutex.h"
#include "parkway/tbb/spin_mutex.h"
#include "parkway/tbb/spin_rw_mutex.h"

namespace {

template <class Ours, class Stock>
constexpr bool Same() {
  using Lock = typename Ours::scoped_lock;
  using StockLock = typename Stock::scoped_lock;
  static_assert(sizeof(Ours) == sizeof(Stock));
  static_assert(alignof(Ours) == alignof(Stock));
  static_assert(sizeof(Lock) == sizeof(StockLock));
  static_assert(alignof(Lock) == alignof(StockLock));
  static_assert(Ours::is_rw_mutex == Stock::is_rw_mutex);
  static_assert(Ours::is_recursive_mutex == Stock::is_recursive_mutex);
  static_assert(Ours::is_fair_mutex == Stock::is_fair_mutex);
  static_assert(std::is_trivially_destructible_v<Ours>);
  return true;
}
static_assert(Same<parkway::tbb::mutex, tbb::mutex>());
static_assert(Same<parkway::tbb::spin_mutex, tbb::spin_mutex>());
static_assert(Same<parkway::tbb::rw_mutex, tbb::rw_mutex>());
static_assert(Same<parkway::tbb::spin_rw_mutex, tbb::spin_rw_mutex>());
static_assert(Same<parkway::tbb::queuing_mutex, tbb::queuing_mutex>());
static_assert(Same<parkway::tbb::queuing_rw_mutex, tbb::queuing_rw_mutex>());

// Made at compile time.
constexpr bool kConstant =
    (static_cast<void>(parkway::tbb::mutex()),
     static_cast<void>(parkway::tbb::spin_mutex()),
     static_cast<void>(parkway::tbb::rw_mutex()),
     static_cast<void>(parkway::tbb::spin_rw_mutex()),
     static_cast<void>(parkway::tbb::queuing_mutex()),
     static_cast<void>(parkway::tbb::queuing_rw_mutex()), true);
static_assert(kConstant);

// The one container of oneTBB that takes a mutex from its user.
template <class Mutex>
class HashMapMutex : public testing::Test {};
using Mutexes =
    testing::Types<parkway::tbb::rw_mutex, parkway::tbb::spin_rw_mutex,
                   parkway::tbb::queuing_rw_mutex>;
TYPED_TEST_SUITE(HashMapMutex, Mutexes);

TYPED_TEST(HashMapMutex, CountsInParallel) {
  using Map =
      tbb::concurrent_hash_map<int, long, tbb::tbb_hash_compare<int>,
                               tbb::tbb_allocator<std::pair<const int, long>>,
                               TypeParam>;
  constexpr int kKeys = 61;
  constexpr int kTurns = 40000;
  Map map;
  std::atomic<long> found{0};
  tbb::parallel_for(0, kTurns, [&](int i) {
    {
      typename Map::accessor entry;
      map.insert(entry, i % kKeys);  // grows, and upgrades its buckets' locks
      ++entry->second;
    }
    typename Map::const_accessor entry;
    if (map.find(entry, i * 7 % kKeys)) ++found;
  });
  long total = 0;
  for (const auto& [key, count] : map) total += count;
  EXPECT_EQ(total, kTurns);
  EXPECT_EQ(map.size(), static_cast<std::size_t>(kKeys));
  EXPECT_GT(found, 0);
}

}  // namespace
