// SPDX-License-Identifier: Apache-2.0

// Wakes that come late: what was waited for is gone, and its memory is
// somebody else's.
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/mman.h>

#include <atomic>
#include <cstdint>
#include <thread>

#include "parkway/os/os.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

TEST(LateWake, OfMemoryThatIsNotMappedAnyMore) {
  void* const page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(page, MAP_FAILED);
  munmap(page, 4096);
  os::futexwakeup(static_cast<std::atomic<std::uint32_t>*>(page), 1);
}

// The kernel finds a waiter of another kind there and says EINVAL.
TEST(LateWake, AtAMutexWithPriorityInheritance) {
  pthread_mutexattr_t kind;
  ASSERT_EQ(pthread_mutexattr_init(&kind), 0);
  if (pthread_mutexattr_setprotocol(&kind, PTHREAD_PRIO_INHERIT) != 0) {
    GTEST_SKIP() << "this libc has no such mutex";
  }
  pthread_mutex_t mutex;
  ASSERT_EQ(pthread_mutex_init(&mutex, &kind), 0);
  ASSERT_EQ(pthread_mutex_lock(&mutex), 0);
  std::atomic<bool> got{false};
  Thread waiter([&] {
    pthread_mutex_lock(&mutex);
    got = true;
    pthread_mutex_unlock(&mutex);
  });
  // It waits in no futex call that a lock of ours makes, but in the kernel.
  ASSERT_TRUE(waiter.WaitAsleep());
  // Where in the mutex the kernel's word is, only the libc knows.
  auto* const words = reinterpret_cast<std::atomic<std::uint32_t>*>(&mutex);
  for (std::size_t i = 0; i < sizeof(mutex) / sizeof(*words); ++i) {
    os::futexwakeup(words + i, 1);
  }
  EXPECT_FALSE(got);
  pthread_mutex_unlock(&mutex);
  waiter.Join();
  EXPECT_TRUE(got);
  pthread_mutex_destroy(&mutex);
  pthread_mutexattr_destroy(&kind);
}

}  // namespace
}  // namespace parkway::test
