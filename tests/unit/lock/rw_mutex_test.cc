// SPDX-License-Identifier: Apache-2.0

#include "parkway/lock/rw_mutex.h"

#include <chrono>

#include "tests/suites/handoff.h"
#include "tests/suites/rw_mutex_suite.h"

namespace parkway::test {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(Production, RwMutexSuite, Platform);

constexpr std::chrono::hours kLong(1);

TEST(RwMutexHandoff, ToAStarvingWriter) {
  ExpectHandoff<RwMutex>([](RwMutex& mutex, const auto& served) {
    mutex.lock();
    served();
    mutex.unlock();
  });
}

TEST(RwMutexHandoff, ToAStarvingReader) {
  ExpectHandoff<RwMutex>([](RwMutex& mutex, const auto& served) {
    mutex.lock_shared();
    served();
    mutex.unlock_shared();
  });
}

TEST(RwMutexHandoff, ToAStarvingWriterWithADeadline) {
  ExpectHandoff<RwMutex>([](RwMutex& mutex, const auto& served) {
    ASSERT_TRUE(mutex.try_lock_for(kLong));
    served();
    mutex.unlock();
  });
}

TEST(RwMutexHandoff, ToAStarvingReaderWithADeadline) {
  ExpectHandoff<RwMutex>([](RwMutex& mutex, const auto& served) {
    ASSERT_TRUE(mutex.try_lock_shared_for(kLong));
    served();
    mutex.unlock_shared();
  });
}

}  // namespace
}  // namespace parkway::test
