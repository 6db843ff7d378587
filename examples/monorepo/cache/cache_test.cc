// SPDX-License-Identifier: Apache-2.0

#include "cache/cache.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace example {
namespace {

TEST(Cache, ComputesEachValueOnce) {
  constexpr int kKeys = 100;
  std::atomic<int> computed{0};
  Cache cache([&](absl::string_view key) {
    ++computed;
    return absl::StrCat("value of ", key);
  });
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&cache] {
      for (int turn = 0; turn < 50; ++turn) {
        for (int n = 0; n < kKeys; ++n) {
          EXPECT_EQ(cache.Get(absl::StrCat(n)), absl::StrCat("value of ", n));
        }
      }
    });
  }
  EXPECT_TRUE(cache.WaitForSize(kKeys, absl::Minutes(1)));
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(computed, kKeys);
}

TEST(Cache, WaitingHasAnEnd) {
  Cache cache([](absl::string_view key) { return std::string(key); });
  EXPECT_FALSE(cache.WaitForSize(1, absl::Milliseconds(20)));
}

}  // namespace
}  // namespace example
