// SPDX-License-Identifier: Apache-2.0

// The stand-in of Windows' calls: each result that the pages name.
#include "parkway/os/windows/calls.h"

#include <cstdint>
#include <utility>

#include "parkway/os/os.h"
#include "tests/os/calls_test.h"

namespace parkway::os::windows {
namespace {

namespace kernel = test::kernel;
using test::kMillisecond;
using test::Page;
using test::Thread;

constexpr int kErrorInvalidHandle = 6;
constexpr int kErrorInvalidParameter = 87;
constexpr std::uint32_t kWaitFailed = UINT32_MAX;

class OnAddress : public testing::Test {
 protected:
  // What it returns, and the error that it leaves.
  std::pair<bool, int> Wait(std::uint32_t compared, std::uint32_t time) {
    set_last_error(0);
    const bool woken = wait_on_address(&word_, &compared, 4, time);
    return {woken, last_error()};
  }
  std::uint32_t word_ = 5;
};

TEST_F(OnAddress, TrueIfTheBytesDiffer) {
  EXPECT_EQ(Wait(6, kInfinite), std::make_pair(true, 0));
  const std::uint64_t wide = 7;
  std::uint64_t memory = 8;
  for (const std::size_t bytes : {1, 2, 8}) {
    EXPECT_TRUE(wait_on_address(&memory, &wide, bytes, kInfinite));
  }
}

TEST_F(OnAddress, ErrorTimeoutAtTheEndOfARelativeTime) {
  const std::int64_t start = kernel::Now();
  EXPECT_EQ(Wait(5, 1), std::make_pair(false, kErrorTimeout));
  EXPECT_GE(kernel::Now(), start + kMillisecond);
  EXPECT_EQ(Wait(5, 0), std::make_pair(false, kErrorTimeout));
}

TEST_F(OnAddress, ErrorForASizeThatIsNone) {
  const std::uint64_t compared = 5;
  EXPECT_FALSE(wait_on_address(&word_, &compared, 3, kInfinite));
  EXPECT_EQ(last_error(), kErrorInvalidParameter);
}

TEST_F(OnAddress, AWakeReadsNothing) {
  Page page;
  page.Revoke();
  wake_by_address_single(page.memory());
  wake_by_address_all(page.memory());
}

TEST_F(OnAddress, WakesOneOrAll) {
  const auto sleep = [this] {
    EXPECT_EQ(Wait(5, kInfinite), std::make_pair(true, 0));
  };
  Thread first(sleep);
  Thread second(sleep);
  Thread third(sleep);
  ASSERT_TRUE(kernel::AwaitAllSleepers(3));
  std::uint32_t other = 5;
  wake_by_address_all(&other);
  wake_by_address_single(&word_);
  EXPECT_EQ(kernel::AllSleepers(), 2);
  wake_by_address_all(&word_);
  EXPECT_EQ(kernel::AllSleepers(), 0);
}

TEST_F(OnAddress, FaultsAreWakesForNoReason) {
  test::ExpectWithFaults<std::pair<bool, int>>(
      {{true, 0}, {false, kErrorTimeout}}, [this] { return Wait(5, 1); });
}

class Event : public testing::Test {
 protected:
  ~Event() override { close_event(event_); }
  const EventHandle event_ = create_event();
};

TEST_F(Event, HasAHandleOfItsOwn) {
  EXPECT_NE(event_, 0u);
  EXPECT_EQ(event_ % 4, 0u);
  const EventHandle other = create_event();
  EXPECT_NE(other, event_);
  EXPECT_TRUE(close_event(other));
}

TEST_F(Event, IsSetOrNotAndResetsItself) {
  EXPECT_EQ(wait_for_event(event_, 0), kWaitTimeout);
  EXPECT_TRUE(set_event(event_));
  EXPECT_TRUE(set_event(event_));
  EXPECT_EQ(wait_for_event(event_, kInfinite), kWaitObject0);
  EXPECT_EQ(wait_for_event(event_, 0), kWaitTimeout);
}

TEST_F(Event, TimeoutAfterARelativeTime) {
  const std::int64_t start = kernel::Now();
  EXPECT_EQ(wait_for_event(event_, 1), kWaitTimeout);
  EXPECT_GE(kernel::Now(), start + kMillisecond);
}

TEST_F(Event, SetWakesOne) {
  const auto sleep = [this] {
    EXPECT_EQ(wait_for_event(event_, kInfinite), kWaitObject0);
  };
  Thread first(sleep);
  Thread second(sleep);
  ASSERT_TRUE(kernel::AwaitAllSleepers(2));
  EXPECT_TRUE(set_event(event_));
  EXPECT_EQ(kernel::AllSleepers(), 1);
  EXPECT_EQ(wait_for_event(event_, 0), kWaitTimeout);
  EXPECT_TRUE(set_event(event_));
}

TEST(ClosedEvent, IsAnInvalidHandle) {
  const EventHandle event = create_event();
  EXPECT_TRUE(close_event(event));
  EXPECT_EQ(wait_for_event(event, 0), kWaitFailed);
  EXPECT_EQ(last_error(), kErrorInvalidHandle);
  EXPECT_FALSE(set_event(event));
  EXPECT_FALSE(close_event(event));
}

// A wait for an object ends because of that object, or at its time: a little
// before, by our clock.
TEST_F(Event, FaultsEndNoWaitForNoReason) {
  bool early = false;
  kernel::SetFaults(2);
  for (int i = 0; i < 1000 && !early; ++i) {
    const std::int64_t start = kernel::Now();
    ASSERT_EQ(wait_for_event(event_, 1), kWaitTimeout);
    early = kernel::Now() < start + kMillisecond;
  }
  kernel::SetFaults(0);
  EXPECT_TRUE(early);
}

}  // namespace
}  // namespace parkway::os::windows
