// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/lock_list.h"
#include "bench/engine/uncontended.h"
#include "bench/engine/window.h"
#include "bench/locks/micro.h"

namespace parkway_bench {

void AddUncontended(const std::vector<int>& threads, std::vector<Cell>* cells) {
  for (const int n : threads) {
    Locks::ForEach([&](auto type) {
      using Lock = typename Only<decltype(type)>::type;
      Cell cell = MakeCell<Lock>("MutexUncontended", n);
      cell.measure = [n] { return MeasureInWindows<Uncontended<Lock>>(n); };
      cells->push_back(std::move(cell));
    });
  }
}

}  // namespace parkway_bench
