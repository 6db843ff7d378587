// SPDX-License-Identifier: Apache-2.0

// What a page of figures and tables shows, whatever was measured.

#ifndef PARKWAY_BENCH_ENGINE_SHEET_H_
#define PARKWAY_BENCH_ENGINE_SHEET_H_

#include <string>
#include <vector>

#include "bench/engine/page.h"
#include "bench/engine/stats.h"
#include "bench/engine/summary.h"
#include "bench/engine/table.h"

namespace parkway_bench {

struct ChartPoint {
  double x = 0;
  std::string row;  // in the place of x, where each point has a row of its own
  Spread y;
};

struct ChartSeries {
  std::string name;
  bool ours = false;
  std::vector<ChartPoint> points;
};

struct Chart {
  std::string value;  // what y is: "time per operation"
  std::string unit;   // of y; empty for ratios
  std::string x;      // what x is: "threads"
  double rule = 0;    // a value to compare with; 0: none
  std::string note;   // below the figure
  std::vector<ChartSeries> series;
};

struct SheetSection {
  Table table;
  Chart chart;        // no series: the table alone
  bool open = false;  // the table is shown from the start
};

struct Sheet {
  std::string tool;   // what wrote it
  std::string title;  // the command
  Description facts;
  std::vector<SummaryLine> in_short;
  std::vector<SheetSection> sections;
};

// Moves the sections whose table is open before the others.
void OpenFirst(Sheet* sheet);

// As a Markdown page: without figures.
std::string Markdown(const Sheet& sheet);

// As bench/web/sheet.js reads it. `no_figures`: why there are none, a sentence
// without its end; empty if there are.
std::string ToJson(const Sheet& sheet, const std::string& no_figures);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_SHEET_H_
