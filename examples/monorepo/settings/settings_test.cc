// SPDX-License-Identifier: Apache-2.0

#include "settings/settings.h"

#include <string>
#include <thread>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "gtest/gtest.h"

namespace example {
namespace {

// A string flag does not fit into an atomic: Abseil guards it by a Mutex.
TEST(Settings, AFlagIsReadWhole) {
  const absl::FlagSaver saver;
  const std::string a(100, 'a'), b(100, 'b');
  absl::SetFlag(&FLAGS_separators, a);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 5000; ++n) {
        if (n % 10 == 0) absl::SetFlag(&FLAGS_separators, i % 2 ? a : b);
        const std::string seen = absl::GetFlag(FLAGS_separators);
        EXPECT_TRUE(seen == a || seen == b) << seen;
      }
    });
  }
  for (std::thread& t : threads) t.join();
}

TEST(Settings, AreRegistered) {
  EXPECT_NE(absl::FindCommandLineFlag("threads"), nullptr);
  EXPECT_EQ(absl::GetAllFlags().count("separators"), 1u);
}

}  // namespace
}  // namespace example
