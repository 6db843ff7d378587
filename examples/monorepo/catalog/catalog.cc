// SPDX-License-Identifier: Apache-2.0

#include "catalog/catalog.h"

#include <algorithm>

namespace example {

void Catalog::Add(const std::string& word, int page) {
  Map::accessor entry;
  pages_.insert(entry, word);
  std::vector<int>& pages = entry->second;
  const auto at = std::lower_bound(pages.begin(), pages.end(), page);
  if (at == pages.end() || *at != page) pages.insert(at, page);
}

std::vector<int> Catalog::Pages(const std::string& word) const {
  Map::const_accessor entry;
  return pages_.find(entry, word) ? entry->second : std::vector<int>();
}

bool Catalog::Remove(const std::string& word) { return pages_.erase(word); }

}  // namespace example
