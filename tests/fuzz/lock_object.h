// SPDX-License-Identifier: Apache-2.0

// A mutex of any kind, and its model: who holds it, who waits for it.
#ifndef PARKWAY_TESTS_FUZZ_LOCK_OBJECT_H_
#define PARKWAY_TESTS_FUZZ_LOCK_OBJECT_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "tests/fuzz/lock_kinds.h"
#include "tests/fuzz/world.h"

namespace parkway::fuzz {

// Whether an actor is about to take the mutex.
enum class Want { kNo, kPerhaps, kSurely };

// Who is inside, as those see it who are: whatever the order in which the
// conductor learns of it.
class Room {
 public:
  void Enter(Mode mode);
  void Leave(Mode mode);
  // From the one mode to the other, by who is inside.
  void BecomeWriter();
  void BecomeReader();

 private:
  std::atomic<int> readers_{0};
  std::atomic<int> writers_{0};
};

class LockObject final : public Object {
 public:
  LockObject(World& world, int place, const LockKind& kind);

  void Act(int actor, unsigned action, unsigned argument) override;
  void Ended(int actor, int result) override;
  bool MustGoOn() const override;
  bool EndsByTime(int actor) const override;
  bool HeldBy(int actor) const override { return held_[actor] != Mode::kNone; }
  bool MayEnd(int actor) const override;
  void End(int actor) override;
  bool Drain() override;
  void CheckIdle() override;

  const LockKind& kind() const { return kind_; }
  void* memory() const { return at_; }

  // ---- for those that wait on a condition variable ----

  Mode held(int actor) const { return held_[actor]; }
  // Takes it for that actor, if it can be had at once and without harm.
  bool TakeIfFree(int actor, Mode mode);
  // Held by that actor, which may wait while others have it.
  bool MayLend(int actor) const;
  // The actor, which holds it, is about to give it back, and will take it again
  // in the same mode when `want` says so. Lent() returns when it has given it
  // back.
  void Lend(int actor, std::function<Want()> want);
  void AwaitLent();
  // It has it again.
  void GotBack(int actor);
  // The halves of that in the actor's own thread; and what both have to say to
  // the room, for a condition variable that does them by itself.
  void GiveBack(int actor, Mode mode);
  void TakeAgain(int actor, Mode mode);
  Room& room() { return room_; }

 private:
  // What an actor waits for.
  struct Wish {
    Mode mode = Mode::kNone;  // kNone: for nothing
    std::function<Want()> want;
    bool may_fail = false;  // by time
    int goal = -1;          // not before a value is there
    bool lent = false;      // not before it is notified
    std::uint64_t ticket = 0;
    // When it was seen in its place in the queue, as a ticket; 0: never.
    std::uint64_t queued = 0;
  };

  // Nobody else holds it or wants it.
  bool only(int actor) const;
  bool holds(Mode mode) const;
  int readers() const;
  // Whether anybody wants to have it in this mode, at least so much.
  bool wanted(Mode mode, Want least) const;
  // Whether it is certain that a lock in this mode succeeds at once, or that it
  // does not.
  bool free(Mode mode) const;
  bool taken(Mode mode) const;
  bool holds_from(int place, int actor) const;
  bool Met(int goal) const { return open_ || model_value_ == goal; }

  Crew::Job LockJob(int actor, Mode mode);
  void Lock(int actor, Mode mode, unsigned argument);
  void Try(int actor, Mode mode);
  void LockFor(int actor, Mode mode, unsigned argument);
  void Unlock(int actor, unsigned argument);
  void Change(int actor);
  void AwaitValue(int actor, unsigned argument);
  void MakeSlow(int actor);
  void Wait(int actor, Wish wish, unsigned argument, const std::string& what,
            Crew::Job job);
  void Entered(int actor, Mode mode);
  void CheckOrder(const Wish& first) const;
  std::string Name(const char* what, Mode mode) const;
  LockKind::Node& node(int actor) { return world_.node(actor, place()); }

  const LockKind& kind_;
  void* const at_;

  // The model.
  std::array<Mode, kActors> held_{};
  std::array<Wish, kActors> wishes_;
  int model_value_ = 0;
  bool slow_ = false;

  // What the mutex protects. Conditions look at it, on any thread.
  struct Goal;
  Room room_;
  int value_ = 0;
  bool open_ = false;  // all conditions are true
};

}  // namespace parkway::fuzz

#endif  // PARKWAY_TESTS_FUZZ_LOCK_OBJECT_H_
