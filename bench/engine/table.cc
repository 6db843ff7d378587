// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/table.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace parkway_bench {
namespace {

bool IsNumeric(const std::string& cell) {
  return cell.empty() || cell == "-" || (cell[0] >= '0' && cell[0] <= '9');
}

}  // namespace

std::vector<bool> NumericColumns(const Table& table) {
  std::vector<bool> numeric(table.columns.size(), true);
  for (const std::vector<std::string>& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      numeric[i] = numeric[i] && IsNumeric(row[i]);
    }
  }
  return numeric;
}

void PrintText(const Table& table, std::ostream& out) {
  std::vector<std::size_t> width;
  for (const std::string& column : table.columns) {
    width.push_back(column.size());
  }
  for (const std::vector<std::string>& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      width[i] = std::max(width[i], row[i].size());
    }
  }
  const std::vector<bool> numeric = NumericColumns(table);
  const auto print = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string padding(width[i] - cells[i].size(), ' ');
      absl::StrAppend(&line, i == 0 ? "" : "  ", numeric[i] ? padding : "",
                      cells[i], numeric[i] ? "" : padding);
    }
    out << line.substr(0, line.find_last_not_of(' ') + 1) << '\n';
  };
  out << '\n' << table.title << '\n';
  for (const std::string& note : table.notes) {
    out << "  " << note << '\n';
  }
  if (!table.columns.empty()) {
    print(table.columns);
  }
  for (const std::vector<std::string>& row : table.rows) {
    print(row);
  }
  out.flush();
}

void PrintMarkdown(const Table& table, std::ostream& out) {
  const std::vector<bool> numeric = NumericColumns(table);
  out << "\n### " << table.title << "\n\n";
  for (const std::string& note : table.notes) {
    out << note << '\n';
  }
  if (table.columns.empty()) {
    return;
  }
  out << (table.notes.empty() ? "" : "\n") << "| "
      << absl::StrJoin(table.columns, " | ") << " |\n|";
  for (const bool right : numeric) {
    out << (right ? "---:|" : "---|");
  }
  out << '\n';
  for (const std::vector<std::string>& row : table.rows) {
    out << "| "
        << absl::StrJoin(row, " | ",
                         [](std::string* line, const std::string& cell) {
                           absl::StrAppend(
                               line, absl::StrReplaceAll(cell, {{"|", "\\|"}}));
                         })
        << " |\n";
  }
}

}  // namespace parkway_bench
