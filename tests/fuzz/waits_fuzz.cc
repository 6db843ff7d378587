// SPDX-License-Identifier: Apache-2.0

// Condition variables, semaphores and notes, with the mutexes that they are
// used with.
#include <cstddef>
#include <cstdint>
#include <memory>

#include "tests/fuzz/cond_object.h"
#include "tests/fuzz/crew.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/lock_kinds.h"
#include "tests/fuzz/lock_object.h"
#include "tests/fuzz/small_objects.h"
#include "tests/fuzz/story.h"
#include "tests/fuzz/world.h"

namespace parkway::fuzz {
namespace {

// The first two places are for mutexes, so that there is always one to wait
// with.
std::unique_ptr<Object> Make(World& world, int place, unsigned kind) {
  if (place < 2) {
    return std::make_unique<LockObject>(
        world, place, LockKindOf(static_cast<int>(kind % kLockKinds)));
  }
  constexpr unsigned kKinds = 7;
  switch (kind % kKinds) {
    case 0:
      return std::make_unique<CondObject>(world, place, CondObject::Kind::kAny);
    case 1:
      return std::make_unique<CondObject>(world, place, CondObject::Kind::kRw);
    case 2:
      return std::make_unique<CondObject>(world, place,
                                          CondObject::Kind::kAddress);
    case 3:
      return std::make_unique<SemaphoreObject>(world, place, kind / kKinds);
    case 4:
      return std::make_unique<NoteObject>(world, place,
                                          NoteObject::Kind::kFutex);
    case 5:
      return std::make_unique<NoteObject>(world, place,
                                          NoteObject::Kind::kSema);
    default:
      return std::make_unique<NothingObject>(world, place);
  }
}

}  // namespace
}  // namespace parkway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace parkway::fuzz;
  static Crew crew(kThreads);
  StartStory();
  World(crew, Input(data, size), &Make).Run();
  return 0;
}
