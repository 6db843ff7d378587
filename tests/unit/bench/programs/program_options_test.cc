// SPDX-License-Identifier: Apache-2.0

#include "bench/programs/program_options.h"

#include <gtest/gtest.h>

#include <vector>

namespace parkway_bench {
namespace {

bool Parse(std::vector<const char*> args, ProgramOptions* options,
           std::string* error) {
  args.insert(args.begin(), "program");
  return ParseProgramOptions(static_cast<int>(args.size()), args.data(),
                             options, error);
}

TEST(ProgramOptions, ReadsBothSpellings) {
  ProgramOptions options;
  std::string error;
  ASSERT_TRUE(
      Parse({"--input", "dir", "--threads=4", "--rounds", "3", "--report=out"},
            &options, &error))
      << error;
  EXPECT_EQ(options.input, "dir");
  EXPECT_EQ(options.threads, 4);
  EXPECT_EQ(options.rounds, 3);
  EXPECT_EQ(options.report, "out");
}

TEST(ProgramOptions, OfOneProgram) {
  const auto parse = [](const char* argument, int* delay) {
    const char* const arguments[] = {"program", "--input=dir", argument};
    ProgramOptions options;
    std::string error;
    return ParseProgramOptions(3, arguments, &options, &error,
                               {{"--delay", delay}});
  };
  int delay = -1;
  EXPECT_TRUE(parse("--delay=0", &delay));
  EXPECT_EQ(delay, 0);
  EXPECT_TRUE(parse("--delay=1000000", &delay));
  EXPECT_EQ(delay, 1000000);
  EXPECT_FALSE(parse("--delay=-1", &delay));
  EXPECT_FALSE(parse("--delay=1000001", &delay));
  EXPECT_FALSE(parse("--other=1", &delay));
}

TEST(ProgramOptions, SaysWhatIsWrong) {
  const std::vector<std::vector<const char*>> wrong = {
      {},
      {"--input"},
      {"--input=d", "--threads=0"},
      {"--input=d", "--threads=2x"},
      {"--input=d", "--rounds="},
      {"--input=d", "--colour=red"},
  };
  for (const std::vector<const char*>& args : wrong) {
    ProgramOptions options;
    std::string error;
    EXPECT_FALSE(Parse(args, &options, &error));
    EXPECT_FALSE(error.empty());
  }
}

}  // namespace
}  // namespace parkway_bench
