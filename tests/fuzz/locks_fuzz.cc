// SPDX-License-Identifier: Apache-2.0

// The mutexes, one after another at the same addresses; semaphores among them,
// which wait in the same table; and places where an object has been.
#include <cstddef>
#include <cstdint>
#include <memory>

#include "tests/fuzz/crew.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/lock_kinds.h"
#include "tests/fuzz/lock_object.h"
#include "tests/fuzz/small_objects.h"
#include "tests/fuzz/story.h"
#include "tests/fuzz/world.h"

namespace parkway::fuzz {
namespace {

std::unique_ptr<Object> Make(World& world, int place, unsigned kind) {
  constexpr unsigned kKinds = kLockKinds + 2;
  switch (kind % kKinds) {
    case kLockKinds:
      return std::make_unique<SemaphoreObject>(world, place, kind / kKinds);
    case kLockKinds + 1:
      return std::make_unique<NothingObject>(world, place);
    default:
      return std::make_unique<LockObject>(
          world, place, LockKindOf(static_cast<int>(kind % kKinds)));
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
