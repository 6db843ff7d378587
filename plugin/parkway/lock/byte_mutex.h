// SPDX-License-Identifier: Apache-2.0

// ByteMutex: FutexMutex in one byte.
#ifndef PARKWAY_LOCK_BYTE_MUTEX_H_
#define PARKWAY_LOCK_BYTE_MUTEX_H_

#include <cstdint>
#include <type_traits>

#include "parkway/lock/futex_mutex.h"
#include "parkway/wait/address_futex.h"
#include "parkway/wait/look_again.h"
#include "parkway/wait/wait_platform.h"

namespace parkway {

// A futex of one byte.
template <class P>
struct ByteFutex : AddressFutex<P, std::uint8_t> {
  static constexpr const char* kMutexName = "ByteMutex";
};

// All that parkway/lock/futex_mutex.h says, in one byte of any alignment. Its
// sleepers are queued by address in a table of the process
// (parkway/wait/address_wait.h): a sleep and a wake cost that table's lock more
// than FutexMutex's, the rest is the same code. Sleepers are woken oldest
// first.
//
// As small as tbb::mutex and tbb::spin_mutex, so that a type that contains one
// keeps its layout.
template <class P>
using BasicByteMutex = BasicFutexMutex<ByteFutex<P>>;

extern template class BasicFutexMutex<ByteFutex<Platform>>;

using ByteMutex = BasicByteMutex<Platform>;

// The futex of a mutex whose owner may be in another process.
template <class P>
struct SharedByteFutex : ByteFutex<P> {
  static constexpr const char* kMutexName = "SharedByteMutex";
  static constexpr bool kOneProcess = false;

  static std::int64_t look_again(std::int64_t since) noexcept {
    return internal::next_look<P>(since);
  }
  // Nor is it handed over: to a waiter that nobody here can wake it would be
  // idle until that one looks.
  static bool starving(std::int64_t, std::uint32_t) noexcept { return false; }
};

// ByteMutex in memory that processes share, as tbb::spin_mutex may be: a waiter
// that sleeps looks again from time to time (parkway/wait/look_again.h). Within
// one process it is woken as ByteMutex's are.
template <class P>
using BasicSharedByteMutex = BasicFutexMutex<SharedByteFutex<P>>;

extern template class BasicFutexMutex<SharedByteFutex<Platform>>;

using SharedByteMutex = BasicSharedByteMutex<Platform>;

static_assert(sizeof(ByteMutex) == 1 && alignof(ByteMutex) == 1);
static_assert(sizeof(SharedByteMutex) == 1 && alignof(SharedByteMutex) == 1);
static_assert(std::is_trivially_destructible_v<ByteMutex>);
static_assert(std::is_standard_layout_v<ByteMutex>);

}  // namespace parkway

#endif  // PARKWAY_LOCK_BYTE_MUTEX_H_
