// SPDX-License-Identifier: Apache-2.0

#include "bench/scale/cells.h"

#include <cstring>

namespace parkway_bench::scale {
namespace {

struct Text {
  const char* scene;  // its name, or what it begins with
  const char* what;
};

constexpr Text kTexts[] = {
    {"MutexContentionWork",
     "All threads want one lock. A section has 50 turns of a loop, 200 more "
     "are between two."},
    {"MutexContentionLong",
     "All threads want one lock. A section has 500 turns of a loop, 2000 more "
     "are between two."},
    {"MutexContention",
     "All threads want one lock, all the time. A section counts one up."},
    {"ManyLocks",
     "Two locks for each thread, any of which it takes. One section in 200 has "
     "20 us, so that who meets it sleeps: all locks share the table of "
     "sleepers."},
    {"StackDepot",
     "Each thread gives a batch of stacks to the depot and takes one. The "
     "others are the same depot with their lock in it."},
    {"ChanContended",
     "All threads send to one channel and receive from it. Nobody waits for "
     "anything but its lock."},
    {"ChanWaits",
     "One half of the threads send to a channel that has room for 4, the other "
     "half receive. All sleep now and then, on notes of their own. An "
     "operation is one of either."},
    {"NoteWakeSleeper",
     "Threads in pairs wake each other in turn. An operation is one wait."},
    {"CondVarBroadcast",
     "One thread calls all others by a condition variable, each time that all "
     "have come. An operation is one that comes. Its wait is that since the "
     "call."},
    {"ReadersWriters",
     "Readers and writers of one lock: of a hundred operations as many read as "
     "the name says. 50 turns of a loop inside, 200 between."},
};

}  // namespace

const char* WhatIs(const std::string& scene) {
  for (const Text& text : kTexts) {
    if (scene.compare(0, std::strlen(text.scene), text.scene) == 0) {
      return text.what;
    }
  }
  return "";
}

std::vector<Cell> Cells() {
  std::vector<Cell> cells;
  AddMutexCells(&cells);
  AddWaitCells(&cells);
  return cells;
}

}  // namespace parkway_bench::scale
