// SPDX-License-Identifier: Apache-2.0

#include "parkway/wait/idle_pool.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <vector>

#include "parkway/os/os.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

using Member = IdleMember<Platform>;
using Rest = IdlePool::Rest;

std::int64_t In(std::chrono::nanoseconds time) {
  return os::nanotime() + time.count();
}

struct Pool {
  std::array<Member, 3> members;
  IdlePool pool{members.data(), 3};
};

TEST(IdlePool, AllAreAsleepAtFirst) {
  Pool p;
  EXPECT_EQ(p.pool.take(), nullptr);
  EXPECT_FALSE(p.pool.surplus());
  p.pool.adjust(2);
  Member* const first = p.pool.take();
  Member* const second = p.pool.take();
  EXPECT_EQ(first, &p.members[0]);
  EXPECT_EQ(second, &p.members[1]);
  EXPECT_EQ(p.pool.take(), nullptr);
  p.pool.adjust(2);
  EXPECT_EQ(p.pool.take(), &p.members[2]);
  // One more is wanted than there are.
  EXPECT_EQ(p.pool.take(), nullptr);
}

TEST(IdlePool, EmptyPool) {
  IdlePool pool(nullptr, 0);
  pool.adjust(1);
  EXPECT_EQ(pool.take(), nullptr);
  pool.close([](Member&) { FAIL(); });
}

TEST(IdlePool, OnlyASurplusRests) {
  Pool p;
  p.pool.adjust(1);
  Member& me = *p.pool.take();
  EXPECT_EQ(p.pool.rest(me, os::kForever), Rest::kWanted);
  EXPECT_FALSE(IdlePool::resting(me));
  p.pool.adjust(-1);
  EXPECT_TRUE(p.pool.surplus());
  EXPECT_EQ(p.pool.rest(me, In(std::chrono::milliseconds(2))), Rest::kTimeout);
  EXPECT_TRUE(IdlePool::resting(me));
  EXPECT_FALSE(p.pool.surplus());
}

TEST(IdlePool, RestWaitsItsTime) {
  Pool p;
  p.pool.adjust(1);
  Member& me = *p.pool.take();
  p.pool.adjust(-1);
  const std::int64_t until = In(std::chrono::milliseconds(3));
  EXPECT_EQ(p.pool.rest(me, until), Rest::kTimeout);
  EXPECT_GE(os::nanotime(), until);
}

// Who timed out is asleep as far as the pool knows, and takes its wakeup later.
TEST(IdlePool, WakeupAfterATimeoutIsKept) {
  Pool p;
  p.pool.adjust(1);
  Member& me = *p.pool.take();
  p.pool.adjust(-1);
  EXPECT_EQ(p.pool.rest(me, 0), Rest::kTimeout);
  EXPECT_EQ(p.pool.rest(me, 0), Rest::kTimeout);
  p.pool.adjust(1);
  // The last to fall asleep.
  ASSERT_EQ(p.pool.take(), &me);
  EXPECT_TRUE(IdlePool::resting(me));
  IdlePool::wake(me);
  EXPECT_EQ(p.pool.rest(me, os::kForever), Rest::kWanted);
  EXPECT_FALSE(IdlePool::resting(me));
  EXPECT_EQ(p.pool.rest(me, os::kForever), Rest::kWanted);
}

TEST(IdlePool, GiveBackWantsOneMore) {
  Pool p;
  p.pool.adjust(1);
  Member* const member = p.pool.take();
  EXPECT_TRUE(p.pool.give_back(*member));
  EXPECT_EQ(p.pool.take(), member);
  EXPECT_EQ(p.pool.take(), nullptr);
}

TEST(IdlePool, CloseNamesThoseAsleep) {
  Pool p;
  p.pool.adjust(2);
  Member& running = *p.pool.take();
  Member& resting = *p.pool.take();
  p.pool.adjust(-1);
  EXPECT_EQ(p.pool.rest(resting, 0), Rest::kTimeout);
  std::vector<Member*> asleep;
  p.pool.close([&](Member& member) { asleep.push_back(&member); });
  EXPECT_EQ(asleep, (std::vector<Member*>{&resting, &p.members[2]}));
  IdlePool::wake(resting);
  EXPECT_EQ(p.pool.rest(resting, os::kForever), Rest::kClosed);
  EXPECT_EQ(p.pool.rest(running, os::kForever), Rest::kClosed);
  p.pool.adjust(5);
  EXPECT_EQ(p.pool.take(), nullptr);
  EXPECT_FALSE(p.pool.give_back(running));
  p.pool.adjust(-9);
  EXPECT_EQ(p.pool.rest(running, os::kForever), Rest::kClosed);
}

TEST(IdlePool, SlackReachesItsLimits) {
  Pool p;
  p.pool.adjust(-IdlePool::kMaxSlack);
  EXPECT_TRUE(p.pool.surplus());
  EXPECT_EQ(p.pool.take(), nullptr);
  p.pool.adjust(2 * IdlePool::kMaxSlack);
  EXPECT_FALSE(p.pool.surplus());
  EXPECT_EQ(p.pool.take(), &p.members[0]);
}

TEST(IdlePool, AsManyAsFit) {
  std::vector<Member> members(IdlePool::kMaxMembers);
  IdlePool pool(members.data(), IdlePool::kMaxMembers);
  pool.adjust(IdlePool::kMaxMembers);
  for (Member& member : members) ASSERT_EQ(pool.take(), &member);
  EXPECT_EQ(pool.take(), nullptr);
  pool.adjust(-1);
  EXPECT_EQ(pool.rest(members.back(), 0), Rest::kTimeout);
  pool.adjust(1);
  EXPECT_EQ(pool.take(), &members.back());
}

TEST(IdlePool, SleepsUntilWoken) {
  Pool p;
  p.pool.adjust(1);
  Member& me = *p.pool.take();
  p.pool.adjust(-1);
  int data = 0;
  Thread sleeper([&] {
    EXPECT_EQ(p.pool.rest(me, os::kForever), Rest::kWanted);
    EXPECT_EQ(data, 7);
  });
  sleeper.WaitAsleep();
  data = 7;
  p.pool.adjust(1);
  ASSERT_EQ(p.pool.take(), &me);
  IdlePool::wake(me);
}

}  // namespace
}  // namespace parkway::test
