// SPDX-License-Identifier: Apache-2.0

#include "text/word_count.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "queue/bounded_queue.h"
#include "workers/workers.h"

namespace example {
namespace {

using Counts = absl::flat_hash_map<std::string, int>;

struct Total {
  absl::Mutex mutex;
  Counts counts ABSL_GUARDED_BY(mutex);
};

void CountInto(Total& total, absl::Cord text, absl::string_view separators) {
  Counts counts;
  for (absl::string_view word : absl::StrSplit(
           text.Flatten(), absl::ByAnyChar(separators), absl::SkipEmpty())) {
    ++counts[word];
  }
  absl::MutexLock lock(&total.mutex);
  for (const auto& word : counts) total.counts[word.first] += word.second;
}

}  // namespace

std::string CountWords(const std::vector<absl::Cord>& texts,
                       absl::string_view separators, int threads) {
  Total total;
  BoundedQueue<absl::Cord> queue(8);
  InParallel(threads + 1, [&](int index) {
    if (index == 0) {
      for (const absl::Cord& text : texts) queue.Push(text);
      queue.Close();
    } else {
      while (auto text = queue.Pop()) {
        CountInto(total, *std::move(text), separators);
      }
    }
  });
  absl::MutexLock lock(&total.mutex);
  std::vector<std::pair<int, std::string>> order;
  for (const auto& word : total.counts) {
    order.emplace_back(-word.second, word.first);
  }
  std::sort(order.begin(), order.end());
  std::string lines;
  for (const auto& word : order) {
    absl::StrAppendFormat(&lines, "%d %s\n", -word.first, word.second);
  }
  return lines;
}

}  // namespace example
