// SPDX-License-Identifier: Apache-2.0

// Ends while calls are out, in the way that the argument names: exit_test.sh
// runs it.

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <thread>

#include "parkway/task/blocking_pool.h"
#include "parkway/tbb/task/blocking_call.h"

namespace {

constexpr int kCalls = 8;

std::atomic<int> calls_out{0};

void Sleep(long nanoseconds) {
  const timespec time = {0, nanoseconds};
  nanosleep(&time, nullptr);
}

// A task of each of kCalls is out, for ever or until the pipe is closed.
void MakeCalls(tbb::task_arena& arena, void (*call)()) {
  for (int i = 0; i < kCalls; ++i) {
    arena.enqueue([call] { parkway::tbb::blocking_call(call); });
  }
  while (calls_out < kCalls) Sleep(100000);
}

void NeverReturn() {
  ++calls_out;
  for (;;) pause();
}

// Ends at some time during the exit.
void ReturnSoon() {
  ++calls_out;
  static std::atomic<int> turn{0};
  Sleep(20000L * (turn++ % kCalls));
}

// Tasks that keep the workers from looking for those that are resumed, for
// a while.
void KeepBusy(tbb::task_arena& arena) {
  constexpr int kTasks = 2000;
  // Never destroyed: they would wait for the tasks. Where who looks for leaks
  // finds them, though their threads have ended.
  static auto& groups = *new std::deque<tbb::task_group>;
  tbb::task_group& group = groups.emplace_back();
  arena.enqueue([&group] {
    for (int i = 0; i < kTasks; ++i) {
      group.run([] {
        const auto end =
            std::chrono::steady_clock::now() + std::chrono::microseconds(50);
        while (std::chrono::steady_clock::now() < end) {
        }
      });
    }
    group.wait();
  });
}

// Destroyed during the exit: makes calls then, from a task and from none.
class Late {
 public:
  ~Late() {
    if (!enabled) return;
    int right = 0;
    if (parkway::tbb::blocking_call([] { return 1; }).r1 == 1) ++right;
    tbb::task_group group;
    group.run([&right] {
      if (parkway::tbb::blocking_call([] { return 2; }).r1 == 2) ++right;
    });
    group.wait();
    std::printf("late calls: %d\n", right);
    std::fflush(stdout);
  }
  bool enabled = false;
};

Late late;

}  // namespace

int main(int argc, char** argv) {
  const char* const way = argc == 2 || argc == 3 ? argv[1] : "";
  const char* const time = argc == 3 ? argv[2] : nullptr;
  const auto is = [way, time](const char* name, bool takes_time = false) {
    return std::strcmp(way, name) == 0 && takes_time == (time != nullptr);
  };
  // As many workers on any machine; oneTBB complains about more than CPUs.
  static const tbb::global_control workers(
      tbb::global_control::max_allowed_parallelism, 3);
  // Never destroyed: its destructor would wait for the tasks.
  static auto& arena = *new tbb::task_arena(2);
  if (is("late")) {
    late.enabled = true;
    MakeCalls(arena, &NeverReturn);
    return 0;
  }
  if (is("return") || is("exit") || is("quick_exit")) {
    MakeCalls(arena, &NeverReturn);
    if (is("exit")) std::exit(0);
    if (is("quick_exit")) std::quick_exit(0);
    return 0;
  }
  if (is("returning")) {
    MakeCalls(arena, &ReturnSoon);
    return 0;
  }
  if (is("busy", true)) {
    KeepBusy(arena);
    MakeCalls(arena, &ReturnSoon);
    KeepBusy(arena);
    Sleep(std::atol(time));
    return 0;
  }
  std::fprintf(stderr,
               "exit_program: return, exit, quick_exit, late, returning or "
               "busy NANOSECONDS, not \"%s\"\n",
               way);
  return 2;
}
