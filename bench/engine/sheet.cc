// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/sheet.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <set>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "bench/engine/json.h"

namespace parkway_bench {
namespace {

// {name, value as JSON}
using Field = std::pair<const char*, std::string>;

std::string Object(const std::vector<Field>& fields) {
  std::string object = "{";
  for (const auto& [name, value] : fields) {
    absl::StrAppend(&object, object.size() == 1 ? "" : ",", JsonText(name), ":",
                    value);
  }
  return absl::StrCat(object, "}");
}

template <typename T, typename F>
std::string ListOf(const std::vector<T>& from, const F& convert) {
  std::vector<std::string> items;
  std::transform(from.begin(), from.end(), std::back_inserter(items), convert);
  return JsonList(items);
}

std::string Flag(bool value) { return value ? "true" : "false"; }

std::string PointJson(const ChartPoint& point) {
  return Object(
      {{"x", point.row.empty() ? JsonNumber(point.x) : JsonText(point.row)},
       {"y", JsonNumber(point.y.median)},
       {"low", JsonNumber(point.y.min)},
       {"high", JsonNumber(point.y.max)}});
}

std::string SeriesJson(const ChartSeries& series) {
  return Object({{"name", JsonText(series.name)},
                 {"ours", Flag(series.ours)},
                 {"points", ListOf(series.points, PointJson)}});
}

// How a cell is shown. The words are those of the verdicts in the tables.
const char* ToneOf(const std::string& cell, const std::set<std::string>& ours) {
  for (const char* const word : {"LOSES", "REGRESSED", "does not finish"}) {
    if (absl::StartsWith(cell, word)) {
      return "slower";
    }
  }
  for (const char* const word : {"faster in every run", "improved"}) {
    if (cell == word) {
      return "faster";
    }
  }
  return ours.count(cell) != 0 ? "ours" : "";
}

std::string TableJson(const Table& table, const std::set<std::string>& ours) {
  const std::vector<bool> numeric = NumericColumns(table);
  std::vector<std::string> columns;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    columns.push_back(Object(
        {{"name", JsonText(table.columns[i])}, {"number", Flag(numeric[i])}}));
  }
  const auto cell = [&](const std::string& text) {
    const std::string tone = ToneOf(text, ours);
    return tone.empty()
               ? Object({{"text", JsonText(text)}})
               : Object({{"text", JsonText(text)}, {"tone", JsonText(tone)}});
  };
  return Object(
      {{"columns", JsonList(columns)},
       {"rows", ListOf(table.rows, [&](const std::vector<std::string>& row) {
          return ListOf(row, cell);
        })}});
}

std::string SectionJson(const SheetSection& section) {
  const Chart& chart = section.chart;
  std::set<std::string> ours;
  for (const ChartSeries& series : chart.series) {
    if (series.ours) {
      ours.insert(series.name);
    }
  }
  return Object({{"title", JsonText(section.table.title)},
                 {"text", ListOf(section.table.notes, JsonText)},
                 {"value", JsonText(chart.value)},
                 {"unit", JsonText(chart.unit)},
                 {"x", JsonText(chart.x)},
                 {"rule", chart.rule == 0 ? "null" : JsonNumber(chart.rule)},
                 {"note", JsonText(chart.note)},
                 {"series", ListOf(chart.series, SeriesJson)},
                 {"table", section.table.columns.empty()
                               ? "null"
                               : TableJson(section.table, ours)},
                 {"open", Flag(section.open)}});
}

}  // namespace

void OpenFirst(Sheet* sheet) {
  std::stable_partition(
      sheet->sections.begin(), sheet->sections.end(),
      [](const SheetSection& section) { return section.open; });
}

std::string Markdown(const Sheet& sheet) {
  std::vector<Table> tables;
  for (const SheetSection& section : sheet.sections) {
    tables.push_back(section.table);
  }
  std::ostringstream out;
  WriteMarkdown(sheet.facts, sheet.in_short, tables, out);
  return out.str();
}

std::string ToJson(const Sheet& sheet, const std::string& no_figures) {
  return Object(
      {{"tool", JsonText(sheet.tool)},
       {"title", JsonText(sheet.title)},
       {"no_figures", JsonText(no_figures)},
       {"short", ListOf(sheet.in_short,
                        [](const SummaryLine& line) {
                          return Object({{"text", JsonText(line.text)},
                                         {"detail", Flag(line.detail)}});
                        })},
       {"facts",
        ListOf(sheet.facts,
               [](const Description::value_type& fact) {
                 return JsonList({JsonText(fact.first), JsonText(fact.second)});
               })},
       {"sections", ListOf(sheet.sections, SectionJson)}});
}

}  // namespace parkway_bench
