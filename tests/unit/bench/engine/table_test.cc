// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/table.h"

#include <gtest/gtest.h>

#include <sstream>

namespace parkway_bench {
namespace {

Table Example() {
  Table table;
  table.title = "Title";
  table.notes = {"A note."};
  table.columns = {"name", "ns"};
  table.rows = {{"a", "1.5"}, {"longer|name", "-"}, {"b", "120"}};
  return table;
}

TEST(Table, TextAlignsNumbersToTheRight) {
  std::ostringstream out;
  PrintText(Example(), out);
  EXPECT_EQ(out.str(),
            "\nTitle\n  A note.\n"
            "name          ns\n"
            "a            1.5\n"
            "longer|name    -\n"
            "b            120\n");
}

TEST(Table, MarkdownEscapesBars) {
  std::ostringstream out;
  PrintMarkdown(Example(), out);
  EXPECT_EQ(out.str(),
            "\n### Title\n\nA note.\n\n"
            "| name | ns |\n|---|---:|\n"
            "| a | 1.5 |\n| longer\\|name | - |\n| b | 120 |\n");
}

TEST(Table, WithoutColumnsItsNotesAreAll) {
  Table table;
  table.title = "Title";
  table.notes = {"Why there is nothing."};
  std::ostringstream text;
  PrintText(table, text);
  EXPECT_EQ(text.str(), "\nTitle\n  Why there is nothing.\n");
  std::ostringstream markdown;
  PrintMarkdown(table, markdown);
  EXPECT_EQ(markdown.str(), "\n### Title\n\nWhy there is nothing.\n");
}

}  // namespace
}  // namespace parkway_bench
