// SPDX-License-Identifier: Apache-2.0

// A table, for a terminal or for a Markdown page.

#ifndef PARKWAY_BENCH_ENGINE_TABLE_H_
#define PARKWAY_BENCH_ENGINE_TABLE_H_

#include <ostream>
#include <string>
#include <vector>

namespace parkway_bench {

struct Table {
  std::string title;
  std::vector<std::string> notes;    // sentences below the title
  std::vector<std::string> columns;  // none: the title and the notes alone
  std::vector<std::vector<std::string>> rows;  // each as long as `columns`
};

// Whether all cells of a column look like numbers, by column.
std::vector<bool> NumericColumns(const Table& table);

// Columns padded with blanks: numbers to the right, the rest to the left.
void PrintText(const Table& table, std::ostream& out);

// The same as a Markdown table below a heading.
void PrintMarkdown(const Table& table, std::ostream& out);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_TABLE_H_
