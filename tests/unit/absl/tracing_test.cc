// SPDX-License-Identifier: Apache-2.0

// What a tracer hears of notifications and counters: it defines the functions
// of absl/base/internal/tracing.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "absl/base/config.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "parkway/absl/blocking_counter.h"
#include "parkway/absl/notification.h"

namespace {

using Event = std::tuple<std::string, const void*, int>;

// Of this thread.
thread_local std::vector<Event>* t_events = nullptr;

void Hear(const char* what, const void* object, int kind) {
  if (t_events != nullptr) t_events->push_back({what, object, kind});
}

}  // namespace

extern "C" {
void ABSL_INTERNAL_C_SYMBOL(AbslInternalTraceWait)(const void* object,
                                                   int kind) {
  Hear("wait", object, kind);
}
void ABSL_INTERNAL_C_SYMBOL(AbslInternalTraceContinue)(const void* object,
                                                       int kind) {
  Hear("continue", object, kind);
}
void ABSL_INTERNAL_C_SYMBOL(AbslInternalTraceSignal)(const void* object,
                                                     int kind) {
  Hear("signal", object, kind);
}
void ABSL_INTERNAL_C_SYMBOL(AbslInternalTraceObserved)(const void* object,
                                                       int kind) {
  Hear("observed", object, kind);
}
}

namespace {

using ::testing::ElementsAre;

constexpr int kCounter = 1;
constexpr int kNotification = 2;

template <class F>
std::vector<Event> Heard(F f) {
  std::vector<Event> events;
  t_events = &events;
  f();
  t_events = nullptr;
  return events;
}

TEST(Tracing, OfANotification) {
  parkway::absl::Notification happened;
  const void* const object = &happened;
  EXPECT_THAT(Heard([&] { EXPECT_FALSE(happened.HasBeenNotified()); }),
              ElementsAre());
  // A wait whose time is up names nobody.
  EXPECT_THAT(Heard([&] {
                happened.WaitForNotificationWithTimeout(absl::ZeroDuration());
              }),
              ElementsAre(Event("wait", object, kNotification),
                          Event("continue", nullptr, kNotification)));
  EXPECT_THAT(
      Heard([&] { happened.WaitForNotificationWithDeadline(absl::Now()); }),
      ElementsAre(Event("wait", object, kNotification),
                  Event("continue", nullptr, kNotification)));
  EXPECT_THAT(Heard([&] { happened.Notify(); }),
              ElementsAre(Event("signal", object, kNotification)));
  EXPECT_THAT(Heard([&] { EXPECT_TRUE(happened.HasBeenNotified()); }),
              ElementsAre(Event("observed", object, kNotification)));
  for (const auto& wait :
       {+[](parkway::absl::Notification& n) { n.WaitForNotification(); },
        +[](parkway::absl::Notification& n) {
          n.WaitForNotificationWithTimeout(absl::Hours(1));
        },
        +[](parkway::absl::Notification& n) {
          n.WaitForNotificationWithDeadline(absl::InfiniteFuture());
        }}) {
    EXPECT_THAT(Heard([&] { wait(happened); }),
                ElementsAre(Event("wait", object, kNotification),
                            Event("continue", object, kNotification)));
  }
}

TEST(Tracing, OfAWaitThatSleeps) {
  parkway::absl::Notification happened;
  std::vector<Event> events;
  std::thread waiter(
      [&] { events = Heard([&] { happened.WaitForNotification(); }); });
  happened.Notify();
  waiter.join();
  EXPECT_THAT(events, ElementsAre(Event("wait", &happened, kNotification),
                                  Event("continue", &happened, kNotification)));
}

TEST(Tracing, OfACounter) {
  parkway::absl::BlockingCounter counter(2);
  const void* const object = &counter;
  EXPECT_THAT(Heard([&] { counter.DecrementCount(); }), ElementsAre());
  EXPECT_THAT(Heard([&] { counter.DecrementCount(); }),
              ElementsAre(Event("signal", object, kCounter)));
  EXPECT_THAT(Heard([&] { counter.Wait(); }),
              ElementsAre(Event("wait", object, kCounter),
                          Event("continue", object, kCounter)));
}

}  // namespace
