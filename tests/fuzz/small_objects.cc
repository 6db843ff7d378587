// SPDX-License-Identifier: Apache-2.0

#include "tests/fuzz/small_objects.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <new>
#include <utility>

#include "parkway/lock/futex_note.h"
#include "parkway/lock/sema_note.h"
#include "parkway/lock/semaphore.h"
#include "tests/fuzz/story.h"

namespace parkway::fuzz {

// ---- semaphores ----

namespace {

Semaphore& SemaphoreAt(void* at) { return *static_cast<Semaphore*>(at); }

// More than that at once shows nothing new.
constexpr int kMostPermits = 3;

}  // namespace

SemaphoreObject::SemaphoreObject(World& world, int place, unsigned permits)
    : Object(world, place),
      at_(world.memory(place)),
      permits_(static_cast<int>(permits % kMostPermits)) {
  Tell("place " + std::to_string(place) + " is a Semaphore with " +
       std::to_string(permits_));
  static_assert(sizeof(Semaphore) <= kObjectBytes);
  new (at_) Semaphore(permits_);
}

std::string SemaphoreObject::Name(const char* what) const {
  return "Semaphore " + std::to_string(place()) + ": " + what;
}

int SemaphoreObject::waiters(Waits how) const {
  return static_cast<int>(
      std::count(std::begin(waits_), std::end(waits_), how));
}

bool SemaphoreObject::MustGoOn() const {
  return permits_ > 0 && waiters(Waits::kForever) > 0;
}

void SemaphoreObject::Act(int actor, unsigned action, unsigned argument) {
  switch (action % 8) {
    case 0:
    case 1:
      return Acquire(actor, TimeOf(0), argument % 2 != 0);
    case 2:
      return Try(actor);
    case 3:
      return Acquire(actor, TimeOf(argument / 2), argument % 2 != 0);
    case 4:
    case 5:
      return Release(actor, 1);
    case 6:
      return Release(actor, static_cast<int>(argument % (kMostPermits + 1)));
    default:
      return world_.Renew(actor, place(), argument);
  }
}

void SemaphoreObject::Acquire(int actor, const Time& time, bool look) {
  const bool at_once =
      permits_ > 0 && waiters(Waits::kNo) == static_cast<int>(kActors);
  const std::string what = Name("acquire, ") + std::to_string(time.ns.count());
  Crew::Job job = [this, time] {
    // Not try_acquire_for() an hour: the loop without a deadline is another.
    if (time.forever) {
      SemaphoreAt(at_).acquire();
      return 1;
    }
    return SemaphoreAt(at_).try_acquire_for(time.ns) ? 1 : 0;
  };
  if (at_once) {
    Expect(world_.Do(actor, what, std::move(job)), "a permit was not there");
    --permits_;
    return;
  }
  waits_[actor] = time.forever ? Waits::kForever : Waits::kAWhile;
  world_.Begin(actor, *this, what, !time.forever, std::move(job));
  if (look) world_.AllAsleep();
}

void SemaphoreObject::Ended(int actor, int result) {
  const Waits how = std::exchange(waits_[actor], Waits::kNo);
  if (result == 0) {
    Expect(how == Waits::kAWhile, "an acquire without a limit gave up");
    return;
  }
  Expect(permits_ > 0, "a permit was taken that nobody gave");
  --permits_;
}

void SemaphoreObject::Try(int actor) {
  const bool must = permits_ > 0 && waiters(Waits::kNo) == kActors;
  const int got = world_.Do(actor, Name("try_acquire"), [this] {
    return SemaphoreAt(at_).try_acquire() ? 1 : 0;
  });
  Expect(got || !must, "try_acquire failed though a permit was there");
  Expect(!got || permits_ > 0, "try_acquire took what nobody gave");
  permits_ -= got;
}

void SemaphoreObject::Release(int actor, int count) {
  world_.Release(
      actor, *this, Name("release ") + std::to_string(count),
      [this, count] {
        SemaphoreAt(at_).release(count);
        return count;
      },
      [this, count] { permits_ += count; });
}

bool SemaphoreObject::MayEnd(int) const {
  return waiters(Waits::kNo) == kActors;
}

void SemaphoreObject::End(int actor) {
  world_.Do(actor, Name("ends"), [this] {
    SemaphoreAt(at_).~Semaphore();
    std::memset(at_, kScribble, kObjectBytes);
    return 1;
  });
}

bool SemaphoreObject::Drain() {
  const int wanted = waiters(Waits::kForever);
  if (wanted == 0) return false;
  Release(kConductor, wanted);
  return true;
}

void SemaphoreObject::CheckIdle() {
  for (; permits_ > 0; --permits_) {
    Expect(SemaphoreAt(at_).try_acquire(), "a permit was lost");
  }
  Expect(!SemaphoreAt(at_).try_acquire(), "there is a permit too many");
}

// ---- notes ----

NoteObject::NoteObject(World& world, int place, Kind kind)
    : Object(world, place), kind_(kind), at_(world.memory(place)) {
  Tell("place " + std::to_string(place) + " is a " + Name(""));
  static_assert(sizeof(FutexNote) <= kObjectBytes);
  static_assert(sizeof(SemaNote) <= kObjectBytes);
  kind_ == Kind::kFutex ? (void)new (at_) FutexNote : (void)new (at_) SemaNote;
}

std::string NoteObject::Name(const char* what) const {
  return std::string(kind_ == Kind::kFutex ? "FutexNote " : "SemaNote ") +
         std::to_string(place()) + ": " + what;
}

void NoteObject::Act(int actor, unsigned action, unsigned argument) {
  switch (action % 8) {
    case 0:
    case 1:
      return Sleep(actor, TimeOf(0), argument % 2 != 0);
    case 2:
    case 3:
      return Sleep(actor, TimeOf(argument / 2), argument % 2 != 0);
    case 4:
    case 5:
      return Wakeup(actor);
    case 6:
      return Clear(actor);
    default:
      return world_.Renew(actor, place(), argument);
  }
}

bool NoteObject::MustGoOn() const {
  return signalled_ && sleeper_ >= 0 && !sleeper_may_leave_;
}

void NoteObject::Sleep(int actor, const Time& time, bool look) {
  if (sleeper_ >= 0) return;
  const std::string what = Name("sleep, ") + std::to_string(time.ns.count());
  Crew::Job job = [at = at_, kind = kind_, time] {
    const auto sleep = [&time](auto& note) {
      if (!time.forever) return note.sleep_for(time.ns) ? 1 : 0;
      note.sleep();
      return 1;
    };
    return kind == Kind::kFutex ? sleep(*static_cast<FutexNote*>(at))
                                : sleep(*static_cast<SemaNote*>(at));
  };
  if (signalled_) {
    Expect(world_.Do(actor, what, std::move(job)), "a note forgot its wakeup");
    return;
  }
  sleeper_ = actor;
  sleeper_may_leave_ = !time.forever;
  world_.Begin(actor, *this, what, !time.forever, std::move(job));
  if (look) world_.AllAsleep();
}

void NoteObject::Ended(int, int result) {
  sleeper_ = -1;
  if (result == 0) {
    Expect(sleeper_may_leave_, "a sleep without a limit gave up");
  } else {
    Expect(signalled_, "a sleep ended without a wakeup");
  }
}

void NoteObject::Wakeup(int actor) {
  // One for each round.
  if (signalled_) return;
  world_.Release(
      actor, *this, Name("wakeup"),
      [at = at_, kind = kind_] {
        kind == Kind::kFutex ? static_cast<FutexNote*>(at)->wakeup()
                             : static_cast<SemaNote*>(at)->wakeup();
        return 1;
      },
      [this] { signalled_ = true; });
}

void NoteObject::Clear(int actor) {
  if (sleeper_ >= 0) return;
  world_.AwaitReleases(*this);
  signalled_ = false;
  world_.Do(actor, Name("clear"), [this] {
    kind_ == Kind::kFutex ? static_cast<FutexNote*>(at_)->clear()
                          : static_cast<SemaNote*>(at_)->clear();
    return 1;
  });
}

bool NoteObject::MayEnd(int) const { return sleeper_ < 0; }

void NoteObject::End(int actor) {
  world_.Do(actor, Name("ends"), [this] {
    kind_ == Kind::kFutex ? static_cast<FutexNote*>(at_)->~BasicFutexNote()
                          : static_cast<SemaNote*>(at_)->~BasicSemaNote();
    std::memset(at_, kScribble, kObjectBytes);
    return 1;
  });
}

bool NoteObject::Drain() {
  if (sleeper_ < 0 || sleeper_may_leave_ || signalled_) return false;
  Wakeup(kConductor);
  return true;
}

// ---- nothing ----

NothingObject::NothingObject(World& world, int place) : Object(world, place) {
  Tell("place " + std::to_string(place) + " is nothing");
  std::memset(world.memory(place), kScribble, kObjectBytes);
}

void NothingObject::Act(int actor, unsigned, unsigned argument) {
  world_.Renew(actor, place(), argument);
}

void NothingObject::CheckIdle() {
  const auto* const bytes =
      static_cast<const unsigned char*>(world_.memory(place()));
  Expect(std::all_of(bytes, bytes + kObjectBytes,
                     [](unsigned char byte) { return byte == kScribble; }),
         "something was written where an object had been");
}

}  // namespace parkway::fuzz
