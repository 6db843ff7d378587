// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/cells.h"
#include "bench/scale/contestants.h"
#include "bench/scale/scenes.h"
#include "bench/scale/scenes_wait.h"

namespace parkway_bench::scale {
namespace {

// RwCondVar with the members of the others.
class RwCond {
 public:
  void wait(RwMutex& mutex) { cond_.wait(mutex, false, parkway::os::kForever); }
  void notify_one() { cond_.notify_one(); }
  void notify_all() { cond_.notify_all(); }

 private:
  parkway::BasicRwCondVar<SimPlatform> cond_;
};

template <class Lock>
struct CondOf {
  using type = FutexCond;
};
template <>
struct CondOf<FutexMutex> {
  using type = parkway::BasicCondVar<SimPlatform>;
};
template <>
struct CondOf<SemaMutex> {
  using type = parkway::BasicCondVar<SimPlatform>;
};
template <>
struct CondOf<RwMutex> {
  using type = RwCond;
};

}  // namespace

void AddWaitCells(std::vector<Cell>* cells) {
  Mutexes::Add(cells, "ChanContended", [](auto type, const Setup& setup) {
    return Channel<typename decltype(type)::type>(setup);
  });
  Mutexes::Add(cells, "ChanWaits", [](auto type, const Setup& setup) {
    using Lock = typename decltype(type)::type;
    return ChannelWaits<Lock, typename Contestant<Lock>::Note>(setup, 4, 200);
  });
  Notes::Add(cells, "NoteWakeSleeper", [](auto type, const Setup& setup) {
    return WakeSleeper<typename decltype(type)::type>(setup);
  });
  Mutexes::Add(cells, "CondVarBroadcast", [](auto type, const Setup& setup) {
    using Lock = typename decltype(type)::type;
    return Broadcast<Lock, typename CondOf<Lock>::type>(setup);
  });
  for (const int readers : {10, 50, 90, 99}) {
    RwLocks::Add(cells, "ReadersWriters" + std::to_string(readers),
                 [=](auto type, const Setup& setup) {
                   using Lock = typename decltype(type)::type;
                   return ReadersWriters<Lock>(setup, readers, 50, 200);
                 });
  }
}

}  // namespace parkway_bench::scale
