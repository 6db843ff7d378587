// SPDX-License-Identifier: Apache-2.0

#include "catalog/catalog.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "oneapi/tbb/parallel_for.h"

namespace example {
namespace {

constexpr int kPages = 400;
constexpr int kWords = 50;

std::string Word(int n) { return "word" + std::to_string(n); }

// Every word is on every page, twice.
void Fill(Catalog* catalog) {
  tbb::parallel_for(0, 2 * kPages, [catalog](int n) {
    for (int word = 0; word < kWords; ++word) {
      catalog->Add(Word(word), n % kPages);
    }
  });
}

TEST(Catalog, EveryPageOnce) {
  Catalog catalog;
  Fill(&catalog);
  EXPECT_EQ(catalog.size(), static_cast<std::size_t>(kWords));
  std::vector<int> all(kPages);
  for (int page = 0; page < kPages; ++page) all[page] = page;
  for (int n = 0; n < kWords; ++n) EXPECT_EQ(catalog.Pages(Word(n)), all);
  EXPECT_TRUE(catalog.Pages("another").empty());
}

TEST(Catalog, RemovedOnceOnly) {
  Catalog catalog;
  Fill(&catalog);
  std::vector<int> removed(4 * kWords);
  tbb::parallel_for(0, 4 * kWords, [&](int n) {
    removed[n] = catalog.Remove(Word(n % kWords)) ? 1 : 0;
  });
  int sum = 0;
  for (int r : removed) sum += r;
  EXPECT_EQ(sum, kWords);
  EXPECT_EQ(catalog.size(), 0u);
}

}  // namespace
}  // namespace example
