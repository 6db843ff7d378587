// SPDX-License-Identifier: Apache-2.0

// parkway's own types, as tools see them.
#include <chrono>
#include <cstdint>
#include <vector>

#include "parkway/lock/byte_mutex.h"
#include "parkway/lock/cond_var.h"
#include "parkway/lock/futex_mutex.h"
#include "parkway/lock/queuing_mutex.h"
#include "parkway/lock/queuing_rw_mutex.h"
#include "parkway/lock/rw_cond_var.h"
#include "parkway/lock/rw_mutex.h"
#include "parkway/lock/sema_mutex.h"
#include "parkway/os/os.h"
#include "tests/process/tools_actions.h"

namespace parkway {
namespace {

using tool_actions::Case;
using tool_actions::HandOn;
using tool_actions::kNothing;

constexpr std::int64_t kSoonNs = 100000;

// QueuingMutex with the members of the others.
class Queuing {
 public:
  void lock() {
    auto* const node = new QueuingMutex::Node;
    mutex_.lock(*node);
    node_ = node;
  }
  bool try_lock() {
    auto* const node = new QueuingMutex::Node;
    const bool got = mutex_.try_lock(*node);
    if (got) {
      node_ = node;
    } else {
      delete node;
    }
    return got;
  }
  void unlock() {
    QueuingMutex::Node none;
    QueuingMutex::Node* const node = node_;
    node_ = nullptr;
    mutex_.unlock(node != nullptr ? *node : none);
    delete node;
  }

 private:
  QueuingMutex mutex_;
  QueuingMutex::Node* node_ = nullptr;
};

template <class C>
Predicate PredicateOf(const C& condition) {
  return {[](const void* c) { return (*static_cast<const C*>(c))(); },
          [](const void* a, const void* b) { return a == b; }, &condition};
}

template <class M>
void WaitWithCondVar() {
  CondVar changed;
  HandOn<M>([&](auto& mutex, const auto& mine) { changed.wait(mutex, mine); },
            [&] { changed.notify_all(); });
  HandOn<M>(
      [&](auto& mutex, const auto& mine) {
        while (!mine()) {
          changed.wait_for(mutex, std::chrono::nanoseconds(kSoonNs));
        }
      },
      [&] { changed.notify_all(); });
}

void WaitForConditions() {
  HandOn<RwMutex>(
      [](RwMutex& mutex, const auto& mine) {
        mutex.await(PredicateOf(mine), os::kForever, false);
      },
      [] {});
  HandOn<RwMutex>(
      [](RwMutex& mutex, const auto& mine) {
        while (
            !mutex.await(PredicateOf(mine), os::nanotime() + kSoonNs, false)) {
        }
      },
      [] {});
}

void WaitWithRwCondVar() {
  RwCondVar changed;
  for (const bool timed : {false, true}) {
    HandOn<RwMutex>(
        [&](RwMutex& mutex, const auto& mine) {
          while (!mine()) {
            changed.wait(mutex, false,
                         timed ? os::nanotime() + kSoonNs : os::kForever);
          }
        },
        [&] { changed.notify_all(); });
  }
}

template <class M>
void Add(std::vector<Case>& cases, const char* lock) {
  tool_actions::AddCases<M>(cases, lock);
  cases.push_back({lock, "CondVar", kNothing, &WaitWithCondVar<M>});
}

int Main(int argc, char** argv) {
  std::vector<Case> cases;
  Add<FutexMutex>(cases, "FutexMutex");
  Add<ByteMutex>(cases, "ByteMutex");
  Add<SemaMutex>(cases, "SemaMutex");
  Add<Queuing>(cases, "QueuingMutex");
  Add<RwMutex>(cases, "RwMutex");
  Add<QueuingRwMutex>(cases, "QueuingRwMutex");
  cases.push_back({"RwMutex", "conditions", kNothing, &WaitForConditions});
  cases.push_back({"RwMutex", "RwCondVar", kNothing, &WaitWithRwCondVar});
  return tool_actions::RunTools(cases, argc, argv);
}

}  // namespace
}  // namespace parkway

int main(int argc, char** argv) { return parkway::Main(argc, argv); }
