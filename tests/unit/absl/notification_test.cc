// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/notification.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <type_traits>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/suites/support.h"

namespace {

using parkway::absl::Notification;

static_assert(!std::is_copy_constructible_v<Notification>);
static_assert(!std::is_convertible_v<bool, Notification>);

TEST(AbslNotification, StartsUnlessPrenotifiedWithoutTheEvent) {
  EXPECT_FALSE(Notification().HasBeenNotified());
  EXPECT_FALSE(Notification(false).HasBeenNotified());
  EXPECT_TRUE(Notification(true).HasBeenNotified());
}

TEST(AbslNotification, WaitsReturnAtOnceAfterTheEvent) {
  Notification event;
  event.Notify();
  EXPECT_TRUE(event.HasBeenNotified());
  event.WaitForNotification();
  EXPECT_TRUE(event.WaitForNotificationWithTimeout(absl::ZeroDuration()));
  EXPECT_TRUE(event.WaitForNotificationWithDeadline(absl::InfinitePast()));
}

TEST(AbslNotification, PublishesWhatHappenedBefore) {
  Notification event;
  int plain = 0;
  std::vector<std::unique_ptr<parkway::test::Thread>> waiters;
  for (int i = 0; i < 4; ++i) {
    waiters.push_back(std::make_unique<parkway::test::Thread>([&, i] {
      if (i % 2 == 0) {
        event.WaitForNotification();
      } else {
        EXPECT_TRUE(
            event.WaitForNotificationWithTimeout(absl::InfiniteDuration()));
        EXPECT_TRUE(
            event.WaitForNotificationWithDeadline(absl::InfiniteFuture()));
      }
      EXPECT_EQ(plain, 7);
    }));
  }
  for (const auto& waiter : waiters) {
    EXPECT_TRUE(waiter->WaitAsleep());
  }
  plain = 7;
  event.Notify();
}

TEST(AbslNotification, TimedWaitsGiveUp) {
  Notification event;
  const absl::Time start = absl::Now();
  EXPECT_FALSE(event.WaitForNotificationWithTimeout(absl::Milliseconds(20)));
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(15));
  EXPECT_FALSE(event.WaitForNotificationWithTimeout(-absl::Seconds(1)));
  EXPECT_FALSE(event.WaitForNotificationWithDeadline(absl::Now() +
                                                     absl::Milliseconds(5)));
  EXPECT_FALSE(event.HasBeenNotified());
}

TEST(AbslNotification, WhoeverSawItMayDestroyIt) {
  for (int turn = 0; turn < 2000; ++turn) {
    auto event = std::make_unique<Notification>();
    std::thread notifier([raw = event.get()] { raw->Notify(); });
    if (turn % 2 == 0) {
      event->WaitForNotification();
    } else {
      while (!event->HasBeenNotified()) {
        std::this_thread::yield();
      }
    }
    event.reset();
    notifier.join();
  }
}

TEST(AbslNotificationDeathTest, ASecondNotifyIsFatal) {
  Notification event(true);
  EXPECT_DEATH(event.Notify(), "parkway: Notification at .*second time");
}

}  // namespace
