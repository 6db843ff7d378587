// SPDX-License-Identifier: Apache-2.0

// Succeeds if the coroutines of oneTBB have the stacks that the argument names,
// and work; also with stacks that are too large for a freelist.

#include <cstdio>
#include <cstring>
#include <vector>

#include "oneapi/tbb/global_control.h"
#include "oneapi/tbb/task.h"
#include "oneapi/tbb/task_group.h"
#include "parkway/stack/stack_freelist.h"

namespace {

constexpr int kTasks = 50;

// parkway's stacks in use while that many tasks are suspended; -1 if a task did
// not go on as it should.
long stacks_of_suspended_tasks() {
  long in_use = 0;
  int right = 0;
  std::vector<tbb::task::suspend_point> points;
  tbb::task_group group;
  // One thread: what was spawned first runs last.
  group.run([&] {
    in_use = static_cast<long>(parkway::stack_stats().in_use);
    for (const tbb::task::suspend_point point : points) {
      tbb::task::resume(point);
    }
  });
  for (int i = 0; i < kTasks; ++i) {
    group.run([&, i] {
      volatile char frame[10000];
      frame[0] = static_cast<char>(i);
      try {
        tbb::task::suspend(
            [&](tbb::task::suspend_point point) { points.push_back(point); });
        throw i;
      } catch (int thrown) {
        right += thrown == i && frame[0] == static_cast<char>(i);
      }
    });
  }
  group.wait();
  return right == kTasks ? in_use : -1;
}

}  // namespace

int main(int argc, char** argv) {
  const bool parkway = argc == 2 && std::strcmp(argv[1], "parkway") == 0;
  tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
  constexpr long kStack = 1 << 20;
  {
    tbb::global_control size(tbb::global_control::thread_stack_size, kStack);
    const long in_use = stacks_of_suspended_tasks();
    if (in_use != -1 && parkway ? in_use < kTasks * kStack : in_use != 0) {
      std::fprintf(stderr, "%ld bytes of parkway's stacks in use\n", in_use);
      return 1;
    }
  }
  {
    tbb::global_control size(tbb::global_control::thread_stack_size,
                             static_cast<std::size_t>(24) << 20);
    if (stacks_of_suspended_tasks() == -1) {
      std::fputs("large stacks: a task is lost\n", stderr);
      return 1;
    }
  }
}
