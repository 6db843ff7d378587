// SPDX-License-Identifier: Apache-2.0

// The stand-in of Darwin's calls: each result that the pages name.
#include "parkway/os/darwin/calls.h"

#include <atomic>
#include <cstdint>

#include "parkway/os/os.h"
#include "tests/os/calls_test.h"

namespace parkway::os::darwin {
namespace {

namespace kernel = test::kernel;
using test::kMillisecond;
using test::Page;
using test::Thread;

constexpr std::uint32_t kShared = 1;
constexpr int kInvalidArgument = 4;
constexpr int kInvalidValue = 18;
constexpr int kTerminated = 37;

class Sync : public testing::Test {
 protected:
  int Wait() { return sync_wait(&word_, 5, 4, kPrivate); }
  alignas(8) std::uint64_t word_ = 5;
};

TEST_F(Sync, AnotherValueIsNoError) {
  EXPECT_EQ(sync_wait(&word_, 6, 4, kPrivate), 0);
  EXPECT_EQ(sync_wait(&word_, std::uint64_t{1} << 32 | 5, 8, kPrivate), 0);
}

TEST_F(Sync, EinvalForWhatIsNotThere) {
  EXPECT_EQ(sync_wait(nullptr, 5, 4, kPrivate), kEinval);
  EXPECT_EQ(sync_wait(&word_, 5, 2, kPrivate), kEinval);
  EXPECT_EQ(sync_wait(&word_, 5, 4, 2), kEinval);
  EXPECT_EQ(sync_wait(reinterpret_cast<char*>(&word_) + 2, 0, 4, kPrivate),
            kEinval);
  EXPECT_EQ(sync_wait_for(&word_, 5, 4, kPrivate, 0), kEinval);
  EXPECT_EQ(sync_wake_any(nullptr, 4, kPrivate), kEinval);
  EXPECT_EQ(sync_wake_all(&word_, 16, kPrivate), kEinval);
}

TEST_F(Sync, EfaultIfTheWordCannotBeRead) {
  Page page;
  page.Revoke();
  EXPECT_EQ(sync_wait(page.memory(), 0, 4, kPrivate), kEfault);
  EXPECT_EQ(sync_wake_any(page.memory(), 4, kPrivate), kEnoent);
}

TEST_F(Sync, ATimeIsRelative) {
  const std::int64_t start = kernel::Now();
  EXPECT_EQ(sync_wait_for(&word_, 5, 4, kPrivate, kMillisecond), kEtimedout);
  EXPECT_GE(kernel::Now(), start + kMillisecond);
}

TEST_F(Sync, EintrAfterASignal) {
  for (const auto how : {kernel::End::kSignal, kernel::End::kRestart}) {
    EXPECT_EQ(test::AfterSignal(how, [this] { return Wait(); }), kEintr);
  }
}

TEST_F(Sync, AWakeNamesTheSameSizeAndFlags) {
  EXPECT_EQ(sync_wake_any(&word_, 4, kPrivate), kEnoent);
  EXPECT_EQ(sync_wake_all(&word_, 4, kPrivate), kEnoent);
  const auto sleep = [this] { EXPECT_EQ(Wait(), 0); };
  Thread first(sleep);
  Thread second(sleep);
  Thread third(sleep);
  ASSERT_TRUE(kernel::AwaitAllSleepers(3));
  EXPECT_EQ(sync_wake_any(&word_, 8, kPrivate), kEinval);
  EXPECT_EQ(sync_wake_any(&word_, 4, kShared), kEnoent);
  EXPECT_EQ(sync_wake_any(&word_, 4, kPrivate), 0);
  EXPECT_EQ(kernel::AllSleepers(), 2);
  EXPECT_EQ(sync_wake_all(&word_, 4, kPrivate), 0);
  EXPECT_EQ(kernel::AllSleepers(), 0);
}

// Memory that was a mutex may be somebody else's by the time of the wake.
TEST_F(Sync, ALateWakeMayFindAWordOfAnotherSize) {
  std::atomic<std::uint64_t> word{5};
  Thread sleeper([&] { EXPECT_EQ(sync_wait(&word, 5, 8, kPrivate), 0); });
  ASSERT_TRUE(kernel::AwaitAllSleepers(1));
  auto* const was = reinterpret_cast<std::atomic<std::uint32_t>*>(&word);
  os::futexwakeup(was, 1);
  os::futexwakeup(was, UINT32_MAX);
  EXPECT_EQ(kernel::AllSleepers(), 1);
  EXPECT_EQ(sync_wake_all(&word, 8, kPrivate), 0);
}

TEST_F(Sync, FaultsAreAllThatMeansTryAgain) {
  test::ExpectWithFaults<int>(
      {0, kEintr, kEfault, kEnomem, kEtimedout},
      [this] { return sync_wait_for(&word_, 5, 4, kPrivate, 100000); });
}

class Semaphore : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(semaphore_create(&name_), kSuccess); }
  void TearDown() override { semaphore_destroy(name_); }
  int TimedWait(std::int64_t nanoseconds) {
    return semaphore_timedwait(
        name_, static_cast<std::uint32_t>(nanoseconds / 1000000000),
        static_cast<std::int32_t>(nanoseconds % 1000000000));
  }
  SemaphoreName name_ = 0;
};

