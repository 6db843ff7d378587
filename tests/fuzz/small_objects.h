// SPDX-License-Identifier: Apache-2.0

// Semaphores, notes, and places where nothing is, with their models.
#ifndef PARKWAY_TESTS_FUZZ_SMALL_OBJECTS_H_
#define PARKWAY_TESTS_FUZZ_SMALL_OBJECTS_H_

#include <string>

#include "tests/fuzz/times.h"
#include "tests/fuzz/world.h"

namespace parkway::fuzz {

class SemaphoreObject final : public Object {
 public:
  SemaphoreObject(World& world, int place, unsigned permits);

  void Act(int actor, unsigned action, unsigned argument) override;
  void Ended(int actor, int result) override;
  bool MustGoOn() const override;
  bool MayEnd(int actor) const override;
  void End(int actor) override;
  bool Drain() override;
  void CheckIdle() override;

 private:
  void Acquire(int actor, const Time& time, bool look);
  void Try(int actor);
  void Release(int actor, int count);
  std::string Name(const char* what) const;

  void* const at_;
  // Given and not known to be taken.
  int permits_;
  // Who waits; not at all, with a limit, or without one.
  enum class Waits { kNo, kAWhile, kForever };
  int waiters(Waits how) const;
  Waits waits_[kActors] = {};
};

class NoteObject final : public Object {
 public:
  enum class Kind { kFutex, kSema };

  NoteObject(World& world, int place, Kind kind);

  void Act(int actor, unsigned action, unsigned argument) override;
  void Ended(int actor, int result) override;
  bool MustGoOn() const override;
  bool MayEnd(int actor) const override;
  void End(int actor) override;
  bool Drain() override;
  void CheckIdle() override {}

 private:
  void Sleep(int actor, const Time& time, bool look);
  void Wakeup(int actor);
  void Clear(int actor);
  std::string Name(const char* what) const;

  const Kind kind_;
  void* const at_;
  bool signalled_ = false;
  int sleeper_ = -1;
  bool sleeper_may_leave_ = false;
};

// Bytes that nobody may write: an object was here.
class NothingObject final : public Object {
 public:
  NothingObject(World& world, int place);

  void Act(int actor, unsigned action, unsigned argument) override;
  bool MayEnd(int) const override { return true; }
  void End(int) override { CheckIdle(); }
  bool Drain() override { return false; }
  void CheckIdle() override;
};

}  // namespace parkway::fuzz

#endif  // PARKWAY_TESTS_FUZZ_SMALL_OBJECTS_H_
