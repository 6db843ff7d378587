// SPDX-License-Identifier: Apache-2.0

#include "journal/journal.h"

#include <thread>
#include <vector>

#include "absl/log/log.h"
#include "gtest/gtest.h"

namespace example {
namespace {

// The registry of sinks is locked inside Abseil.
TEST(Journal, EveryLineOnce) {
  Journal journal;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([i] {
      for (int n = 0; n < 100; ++n) {
        LOG(INFO) << "thread " << i << " line " << n;
      }
    });
  }
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(journal.Lines().size(), 400u);
}

}  // namespace
}  // namespace example
