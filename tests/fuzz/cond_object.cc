// SPDX-License-Identifier: Apache-2.0

#include "tests/fuzz/cond_object.h"

#include <cstring>
#include <new>
#include <utility>

#include "parkway/lock/cond_var.h"
#include "parkway/lock/rw_cond_var.h"
#include "parkway/lock/rw_mutex.h"
#include "parkway/os/os.h"
#include "parkway/wait/address_cond_wait.h"
#include "tests/fuzz/story.h"

namespace parkway::fuzz {
namespace {

// What CondVar asks of a mutex.
class Lendable {
 public:
  Lendable(LockObject& lock, int actor, Mode mode)
      : lock_(lock), actor_(actor), mode_(mode) {}
  void lock() { lock_.TakeAgain(actor_, mode_); }
  void unlock() { lock_.GiveBack(actor_, mode_); }

 private:
  LockObject& lock_;
  const int actor_;
  const Mode mode_;
};

std::int64_t DeadlineOf(const Time& time) {
  return time.forever ? os::kForever : os::nanotime() + time.ns.count();
}

}  // namespace

CondObject::CondObject(World& world, int place, Kind kind)
    : Object(world, place), kind_(kind), at_(world.memory(place)) {
  Tell("place " + std::to_string(place) + " is a " + Name(""));
  static_assert(sizeof(CondVar) <= kObjectBytes);
  static_assert(sizeof(RwCondVar) <= kObjectBytes);
  if (kind_ == Kind::kAny) new (at_) CondVar;
  if (kind_ == Kind::kRw) new (at_) RwCondVar;
}

std::string CondObject::Name(const char* what) const {
  const char* const kind = kind_ == Kind::kAny  ? "CondVar"
                           : kind_ == Kind::kRw ? "RwCondVar"
                                                : "AddressCondWait";
  return std::string(kind) + " " + std::to_string(place()) + ": " + what;
}

void CondObject::Act(int actor, unsigned action, unsigned argument) {
  switch (action % 8) {
    case 0:
    case 1:
    case 2:
    case 3:
      return Begin(actor, argument);
    case 4:
    case 5:
      return Notify(actor, false);
    case 6:
      return Notify(actor, true);
    default:
      return world_.Renew(actor, place(), argument);
  }
}

LockObject* CondObject::Choose(int actor, unsigned choice) const {
  for (unsigned i = 0; i < kPlaces; ++i) {
    const int place = static_cast<int>((choice + i) % kPlaces);
    auto* const lock = dynamic_cast<LockObject*>(world_.object(place));
    if (lock == nullptr || !lock->MayLend(actor)) continue;
    const bool shared = lock->held(actor) == Mode::kShared;
    // The others take any lock, but only by lock() and unlock().
    if (kind_ == Kind::kRw ? lock->kind().traits().conditions : !shared) {
      return lock;
    }
  }
  return nullptr;
}

LockObject* CondObject::Take(int actor, unsigned choice) const {
  for (unsigned i = 0; i < kPlaces; ++i) {
    const int place = static_cast<int>((choice + i) % kPlaces);
    auto* const lock = dynamic_cast<LockObject*>(world_.object(place));
    if (lock == nullptr) continue;
    if (kind_ == Kind::kRw && !lock->kind().traits().conditions) continue;
    if (lock->TakeIfFree(actor, Mode::kExclusive)) return lock;
  }
  return nullptr;
}

void CondObject::Begin(int actor, unsigned argument) {
  LockObject* lock = Choose(actor, argument);
  if (lock == nullptr) lock = Take(actor, argument);
  if (lock == nullptr) return;
  const Mode mode = lock->held(actor);
  const Time time = TimeOf(argument / kPlaces);
  // Queued before the mutex is given back, so before all that others do next.
  Wait& wait = waits_[actor];
  wait.lock = lock;
  wait.number = model_.Queue(!time.forever);
  wait.may_fail = !time.forever;
  lock->Lend(actor, [this, number = wait.number, time] {
    if (!time.forever) return Want::kPerhaps;
    return model_.must(number)  ? Want::kSurely
           : model_.may(number) ? Want::kPerhaps
                                : Want::kNo;
  });
  world_.Begin(actor, *this,
               Name("wait with ") + std::to_string(lock->place()) + ", " +
                   NameOf(mode) + ", " + std::to_string(time.ns.count()),
               /*limited=*/false,  // it takes the mutex before it ends
               JobOf(actor, *lock, mode, time));
  lock->AwaitLent();
}

Crew::Job CondObject::JobOf(int actor, LockObject& lock, Mode mode,
                            const Time& time) {
  if (kind_ == Kind::kRw) {
    return [this, &lock, mode, time] {
      lock.room().Leave(mode);
      const bool notified = static_cast<RwCondVar*>(at_)->wait(
          *static_cast<RwMutex*>(lock.memory()), mode == Mode::kShared,
          DeadlineOf(time));
      lock.room().Enter(mode);
      return notified ? 1 : 0;
    };
  }
  if (kind_ == Kind::kAny) {
    return [this, &lock, actor, mode, time] {
      Lendable mutex(lock, actor, mode);
      auto& changed = *static_cast<CondVar*>(at_);
      if (!time.forever) return changed.wait_for(mutex, time.ns) ? 1 : 0;
      changed.wait(mutex);
      return 1;
    };
  }
  return [this, &lock, actor, mode, time] {
    Lendable mutex(lock, actor, mode);
    AddressCondWait wait(at_);
    mutex.unlock();
    const bool notified = wait.sleep(DeadlineOf(time), paces_[actor]);
    mutex.lock();
    if (notified) wait.take();
    return notified ? 1 : 0;
  };
}

void CondObject::Ended(int actor, int result) {
  const Wait wait = std::exchange(waits_[actor], {});
  if (result == 0) {
    Expect(wait.may_fail, "a wait without a limit was not notified");
  } else {
    Expect(model_.may(wait.number), "a wait ended before it was notified");
  }
  model_.CameBack(wait.number, result != 0);
  wait.lock->GotBack(actor);
}

int CondObject::NotifyNow(bool all) {
  if (kind_ == Kind::kRw) {
    auto& changed = *static_cast<RwCondVar*>(at_);
    return (all ? changed.notify_all() : changed.notify_one()) ? 1 : 0;
  }
  if (kind_ == Kind::kAny) {
    auto& changed = *static_cast<CondVar*>(at_);
    all ? changed.notify_all() : changed.notify_one();
    return -1;
  }
  return static_cast<int>(all ? AddressCondWait::notify_all(at_)
                              : AddressCondWait::notify_one(at_));
}

void CondObject::Notify(int actor, bool all) {
  const auto fewest = static_cast<int>(model_.fewest());
  const auto most = static_cast<int>(model_.most());
  const int woken = world_.Do(actor, Name(all ? "notify_all" : "notify_one"),
                              [this, all] { return NotifyNow(all); });
  if (woken >= 0) {
    const bool counts = kind_ == Kind::kAddress && all;
    Expect(woken >= (counts ? fewest : (fewest > 0 ? 1 : 0)),
           "a notify woke too few");
    Expect(woken <= (counts ? most : (most > 0 ? 1 : 0)),
           "a notify woke too many");
  }
  all ? model_.NotifyAll() : model_.NotifyOne();
}

bool CondObject::MayEnd(int) const { return model_.nobody_touches_it(); }

void CondObject::End(int actor) {
  world_.Do(actor, Name("ends"), [this] {
    if (kind_ == Kind::kAny) static_cast<CondVar*>(at_)->~CondVar();
    if (kind_ == Kind::kRw) static_cast<RwCondVar*>(at_)->~RwCondVar();
    std::memset(at_, kScribble, kObjectBytes);
    return 1;
  });
}

bool CondObject::Drain() {
  if (model_.most() == 0) return false;
  Notify(kConductor, true);
  return true;
}

void CondObject::CheckIdle() {
  if (kind_ == Kind::kRw) {
    Expect(!static_cast<RwCondVar*>(at_)->waited_on(),
           "an idle condition variable is waited on");
  }
  Expect(model_.most() == 0, "a waiter was lost");
  Expect(NotifyNow(true) <= 0, "an idle condition variable has waiters");
}

}  // namespace parkway::fuzz
