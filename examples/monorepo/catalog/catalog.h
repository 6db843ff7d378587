// SPDX-License-Identifier: Apache-2.0

// Which words are on which pages.

#ifndef CATALOG_CATALOG_H_
#define CATALOG_CATALOG_H_

#include <cstddef>
#include <string>
#include <vector>

#include "oneapi/tbb/concurrent_hash_map.h"

namespace example {

class Catalog {
 public:
  // May be called by several threads at once.
  void Add(const std::string& word, int page);

  // The pages of `word`, in order; empty if there are none.
  std::vector<int> Pages(const std::string& word) const;

  // Forgets a word. Returns whether it was there.
  bool Remove(const std::string& word);

  std::size_t size() const { return pages_.size(); }

 private:
  using Map = tbb::concurrent_hash_map<std::string, std::vector<int>>;
  Map pages_;
};

}  // namespace example

#endif  // CATALOG_CATALOG_H_
