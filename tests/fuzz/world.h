// SPDX-License-Identifier: Apache-2.0

// A sequence of operations by a few threads on a few objects, in an order that
// the input decides, each compared with a model of its object.
#ifndef PARKWAY_TESTS_FUZZ_WORLD_H_
#define PARKWAY_TESTS_FUZZ_WORLD_H_

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/fuzz/crew.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/lock_kinds.h"

namespace parkway::fuzz {

// The threads of the crew, and the conductor itself as one more actor: it only
// does what never waits.
inline constexpr int kThreads = 4;
inline constexpr int kConductor = kThreads;
inline constexpr int kActors = kThreads + 1;

inline constexpr int kPlaces = 4;

class World;

// An object of parkway at one place, with its model.
//
// What may happen, and what must. An operation that waits has begun and ends
// some time. When it ends the model says whether it may have ended so. After
// each operation the model says whether somebody must go on, and then the world
// waits until somebody does: a wakeup that is lost shows as that.
class Object {
 public:
  Object(World& world, int place) : world_(world), place_(place) {}
  virtual ~Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  // Does something of its own choice, by an actor that is idle; or nothing, if
  // that is not allowed now.
  virtual void Act(int actor, unsigned action, unsigned argument) = 0;
  // A waiting operation of the actor has ended.
  virtual void Ended(int actor, int result) { (void)actor, (void)result; }
  // Whether some waiting operation has to end without anybody's help.
  virtual bool MustGoOn() const { return false; }
  // Whether the actor's operation, which is limited, ends when its time is up,
  // as things are now.
  virtual bool EndsByTime(int actor) const { return (void)actor, true; }
  // Whether the actor is the owner of it, or one of several.
  virtual bool HeldBy(int actor) const { return (void)actor, false; }
  // Whether the object may be destroyed. `actor` may hold it.
  virtual bool MayEnd(int actor) const = 0;
  // Destroys it; who holds it gives it back right before. The bytes may be used
  // for something else when this returns.
  virtual void End(int actor) = 0;
  // The end of the sequence: does one step towards nobody's waiting any more.
  // False: there is none left to do.
  virtual bool Drain() = 0;
  // Nobody waits any more, nobody holds it: looks whether it is as new.
  virtual void CheckIdle() = 0;

  int place() const { return place_; }

 protected:
  World& world_;

 private:
  const int place_;
};

class World {
 public:
  // Makes an object of the kind with that number (any; modulo the kinds).
  using Maker = std::unique_ptr<Object> (*)(World& world, int place,
                                            unsigned kind);

  World(Crew& crew, Input input, Maker maker);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // The whole input.
  void Run();

  // ---- for objects ----

  // Does the job, by that actor, and waits for its end. Of what never waits.
  int Do(int actor, const std::string& what, Crew::Job job);

  // Lets the actor do the job, which may wait. `owner` is told when it has
  // ended. `limited`: it has a time, see EndsByTime().
  void Begin(int actor, Object& owner, const std::string& what, bool limited,
             Crew::Job job);

  // Do() for the release of something. If others must go on then, its end is
  // not waited for: who goes on may be faster. `released` changes the model.
  void Release(int actor, Object& owner, const std::string& what, Crew::Job job,
               const std::function<void()>& released);

  // Waits until nobody must go on any more.
  void Settle();
  // Learns which operations have ended.
  void Poll();
  // Waits until one more has, and learns of it.
  void AwaitEnd();
  // Waits for the end of what this actor does.
  void Await(int actor);
  // Waits for the ends of releases that others went on before.
  void AwaitReleases(const Object& owner);
  // See Crew::AllAsleep(); also false if something has ended meanwhile.
  bool AllAsleep();

  bool idle(int actor) const {
    return actor == kConductor || deeds_[actor].owner == nullptr;
  }

  void* memory(int place) { return memory_ + place * kObjectBytes; }
  Object* object(int place) { return places_[place].get(); }
  LockKind::Node& node(int actor, int place) { return nodes_[actor][place]; }

  // Ends the place's object and makes another one there.
  void Renew(int actor, int place, unsigned kind);

  // Of threads that wait in an order.
  std::uint64_t NextTicket() { return ++tickets_; }

 private:
  // What a thread is doing.
  struct Deed {
    Object* owner = nullptr;  // null: nothing
    bool release = false;
    bool limited = false;
    std::uint64_t begun = 0;
    std::string what;
  };

  void Step();
  void Drain();
  bool MustGoOn() const;
  bool HoldsAny(int actor) const;
  [[noreturn]] void Hang();

  Crew& crew_;
  Input input_;
  const Maker maker_;
  std::array<Deed, kThreads> deeds_;
  std::array<std::unique_ptr<Object>, kPlaces> places_;
  // Models of objects that are gone and that somebody still comes back from.
  std::vector<std::unique_ptr<Object>> gone_;
  LockKind::Node nodes_[kActors][kPlaces];
  std::uint64_t tickets_ = 0;
  std::uint64_t ended_ = 0;  // operations
  // Side by side in one cache line, as members of one object are.
  alignas(64) unsigned char memory_[kPlaces * kObjectBytes];
};

// "thread 2", "the conductor".
std::string NameOf(int actor);

}  // namespace parkway::fuzz

#endif  // PARKWAY_TESTS_FUZZ_WORLD_H_
