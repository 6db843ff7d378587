// SPDX-License-Identifier: Apache-2.0

#include "parkway/profile/output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>

#include "parkway/profile.h"

namespace parkway::internal {
namespace {

bool Add(void* context, const char* text, std::size_t length) {
  static_cast<std::string*>(context)->append(text, length);
  return true;
}

// No test of this program starts one.
TEST(Profile, NothingIsWrittenBeforeThereWasOne) {
  std::string text;
  EXPECT_FALSE(write_profile(ProfileFormat::kText, Add, &text));
  EXPECT_EQ(text, "");
}

TEST(Output, QuotesForJson) {
  std::string text;
  Output output(Add, &text);
  output.quote("a\"b\\c\x01\tü");
  EXPECT_TRUE(output.finish());
  EXPECT_EQ(text, "\"a\\\"b\\\\c\\u0001\\u0009ü\"");
}

TEST(Output, CutsWhatIsTooLong) {
  std::string text;
  Output output(Add, &text);
  output.print("%s", std::string(3000, 'x').c_str());
  EXPECT_TRUE(output.finish());
  EXPECT_EQ(text, std::string(1000, 'x'));
}

// A sink may be a system call.
TEST(Output, PassesOnLargePieces) {
  struct Pieces {
    std::string text;
    int calls = 0;
  } pieces;
  const auto add = [](void* context, const char* text, std::size_t length) {
    auto* const got = static_cast<Pieces*>(context);
    got->text.append(text, length);
    ++got->calls;
    return true;
  };
  std::string expected;
  Output output(add, &pieces);
  for (int i = 0; i < 10000; ++i) {
    output.print("%d ", i);
    expected += std::to_string(i) + " ";
  }
  EXPECT_TRUE(output.finish());
  EXPECT_EQ(pieces.text, expected);
  EXPECT_EQ(pieces.calls, 12);  // of 48890 characters
  EXPECT_TRUE(output.finish());
  EXPECT_EQ(pieces.calls, 12);
}

TEST(Output, EndsWithTheSink) {
  int calls = 0;
  const auto refuse = [](void* context, const char*, std::size_t) {
    ++*static_cast<int*>(context);
    return false;
  };
  Output output(refuse, &calls);
  output.print("a");
  EXPECT_FALSE(output.finish());
  output.print("b");
  EXPECT_FALSE(output.finish());
  EXPECT_EQ(calls, 1);
}

TEST(SortedSites, TheLongestFirst) {
  const auto notes = std::make_unique<Notes>();
  *notes = {};
  for (const int i : {3, 1, 2}) {
    notes->sites[i].count = 1;
    notes->sites[i].nanoseconds = static_cast<std::uint64_t>(10 * i);
  }
  std::size_t count = 0;
  const std::unique_ptr<const Site*[]> sorted(sorted_sites(*notes, &count));
  ASSERT_EQ(count, 3u);
  EXPECT_EQ(sorted[0]->nanoseconds, 30u);
  EXPECT_EQ(sorted[2]->nanoseconds, 10u);
}

// The ring keeps the last events, in their order.
TEST(Trace, HasTheLastWaits) {
  const auto notes = std::make_unique<Notes>();
  *notes = {};
  notes->sites[0].count = 1;
  notes->happened = Notes::kEvents + 2;
  for (std::uint32_t i = 0; i < Notes::kEvents; ++i) {
    notes->events[i] = {1000 * static_cast<std::int64_t>(i), 5, 0, 1};
  }
  std::string text;
  Output output(Add, &text);
  write_trace(*notes, ProfileRun{}, output);
  EXPECT_TRUE(output.finish());
  EXPECT_LT(text.find("\"ts\":2.000,"), text.find("\"ts\":0.000,"));
  EXPECT_LT(text.find("\"ts\":0.000,"), text.find("\"ts\":1.000,"));
  EXPECT_NE(text.find("\"ts\":1.000,"), std::string::npos);
}

#if defined(__linux__)
TEST(Mappings, HaveThisProgram) {
  bool found = false;
  for_each_mapping(
      [](void* context, const Mapping& mapping) {
        const auto here = reinterpret_cast<std::uintptr_t>(&Add);
        if (here >= mapping.start && here < mapping.end) {
          *static_cast<bool*>(context) = mapping.path[0] == '/';
        }
      },
      &found);
  EXPECT_TRUE(found);
}
#endif

}  // namespace
}  // namespace parkway::internal
