// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/selection.h"

#include <algorithm>
#include <map>
#include <regex>

#include "bench/engine/cell_name.h"
#include "bench/engine/report.h"

namespace parkway_bench {

std::vector<const Cell*> Select(const std::vector<Cell>& cells,
                                const std::string& filter) {
  const std::regex wanted(filter);
  std::vector<const Cell*> selected;
  for (const Cell& cell : cells) {
    if (std::regex_search(cell.Name(), wanted)) {
      selected.push_back(&cell);
    }
  }
  return selected;
}

bool IsWanted(const std::string& name, const std::string& filter,
              const std::vector<int>& threads) {
  CellName parts;
  return ParseCellName(name, &parts) &&
         (threads.empty() ||
          std::count(threads.begin(), threads.end(), parts.threads) != 0) &&
         std::regex_search(name, std::regex(filter));
}

std::vector<Table> DropUnmeasurable(std::vector<const Cell*>* cells) {
  std::map<std::string, std::string> why_not;
  std::vector<Table> tables;
  for (const Cell* const cell : *cells) {
    if (why_not.count(cell->group) == 0) {
      const std::string why = why_not[cell->group] = cell->why_not();
      if (!why.empty()) {
        tables.push_back(NotMeasured(cell->group, why));
      }
    }
  }
  cells->erase(std::remove_if(cells->begin(), cells->end(),
                              [&](const Cell* cell) {
                                return !why_not[cell->group].empty();
                              }),
               cells->end());
  return tables;
}

std::vector<std::vector<const Cell*>> Sets(
    const std::vector<const Cell*>& cells) {
  std::vector<std::vector<const Cell*>> sets;
  for (const Cell* const cell : cells) {
    if (sets.empty() || sets.back().front()->group != cell->group ||
        sets.back().front()->threads != cell->threads) {
      sets.emplace_back();
    }
    sets.back().push_back(cell);
  }
  return sets;
}

}  // namespace parkway_bench
