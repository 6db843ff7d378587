// SPDX-License-Identifier: Apache-2.0

#include "parkway/lock/cond_var.h"

#include <mutex>

#include "parkway/mutex.h"
#include "tests/suites/cond_var_suite.h"

namespace parkway::test {
namespace {

using CondVars = testing::Types<CondVarTypes<CondVar, FutexMutex>,
                                CondVarTypes<CondVar, SemaMutex>,
                                CondVarTypes<CondVar, std::mutex>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Core, CondVarSuite, CondVars);

// Anything with lock() and unlock() will do; different waiters may use
// different mutexes.
TEST(CondVar, WaitersMayUseDifferentMutexes) {
  CondVar changed;
  FutexMutex a;
  std::mutex b;
  bool a_waits = false;
  bool b_waits = false;
  Thread one([&] {
    std::unique_lock<FutexMutex> lock(a);
    a_waits = true;
    changed.wait(lock);
  });
  Thread two([&] {
    std::unique_lock<std::mutex> lock(b);
    b_waits = true;
    changed.wait(lock);
  });
  ASSERT_TRUE(Eventually([&] {
    std::lock_guard<FutexMutex> guard(a);
    return a_waits;
  }));
  ASSERT_TRUE(Eventually([&] {
    std::lock_guard<std::mutex> guard(b);
    return b_waits;
  }));
  changed.notify_all();
}

}  // namespace
}  // namespace parkway::test
