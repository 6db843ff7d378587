// SPDX-License-Identifier: Apache-2.0

// TASKS of oneTBB's resumable tasks that are suspended at the same time, in a
// child process: the time for each, and the memory of the process when all of
// them are suspended. "crashed" if the child did not come to the end.
//
//   tbb_suspended TASKS
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "oneapi/tbb/global_control.h"
#include "oneapi/tbb/task.h"
#include "oneapi/tbb/task_group.h"

namespace {

struct Figures {
  double us_per_task = 0;
  double resident_mib = 0;
  double page_tables_mib = 0;
};

// A line of /proc/self/status, in KiB there.
double status_mib(const std::string& name) {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    if (word == name + ":") {
      double kib = 0;
      status >> kib;
      return kib / 1024;
    }
    status.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return 0;
}

Figures suspend_all(int tasks) {
  Figures figures;
  tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
  std::vector<tbb::task::suspend_point> points;
  points.reserve(static_cast<std::size_t>(tasks));
  const auto start = std::chrono::steady_clock::now();
  tbb::task_group group;
  int resumed = 0;
  // One thread: what was spawned first runs last.
  group.run([&] {
    figures.resident_mib = status_mib("VmRSS");
    figures.page_tables_mib = status_mib("VmPTE");
    for (const tbb::task::suspend_point point : points) {
      tbb::task::resume(point);
    }
  });
  for (int i = 0; i < tasks; ++i) {
    group.run([&] {
      tbb::task::suspend(
          [&](tbb::task::suspend_point point) { points.push_back(point); });
      ++resumed;
    });
  }
  group.wait();
  const std::chrono::duration<double, std::micro> took =
      std::chrono::steady_clock::now() - start;
  if (resumed != tasks) _exit(1);
  figures.us_per_task = took.count() / tasks;
  return figures;
}

// Whether there is something in `figures`.
bool in_a_child(int tasks, Figures* figures) {
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0) return false;
  const pid_t child = fork();
  if (child == 0) {
    // A crash is an expected end.
    const rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    const Figures mine = suspend_all(tasks);
    const ssize_t written = write(pipe_ends[1], &mine, sizeof mine);
    std::exit(written == sizeof mine ? 0 : 1);
  }
  close(pipe_ends[1]);
  const bool got = child > 0 && read(pipe_ends[0], figures, sizeof *figures) ==
                                    static_cast<ssize_t>(sizeof *figures);
  int status = 0;
  waitpid(child, &status, 0);
  return got && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  const int tasks = argc == 2 ? std::atoi(argv[1]) : 0;
  if (tasks < 1) {
    std::fprintf(stderr, "usage: tbb_suspended TASKS\n");
    return 2;
  }
  Figures figures;
  if (in_a_child(tasks, &figures)) {
    std::printf("per task: %.3f us\n", figures.us_per_task);
    std::printf("resident: %.1f MiB\n", figures.resident_mib);
    std::printf("page tables: %.1f MiB\n", figures.page_tables_mib);
  } else {
    std::printf("per task: crashed\n");
    std::printf("resident: crashed\n");
    std::printf("page tables: crashed\n");
  }
}
