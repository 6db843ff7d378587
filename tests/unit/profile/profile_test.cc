// SPDX-License-Identifier: Apache-2.0

#include "parkway/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <string>

#include "parkway/lock/semaphore.h"
#include "parkway/mutex.h"
#include "parkway/profile/contention.h"
#include "parkway/profile/names.h"
#include "parkway/profile/watches.h"
#include "parkway/wait/wait_platform.h"
#include "tests/unit/profile/profiled.h"

namespace parkway::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string Address(const void* lock) {
  char text[32];
  std::snprintf(
      text, sizeof(text), "0x%llx",
      static_cast<unsigned long long>(reinterpret_cast<std::uintptr_t>(lock)));
  return text;
}

// Waits for a semaphore: who ends it always leaves a stack.
void Wait(Semaphore& semaphore) {
  WaitOnce(
      &semaphore, [&] { semaphore.acquire(); }, [&] { semaphore.release(); });
}

TEST(Profile, AddsUpWaitsOfOnePlace) {
  clear_profile();
  ASSERT_TRUE(start_profile(1));
  Semaphore semaphore(0);
  for (int i = 0; i < 20; ++i) Wait(semaphore);
  const internal::Site site = SiteOf(&semaphore);
  EXPECT_EQ(site.count, 20u);
  EXPECT_LE(site.longest, site.nanoseconds);
  EXPECT_LE(site.slept, site.count);
  stop_profile();
}

// Of a wait by itself, which is then said to be none.
TEST(Profile, LeavesOutWhatWasNoWait) {
  clear_profile();
  ASSERT_TRUE(start_profile(1));
  const int lock = 0;
  {
    internal::Waiting<Platform> waiting(WaitKind::kCondition, &lock);
    EXPECT_TRUE(waiting.noted());
    EXPECT_TRUE(internal::is_watched(&lock));
    waiting.is_none();
    EXPECT_FALSE(internal::is_watched(&lock));
  }
  EXPECT_EQ(SiteOf(&lock).count, 0u);
  { internal::Waiting<Platform> waiting(WaitKind::kCondition, &lock); }
  EXPECT_EQ(SiteOf(&lock).count, 1u);
  stop_profile();
}

TEST(Profile, SaysWhoseLocksTheyAre) {
  clear_profile();
  ASSERT_TRUE(start_profile(1));
  EXPECT_THAT(Written(ProfileFormat::kJson),
              HasSubstr("\"locks\":\"parkway\""));
  EXPECT_THAT(Written(ProfileFormat::kText), StartsWith("Waits for locks: "));
  EXPECT_THAT(Written(ProfileFormat::kPprof), Not(HasSubstr("locks=")));
  EXPECT_THAT(Written(ProfileFormat::kTrace), Not(HasSubstr("locks")));
  internal::profile_of_stock.store(true);
  EXPECT_THAT(Written(ProfileFormat::kJson), HasSubstr("\"locks\":\"stock\""));
  EXPECT_THAT(Written(ProfileFormat::kText),
              StartsWith("Waits for the program's own locks: "));
  EXPECT_THAT(Written(ProfileFormat::kPprof), HasSubstr("\nlocks=stock\n"));
  EXPECT_THAT(Written(ProfileFormat::kTrace),
              HasSubstr("\"otherData\":{\"locks\":\"stock\"}"));
  internal::profile_of_stock.store(false);
  stop_profile();
}

TEST(Profile, HistogramHasEveryWait) {
  clear_profile();
  ASSERT_TRUE(start_profile(1));
  Semaphore semaphore(0);
  for (int i = 0; i < 20; ++i) Wait(semaphore);
  const std::unique_ptr<internal::Notes> notes(internal::copy_notes());
  std::uint64_t waits = 0;
  for (const internal::Site& site : notes->sites) {
    if (site.lock != &semaphore) continue;
    const auto in_buckets = std::accumulate(
        site.histogram, site.histogram + internal::Site::kBuckets,
        std::uint64_t{0});
    EXPECT_EQ(in_buckets, site.count);
    waits += in_buckets;
  }
  EXPECT_EQ(waits, 20u);
  stop_profile();
}

TEST(Profile, NotesNothingOnceStopped) {
  clear_profile();
  ASSERT_TRUE(start_profile(1));
  stop_profile();
  FutexMutex mutex;
  mutex.lock();
  Thread waiter([&] {
    mutex.lock();
    mutex.unlock();
  });
  EXPECT_TRUE(waiter.WaitAsleep());
  mutex.unlock();
  waiter.Join();
  EXPECT_EQ(SiteOf(&mutex).count, 0u);
}

// One of ten stands for ten: the sum is about right, and a multiple.
TEST(Profile, ASampleStandsForAll) {
  clear_profile();
  ASSERT_TRUE(start_profile(10));
  Semaphore requests(0);
  Semaphore replies(0);
  constexpr int kRounds = 3000;
  Thread other([&] {
    for (int i = 0; i < kRounds; ++i) {
      requests.acquire();
      replies.release();
    }
  });
  int waits = 0;
  for (int i = 0; i < kRounds; ++i) {
    requests.release();
    if (!replies.try_acquire()) {
      ++waits;
      replies.acquire();
    }
  }
  other.Join();
  stop_profile();
  const internal::Site site = SiteOf(&replies);
  EXPECT_EQ(site.count % 10, 0u);
  // An acquire() that found a permit at once was no wait.
  EXPECT_LE(site.count, 2u * static_cast<unsigned>(waits) + 20);
}

