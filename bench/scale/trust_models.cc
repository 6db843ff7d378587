// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/trust_models.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "bench/scale/peers/designated_waker.h"
#include "bench/scale/peers/futex_cond.h"
#include "bench/scale/peers/glibc_mutex.h"
#include "bench/scale/peers/mcs.h"
#include "bench/scale/peers/rw_designated.h"
#include "bench/scale/peers/rw_glibc.h"
#include "bench/scale/peers/rw_spin.h"
#include "bench/scale/peers/tas_backoff.h"
#include "bench/scale/peers/tbb_mutex.h"
#include "bench/scale/scenes.h"
#include "bench/scale/sim_platform.h"

namespace parkway_bench::scale {
namespace {

using Model = std::function<Figures(const Setup&)>;
using Key = std::pair<std::string, std::string>;  // benchmark, lock

// A flag behind a mutex and a condition variable, as bench/engine/lock_list.h.
class CondNote {
 public:
  void clear() {
    mutex_.lock();
    signalled_ = 0;
    mutex_.unlock();
  }
  void sleep() {
    mutex_.lock();
    while (signalled_ == 0) changed_.wait(mutex_);
    mutex_.unlock();
  }
  void wakeup() {
    mutex_.lock();
    signalled_ = 1;
    changed_.notify_one();
    mutex_.unlock();
  }

 private:
  GlibcMutex mutex_;
  FutexCond changed_;
  Plain<std::uint32_t> signalled_{0};
};

constexpr int kInside = 50;
constexpr int kOutside = 200;

// Our reading of absl::Notification: a flag behind an absl::Mutex, whose unlock
// wakes who waits for the condition; there is one at most. It is locked once
// more before a new one takes its place.
class AbslNote {
 public:
  void clear() {
    mutex_.lock();
    mutex_.unlock();
    notified_.store(0, std::memory_order_relaxed);
    waits_ = 0;
    event_.clear();
  }
  void sleep() {
    if (notified_.load(std::memory_order_acquire) != 0) return;
    mutex_.lock();
    const bool waits = notified_.load(std::memory_order_relaxed) == 0;
    if (waits) waits_ = 1;
    mutex_.unlock();
    if (!waits) return;
    event_.sleep();
    mutex_.lock();
    mutex_.unlock();
  }
  void wakeup() {
    mutex_.lock();
    notified_.store(1, std::memory_order_release);
    const bool waits = waits_ != 0;
    mutex_.unlock();
    if (waits) event_.wakeup();
  }

 private:
  DesignatedWaker mutex_;
  Atomic<std::uint32_t> notified_{0};
  Plain<std::uint32_t> waits_{0};
  FutexEvent event_;
};

template <class Lock>
void AddLock(const char* name, std::map<Key, Model>* models) {
  (*models)[{"MutexContention", name}] = [](const Setup& setup) {
    return Contention<Lock>(setup, 0, 0);
  };
  (*models)[{"MutexContentionWork", name}] = [](const Setup& setup) {
    return Contention<Lock>(setup, kInside, kOutside);
  };
  (*models)[{"ChanContended", name}] = [](const Setup& setup) {
    return Channel<Lock>(setup);
  };
}

template <class Note>
void AddNote(const char* name, std::map<Key, Model>* models) {
  (*models)[{"NoteWakeSleeper", name}] = [](const Setup& setup) {
    return WakeSleeper<Note>(setup);
  };
}

template <class Lock>
void AddRwLock(const char* name, std::map<Key, Model>* models) {
  for (const int readers : {10, 50, 90, 99}) {
    (*models)[{"ReadersWriters/" + std::to_string(readers), name}] =
        [readers](const Setup& setup) {
          return ReadersWriters<Lock>(setup, readers, kInside, kOutside);
        };
  }
}

const std::map<Key, Model>& Models() {
  static const std::map<Key, Model>* const models = [] {
    auto* const all = new std::map<Key, Model>;
    AddLock<FutexMutex>("FutexMutex", all);
    AddLock<SemaMutex>("SemaMutex", all);
    AddLock<GlibcMutex>("std::mutex", all);
    AddLock<DesignatedWaker>("absl::Mutex", all);
    AddLock<TbbMutex>("tbb::mutex", all);
    AddLock<TasBackoff>("tbb::spin_mutex", all);
    AddLock<Mcs>("tbb::queuing_mutex", all);
    AddNote<FutexNote>("FutexNote", all);
    AddNote<SemaNote>("SemaNote", all);
    AddNote<CondNote>("std::condition_variable", all);
    AddNote<AbslNote>("absl::Notification", all);
    AddRwLock<RwMutex>("RwMutex", all);
    AddRwLock<RwGlibc>("std::shared_mutex", all);
    AddRwLock<RwDesignated>("absl::Mutex", all);
    AddRwLock<RwSpin>("tbb::spin_rw_mutex", all);
    return all;
  }();
  return *models;
}

}  // namespace

bool CanPredict(const MeasuredCell& cell) {
  return Models().count({cell.benchmark, cell.lock}) != 0;
}

Figures Simulate(const MeasuredCell& cell, const Costs& costs,
                 std::uint64_t seed) {
  Setup setup;
  setup.costs = costs;
  setup.threads = cell.threads;
  // As WindowFor() of bench/engine/window.h.
  setup.duration = Micros(20000 + 5000 * cell.threads);
  setup.seed = seed;
  return Models().at({cell.benchmark, cell.lock})(setup);
}

double Predict(const MeasuredCell& cell, const Costs& costs) {
  std::vector<double> found;
  for (const std::uint64_t seed : {1, 2, 3}) {
    found.push_back(Simulate(cell, costs, seed).ns_per_operation);
  }
  std::sort(found.begin(), found.end());
  return found[1];
}

}  // namespace parkway_bench::scale
