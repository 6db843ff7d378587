// SPDX-License-Identifier: Apache-2.0

// A condition variable of any kind, and its model.
#ifndef PARKWAY_TESTS_FUZZ_COND_OBJECT_H_
#define PARKWAY_TESTS_FUZZ_COND_OBJECT_H_

#include <array>
#include <cstddef>
#include <string>

#include "parkway/wait/wait_pace.h"
#include "tests/fuzz/lock_object.h"
#include "tests/fuzz/notify_model.h"
#include "tests/fuzz/times.h"
#include "tests/fuzz/world.h"

namespace parkway::fuzz {

class CondObject final : public Object {
 public:
  // CondVar, RwCondVar, and one that is only an address (AddressCondWait).
  enum class Kind { kAny, kRw, kAddress };

  CondObject(World& world, int place, Kind kind);

  void Act(int actor, unsigned action, unsigned argument) override;
  void Ended(int actor, int result) override;
  bool MayEnd(int actor) const override;
  void End(int actor) override;
  bool Drain() override;
  void CheckIdle() override;

 private:
  // A wait in progress.
  struct Wait {
    LockObject* lock = nullptr;  // null: none
    std::size_t number = 0;
    bool may_fail = false;
  };

  // The mutex that the actor waits with: one that it holds, by choice.
  LockObject* Choose(int actor, unsigned choice) const;
  // Or one that it takes for that.
  LockObject* Take(int actor, unsigned choice) const;
  void Begin(int actor, unsigned argument);
  Crew::Job JobOf(int actor, LockObject& lock, Mode mode, const Time& time);
  void Notify(int actor, bool all);
  // Returns how many it woke, or -1 where the interface does not say.
  int NotifyNow(bool all);
  std::string Name(const char* what) const;

  const Kind kind_;
  void* const at_;
  NotifyModel model_;
  std::array<Wait, kActors> waits_;
  // Of each thread's waits, as the owner of an AddressCondWait keeps it.
  std::array<WaitPace, kActors> paces_;
};

}  // namespace parkway::fuzz

#endif  // PARKWAY_TESTS_FUZZ_COND_OBJECT_H_
