// SPDX-License-Identifier: Apache-2.0

// The page of //bench/scale:trust.
#ifndef PARKWAY_BENCH_SCALE_TRUST_PAGE_H_
#define PARKWAY_BENCH_SCALE_TRUST_PAGE_H_

#include <string>
#include <vector>

#include "bench/engine/page.h"
#include "bench/engine/table.h"
#include "bench/scale/trust.h"
#include "bench/scale/trust_curves.h"

namespace parkway_bench::scale {

Table PairsTable(const std::vector<Predicted>& all);
Table OrdersTable(const std::vector<Order>& orders);

// What it means: misses first. `left_out`: measured cells without a model.
std::vector<SummaryLine> TrustInShort(const std::vector<Predicted>& all,
                                      const std::vector<MeasuredCell>& left_out,
                                      const std::vector<Curve>& curves);

// All of it as Markdown.
std::string TrustPage(const Description& facts,
                      const std::vector<Predicted>& all,
                      const std::vector<MeasuredCell>& left_out,
                      const std::vector<Curve>& curves);

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_TRUST_PAGE_H_