TEST_F(Semaphore, HasANameOfItsOwn) {
  EXPECT_NE(name_, 0u);
  SemaphoreName other = 0;
  ASSERT_EQ(semaphore_create(&other), kSuccess);
  EXPECT_NE(other, name_);
  EXPECT_EQ(semaphore_destroy(other), kSuccess);
}

TEST_F(Semaphore, Counts) {
  EXPECT_EQ(TimedWait(0), kOperationTimedOut);
  EXPECT_EQ(semaphore_signal(name_), kSuccess);
  EXPECT_EQ(semaphore_signal(name_), kSuccess);
  EXPECT_EQ(semaphore_wait(name_), kSuccess);
  EXPECT_EQ(TimedWait(0), kSuccess);
  EXPECT_EQ(TimedWait(0), kOperationTimedOut);
}

TEST_F(Semaphore, ATimeIsRelative) {
  const std::int64_t start = kernel::Now();
  EXPECT_EQ(TimedWait(kMillisecond), kOperationTimedOut);
  EXPECT_GE(kernel::Now(), start + kMillisecond);
  EXPECT_EQ(semaphore_timedwait(name_, 0, 1000000000), kInvalidValue);
  EXPECT_EQ(semaphore_timedwait(name_, 0, -1), kInvalidValue);
}

TEST_F(Semaphore, KernAbortedAfterASignal) {
  EXPECT_EQ(test::AfterSignal(kernel::End::kSignal,
                              [this] { return semaphore_wait(name_); }),
            kAborted);
}

TEST_F(Semaphore, ASignalWakesOneAndIsThenNotCounted) {
  const auto sleep = [this] { EXPECT_EQ(semaphore_wait(name_), kSuccess); };
  Thread first(sleep);
  Thread second(sleep);
  ASSERT_TRUE(kernel::AwaitAllSleepers(2));
  EXPECT_EQ(semaphore_signal(name_), kSuccess);
  EXPECT_EQ(kernel::AllSleepers(), 1);
  EXPECT_EQ(TimedWait(0), kOperationTimedOut);
  EXPECT_EQ(semaphore_signal(name_), kSuccess);
  EXPECT_EQ(kernel::AllSleepers(), 0);
}

TEST_F(Semaphore, IsGoneAfterDestroy) {
  Thread sleeper([this] { EXPECT_EQ(semaphore_wait(name_), kTerminated); });
  ASSERT_TRUE(kernel::AwaitAllSleepers(1));
  EXPECT_EQ(semaphore_destroy(name_), kSuccess);
  sleeper.Join();
  EXPECT_EQ(semaphore_wait(name_), kInvalidArgument);
  EXPECT_EQ(semaphore_signal(name_), kInvalidArgument);
  EXPECT_EQ(semaphore_destroy(name_), kInvalidArgument);
}

TEST_F(Semaphore, TheChildOfAForkHasNone) {
  EXPECT_EQ(test::RunInChild([this] {
              if (semaphore_signal(name_) == kSuccess) return 1;
              SemaphoreName own = 0;
              if (semaphore_create(&own) != kSuccess) return 2;
              return semaphore_signal(own);
            }),
            0);
  EXPECT_EQ(semaphore_signal(name_), kSuccess);
}

TEST_F(Semaphore, FaultsAreSignalsAndNothingElse) {
  test::ExpectWithFaults<int>({kAborted, kOperationTimedOut},
                              [this] { return TimedWait(100000); });
}

}  // namespace
}  // namespace parkway::os::darwin
