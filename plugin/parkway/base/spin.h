// SPDX-License-Identifier: Apache-2.0

// How long, and how, a waiter looks at a word before it gives its CPU away.
#ifndef PARKWAY_BASE_SPIN_H_
#define PARKWAY_BASE_SPIN_H_

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "parkway/os/compiler.h"
#include "parkway/os/language.h"

namespace parkway {

// A wait in three steps. The first is in units that were calibrated on this
// machine, and has no gaps where the process has one CPU.
//   1. Polls after gaps of kFirstGap units, each kGapGrowth times the last.
//      A section of a few dozen instructions ends inside the first gap. Every
//      look at the word costs its owner a cache miss, so a lock that did not
//      come free early is looked at ever more rarely.
//   2. For a mutex, kYields polls with a yield before each: with more threads
//      than CPUs its owner is probably not running, and a yield is the
//      cheapest way to let it run.
//   3. Sleep.
//
// Each gap is drawn from some way to either side of that, the first from far.
// With equal gaps, threads whose work between two locks takes the same time
// each time fall into step: each arrives just when its look takes the line from
// the owner, who then waits for it in the middle of the section. Which gap does
// that to which work depends on the machine; with a first gap that is drawn
// from far they fall out of step again (docs/design/spin_plan.md).
//
// A thread whose last spin ended well less than a first gap ago is in step with
// somebody: it is handed things to and fro, or follows another thread through
// the same section. What it waits for is probably one such step away. Then the
// first gap is 1/kCloseParts of a unit, and the next are half as long again.
// For a mutex it begins kCloseBack gaps before the one that ended its last
// close wait: one of many threads that want a tiny section looks as if it were
// in step, too, and each of its early looks takes the word from the owner.
struct SpinLimits {
  // A unit's pauses, in sixteenths: on some machines a pause takes 50 ns. What
  // is drawn is rounded to whole pauses.
  static constexpr std::uint32_t kParts = 16;
  std::uint32_t unit_parts = 0;
  // Of P::ticks(), in a first gap. 0 with one CPU, and where a tick is longer.
  std::uint32_t close_ticks = 0;
  std::uint32_t gaps = 0;
  std::uint32_t yields = 0;

  // Whether a wait in yields gave away a time slice: 1 ms, in P::ticks(). Not
  // known where close_ticks are not.
  bool is_slice(std::uint64_t ticks) const {
    return close_ticks != 0 && ticks > std::uint64_t{4000} * close_ticks;
  }

  // Whether a look at the word took as long as if many others looked at it: two
  // first gaps, where a line comes from another socket in less than one. Not
  // known, as above.
  bool is_crowded(std::uint64_t ticks) const {
    return close_ticks != 0 && ticks > std::uint64_t{2} * close_ticks;
  }
  static constexpr std::uint32_t kCrowdedLooks = 2;

  static constexpr std::int64_t kUnitNs = 60;
  static constexpr std::uint32_t kFirstGap = 4;
  static constexpr std::uint32_t kGaps = 4;
  static constexpr std::uint32_t kGapGrowth = 3;
  static constexpr std::uint32_t kCloseParts = 3;
  static constexpr std::uint32_t kCloseGaps = 13;
  static constexpr std::uint32_t kCloseBack = 2;
  static constexpr std::uint32_t kYields = 32;
};

// By how much of its mean, in percent, a gap may be longer or shorter.
enum class Spread : std::uint32_t { kFirst = 60, kLater = 20 };

// How a lock departs from that.
struct SpinPlan {
  // Longer gaps are cut into gaps of this many units.
  std::uint32_t longest_gap = UINT32_MAX;
  std::uint32_t yields = SpinLimits::kYields;
  std::uint32_t gaps = SpinLimits::kGaps;
  std::uint32_t first_gap = SpinLimits::kFirstGap;
  // For mutexes in memory that processes share: whether a waiter that sleeps
  // looks again from time to time (parkway/wait/look_again.h).
  bool looks_again = false;

  // For waits that look evenly, every `units`: longer sections, or a word that
  // only the waiter looks at.
  static constexpr SpinPlan every(std::uint32_t units,
                                  std::uint32_t yields = SpinLimits::kYields) {
    SpinPlan plan;
    plan.longest_gap = units;
    plan.first_gap = kEvenGaps;
    plan.yields = yields;
    return plan;
  }
  bool even() const { return longest_gap != UINT32_MAX; }

 private:
  // As a first gap: polls for 80 units in all.
  static constexpr std::uint32_t kEvenGaps = 2;
};

namespace internal {

// The limits of this machine; measured by the first caller (about 20 us), and
// again while the process seems to have one CPU.
SpinLimits calibrated_spin_limits() noexcept;

// What a thread's last waits tell of its next one. All zero at start. Waits
// that poll evenly know nothing of it.
struct SpinHistory {
  // When its last spin ended well, in P::ticks().
  std::uint64_t ended = 0;
  // So many waits that may yield poll once before they do, and so many the next
  // time.
  std::uint32_t left_out = 0;
  std::uint32_t next_left_out = 0;
  // The gap with which its next close wait for a mutex begins.
  std::uint32_t close_from = 0;
  // Of drawn().
  std::uint32_t random = 0;
  // It asks for its mutex after a condition variable has let it go, perhaps
  // with many others. A mutex takes note of it once.
  bool notified = false;

