// SPDX-License-Identifier: Apache-2.0

// A page of figures and tables, in one file that needs no network.

#ifndef PARKWAY_BENCH_ENGINE_HTML_H_
#define PARKWAY_BENCH_ENGINE_HTML_H_

#include <string>

#include "absl/strings/string_view.h"
#include "bench/engine/sheet.h"

namespace parkway_bench {

// The texts of files of bench/web, and of what bench/parkway_ab/charts.py made.
struct PageParts {
  absl::string_view frame;   // frame.html
  absl::string_view css;     // all style sheets
  absl::string_view js;      // all scripts
  absl::string_view charts;  // charts.json: the libraries that draw
};

// Why a page has no figures, a sentence without its end; empty if it has them.
std::string WhyNoFigures(const PageParts& parts);

// Without figures the page says why; it has all tables.
std::string HtmlPage(const Sheet& sheet, const PageParts& parts);

}  // namespace parkway_bench

#endif  // PARKWAY_BENCH_ENGINE_HTML_H_