TEST(Profile, JsonHasTheLockWithItsName) {
  clear_profile();
  ASSERT_TRUE(start_profile(1));
  Semaphore semaphore(0);
  EXPECT_TRUE(set_lock_name(&semaphore, "queue \"full\"\n"));
  Wait(semaphore);
  stop_profile();
  const std::string json = Written(ProfileFormat::kJson);
  EXPECT_THAT(json, StartsWith("{\"parkway_profile\":1,"));
  EXPECT_THAT(json, HasSubstr("{\"kind\":\"semaphore\",\"lock\":\"" +
                              Address(&semaphore) +
                              "\",\"name\":\"queue \\\"full\\\"\\u000a\","
                              "\"count\":1,"));
  EXPECT_THAT(json, Not(HasSubstr("\"waiter\":[]")));
  set_lock_name(&semaphore, nullptr);
  EXPECT_THAT(Written(ProfileFormat::kJson), Not(HasSubstr("queue")));
}

TEST(Profile, TextAndTraceHaveIt) {
  clear_profile();
  ASSERT_TRUE(start_profile(1));
  Semaphore semaphore(0);
  set_lock_name(&semaphore, "jobs");
  Wait(semaphore);
  stop_profile();
  EXPECT_THAT(Written(ProfileFormat::kText), HasSubstr(" jobs: "));
  EXPECT_THAT(
      Written(ProfileFormat::kTrace),
      HasSubstr("{\"name\":\"jobs\",\"cat\":\"semaphore\",\"ph\":\"X\""));
  set_lock_name(&semaphore, nullptr);
}

TEST(Profile, PprofHasBothSides) {
  clear_profile();
  ASSERT_TRUE(start_profile(1));
  Semaphore semaphore(0);
  Wait(semaphore);
  stop_profile();
  for (const auto format :
       {ProfileFormat::kPprof, ProfileFormat::kPprofReleases}) {
    const std::string text = Written(format);
    EXPECT_THAT(text, StartsWith("--- contention:\ncycles/second = 10000000"));
    EXPECT_THAT(text, testing::ContainsRegex("\n[0-9]+ [0-9]+ @ 0x[0-9a-f]+ "));
    EXPECT_THAT(text, HasSubstr("\n--- Memory map: ---\n"));
  }
}

TEST(Profile, SaysThatAFileCannotBeWritten) {
  clear_profile();
  ASSERT_TRUE(start_profile(1));
  stop_profile();
  EXPECT_FALSE(
      write_profile(ProfileFormat::kText, "/no/such/folder/profile.txt"));
  EXPECT_EQ(errno, ENOENT);
}

TEST(Profile, ForgetsWhatWasNoted) {
  clear_profile();
  ASSERT_TRUE(start_profile(1));
  Semaphore semaphore(0);
  Wait(semaphore);
  EXPECT_EQ(SiteOf(&semaphore).count, 1u);
  clear_profile();
  EXPECT_EQ(SiteOf(&semaphore).count, 0u);
  stop_profile();
}

// The child of a fork has a profile of its own, also where a thread of its
// parent was about to note something.
TEST(Profile, OfAForkedChildIsItsOwn) {
  if (const char* why = WhyNoFork(Others::kAsleep)) GTEST_SKIP() << why;
  clear_profile();
  ASSERT_TRUE(start_profile(1));
  Semaphore parents(0);
  Wait(parents);
  // A place of the watches, and whatever else a waiter may have.
  Semaphore never(0);
  Thread waiter([&] { never.acquire(); });
  ASSERT_TRUE(Eventually([&] { return internal::is_watched(&never); }));
  EXPECT_EQ(RunInChild([&] {
              if (SiteOf(&parents).count != 0) return 1;
              if (internal::is_watched(&never)) return 2;
              if (Written(ProfileFormat::kText) == "not written") return 3;
              Wait(parents);
              return SiteOf(&parents).count == 1 ? 0 : 4;
            }),
            0);
  never.release();
  waiter.Join();
  EXPECT_EQ(SiteOf(&parents).count, 1u);
  stop_profile();
}

TEST(LockNames, AreCutAndReplaced) {
  clear_profile();
  ASSERT_TRUE(start_profile(1));
  int lock = 0;
  EXPECT_TRUE(set_lock_name(&lock, std::string(100, 'x').c_str()));
  char name[internal::kLongestName + 1];
  internal::find_lock_name(&lock, name);
  EXPECT_EQ(name, std::string(internal::kLongestName, 'x'));
  EXPECT_TRUE(set_lock_name(&lock, "y"));
  internal::find_lock_name(&lock, name);
  EXPECT_STREQ(name, "y");
  EXPECT_TRUE(set_lock_name(&lock, nullptr));
  EXPECT_FALSE(set_lock_name(&lock, nullptr));
  EXPECT_FALSE(set_lock_name(nullptr, "z"));
  stop_profile();
  EXPECT_FALSE(set_lock_name(&lock, "not now"));
}

}  // namespace
}  // namespace parkway::test
