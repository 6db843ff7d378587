// SPDX-License-Identifier: Apache-2.0

#include "mailbox/mailbox.h"

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace example {
namespace {

TEST(Mailbox, EveryLetterArrivesOnce) {
  constexpr int kWriters = 3, kEach = 4000;
  Mailbox<int> mailbox(4);
  std::atomic<long> sum{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kWriters; ++i) {
    threads.emplace_back([&] {
      for (int n = 1; n <= kEach; ++n) mailbox.Post(n);
    });
    threads.emplace_back([&] {
      for (int n = 1; n <= kEach; ++n) {
        const std::optional<int> letter = mailbox.Take();
        ASSERT_TRUE(letter.has_value());
        sum += *letter;
        mailbox.Return(*letter);
      }
    });
  }
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(sum, kWriters * (long{kEach} * (kEach + 1) / 2));
  long returned = 0;
  while (const std::optional<int> letter = mailbox.TryTakeReturned()) {
    returned += *letter;
  }
  EXPECT_EQ(returned, sum);
}

TEST(Mailbox, Full) {
  Mailbox<int> mailbox(2);
  EXPECT_TRUE(mailbox.TryPost(1));
  EXPECT_TRUE(mailbox.TryPost(2));
  EXPECT_FALSE(mailbox.TryPost(3));
  EXPECT_EQ(mailbox.Take(), 1);
  EXPECT_TRUE(mailbox.TryPost(3));
}

TEST(Mailbox, ClosingEndsTheWaiting) {
  Mailbox<int> mailbox(1);
  std::atomic<bool> ended{false};
  std::thread waiter([&] {
    EXPECT_FALSE(mailbox.Take().has_value());
    ended = true;
  });
  // Only those that wait already are ended.
  while (!ended) {
    mailbox.Close();
    std::this_thread::yield();
  }
  waiter.join();
}

}  // namespace
}  // namespace example
