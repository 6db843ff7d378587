// SPDX-License-Identifier: Apache-2.0

// Compiles if oneTBB's headers of mutexes can be included in any order, and
// again: TBB_FIRST_HEADER is each of them in turn.

#include TBB_FIRST_HEADER

// clang-format off: not in the order in which they include one another
#include "oneapi/tbb/mutex.h"
#include "oneapi/tbb/queuing_mutex.h"
#include "oneapi/tbb/queuing_rw_mutex.h"
#include "oneapi/tbb/rw_mutex.h"
#include "oneapi/tbb/spin_mutex.h"
#include "oneapi/tbb/spin_rw_mutex.h"
#include "tbb/queuing_mutex.h"
#include "tbb/queuing_rw_mutex.h"
#include "tbb/spin_mutex.h"
#include "tbb/spin_rw_mutex.h"
// clang-format on
#include TBB_FIRST_HEADER

#include <type_traits>

#ifdef PARKWAY_IS_TBB
static_assert(std::is_same_v<tbb::mutex, parkway::tbb::mutex>);
static_assert(std::is_same_v<tbb::rw_mutex, parkway::tbb::rw_mutex>);
static_assert(std::is_same_v<tbb::spin_mutex, parkway::tbb::spin_mutex>);
static_assert(std::is_same_v<tbb::spin_rw_mutex, parkway::tbb::spin_rw_mutex>);
static_assert(std::is_same_v<tbb::queuing_mutex, parkway::tbb::queuing_mutex>);
static_assert(
    std::is_same_v<tbb::queuing_rw_mutex, parkway::tbb::queuing_rw_mutex>);
// What the speculative mutexes are made of stays upstream's.
static_assert(
    !std::is_base_of_v<parkway::tbb::spin_mutex, tbb::detail::d1::rtm_mutex>);
static_assert(!std::is_base_of_v<parkway::tbb::spin_rw_mutex,
                                 tbb::detail::d1::rtm_rw_mutex>);
static_assert(
    !std::is_same_v<tbb::speculative_spin_mutex, parkway::tbb::spin_mutex>);
static_assert(!std::is_same_v<tbb::speculative_spin_rw_mutex,
                              parkway::tbb::spin_rw_mutex>);
#endif
