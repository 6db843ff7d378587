// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/preload/yields/idle_yield.h"

#include "parkway/os/os.h"
#include "parkway/tbb/preload/host/counters.h"
#include "parkway/tbb/preload/yields/stack_walk.h"

namespace parkway::preload {
namespace {

// One yield in so many is a real one, so that a worker that is wanted and finds
// nothing for long leaves its CPU to others now and then.
constexpr std::uint32_t kRealYields = 16;

// worker_wait_leave_duration of oneTBB's waiters.h.
constexpr std::int64_t kStayNs = 1000000;

[[gnu::tls_model("initial-exec")]] thread_local IdleYield* t_current = nullptr;

}  // namespace

void IdleYield::begin() noexcept {
  surplus_ = 0;
  t_current = in_use_ ? this : nullptr;
}

void IdleYield::end() noexcept { t_current = nullptr; }

IdleYield* IdleYield::current() noexcept { return t_current; }

bool IdleYield::pass(const void* caller, const void* frame) noexcept {
  if (!is_idle_place(caller, frame)) return false;
  if (pool_->surplus() || IdlePool::resting(*member_)) return pass_surplus();
  surplus_ = 0;
  if (brisk_ || ++yields_ % kRealYields == 0) return false;
  count(kYieldsSkipped);
  return true;
}

bool IdleYield::pass_surplus() noexcept {
  const std::int64_t now = os::nanotime();
  if (surplus_ == 0) surplus_since_ = now;
  if (brisk_ && now - surplus_since_ < kShortRestNs) {
    surplus_ = 1;
    return false;
  }
  // The first is the last one of a worker on its way out, if it does not stay;
  // and one whose time was up is to see that.
  if (++surplus_ != 2) return false;
  count(kYieldParks);
  if (pool_->rest(*member_, now + kStayNs) == IdlePool::Rest::kTimeout) {
    count(kYieldTimeouts);
  }
  rested(os::nanotime() - surplus_since_);
  return true;
}

bool IdleYield::is_idle_place(const void* caller, const void* frame) noexcept {
  if (!host_code_.contains(caller)) return false;
  for (const Place& place : places_) {
    if (place.caller == caller && place.frame == frame) return place.idle;
  }
  Place& place = places_[next_place_++ % kPlaces];
  place = {caller, frame, only_host_frames(host_code_)};
  return place.idle;
}

}  // namespace parkway::preload
