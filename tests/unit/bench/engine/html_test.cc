// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/html.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace parkway_bench {
namespace {

constexpr char kCharts[] =
    R"json({"libraries": [
      {"name": "@observablehq/plot", "version": "2", "licence": "ISC",
       "licence_text": "Do <as> you like", "script": "plot('</script>')"},
      {"name": "another", "version": "3", "licence": "ISC",
       "licence_text": "", "script": "another()"},
      {"name": "d3", "version": "1", "licence": "ISC", "licence_text": "",
       "script": "d3('<!--')"}]})json";

PageParts Parts(absl::string_view frame, absl::string_view charts = kCharts) {
  return {frame, "@media print {}", "draw('@DATA@')", charts};
}

std::string Page(absl::string_view frame, absl::string_view charts = kCharts) {
  return HtmlPage({"ab", "ab --filter '<a&b>'", {}, {}, {}},
                  Parts(frame, charts));
}

TEST(Html, TextsAreNoElements) {
  EXPECT_EQ(Page("<title>@TITLE@</title> a@b.org @TOOL@"),
            "<title>ab: ab --filter '&lt;a&amp;b&gt;'</title> a@b.org ab");
  EXPECT_EQ(Page("@LICENCES@"),
            "<h3>d3 1, ISC</h3><pre></pre>\n"
            "<h3>@observablehq/plot 2, ISC</h3><pre>Do &lt;as&gt; you "
            "like</pre>\n");
}

TEST(Html, WhatIsPutInIsNotFilledItself) {
  EXPECT_EQ(Page("@CSS@|@JS@"), "@media print {}|draw('@DATA@')");
}

TEST(Html, ScriptsOfLibrariesCannotEndTheirElement) {
  EXPECT_EQ(Page("@SCRIPTS@"),
            "<script>\nd3('<\\!--')\n</script>\n"
            "<script>\nplot('<\\/script>')\n</script>\n");
}

TEST(Html, TheDataIsTheSheet) {
  const Sheet sheet{"ab", "</script>", {}, {}, {}};
  EXPECT_EQ(HtmlPage(sheet, Parts("@DATA@")), ToJson(sheet, ""));
  EXPECT_FALSE(absl::StrContains(HtmlPage(sheet, Parts("@DATA@")), "</script"));
}

TEST(Html, WithoutLibrariesThereIsAReasonAndNoScript) {
  for (const auto& [charts, why] :
       std::vector<std::pair<std::string, std::string>>{
           {R"({"libraries": [], "reason": "no npm"})", "no npm"},
           {R"({"libraries": [{"name": "d3"}]})",
            "there is no @observablehq/plot"},
           {"{}", "there is no d3"},
           {"<html>",
            "what draws them is not JSON: something that is no value in line "
            "1"}}) {
    EXPECT_EQ(WhyNoFigures(Parts("", charts)), why);
    const Sheet sheet{"ab", "ab", {}, {}, {}};
    EXPECT_EQ(HtmlPage(sheet, Parts("@DATA@|@SCRIPTS@", charts)),
              ToJson(sheet, why) + "|");
    EXPECT_EQ(Page("@LICENCES@", charts), "<p>Its own scripts alone.</p>");
  }
  EXPECT_EQ(WhyNoFigures(Parts("")), "");
}

}  // namespace
}  // namespace parkway_bench
