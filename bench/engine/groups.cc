// SPDX-License-Identifier: Apache-2.0

#include "bench/engine/groups.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace parkway_bench {
namespace {

struct GroupInfo {
  const char* name;
  const char* what;
  // Of one run: so much, and so much more for each thread.
  double seconds;
  double seconds_per_thread;
};

// Most are measured in windows (engine/window.h): their starts and ends are in
// these.
constexpr double kWindows = 0.034;
constexpr double kWindowsPerThread = 0.0095;
// One window, where there is nothing to meter.
constexpr double kWindow = 0.022;
constexpr double kWindowPerThread = 0.006;

constexpr GroupInfo kGroups[] = {
    {"program/directory_hasher",
     "a program on oneTBB: hash all files, one map behind a mutex", 0.3, 0},
    {"program/directory_hasher_slow",
     "the same where each read waits 500 us, as for slow storage", 0.2, 0},
    {"program/inverted_index",
     "a program on oneTBB: index words and query them, a lock per word", 0.45,
     0},
    {"program/log_pipeline",
     "a program on Abseil: readers and parsers with a bounded queue", 0.5, 0},
    {"MutexUncontended", "lock and unlock, each thread a lock of its own",
     kWindows, kWindowsPerThread},
    {"MutexContention", "one lock for all threads, nothing else to do",
     kWindows, kWindowsPerThread},
    {"MutexContentionWork",
     "one lock for all threads, with work in and outside", kWindows,
     kWindowsPerThread},
    {"ReadersWriters/10", "a lock for readers and writers, 10 % read", kWindows,
     kWindowsPerThread},
    {"ReadersWriters/50", "a lock for readers and writers, 50 % read", kWindows,
     kWindowsPerThread},
    {"ReadersWriters/90", "a lock for readers and writers, 90 % read", kWindows,
     kWindowsPerThread},
    {"ReadersWriters/99", "a lock for readers and writers, 99 % read", kWindows,
     kWindowsPerThread},
    {"MutexHandoff", "threads on a ring of locks, each waits for the next",
     kWindows, kWindowsPerThread},
    {"NoteWake", "wake a note on which nobody sleeps", kWindows,
     kWindowsPerThread},
    {"NoteWakeSleeper", "pairs of threads that wake each other in turn",
     kWindows, kWindowsPerThread},
    {"ChanContended", "sends and receives of one bounded channel", kWindows,
     kWindowsPerThread},
    {"ChanCreation", "make a channel, send, receive, destroy it", kWindows,
     kWindowsPerThread},
    {"StackGrowth", "take and give back stack segments of 4 KiB", kWindows,
     kWindowsPerThread},
    {"FiberSkynet/10", "trees of Boost fibers with 10 leaves", kWindow,
     kWindowPerThread},
    {"FiberSkynet/100", "trees of Boost fibers with 100 leaves", kWindow,
     kWindowPerThread},
    {"FiberSkynet/1000", "trees of Boost fibers with 1000 leaves", kWindow,
     kWindowPerThread},
    {"FiberSkynet/10000", "trees of Boost fibers with 10 000 leaves", 0.01,
     0.0375},
    {"SuspendedTasks/self",
     "a finished oneTBB program: a task suspends and resumes itself", 0.2,
     0.09},
    {"SuspendedTasks/handed_over",
     "a finished oneTBB program: other threads resume its tasks", 0.9, 0},
    {"SuspendedTasks/1000",
     "a finished oneTBB program: 1000 tasks suspended at once", 0.5, 0},
    {"SuspendedTasks/100000",
     "a finished oneTBB program: 100 000 tasks suspended at once", 0.6, 0},
    {"TaskMutexUncontended", "two threads, each with a lock for tasks",
     kWindows, kWindowsPerThread},
    {"TaskMutexContended", "one lock for 64 tasks on two workers", 0.01, 0},
    {"TaskMutexContendedWork", "the same with work in and outside of the lock",
     0.09, 0},
    {"TaskProgress", "tasks that run while 64 others wait for a lock", 0.04, 0},
    {"WakeToRun", "from the wake by a task until the sleeper runs", 1.2, 0},
    {"WakeToRunByThread", "from the wake by a thread until the sleeper runs",
     1.6, 0},
    {"BlockingCallSleep", "400 tasks of which each sleeps for 1 ms", 0.12, 0},
    {"BlockingCallPipe", "400 tasks of which each waits 1 ms for a pipe", 0.12,
     0},
    {"BlockingCallSlowFile", "400 tasks that read files, each after 1 ms", 0.12,
     0},
    {"BlockingCallColdFile", "400 tasks that read files from the disk", 1, 0},
    {"BlockingCallCachedFile", "400 tasks that read files from the page cache",
     0.01, 0},
};

const GroupInfo* Find(const std::string& group) {
  const auto* const found =
      std::find_if(std::begin(kGroups), std::end(kGroups),
                   [&](const GroupInfo& info) { return info.name == group; });
  return found == std::end(kGroups) ? nullptr : found;
}

}  // namespace

std::string WhatGroupIs(const std::string& group) {
  const GroupInfo* const info = Find(group);
  return info == nullptr ? "" : info->what;
}

double SecondsOnce(const Cell& cell) {
  const GroupInfo* const info = Find(cell.group);
  return info == nullptr
             ? kWindows + kWindowsPerThread * cell.threads
             : info->seconds + info->seconds_per_thread * cell.threads;
}

double SecondsFor(const std::vector<const Cell*>& cells, int repetitions) {
  double seconds = 0;
  for (const Cell* const cell : cells) {
    seconds += SecondsOnce(*cell) * repetitions;
  }
  return seconds;
}

std::string Duration(double seconds) {
  if (seconds < 10) {
    return absl::StrFormat("%.0f s", std::max(1.0, std::ceil(seconds)));
  }
  return seconds < 90 ? absl::StrFormat("%.0f s", 5 * std::round(seconds / 5))
                      : absl::StrFormat("%.0f min", std::round(seconds / 60));
}

Table GroupTable(const std::vector<const Cell*>& cells, int repetitions) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<const Cell*>> groups;
  for (const Cell* const cell : cells) {
    std::vector<const Cell*>& group = groups[cell->group];
    if (group.empty()) {
      order.push_back(cell->group);
    }
    group.push_back(cell);
  }
  Table table;
  table.title = "Groups";
  table.notes = {
      absl::StrCat(
          "About ", Duration(SecondsFor(cells, repetitions)), " in all, with ",
          repetitions, repetitions == 1 ? " run" : " runs",
          " of each cell. How long it is here depends on the machine."),
      "--filter '^GROUP/' measures one of them."};
  table.columns = {"group", "cells", "about", "what it measures"};
  for (const std::string& name : order) {
    const std::vector<const Cell*>& group = groups[name];
    table.rows.push_back({name, absl::StrCat(group.size()),
                          Duration(SecondsFor(group, repetitions)),
                          WhatGroupIs(name)});
  }
  return table;
}

std::string LongGroupLine(const std::string& group,
                          const std::vector<const Cell*>& cells,
                          int repetitions) {
  std::vector<const Cell*> own;
  std::copy_if(cells.begin(), cells.end(), std::back_inserter(own),
               [&](const Cell* cell) { return cell->group == group; });
  const double seconds = SecondsFor(own, repetitions);
  return seconds < kLongSeconds
             ? ""
             : absl::StrCat(
                   group, ": ", own.size(),
                   own.size() == 1 ? " cell, about " : " cells, about ",
                   Duration(seconds));
}

}  // namespace parkway_bench
