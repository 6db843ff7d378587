// SPDX-License-Identifier: Apache-2.0

// Extended regular expressions for what a process says. GoogleTest has POSIX's
// where the system has them; on Windows it has neither groups nor brackets.
#ifndef PARKWAY_TESTS_SUITES_REGEX_H_
#define PARKWAY_TESTS_SUITES_REGEX_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#if defined(_WIN32)
#include <regex>
#include <string>
#endif

namespace parkway::test {

#if defined(_WIN32)

MATCHER_P(ContainsRegex, pattern,
          "contains the regular expression " + std::string(pattern)) {
  return std::regex_search(std::string(arg),
                           std::regex(pattern, std::regex::extended));
}

MATCHER_P(MatchesRegex, pattern,
          "matches the regular expression " + std::string(pattern)) {
  return std::regex_match(std::string(arg),
                          std::regex(pattern, std::regex::extended));
}

#else

using testing::ContainsRegex;
using testing::MatchesRegex;

#endif

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_SUITES_REGEX_H_
