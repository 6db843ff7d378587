// SPDX-License-Identifier: Apache-2.0

#include "tests/fuzz/lock_object.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "parkway/lock/rw_mutex.h"
#include "parkway/os/os.h"
#include "tests/fuzz/story.h"
#include "tests/fuzz/times.h"

namespace parkway::fuzz {

void Room::Enter(Mode mode) {
  if (mode == Mode::kExclusive) {
    Expect(writers_.exchange(1) == 0, "two writers are inside");
    Expect(readers_ == 0, "a writer came in beside readers");
  } else {
    ++readers_;
    Expect(writers_ == 0, "a reader came in beside a writer");
  }
}

void Room::Leave(Mode mode) {
  if (mode == Mode::kExclusive) {
    Expect(readers_ == 0, "a reader is inside beside a writer");
    Expect(writers_.exchange(0) == 1, "a writer was there twice");
  } else {
    Expect(writers_ == 0, "a writer is inside beside a reader");
    --readers_;
  }
}

void Room::BecomeWriter() {
  Expect(readers_.fetch_sub(1) == 1, "upgraded beside other readers");
  Expect(writers_.exchange(1) == 0, "upgraded beside a writer");
}

void Room::BecomeReader() {
  Expect(readers_.fetch_add(1) == 0, "downgraded beside readers");
  Expect(writers_.exchange(0) == 1, "a writer was there twice");
}

LockObject::LockObject(World& world, int place, const LockKind& kind)
    : Object(world, place), kind_(kind), at_(world.memory(place)) {
  Tell("place " + std::to_string(place) + " is a " + kind_.name());
  kind_.Make(at_);
}

// ---- the model ----

bool LockObject::holds(Mode mode) const {
  return std::find(held_.begin(), held_.end(), mode) != held_.end();
}

int LockObject::readers() const {
  return static_cast<int>(
      std::count(held_.begin(), held_.end(), Mode::kShared));
}

bool LockObject::wanted(Mode mode, Want least) const {
  return std::any_of(wishes_.begin(), wishes_.end(), [&](const Wish& wish) {
    return wish.mode == mode && wish.want() >= least;
  });
}

bool LockObject::free(Mode mode) const {
  if (holds(Mode::kExclusive) || wanted(Mode::kExclusive, Want::kPerhaps)) {
    return false;
  }
  return mode == Mode::kShared ||
         (!holds(Mode::kShared) && !wanted(Mode::kShared, Want::kPerhaps));
}

bool LockObject::taken(Mode mode) const {
  if (holds(Mode::kExclusive)) return true;
  if (mode == Mode::kExclusive) return holds(Mode::kShared);
  // A reader does not overtake who is in the queue.
  return kind_.traits().in_order && holds(Mode::kShared) &&
         std::any_of(wishes_.begin(), wishes_.end(),
                     [](const Wish& wish) { return wish.queued != 0; });
}

bool LockObject::MustGoOn() const {
  if (holds(Mode::kExclusive)) return false;
  const bool writer = wanted(Mode::kExclusive, Want::kSurely);
  const bool reader = wanted(Mode::kShared, Want::kSurely);
  if (!holds(Mode::kShared)) return writer || reader;
  // Beside readers a reader comes in, unless a writer waits.
  return reader && !wanted(Mode::kExclusive, Want::kPerhaps);
}

bool LockObject::EndsByTime(int actor) const {
  const Wish& wish = wishes_[actor];
  // An await() takes the mutex again before it ends, a reader beside readers.
  return wish.goal < 0 || (wish.mode == Mode::kShared && holds(Mode::kShared));
}

bool LockObject::holds_from(int place, int actor) const {
  for (int i = place; i < kPlaces; ++i) {
    const auto* const lock = dynamic_cast<LockObject*>(world_.object(i));
    if (lock != nullptr && lock->held(actor) != Mode::kNone) return true;
  }
  return false;
}

bool LockObject::MayLend(int actor) const {
  // No two actors may wait for each other: whoever waits for a mutex holds
  // those of earlier places only.
  if (held_[actor] == Mode::kNone || holds_from(place() + 1, actor)) {
    return false;
  }
  // Beside other readers nobody sees when a reader has given it back.
  return held_[actor] == Mode::kExclusive ||
         (readers() == 1 && !wanted(Mode::kShared, Want::kPerhaps));
}

bool LockObject::only(int actor) const {
  for (int i = 0; i < kActors; ++i) {
    if (wishes_[i].mode != Mode::kNone) return false;
    if (i != actor && held_[i] != Mode::kNone) return false;
  }
  return true;
}

void LockObject::Entered(int actor, Mode mode) {
  Expect(!holds(Mode::kExclusive), "it was taken beside a writer");
  if (mode == Mode::kExclusive) {
    Expect(!holds(Mode::kShared), "it was taken by a writer beside readers");
  }
  held_[actor] = mode;
}

void LockObject::CheckOrder(const Wish& first) const {
  if (!kind_.traits().in_order) return;
  for (const Wish& wish : wishes_) {
    // It was in the queue before the other one began.
    if (wish.queued == 0 || wish.queued > first.ticket) continue;
    // Readers that wait side by side come in together.
    Expect(wish.mode == Mode::kShared && first.mode == Mode::kShared,
           "it was given to one who came later");
  }
}

std::string LockObject::Name(const char* what, Mode mode) const {
  return std::string(kind_.name()) + " " + std::to_string(place()) + ": " +
         what + (kind_.traits().shared ? std::string(" ") + NameOf(mode) : "");
}

// ---- what actors do ----

void LockObject::Act(int actor, unsigned action, unsigned argument) {
  const auto mode = [this](Mode wanted) {
    return kind_.traits().shared ? wanted : Mode::kExclusive;
  };
  const auto by = [&mode](unsigned choice) {
    return mode(choice / 128 % 2 == 0 ? Mode::kExclusive : Mode::kShared);
  };
  switch (action % 16) {
    case 0:
    case 1:
    case 2:
      return Lock(actor, Mode::kExclusive, argument);
    case 3:
      return Lock(actor, mode(Mode::kShared), argument);
    case 4:
      return Try(actor, Mode::kExclusive);
    case 5:
      return Try(actor, mode(Mode::kShared));
    case 6:
      return LockFor(actor, Mode::kExclusive, argument);
    case 7:
      return LockFor(actor, mode(Mode::kShared), argument);
    case 8:
    case 9:
    case 10:
    case 11:
      return Unlock(actor, argument);
    case 12:
      // Those that hold nothing take it first: a step in vain is a step less.
      if (held_[actor] == Mode::kNone) TakeIfFree(actor, by(argument));
      return Change(actor);
    case 13:
      if (held_[actor] == Mode::kNone) TakeIfFree(actor, by(argument));
      return AwaitValue(actor, argument);
    case 14:
      return MakeSlow(actor);
    default:
      return world_.Renew(actor, place(), argument);
  }
}

void LockObject::Wait(int actor, Wish wish, unsigned argument,
                      const std::string& what, Crew::Job job) {
  wish.ticket = world_.NextTicket();
  const bool limited = wish.may_fail;
  wishes_[actor] = std::move(wish);
  world_.Begin(actor, *this, what, limited, std::move(job));
  // The way of who sleeps, and not of who spins when its turn comes.
  if (argument % 2 == 0 || !world_.AllAsleep()) return;
  const std::uint64_t now = world_.NextTicket();
  for (Wish& each : wishes_) {
    if (each.mode == Mode::kNone || each.lent || each.queued != 0) continue;
    each.queued = now;
  }
}

Crew::Job LockObject::LockJob(int actor, Mode mode) {
  return [this, actor, mode] {
    kind_.Lock(at_, node(actor), mode);
    room_.Enter(mode);
    return 1;
  };
}

bool LockObject::TakeIfFree(int actor, Mode mode) {
  if (holds_from(place(), actor) || !free(mode)) return false;
  world_.Do(actor, Name("lock", mode), LockJob(actor, mode));
  Entered(actor, mode);
  return true;
}

void LockObject::Lock(int actor, Mode mode, unsigned argument) {
  if (holds_from(place(), actor) || TakeIfFree(actor, mode)) return;
  Wish wish;
  wish.mode = mode;
  wish.want = [] { return Want::kSurely; };
  Wait(actor, std::move(wish), argument, Name("lock", mode),
       LockJob(actor, mode));
}

void LockObject::Try(int actor, Mode mode) {
  if (held_[actor] != Mode::kNone) return;
  const bool must = free(mode);
  const bool must_not = taken(mode);
  const int got = world_.Do(actor, Name("try_lock", mode), [this, actor, mode] {
    if (!kind_.TryLock(at_, node(actor), mode)) return 0;
    room_.Enter(mode);
    return 1;
  });
  Expect(got || !must, "try_lock failed on a free mutex");
  Expect(!got || !must_not, "try_lock took a mutex that is held");
  if (got) Entered(actor, mode);
}

void LockObject::LockFor(int actor, Mode mode, unsigned argument) {
  if (!kind_.traits().timed) return Lock(actor, mode, argument);
  if (holds_from(place(), actor)) return;
  const Time time = TimeOf(argument / 2);
  const std::string what =
      Name("try_lock_for", mode) + ", " + std::to_string(time.ns.count());
  Crew::Job job = [this, mode, time] {
    if (!kind_.TryLockFor(at_, mode, time.ns)) return 0;
    room_.Enter(mode);
    return 1;
  };
  if (free(mode)) {
    Expect(world_.Do(actor, what, std::move(job)),
           "try_lock_for failed on a free mutex");
    return Entered(actor, mode);
  }
  Wish wish;
  wish.mode = mode;
  wish.may_fail = !time.forever;
  wish.want = [time] { return time.forever ? Want::kSurely : Want::kPerhaps; };
  Wait(actor, std::move(wish), argument, what, std::move(job));
}

void LockObject::Unlock(int actor, unsigned argument) {
  const Mode mode = held_[actor];
  if (mode == Mode::kNone) return;
  const bool writes = mode == Mode::kExclusive;
  const int value = writes ? static_cast<int>(argument % 4) : model_value_;
  Crew::Job job = [this, actor, mode, writes, value] {
    if (writes) value_ = value;
    room_.Leave(mode);
    kind_.Unlock(at_, node(actor), mode);
    return 1;
  };
  const auto released = [this, actor, value] {
    held_[actor] = Mode::kNone;
    model_value_ = value;
  };
  if (writes) {
    return world_.Release(actor, *this, Name("unlock", mode), std::move(job),
                          released);
  }
  // One of several readers: who comes in then need not have come in by this.
  world_.Do(actor, Name("unlock", mode), std::move(job));
  released();
}

void LockObject::Change(int actor) {
  const Mode mode = held_[actor];
  if (mode == Mode::kNone || !kind_.traits().shared) return;
  if (mode == Mode::kExclusive) {
    held_[actor] = Mode::kShared;  // at once: others may come in meanwhile
    world_.Do(actor, Name("downgrade", mode), [this] {
      room_.BecomeReader();
      kind_.Downgrade(at_);
      return 1;
    });
    return;
  }
  const bool must = readers() == 1 && !wanted(Mode::kShared, Want::kPerhaps);
  const bool must_not = readers() > 1;
  const int done = world_.Do(actor, Name("try_upgrade", mode), [this] {
    if (!kind_.TryUpgrade(at_)) return 0;
    room_.BecomeWriter();
    return 1;
  });
  Expect(done || !must, "try_upgrade of the only reader failed");
  Expect(!done || !must_not, "try_upgrade beside another reader");
  if (done) {
    held_[actor] = Mode::kNone;
    Entered(actor, Mode::kExclusive);
  }
}

struct LockObject::Goal {
  const LockObject* lock;
  int goal;

