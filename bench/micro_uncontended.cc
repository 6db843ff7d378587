#include "bench/lock_list.h"
#include "bench/micro.h"
#include "bench/uncontended.h"
#include "bench/window.h"

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
