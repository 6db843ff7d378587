// SPDX-License-Identifier: Apache-2.0

// Waits twenty times in consume(), which produce() ends, and writes how long:
// by waiter to the file of its first argument, by releaser to that of its
// second.
#include <atomic>
#include <cstdio>

#include "parkway/lock/semaphore.h"
#include "parkway/os/compiler.h"
#include "parkway/profile.h"
#include "tests/unit/profile/profiled.h"

namespace {

std::atomic<int> g_done{0};

}  // namespace

// C's names are those that "go tool pprof" finds. There is something to do
// after the call: else it were a jump, and this function in no stack.
extern "C" PARKWAY_NOINLINE void consume(parkway::Semaphore& semaphore) {
  semaphore.acquire();
  ++g_done;
}
extern "C" PARKWAY_NOINLINE void produce(parkway::Semaphore& semaphore) {
  semaphore.release();
  ++g_done;
}

namespace parkway::test {
namespace {

int Main(const char* waits, const char* releases) {
  if (!start_profile(1)) return 1;
  Semaphore semaphore(0);
  for (int i = 0; i < 20; ++i) {
    WaitOnce(
        &semaphore, [&] { consume(semaphore); }, [&] { produce(semaphore); });
  }
  stop_profile();
  const bool written = write_profile(ProfileFormat::kPprof, waits) &&
                       write_profile(ProfileFormat::kPprofReleases, releases);
  if (!written) std::perror("pprof_waits");
  return written ? 0 : 1;
}

}  // namespace
}  // namespace parkway::test

int main(int count, char** arguments) {
  if (count != 3) {
    std::fprintf(stderr, "pprof_waits: two files are wanted\n");
    return 2;
  }
  return parkway::test::Main(arguments[1], arguments[2]);
}
