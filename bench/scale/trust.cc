// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/trust.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace parkway_bench::scale {
namespace {

std::vector<std::string> Fields(const std::string& row) {
  std::vector<std::string> fields = absl::StrSplit(row, '|');
  for (std::string& each : fields) absl::StripAsciiWhitespace(&each);
  return fields;
}

// "15.8", "13.3..20.8"
bool ReadRow(const std::vector<std::string>& fields, MeasuredCell* cell) {
  constexpr std::size_t kThreads = 1;
  constexpr std::size_t kLock = 2;
  constexpr std::size_t kMedian = 3;
  constexpr std::size_t kRange = 4;
  if (fields.size() <= kRange) return false;
  const std::size_t dots = fields[kRange].find("..");
  cell->threads = std::atoi(fields[kThreads].c_str());
  if (cell->threads == 0 || dots == std::string::npos) return false;
  cell->lock = fields[kLock];
  cell->median = std::atof(fields[kMedian].c_str());
  cell->least = std::atof(fields[kRange].c_str());
  cell->most = std::atof(fields[kRange].c_str() + dots + 2);
  return cell->median > 0;
}

// By rising values: which is the first, the second, and so on.
std::vector<double> Ranks(const std::vector<double>& values) {
  std::vector<double> ranks;
  for (const double value : values) {
    const auto less = std::count_if(values.begin(), values.end(),
                                    [&](double v) { return v < value; });
    const auto same = std::count(values.begin(), values.end(), value);
    ranks.push_back(static_cast<double>(less) +
                    static_cast<double>(same - 1) / 2);
  }
  return ranks;
}

double Correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const double middle = (static_cast<double>(a.size()) - 1) / 2;
  double both = 0;
  double of_a = 0;
  double of_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    both += (a[i] - middle) * (b[i] - middle);
    of_a += (a[i] - middle) * (a[i] - middle);
    of_b += (b[i] - middle) * (b[i] - middle);
  }
  return of_a == 0 || of_b == 0 ? 1 : both / std::sqrt(of_a * of_b);
}

Order OrderOf(const std::vector<const Predicted*>& cells) {
  Order order;
  order.benchmark = cells.front()->measured.benchmark;
  order.threads = cells.front()->measured.threads;
  std::vector<double> measured;
  std::vector<double> predicted;
  for (const Predicted* const cell : cells) {
    measured.push_back(cell->measured.median);
    predicted.push_back(cell->ns);
  }
  order.rank_correlation = Correlation(Ranks(measured), Ranks(predicted));
  for (const Predicted* const fast : cells) {
    for (const Predicted* const slow : cells) {
      if (fast->measured.most >= slow->measured.least) continue;
      ++order.pairs;
      if (std::abs(fast->ns / slow->ns - 1) < kSame) {
        ++order.same;
      } else if (fast->ns > slow->ns) {
        order.wrong.push_back(fast->measured.lock + " before " +
                              slow->measured.lock);
      }
    }
  }
  return order;
}

}  // namespace

std::string MeasuredCell::Name() const {
  return benchmark + "/" + lock + "/threads:" + std::to_string(threads);
}

std::vector<MeasuredCell> ReadMeasured(std::istream& page) {
  std::vector<MeasuredCell> cells;
  std::string benchmark;
  for (std::string line; std::getline(page, line);) {
    for (const std::string heading : {"## ", "### "}) {
      if (line.rfind(heading, 0) == 0) benchmark = line.substr(heading.size());
    }
    if (line.compare(0, 2, "| ") != 0) continue;
    MeasuredCell cell;
    cell.benchmark = benchmark;
    if (ReadRow(Fields(line), &cell)) cells.push_back(std::move(cell));
  }
  return cells;
}

bool Predicted::Hits() const { return std::abs(Ratio() - 1) <= kHit; }

std::vector<Order> Orders(const std::vector<Predicted>& all) {
  std::vector<Order> orders;
  for (auto first = all.begin(); first != all.end();) {
    std::vector<const Predicted*> group;
    auto next = first;
    for (; next != all.end() &&
           next->measured.benchmark == first->measured.benchmark &&
           next->measured.threads == first->measured.threads;
         ++next) {
      group.push_back(&*next);
    }
    orders.push_back(OrderOf(group));
    first = next;
  }
  return orders;
}

}  // namespace parkway_bench::scale
