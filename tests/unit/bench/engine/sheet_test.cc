// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/sheet.h"

#include <gtest/gtest.h>

#include "bench/engine/json.h"

namespace parkway_bench {
namespace {

SheetSection Example(const std::string& title) {
  SheetSection section;
  section.table.title = title;
  section.table.notes = {"A note."};
  section.table.columns = {"threads", "lock", "parkway"};
  section.table.rows = {{"2", "FutexMutex", "LOSES in every run"},
                        {"2", "std::mutex", "faster in every run"}};
  section.chart.value = "time per operation";
  section.chart.unit = "ns";
  section.chart.x = "threads";
  section.chart.series = {{"FutexMutex", true, {{2, "", {9.5, 9, 10}}}},
                          {"std::mutex", false, {{2, "", {4, 3, 5}}}}};
  return section;
}

JsonValue Read(const Sheet& sheet, const std::string& no_figures = "") {
  JsonValue value;
  std::string error;
  EXPECT_TRUE(ParseJson(ToJson(sheet, no_figures), &value, &error)) << error;
  return value;
}

// The only section of `value`.
JsonValue Section(const JsonValue& value) {
  const JsonValue* const sections = value.Find("sections");
  EXPECT_TRUE(sections != nullptr && sections->items.size() == 1);
  return sections->items.at(0);
}

TEST(Sheet, HeadAsJson) {
  const JsonValue value = Read({"ab",
                                "ab --html \"x\"",
                                {{"cpu", "one"}, {"date", "today"}},
                                {{"Lost: nothing."}, {"Really.", true}},
                                {}},
                               "there is no npm");
  EXPECT_EQ(value.Text("tool"), "ab");
  EXPECT_EQ(value.Text("title"), "ab --html \"x\"");
  EXPECT_EQ(value.Text("no_figures"), "there is no npm");
  const std::vector<JsonValue>& facts = value.Find("facts")->items;
  ASSERT_EQ(facts.size(), 2u);
  EXPECT_EQ(facts[1].items.at(0).text, "date");
  EXPECT_EQ(facts[1].items.at(1).text, "today");
  const std::vector<JsonValue>& lines = value.Find("short")->items;
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_FALSE(lines[0].Find("detail")->boolean);
  EXPECT_EQ(lines[1].Text("text"), "Really.");
  EXPECT_TRUE(lines[1].Find("detail")->boolean);
  EXPECT_TRUE(value.Find("sections")->items.empty());
}

TEST(Sheet, FigureAsJson) {
  const JsonValue section = Section(Read({"", "", {}, {}, {Example("Group")}}));
  EXPECT_EQ(section.Text("title"), "Group");
  EXPECT_EQ(section.Text("unit"), "ns");
  EXPECT_EQ(section.Text("x"), "threads");
  EXPECT_EQ(section.Find("rule")->kind, JsonValue::Kind::kNull);
  EXPECT_EQ(section.Find("text")->items.at(0).text, "A note.");
  const std::vector<JsonValue>& series = section.Find("series")->items;
  ASSERT_EQ(series.size(), 2u);
  EXPECT_TRUE(series[0].Find("ours")->boolean);
  EXPECT_FALSE(series[1].Find("ours")->boolean);
  const JsonValue& point = series[0].Find("points")->items.at(0);
  EXPECT_EQ(point.Number("x", 0), 2);
  EXPECT_EQ(point.Number("y", 0), 9.5);
  EXPECT_EQ(point.Number("low", 0), 9);
  EXPECT_EQ(point.Number("high", 0), 10);
}

TEST(Sheet, RowsHaveNamesInThePlaceOfNumbers) {
  SheetSection section = Example("Group");
  section.chart.rule = 1;
  section.chart.series[0].points[0].row = "a program";
  const JsonValue value = Section(Read({"", "", {}, {}, {section}}));
  EXPECT_EQ(value.Number("rule", 0), 1);
  const JsonValue& series = value.Find("series")->items.at(0);
  EXPECT_EQ(series.Find("points")->items.at(0).Text("x"), "a program");
}

TEST(Sheet, TableAsJson) {
  const JsonValue section = Section(Read({"", "", {}, {}, {Example("Group")}}));
  const JsonValue* const table = section.Find("table");
  const std::vector<JsonValue>& columns = table->Find("columns")->items;
  ASSERT_EQ(columns.size(), 3u);
  EXPECT_EQ(columns[0].Text("name"), "threads");
  EXPECT_TRUE(columns[0].Find("number")->boolean);
  EXPECT_FALSE(columns[1].Find("number")->boolean);
  const std::vector<JsonValue>& rows = table->Find("rows")->items;
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].items.at(1).Text("text"), "FutexMutex");
  EXPECT_EQ(rows[0].items.at(1).Text("tone"), "ours");
  EXPECT_EQ(rows[0].items.at(2).Text("tone"), "slower");
  EXPECT_EQ(rows[1].items.at(1).Find("tone"), nullptr);
  EXPECT_EQ(rows[1].items.at(2).Text("tone"), "faster");
}

TEST(Sheet, WithoutColumnsThereIsNoTable) {
  SheetSection section;
  section.table.title = "Group";
  const JsonValue value = Section(Read({"", "", {}, {}, {section}}));
  EXPECT_EQ(value.Find("table")->kind, JsonValue::Kind::kNull);
  EXPECT_TRUE(value.Find("series")->items.empty());
}

TEST(Sheet, OpenSectionsComeFirst) {
  Sheet sheet{"", "", {}, {}, {Example("a"), Example("b"), Example("c")}};
  sheet.sections[1].open = true;
  OpenFirst(&sheet);
  EXPECT_EQ(sheet.sections[0].table.title, "b");
  EXPECT_EQ(sheet.sections[1].table.title, "a");
  EXPECT_EQ(sheet.sections[2].table.title, "c");
}

TEST(Sheet, MarkdownHasTheTables) {
  EXPECT_EQ(Markdown({"ab", "", {{"cpu", "one"}}, {}, {Example("Group")}}),
            "- cpu: one\n"
            "\n"
            "## In short\n"
            "\n"
            "\n"
            "### Group\n"
            "\n"
            "A note.\n"
            "\n"
            "| threads | lock | parkway |\n"
            "|---:|---|---|\n"
            "| 2 | FutexMutex | LOSES in every run |\n"
            "| 2 | std::mutex | faster in every run |\n");
}

}  // namespace
}  // namespace parkway_bench
