// SPDX-License-Identifier: Apache-2.0

#include "tests/fuzz/world.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "parkway/base/checks.h"
#include "parkway/base/sanitizers.h"
#include "tests/fuzz/story.h"

namespace parkway::fuzz {
namespace {

// So long may a sequence be; more of it finds nothing that two do not.
constexpr int kMostSteps = 64;

// Most steps are about two of the places: that is where threads meet.
constexpr int kPlaceOf[] = {0, 2, 0, 2, 1, 3, 0, 2};

// From here on actions are no object's: the ends of all waits with a limit are
// waited for; and the thread ends, whose record another one gets.
constexpr unsigned kAwaitsLimits = 240;
constexpr unsigned kRenewsThread = 250;

}  // namespace

std::string NameOf(int actor) {
  return actor == kConductor ? "the conductor"
                             : "thread " + std::to_string(actor);
}

World::World(Crew& crew, Input input, Maker maker)
    : crew_(crew), input_(input), maker_(maker) {
  for (int place = 0; place < kPlaces; ++place) {
    places_[place] = maker_(*this, place, input_.Byte());
  }
}

World::~World() {
  for (auto& object : places_) object->End(kConductor);
}

void World::Run() {
  for (int i = 0; i < kMostSteps && !input_.empty(); ++i) Step();
  Drain();
  for (auto& object : places_) object->CheckIdle();
}

// Three bytes: who and where, what, and how.
void World::Step() {
  const unsigned who = input_.Byte();
  const unsigned action = input_.Byte();
  const unsigned argument = input_.Byte();
  const int actor = static_cast<int>(who % kThreads);
  const int place = kPlaceOf[who / kThreads % std::size(kPlaceOf)];
  Poll();
  if (action >= kAwaitsLimits && action < kRenewsThread) {
    for (int i = 0; i < kThreads; ++i) {
      if (idle(i) || !deeds_[i].limited) continue;
      if (deeds_[i].owner->EndsByTime(i)) Await(i);
    }
    return Settle();
  }
  // A release that somebody went on before ends by itself.
  if (!idle(actor) && deeds_[actor].release) Await(actor);
  if (!idle(actor)) return;
  if (action >= kRenewsThread) {
    // For ThreadSanitizer and the misuse checks a mutex that is held is its
    // thread's, whose place no other takes.
    if ((internal::kTsan || kChecks) && HoldsAny(actor)) return;
    Tell(NameOf(actor) + " ends, and another one takes its place");
    crew_.Renew(actor);
    return;
  }
  places_[place]->Act(actor, action, argument);
  Settle();
}

bool World::HoldsAny(int actor) const {
  return std::any_of(places_.begin(), places_.end(),
                     [actor](const auto& one) { return one->HeldBy(actor); });
}

void World::Drain() {
  Tell("the end of the input: everybody comes back");
  for (;;) {
    const std::uint64_t ended = ended_;
    Poll();
    Settle();
    bool done_something = false;
    for (auto& object : places_) done_something |= object->Drain();
    Settle();
    if (done_something || ended != ended_) continue;
    if (std::all_of(deeds_.begin(), deeds_.end(),
                    [](const Deed& deed) { return deed.owner == nullptr; })) {
      return;
    }
    // Who is still on its way, or waits for a time to be up.
    AwaitEnd();
  }
}

void World::Renew(int actor, int place, unsigned kind) {
  Object& old = *places_[place];
  if (!old.MayEnd(actor)) return;
  old.End(actor);
  gone_.push_back(std::move(places_[place]));
  places_[place] = maker_(*this, place, kind);
}

int World::Do(int actor, const std::string& what, Crew::Job job) {
  Tell(NameOf(actor) + ": " + what);
  int result = 0;
  if (actor == kConductor) {
    result = job();
  } else {
    crew_.Start(actor, std::move(job));
    if (!crew_.Await(actor)) Hang();
    result = *crew_.Take(actor);
  }
  Tell("    = " + std::to_string(result));
  return result;
}

void World::Begin(int actor, Object& owner, const std::string& what,
                  bool limited, Crew::Job job) {
  Tell(NameOf(actor) + ": " + what + ", which may wait");
  Deed& deed = deeds_[actor];
  deed.owner = &owner;
  deed.release = false;
  deed.limited = limited;
  deed.begun = NextTicket();
  deed.what = what;
  crew_.Start(actor, std::move(job));
}

void World::Release(int actor, Object& owner, const std::string& what,
                    Crew::Job job, const std::function<void()>& released) {
  AwaitReleases(owner);
  if (actor == kConductor) {
    Do(actor, what, std::move(job));
    released();
    return;
  }
  Tell(NameOf(actor) + ": " + what);
  Deed& deed = deeds_[actor];
  deed.owner = &owner;
  deed.release = true;
  deed.limited = false;
  deed.begun = NextTicket();
  deed.what = what;
  crew_.Start(actor, std::move(job));
  released();
  if (owner.MustGoOn()) {
    Settle();
  } else {
    Await(actor);
  }
}

void World::Poll() {
  // By the order in which they began: those that came first are told first.
  std::vector<std::pair<std::uint64_t, std::pair<int, int>>> ended;
  for (int i = 0; i < kThreads; ++i) {
    if (deeds_[i].owner == nullptr) continue;
    if (const std::optional<int> result = crew_.Take(i)) {
      ended.push_back({deeds_[i].begun, {i, *result}});
    }
  }
  std::sort(ended.begin(), ended.end());
  for (const auto& [begun, end] : ended) {
    const auto [actor, result] = end;
    Object* const owner = std::exchange(deeds_[actor].owner, nullptr);
    ++ended_;
    if (deeds_[actor].release) continue;
    Tell("    " + NameOf(actor) + "'s " + deeds_[actor].what + " = " +
         std::to_string(result));
    owner->Ended(actor, result);
  }
}

void World::AwaitEnd() {
  if (!crew_.AwaitAny()) Hang();
  Poll();
}

void World::Await(int actor) {
  while (!idle(actor)) {
    if (!crew_.Await(actor)) Hang();
    Poll();
  }
}

void World::AwaitReleases(const Object& owner) {
  for (int i = 0; i < kThreads; ++i) {
    if (deeds_[i].owner == &owner && deeds_[i].release) Await(i);
  }
}

bool World::AllAsleep() {
  const bool all = crew_.AllAsleep();
  const auto before = deeds_;
  Poll();
  for (int i = 0; i < kThreads; ++i) {
    if (before[i].owner != deeds_[i].owner) return false;
  }
  return all;
}

bool World::MustGoOn() const {
  return std::any_of(places_.begin(), places_.end(),
                     [](const auto& object) { return object->MustGoOn(); });
}

void World::Settle() {
  Poll();
  while (MustGoOn()) AwaitEnd();
}

void World::Hang() {
  std::string all = "nobody goes on, and somebody must:";
  for (int i = 0; i < kThreads; ++i) {
    if (deeds_[i].owner == nullptr) continue;
    all += " " + NameOf(i) + " is in " + deeds_[i].what + " of place " +
           std::to_string(deeds_[i].owner->place()) + ";";
  }
  Fail(all);
}

}  // namespace parkway::fuzz
