// SPDX-License-Identifier: Apache-2.0

// Succeeds if oneTBB's mutexes are those that the argument names, and work.

#include <cstdio>
#include <cstring>
#include <mutex>
#include <shared_mutex>
#include <type_traits>

#include "oneapi/tbb.h"
// All of them: oneTBB 2021.8 has forgotten some in its list of everything.
#include "oneapi/tbb/mutex.h"
#include "oneapi/tbb/queuing_mutex.h"
#include "oneapi/tbb/queuing_rw_mutex.h"
#include "oneapi/tbb/rw_mutex.h"
#include "oneapi/tbb/spin_mutex.h"
#include "oneapi/tbb/spin_rw_mutex.h"

#ifdef PARKWAY_IS_TBB
constexpr char kLocks[] = "parkway";
#else
constexpr char kLocks[] = "stock";
#endif

namespace {

template <typename Mutex>
bool Works() {
  Mutex mutex;
  typename Mutex::scoped_lock lock(mutex);
  typename Mutex::scoped_lock other;
  if (other.try_acquire(mutex)) return false;
  lock.release();
  return other.try_acquire(mutex);
}

// Whether the object's whole value is in bytes that are zero at first, as
// oneTBB's arenas need it: they never call the constructor.
template <typename Mutex>
bool WorksFromZeroes() {
  alignas(Mutex) unsigned char bytes[sizeof(Mutex)] = {};
  Mutex& mutex = *reinterpret_cast<Mutex*>(bytes);
  typename Mutex::scoped_lock lock;
  if (!lock.try_acquire(mutex)) return false;
  lock.release();
  for (const unsigned char byte : bytes) {
    if (byte != 0) return false;
  }
  return true;
}

// As oneTBB has it for all 64-bit systems: a type that is shared with a
// library compiled otherwise must not change its layout.
template <typename Mutex, std::size_t size, std::size_t lock_size>
constexpr bool kLayout = sizeof(Mutex) == size && alignof(Mutex) == size &&
                         sizeof(typename Mutex::scoped_lock) == lock_size &&
                         alignof(typename Mutex::scoped_lock) == alignof(void*);
static_assert(kLayout<tbb::mutex, 1, 8>);
static_assert(kLayout<tbb::rw_mutex, 8, 16>);
static_assert(kLayout<tbb::spin_mutex, 1, 8>);
static_assert(kLayout<tbb::spin_rw_mutex, 8, 16>);
static_assert(kLayout<tbb::queuing_mutex, 8, 24>);
static_assert(kLayout<tbb::queuing_rw_mutex, 8, 32>);

template <typename Mutex, bool rw, bool fair>
constexpr bool kTraits =
    Mutex::is_rw_mutex == rw && !Mutex::is_recursive_mutex &&
    Mutex::is_fair_mutex == fair;
static_assert(kTraits<tbb::mutex, false, false>);
static_assert(kTraits<tbb::rw_mutex, true, false>);
static_assert(kTraits<tbb::spin_mutex, false, false>);
static_assert(kTraits<tbb::spin_rw_mutex, true, false>);
static_assert(kTraits<tbb::queuing_mutex, false, true>);
static_assert(kTraits<tbb::queuing_rw_mutex, true, true>);

#ifdef PARKWAY_IS_TBB
// Under every name that oneTBB itself uses.
template <typename Name, typename Detail, typename Parkway>
constexpr bool kIsParkway =
    std::is_same_v<Name, Parkway>&& std::is_same_v<Detail, Parkway>;
namespace d1 = tbb::detail::d1;
static_assert(kIsParkway<tbb::mutex, d1::mutex, parkway::tbb::mutex>);
static_assert(kIsParkway<tbb::rw_mutex, d1::rw_mutex, parkway::tbb::rw_mutex>);
static_assert(
    kIsParkway<tbb::spin_mutex, d1::spin_mutex, parkway::tbb::spin_mutex>);
static_assert(kIsParkway<tbb::spin_rw_mutex, d1::spin_rw_mutex,
                         parkway::tbb::spin_rw_mutex>);
static_assert(kIsParkway<tbb::queuing_mutex, d1::queuing_mutex,
                         parkway::tbb::queuing_mutex>);
static_assert(kIsParkway<tbb::queuing_rw_mutex, d1::queuing_rw_mutex,
                         parkway::tbb::queuing_rw_mutex>);
// Upstream's algorithm, over a lock of upstream's.
static_assert(
    !std::is_base_of_v<parkway::tbb::spin_mutex, tbb::speculative_spin_mutex>);
static_assert(!std::is_base_of_v<parkway::tbb::spin_rw_mutex,
                                 tbb::speculative_spin_rw_mutex>);
#endif

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 || std::strcmp(argv[1], kLocks) != 0) {
    std::fprintf(stderr, "tbb::mutex is %s\n", kLocks);
    return 1;
  }
  tbb::spin_mutex named;
  tbb::profiling::set_name(named, "named");
  const bool works = Works<tbb::mutex>() && Works<tbb::rw_mutex>() &&
                     Works<tbb::spin_mutex>() && Works<tbb::spin_rw_mutex>() &&
                     Works<tbb::queuing_mutex>() &&
                     Works<tbb::queuing_rw_mutex>() &&
                     Works<tbb::speculative_spin_mutex>() &&
                     Works<tbb::speculative_spin_rw_mutex>();
  const bool from_zeroes = WorksFromZeroes<tbb::mutex>() &&
                           WorksFromZeroes<tbb::rw_mutex>() &&
                           WorksFromZeroes<tbb::spin_mutex>() &&
                           WorksFromZeroes<tbb::spin_rw_mutex>() &&
                           WorksFromZeroes<tbb::queuing_mutex>() &&
                           WorksFromZeroes<tbb::queuing_rw_mutex>();
  if (!works) std::fputs("a mutex does not exclude\n", stderr);
  if (!from_zeroes) std::fputs("zeroes are no free mutex\n", stderr);
  return works && from_zeroes ? 0 : 1;
}
