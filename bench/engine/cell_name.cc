// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/cell_name.h"

#include <algorithm>
#include <cstddef>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"

namespace parkway_bench {
namespace {

constexpr absl::string_view kThreads = "/threads:";

}  // namespace

bool ParseCellName(const std::string& name, CellName* parts) {
  const std::size_t threads = name.rfind(std::string(kThreads));
  if (threads == std::string::npos || threads == 0) {
    return false;
  }
  const std::size_t subject = name.rfind('/', threads - 1);
  if (subject == std::string::npos || subject == 0 || subject + 1 == threads ||
      !absl::SimpleAtoi(name.substr(threads + kThreads.size()),
                        &parts->threads)) {
    return false;
  }
  parts->group = name.substr(0, subject);
  parts->subject = name.substr(subject + 1, threads - subject - 1);
  return parts->threads > 0;
}

std::string Enumerate(const std::vector<std::string>& words) {
  if (words.size() < 2) {
    return absl::StrJoin(words, "");
  }
  return absl::StrCat(absl::StrJoin(words.begin(), words.end() - 1, ", "),
                      " and ", words.back());
}

std::string ThreadCounts(const std::vector<int>& threads) {
  std::vector<std::string> words;
  for (const int count : threads) {
    words.push_back(absl::StrCat(count));
  }
  return absl::StrCat(Enumerate(words),
                      threads == std::vector<int>{1} ? " thread" : " threads");
}

std::vector<std::string> Condense(const std::vector<std::string>& names) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<int>> counts;
  for (const std::string& name : names) {
    CellName parts;
    if (!ParseCellName(name, &parts)) {
      continue;
    }
    const std::string key = absl::StrCat(parts.group, "/", parts.subject);
    if (counts.count(key) == 0) {
      order.push_back(key);
    }
    counts[key].push_back(parts.threads);
  }
  std::vector<std::string> condensed;
  for (const std::string& key : order) {
    std::vector<int>& threads = counts[key];
    std::sort(threads.begin(), threads.end());
    condensed.push_back(absl::StrCat(key, " with ", ThreadCounts(threads)));
  }
  return condensed;
}

}  // namespace parkway_bench
