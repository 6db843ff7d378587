// SPDX-License-Identifier: Apache-2.0

#include "histogram/histogram.h"

#include <cstddef>

#include "oneapi/tbb/blocked_range.h"
#include "oneapi/tbb/enumerable_thread_specific.h"
#include "oneapi/tbb/parallel_for.h"
#include "oneapi/tbb/parallel_reduce.h"
#include "oneapi/tbb/spin_mutex.h"
#include "oneapi/tbb/task_group.h"

namespace example {
namespace {

using Range = tbb::blocked_range<std::size_t>;

// Small enough for several pieces per thread in a text of a few kilobytes.
constexpr std::size_t kPiece = 512;

void Add(const std::string& text, const Range& range, Histogram* counts) {
  for (std::size_t i = range.begin(); i != range.end(); ++i) {
    ++(*counts)[static_cast<unsigned char>(text[i])];
  }
}

Histogram Sum(const Histogram& a, const Histogram& b) {
  Histogram sum;
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = a[i] + b[i];
  return sum;
}

Histogram CountHalves(const std::string& text, std::size_t begin,
                      std::size_t end) {
  Histogram counts{};
  if (end - begin <= kPiece) {
    Add(text, Range(begin, end), &counts);
    return counts;
  }
  const std::size_t middle = begin + (end - begin) / 2;
  Histogram first;
  tbb::task_group group;
  group.run([&] { first = CountHalves(text, begin, middle); });
  counts = CountHalves(text, middle, end);
  group.wait();
  return Sum(first, counts);
}

}  // namespace

Histogram CountWithLocks(const std::string& text) {
  Histogram counts{};
  std::array<tbb::spin_mutex, 256> mutexes;
  tbb::parallel_for(Range(0, text.size(), kPiece), [&](const Range& range) {
    for (std::size_t i = range.begin(); i != range.end(); ++i) {
      const auto byte = static_cast<unsigned char>(text[i]);
      const tbb::spin_mutex::scoped_lock lock(mutexes[byte]);
      ++counts[byte];
    }
  });
  return counts;
}

Histogram CountPerThread(const std::string& text) {
  tbb::enumerable_thread_specific<Histogram> counts(Histogram{});
  tbb::parallel_for(Range(0, text.size(), kPiece), [&](const Range& range) {
    Add(text, range, &counts.local());
  });
  return counts.combine(Sum);
}

Histogram CountByHalves(const std::string& text) {
  return CountHalves(text, 0, text.size());
}

Histogram CountReducing(const std::string& text) {
  return tbb::parallel_reduce(
      Range(0, text.size(), kPiece), Histogram{},
      [&](const Range& range, Histogram counts) {
        Add(text, range, &counts);
        return counts;
      },
      Sum);
}

}  // namespace example
