// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/cells.h"
#include "bench/scale/contestants.h"
#include "bench/scale/scenes.h"
#include "bench/scale/scenes_tables.h"

namespace parkway_bench::scale {

void AddMutexCells(std::vector<Cell>* cells) {
  const auto contention = [cells](const char* scene, int inside, int outside) {
    Mutexes::Add(cells, scene, [=](auto type, const Setup& setup) {
      using Lock = typename decltype(type)::type;
      return Contention<Lock>(setup, inside, outside);
    });
  };
  contention("MutexContention", 0, 0);
  contention("MutexContentionWork", 50, 200);
  contention("MutexContentionLong", 500, 2000);
  Mutexes::Add(cells, "ManyLocks", [](auto type, const Setup& setup) {
    return ManyLocks<typename decltype(type)::type>(setup);
  });
  cells->push_back(
      {"StackDepot", "WordLock", Side::kOurs,
       [](const Setup& setup) { return StackDepot<SimPlatform>(setup); }});
  using Others =
      Contest<Futex2011, GlibcMutex, Spinbit, DesignatedWaker, TasBackoff, Mcs>;
  Others::Add(cells, "StackDepot", [](auto type, const Setup& setup) {
    return StackDepot<DepotOver<typename decltype(type)::type>>(setup);
  });
}

}  // namespace parkway_bench::scale