  static constexpr std::uint32_t kMostLeftOut = 256;

  // What a wait's polls were good for: all of them, or the one that was left.
  void polls_helped(bool all) {
    if (all) next_left_out = 0;
  }
  // A yield ended the wait whose polls had not, within a time slice or later.
  void yield_helped(bool all, bool quickly) {
    if (!all) return;
    next_left_out =
        quickly ? std::clamp(2 * next_left_out, 1u, kMostLeftOut) : 0;
    left_out = next_left_out;
  }
  // No poll and no yield did.
  void nothing_helped() { left_out = next_left_out = 0; }
};

// The calling thread's. Not inline: see PARKWAY_NOINLINE.
SpinHistory& spin_history() noexcept;

// The calling thread is SpinHistory::notified for as long as this lives.
template <class P>
class Notified {
 public:
  Notified() { P::spin_history().notified = true; }
  // A task may go on on another thread: a hint is left behind there.
  ~Notified() { P::spin_history().notified = false; }
  Notified(const Notified&) = delete;
  Notified& operator=(const Notified&) = delete;
};

// Whether the attempt, which was not done, wants no other: if it can say so.
template <class Attempt>
auto leaves(const Attempt& attempt, int) -> decltype(attempt.leaves()) {
  return attempt.leaves();
}
template <class Attempt>
bool leaves(const Attempt&, long) {
  return false;
}

// attempt(), until it is true or leaves or its word is crowded. Whoever looks
// at a word that many look at takes it from its owner, and waits for it longer
// than it meant to: it sleeps, and the fewer that are left get the word sooner.
template <class P, class Attempt>
class Looks {
 public:
  Looks(const SpinLimits& limits, Attempt& attempt)
      : limits_(limits), attempt_(attempt) {}

  bool operator()() {
    const std::uint64_t before = P::ticks();
    done_ = attempt_();
    if (done_ || leaves(attempt_, 0)) return true;
    if (limits_.is_crowded(P::ticks() - before)) ++crowded_;
    return crowded_ >= SpinLimits::kCrowdedLooks;
  }
  // Where there is no time to take the time.
  bool at_once() {
    done_ = attempt_();
    return done_ || leaves(attempt_, 0);
  }
  // Not: it was crowded, or the attempt left.
  bool done() const { return done_; }

