// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/options.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace parkway_bench {
namespace {

TEST(Options, Defaults) {
  Options options;
  std::string error;
  ASSERT_TRUE(ParseOptions({}, &options, &error));
  EXPECT_FALSE(options.help);
  EXPECT_FALSE(options.groups);
  EXPECT_EQ(options.baseline, "");
  EXPECT_TRUE(options.threads.empty());
  EXPECT_EQ(options.repetitions, 5);
}

TEST(Options, ReadsBothSpellings) {
  Options options;
  std::string error;
  ASSERT_TRUE(ParseOptions(
      {"--filter", "Mutex.*", "--threads=1,16", "--repetitions", "3",
       "--input=/in", "--json", "/out.json", "--markdown=/out.md",
       "--html=/out.html", "--help", "--groups", "--baseline", "/old.json"},
      &options, &error))
      << error;
  EXPECT_EQ(options.filter, "Mutex.*");
  EXPECT_EQ(options.threads, (std::vector<int>{1, 16}));
  EXPECT_EQ(options.repetitions, 3);
  EXPECT_EQ(options.input, "/in");
  EXPECT_EQ(options.json, "/out.json");
  EXPECT_EQ(options.markdown, "/out.md");
  EXPECT_EQ(options.html, "/out.html");
  EXPECT_TRUE(options.help);
  EXPECT_TRUE(options.groups);
  EXPECT_EQ(options.baseline, "/old.json");
}

TEST(Options, SaysWhatIsWrong) {
  const std::vector<std::vector<std::string>> wrong = {
      {"--threads", "0"},
      {"--threads="},
      {"--threads=1,,2"},
      {"--threads=2000"},
      {"--repetitions=0"},
      {"--repetitions"},
      {"--filter=("},
      {"--colour=red"},
      {"--colour"},
      {"positional"},
      {"--input="},
      {"--json"},
      {"--repetitions=many"},
      {"--threads=-1"},
      {"--baseline="},
      {"--baseline"},
      {"--groups=all"},
      {"--help=me"},
      {"--html"},
      {"--html="},
  };
  for (const std::vector<std::string>& args : wrong) {
    Options options;
    std::string error;
    EXPECT_FALSE(ParseOptions(args, &options, &error)) << args[0];
    EXPECT_NE(error.find(args[0].substr(0, args[0].find('='))),
              std::string::npos)
        << error;
  }
}

TEST(Options, RelativePathsStartWhereTheUserIs) {
  setenv("BUILD_WORKING_DIRECTORY", "/user", 1);
  EXPECT_EQ(UserPath("text"), "/user/text");
  EXPECT_EQ(UserPath("/text"), "/text");
  unsetenv("BUILD_WORKING_DIRECTORY");
  EXPECT_EQ(UserPath("text"), "text");
}

}  // namespace
}  // namespace parkway_bench