  static bool Reached(const void* context) {
    const auto* const me = static_cast<const Goal*>(context);
    return me->lock->open_ || me->lock->value_ == me->goal;
  }
  static bool Same(const void* one, const void* other) {
    return static_cast<const Goal*>(one)->goal ==
           static_cast<const Goal*>(other)->goal;
  }
};

void LockObject::AwaitValue(int actor, unsigned argument) {
  if (!kind_.traits().conditions || !MayLend(actor)) return;
  const Mode mode = held_[actor];
  const int goal = static_cast<int>(argument / 2 % 4);
  const Time time = TimeOf(argument / 8);
  const std::string what = Name("await", mode) + ", value " +
                           std::to_string(goal) + ", " +
                           std::to_string(time.ns.count());
  Crew::Job job = [this, mode, goal, time] {
    const Goal context = {this, goal};
    const std::int64_t deadline =
        time.forever ? os::kForever : os::nanotime() + time.ns.count();
    room_.Leave(mode);
    const bool reached = static_cast<RwMutex*>(at_)->await(
        {&Goal::Reached, &Goal::Same, &context}, deadline,
        mode == Mode::kShared);
    room_.Enter(mode);
    Expect(reached == Goal::Reached(&context),
           "await says another thing than the condition");
    return reached ? 1 : 0;
  };
  if (Met(goal)) {
    Expect(world_.Do(actor, what, std::move(job)),
           "await of what is true already failed");
    return;
  }
  held_[actor] = Mode::kNone;
  Wish wish;
  wish.mode = mode;
  wish.goal = goal;
  wish.may_fail = !time.forever;
  wish.want = [this, time, goal] {
    if (!time.forever) return Want::kPerhaps;
    return Met(goal) ? Want::kSurely : Want::kNo;
  };
  Wait(actor, std::move(wish), argument, what, std::move(job));
  AwaitLent();
}

void LockObject::MakeSlow(int actor) {
  if (!kind_.traits().conditions) return;
  slow_ = true;
  world_.Do(actor, Name("make_slow", Mode::kExclusive), [this] {
    static_cast<RwMutex*>(at_)->make_slow();
    return 1;
  });
}

void LockObject::Ended(int actor, int result) {
  const Wish wish = std::exchange(wishes_[actor], {});
  if (result == 0) Expect(wish.may_fail, "a wait without a limit gave up");
  // await() has the mutex again in any case.
  if (result == 0 && wish.goal < 0) return;
  Entered(actor, wish.mode);
  CheckOrder(wish);
  if (wish.goal >= 0) {
    Expect(Met(wish.goal) == (result == 1), "await and the value disagree");
  }
}

// ---- for condition variables ----

void LockObject::Lend(int actor, std::function<Want()> want) {
  Wish wish;
  wish.mode = std::exchange(held_[actor], Mode::kNone);
  wish.want = std::move(want);
  wish.lent = true;
  wish.ticket = world_.NextTicket();
  wishes_[actor] = std::move(wish);
}

void LockObject::AwaitLent() {
  const std::int64_t end = os::nanotime() + kHangNs;
  for (;;) {
    world_.Settle();
    if (holds(Mode::kShared) || holds(Mode::kExclusive)) return;
    LockKind::Node& mine = node(kConductor);
    if (kind_.TryLock(at_, mine, Mode::kExclusive)) {
      kind_.Unlock(at_, mine, Mode::kExclusive);
      return;
    }
    if (os::nanotime() > end) Fail("a wait does not give its mutex back");
    std::this_thread::yield();
  }
}

void LockObject::GotBack(int actor) {
  const Wish wish = std::exchange(wishes_[actor], {});
  Entered(actor, wish.mode);
}

void LockObject::GiveBack(int actor, Mode mode) {
  room_.Leave(mode);
  kind_.Unlock(at_, node(actor), mode);
}

void LockObject::TakeAgain(int actor, Mode mode) {
  kind_.Lock(at_, node(actor), mode);
  room_.Enter(mode);
}

// ---- the end ----

bool LockObject::MayEnd(int actor) const { return only(actor); }

void LockObject::End(int actor) {
  const Mode mode = std::exchange(held_[actor], Mode::kNone);
  world_.Do(actor, Name("ends", mode), [this, actor, mode] {
    if (slow_) static_cast<RwMutex*>(at_)->forget_slow();
    if (mode != Mode::kNone) {
      room_.Leave(mode);
      kind_.Unlock(at_, node(actor), mode);
    }
    kind_.End(at_);
    std::memset(at_, kScribble, kObjectBytes);
    return 1;
  });
}

bool LockObject::Drain() {
  for (int i = 0; i < kThreads; ++i) {
    if (held_[i] == Mode::kNone || !world_.idle(i)) continue;
    Unlock(i, 0);
    return true;
  }
  const bool awaited =
      std::any_of(wishes_.begin(), wishes_.end(),
                  [](const Wish& wish) { return wish.goal >= 0; });
  if (!awaited || open_ || holds(Mode::kShared) || holds(Mode::kExclusive)) {
    return false;
  }
  // Only a release makes others look at their conditions.
  if (world_.Do(kConductor, Name("try_lock", Mode::kExclusive), [this] {
        return kind_.TryLock(at_, node(kConductor), Mode::kExclusive) ? 1 : 0;
      }) == 0) {
    return false;
  }
  world_.Do(kConductor,
            Name("make all conditions true and unlock", Mode::kExclusive),
            [this] {
              open_ = true;
              kind_.Unlock(at_, node(kConductor), Mode::kExclusive);
              return 1;
            });
  return true;
}

void LockObject::CheckIdle() {
  if (kind_.traits().conditions) {
    auto* const rw = static_cast<RwMutex*>(at_);
    rw->forget_slow();
    slow_ = false;
    Expect(!rw->is_slow(), "a mutex stayed slow");
    Expect(!rw->has_waiters(), "an idle mutex has waiters");
    Expect(!rw->is_locked_or_shared(), "an idle mutex is held");
  }
  LockKind::Node& mine = node(kConductor);
  Expect(kind_.TryLock(at_, mine, Mode::kExclusive), "an idle mutex is held");
  kind_.Unlock(at_, mine, Mode::kExclusive);
}

}  // namespace parkway::fuzz
