// SPDX-License-Identifier: Apache-2.0

// The adapters' types, as tools see them.
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "parkway/absl/mutex.h"
#include "parkway/tbb/mutex.h"
#include "parkway/tbb/queuing_mutex.h"
#include "parkway/tbb/queuing_rw_mutex.h"
#include "parkway/tbb/rw_mutex.h"
#include "parkway/tbb/spin_mutex.h"
#include "parkway/tbb/spin_rw_mutex.h"
#include "tests/process/tools_actions.h"

namespace parkway {
namespace {

namespace pabsl = ::parkway::absl;
using tool_actions::Case;
using tool_actions::HandOn;
using tool_actions::kLocked;
using tool_actions::kNothing;

// A constant is not made at run time: not while it is held by who came before.
extern pabsl::Mutex g_constant;
const struct LocksEarly {
  LocksEarly() ABSL_NO_THREAD_SAFETY_ANALYSIS { g_constant.Lock(); }
} g_locks_early;
ABSL_CONST_INIT pabsl::Mutex g_constant(::absl::kConstInit);
const struct UnlocksLate {
  UnlocksLate() ABSL_NO_THREAD_SAFETY_ANALYSIS { g_constant.Unlock(); }
} g_unlocks_late;

// What has only a scoped_lock, with the members of the others.
template <class M>
class Scoped {
 public:
  void lock() { lock_ = std::make_unique<Lock>(mutex_).release(); }
  bool try_lock() {
    auto lock = std::make_unique<Lock>();
    if (!lock->try_acquire(mutex_)) return false;
    lock_ = lock.release();
    return true;
  }
  void unlock() {
    const std::unique_ptr<Lock> lock(lock_);
    lock_ = nullptr;
    lock->release();
  }

 private:
  using Lock = typename M::scoped_lock;
  M mutex_;
  Lock* lock_ = nullptr;
};

// A scoped_lock cannot release what it does not hold.
template <class M>
void AddScoped(std::vector<Case>& cases, const char* lock) {
  using namespace tool_actions;
  cases.push_back({lock, "order", kOrder, &LockInBothOrders<Scoped<M>>});
  cases.push_back({lock, "two pairs", kNothing, &LockTwoPairs<Scoped<M>>});
  cases.push_back(
      {lock, "other mutex", kRace, &WriteUnderTwoMutexes<Scoped<M>>});
  cases.push_back({lock, "clean", kNothing, &DoEverything<Scoped<M>>});
}

const auto kSoon = ::absl::Microseconds(100);

void WaitForConditions() {
  const auto run = [](const auto& wait) { HandOn<pabsl::Mutex>(wait, [] {}); };
  run([](auto& m, const auto& c) { m.Await(pabsl::Condition(&c)); });
  run([](auto& m, const auto& c) {
    while (!m.AwaitWithTimeout(pabsl::Condition(&c), kSoon)) {
    }
  });
  run([](auto& m, const auto& c) {
    m.Unlock();
    m.LockWhen(pabsl::Condition(&c));
  });
}

void WaitWithCondVar() {
  pabsl::CondVar changed;
  const auto run = [&](const auto& wait) {
    HandOn<pabsl::Mutex>(wait, [&] { changed.SignalAll(); });
  };
  run([&](auto& m, const auto& c) {
    while (!c()) changed.Wait(&m);
  });
  run([&](auto& m, const auto& c) {
    while (!c()) changed.WaitWithTimeout(&m, kSoon);
  });
}

int Main(int argc, char** argv) {
  // Its own report of an order would end the program before the tool's.
  pabsl::SetMutexDeadlockDetectionMode(pabsl::OnDeadlockCycle::kIgnore);
  std::vector<Case> cases;
  tool_actions::AddCases<pabsl::Mutex>(cases, "absl::Mutex");
  cases.push_back({"absl::Mutex", "locked", kLocked,
                   &tool_actions::DestroyWhatIsLocked<pabsl::Mutex>});
  cases.push_back({"absl::Mutex", "conditions", kNothing, &WaitForConditions});
  cases.push_back({"absl::Mutex", "CondVar", kNothing, &WaitWithCondVar});
  tool_actions::AddCases<tbb::mutex>(cases, "tbb::mutex");
  tool_actions::AddCases<tbb::spin_mutex>(cases, "tbb::spin_mutex");
  tool_actions::AddCases<tbb::rw_mutex>(cases, "tbb::rw_mutex");
  tool_actions::AddCases<tbb::spin_rw_mutex>(cases, "tbb::spin_rw_mutex");
  AddScoped<tbb::queuing_mutex>(cases, "tbb::queuing_mutex");
  AddScoped<tbb::queuing_rw_mutex>(cases, "tbb::queuing_rw_mutex");
  return tool_actions::RunTools(cases, argc, argv);
}

}  // namespace
}  // namespace parkway

int main(int argc, char** argv) { return parkway::Main(argc, argv); }
