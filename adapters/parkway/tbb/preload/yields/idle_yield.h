// SPDX-License-Identifier: Apache-2.0

// What a worker does in oneTBB's sched_yield() while it looks for work.
#ifndef PARKWAY_TBB_PRELOAD_YIELDS_IDLE_YIELD_H_
#define PARKWAY_TBB_PRELOAD_YIELDS_IDLE_YIELD_H_

#include <cstddef>
#include <cstdint>

#include "parkway/tbb/preload/host/copies.h"
#include "parkway/wait/idle_pool.h"

namespace parkway::preload {

// A worker that finds nothing to steal spins: about a hundred times a pause of
// half a microsecond and a yield. Then the arena is declared empty, and the
// worker leaves it; from 2021.13 on it first stays for 1 ms more, in which it
// does nothing but yield and look whether the arena has work again.
//
// The arena declared itself empty by telling the server that fewer workers are
// wanted, and will tell it when it has work again. So the millisecond needs no
// spinning: a worker that yields although it is not wanted rests in the
// server's pool, inside the yield, until it is wanted, at most that millisecond
// long. Before, most of the yields are left out: only time passes in them.
//
// A worker whose last rest was short expects the next to be short as well, and
// spins as oneTBB has it until it is proved wrong: for as long as a rest is
// called short.
//
// One per worker; its thread's alone.
class IdleYield {
 public:
  // Works for a copy, or for one without the layer: then it changes nothing.
  void attach(IdlePool& pool, IdleMember<Platform>& member,
              const Copy& copy) noexcept {
    pool_ = &pool;
    member_ = &member;
    in_use_ = copy.uses(kYields);
    host_code_ = copy.code;
  }

  // The worker enters the host, and comes back from it.
  void begin() noexcept;
  void end() noexcept;

  // The calling thread's while its worker is in the host's hands, or null.
  static IdleYield* current() noexcept;

  // The worker has rested for that long, here or at the server.
  void rested(std::int64_t ns) noexcept { brisk_ = ns < kShortRestNs; }

  // In a yield that returns to `caller`, whose frame begins at `frame`. True if
  // that was all; false: give the CPU away, as asked.
  bool pass(const void* caller, const void* frame) noexcept;

 private:
  // Where a yield was called from. Nothing but the outermost loop is at that
  // depth of this thread's stack, so its answer holds for the next time.
  struct Place {
    const void* caller = nullptr;
    const void* frame = nullptr;
    bool idle = false;
  };

  bool is_idle_place(const void* caller, const void* frame) noexcept;
  bool pass_surplus() noexcept;

  // A wake takes 20 to 50 us, which a spin of some times that can save.
  static constexpr std::int64_t kShortRestNs = 200000;

  // libtbb has three yields that a worker without a task comes to; the others
  // come and go with the tasks.
  static constexpr std::size_t kPlaces = 8;

  bool in_use_ = false;
  CodeRange host_code_;
  IdlePool* pool_ = nullptr;
  IdleMember<Platform>* member_ = nullptr;
  std::uint32_t yields_ = 0;   // all
  std::uint32_t surplus_ = 0;  // since it stopped being wanted
  std::int64_t surplus_since_ = 0;
  bool brisk_ = false;
  Place places_[kPlaces];
  std::size_t next_place_ = 0;
};

}  // namespace parkway::preload

#endif  // PARKWAY_TBB_PRELOAD_YIELDS_IDLE_YIELD_H_