 private:
  const SpinLimits& limits_;
  Attempt& attempt_;
  std::uint32_t crowded_ = 0;
  bool done_ = false;
};
template <class P, class Attempt>
bool at_once(Looks<P, Attempt>& look) {
  return look.at_once();
}
template <class Attempt>
bool at_once(Attempt& attempt) {
  return attempt();
}
// Of an attempt that has returned true.
template <class P, class Attempt>
bool is_done(const Looks<P, Attempt>& look) {
  return look.done();
}
template <class Attempt>
bool is_done(const Attempt&) {
  return true;
}

// How many pauses: evenly from so far below `parts` to so far above.
// The numbers are a thread's own: to ask a clock takes as long as a short gap.
template <class P>
std::uint32_t drawn(std::uint32_t parts, Spread spread_percent) {
  SpinHistory& history = P::spin_history();
  if (PARKWAY_UNLIKELY(history.random == 0)) {
    history.random = static_cast<std::uint32_t>(P::ticks()) | 1;
  }
  // xorshift32 of Marsaglia: never 0 again.
  history.random ^= history.random << 13;
  history.random ^= history.random >> 17;
  history.random ^= history.random << 5;
  const std::uint32_t spread = static_cast<std::uint32_t>(
      std::uint64_t{parts} * static_cast<std::uint32_t>(spread_percent) / 100);
  const std::uint64_t random = history.random >> 16;
  const std::uint32_t drawn_parts =
      parts - spread +
      static_cast<std::uint32_t>(random * (2 * spread + 1) >> 16);
  return (drawn_parts + SpinLimits::kParts / 2) / SpinLimits::kParts;
}

template <class P, class Attempt>
bool poll_after(std::uint32_t parts, Spread spread, Attempt& attempt) {
  for (std::uint32_t left = drawn<P>(parts, spread); left > 0; --left) {
    P::pause();
  }
  return attempt();
}

template <class P, class Attempt>
bool spin_evenly(const SpinLimits& limits, Attempt& attempt,
                 const SpinPlan& plan) {
  std::uint32_t gap = plan.first_gap;
  for (std::uint32_t i = 0; i < std::min(limits.gaps, plan.gaps); ++i) {
    const std::uint32_t polls = (gap - 1) / plan.longest_gap + 1;
    const std::uint32_t parts = gap / polls * limits.unit_parts;
    for (std::uint32_t poll = 0; poll < polls; ++poll) {
      if (poll_after<P>(parts, Spread::kLater, attempt)) return true;
    }
    gap *= SpinLimits::kGapGrowth;
  }
  return false;
}

// `from`: see SpinHistory::close_from; null: the first one, always.
template <class P, class Attempt>
bool spin_close(const SpinLimits& limits, Attempt& attempt,
                std::uint32_t* from) {
  const std::uint32_t begin = from == nullptr ? 0 : *from;
  // Not 0, from which it would not grow.
  std::uint32_t parts =
      std::max(limits.unit_parts / SpinLimits::kCloseParts, 1u);
  for (std::uint32_t i = 0; i < SpinLimits::kCloseGaps; ++i) {
    if (i >= begin) {
      for (std::uint32_t left = drawn<P>(parts, Spread::kLater); left > 0;
           --left) {
        P::pause();
      }
      if (at_once(attempt)) {
        if (from != nullptr && is_done(attempt)) {
          *from = i - std::min(i, SpinLimits::kCloseBack);
        }
        return true;
      }
    }
    parts += (parts + 1) / 2;
  }
  return false;
}

// `all`: not the first poll alone.
template <class P, class Attempt>
bool spin_by_history(const SpinLimits& limits, Attempt& attempt,
                     const SpinPlan& plan, bool all, std::uint32_t* from) {
  const std::uint32_t gaps = std::min(limits.gaps, plan.gaps);
  if (gaps == 0) return false;
  bool done = false;
  if (all && P::ticks() - P::spin_history().ended < limits.close_ticks) {
    done = spin_close<P>(limits, attempt, from);
  } else {
    std::uint32_t parts = plan.first_gap * limits.unit_parts;
    Spread spread = Spread::kFirst;
    for (std::uint32_t i = 0; i < (all ? gaps : 1) && !done; ++i) {
      done = poll_after<P>(parts, spread, attempt);
      parts *= SpinLimits::kGapGrowth;
      spread = Spread::kLater;
    }
  }
  if (done && is_done(attempt)) P::spin_history().ended = P::ticks();
  return done;
}

// Calls attempt() -> bool by step 1. True as soon as attempt is.
template <class P, class Attempt>
bool spin(const SpinLimits& limits, Attempt& attempt,
          const SpinPlan& plan = {}) {
  return plan.even() ? spin_evenly<P>(limits, attempt, plan)
                     : spin_by_history<P>(limits, attempt, plan, true, nullptr);
}
template <class P, class Attempt>
bool spin(Attempt&& attempt) {
  return spin<P>(P::spin_limits(), attempt);
}

enum class YieldsEnd { kNothing, kQuickly, kLate };

// Step 2. A yield that gave away a time slice is the last one.
template <class P, class Attempt>
YieldsEnd yield(const SpinLimits& limits, Attempt& attempt,
                std::uint32_t yields) {
  const std::uint64_t start = P::ticks();
  std::uint64_t before = start;
  for (std::uint32_t i = 0; i < yields; ++i) {
    P::yield();
    const std::uint64_t now = P::ticks();
    if (attempt()) {
      return limits.is_slice(now - start) ? YieldsEnd::kLate
                                          : YieldsEnd::kQuickly;
    }
    if (limits.is_slice(now - before)) break;
    before = now;
  }
  return YieldsEnd::kNothing;
}

// Steps 1 and 2. Calls attempt() once at least: callers may loop until it is
// true, and a task on one CPU neither spins nor yields.
template <class P, class Attempt>
bool spin_and_yield(Attempt&& attempt, const SpinPlan& plan = {}) {
  const SpinLimits limits = P::spin_limits();
  const std::uint32_t gaps = std::min(limits.gaps, plan.gaps);
  const std::uint32_t yields = std::min(limits.yields, plan.yields);
  if (gaps == 0 && yields == 0) return attempt();
  Looks<P, std::remove_reference_t<Attempt>> look(limits, attempt);
  // Nothing to learn where it can do one of the two only.
  if (plan.even() || gaps == 0 || yields == 0) {
    return (spin<P>(limits, look, plan) ||
            yield<P>(limits, look, yields) != YieldsEnd::kNothing) &&
           look.done();
  }
  SpinHistory& history = P::spin_history();
  const bool all = history.left_out == 0;
  if (!all) --history.left_out;
  if (spin_by_history<P>(limits, look, plan, all, &history.close_from)) {
    if (look.done()) history.polls_helped(all);
    return look.done();
  }
  const YieldsEnd end = yield<P>(limits, look, yields);
  if (end == YieldsEnd::kNothing || !look.done()) {
    history.nothing_helped();
    return false;
  }
  history.yield_helped(all, end == YieldsEnd::kQuickly);
  return true;
}

// Step 1 for the one waiter that looks at a word for all: often, since it is
// the only one, and however long a look takes.
template <class P, class Attempt>
bool watch(Attempt&& attempt) {
  constexpr SpinPlan kPlan = SpinPlan::every(SpinLimits::kFirstGap);
  return spin<P>(P::spin_limits(), attempt, kPlan);
}

}  // namespace internal
}  // namespace parkway

#endif  // PARKWAY_BASE_SPIN_H_
