// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/agenda.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "bench/scale/random.h"
#include "gtest/gtest.h"

namespace parkway_bench::scale {
namespace {

TEST(Agenda, NobodyHasAnythingToDo) {
  const Agenda agenda(3);
  EXPECT_EQ(agenda.next(), Agenda::kNever);
}

TEST(Agenda, TheFirstOfSomeIsFirst) {
  Agenda agenda(3);
  agenda.Set(0, 30);
  agenda.Set(1, 20);
  agenda.Set(2, 10);
  EXPECT_EQ(agenda.next(), 10);
  EXPECT_EQ(agenda.who(), 2);
  agenda.Set(2, Agenda::kNever);
  EXPECT_EQ(agenda.next(), 20);
  EXPECT_EQ(agenda.who(), 1);
}

TEST(Agenda, OfTwoAtOnceTheLowerNumberIsFirst) {
  Agenda agenda(8);
  agenda.Set(7, 5);
  agenda.Set(3, 5);
  EXPECT_EQ(agenda.who(), 3);
}

TEST(Agenda, LaterThanItKnowsIsNever) {
  Agenda agenda(1);
  agenda.Set(0, kForever);
  EXPECT_EQ(agenda.next(), Agenda::kNever);
}

TEST(Agenda, IsAsALookAtAllOfThem) {
  constexpr int kMany = 385;
  Agenda agenda(kMany);
  std::vector<Time> times(kMany, Agenda::kNever);
  Random random(1);
  for (int i = 0; i < 20000; ++i) {
    const std::size_t who = random.Below(kMany);
    times[who] = static_cast<Time>(random.Below(1000));
    agenda.Set(static_cast<int>(who), times[who]);
    const auto least = std::min_element(times.begin(), times.end());
    ASSERT_EQ(agenda.next(), *least);
    ASSERT_EQ(agenda.who(), least - times.begin());
  }
}

}  // namespace
}  // namespace parkway_bench::scale
