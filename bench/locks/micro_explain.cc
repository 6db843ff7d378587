// SPDX-License-Identifier: Apache-2.0

#include <map>
#include <string>

#include "bench/locks/micro.h"

namespace parkway_bench {

const char* ExplainGroup(const std::string& group) {
  static const auto* const kTexts = new std::map<std::string, const char*>{
      {"MutexUncontended", "Every thread locks and unlocks a lock of its own."},
      {"MutexContention",
       "All threads: lock, add one to a number beside the lock, unlock."},
      {"MutexContentionWork",
       "All threads: lock, 50 turns of a loop (about 1 ns each), unlock, 200 "
       "turns outside."},
      {"ReadersWriters",
       "All threads: lock, 50 turns of a loop, unlock, 200 turns outside. Of a "
       "hundred operations as many read as the name says; the others write."},
      {"MutexHandoff",
       "N threads on a ring of N + 1 locks, each holding one and taking the "
       "next: a step waits "
       "for the thread ahead. An operation is a step."},
      {"NoteWake",
       "Every thread clears and wakes a note of its own on which nobody "
       "sleeps."},
      {"NoteWakeSleeper",
       "Pairs of threads wake each other in turn. An operation is a wake."},
      {"ChanContended",
       "All threads: 100 sends to, then 100 receives from one bounded channel "
       "with room for all "
       "(Go's benchmark). An operation is one element sent and received."},
      {"ChanCreation",
       "Every thread makes a channel, sends, receives and destroys it."},
      {"StackGrowth",
       "All threads: a call that goes 10 deep, where each frame of 1 KiB takes "
       "a segment of 4 KiB and gives it back when it returns (Go's benchmark); "
       "a yield after 1000. An operation is one such call."},
      {"TaskMutexUncontended",
       "Two threads lock and unlock, each a lock of its own."},
      {"TaskMutexContended",
       "64 tasks on two workers: lock, add one to a number beside the lock, "
       "unlock; 4000 times each."},
      {"TaskMutexContendedWork",
       "The same with 50 turns of a loop under the lock and 200 outside."},
      {"TaskProgress",
       "A task holds a lock for 30 ms, 64 tasks want it, others of 10 us do "
       "not; two workers. An operation is one of the others that ended during "
       "the hold."},
      {"WakeToRun",
       "Two workers with a thousand tasks of 100 us each in their queues, one "
       "of which wakes a sleeper now and then. ns/op is the median of the "
       "times from the wake until the sleeper runs, the longest wait their "
       "99th percentile."},
      {"WakeToRunByThread",
       "The same, woken by a thread that executes no task, every 10 ms."},
      {"BlockingCallSleep",
       "400 tasks on two workers, each makes one call that sleeps for 1 ms. An "
       "operation is a call, its time the whole time over 400."},
      {"BlockingCallPipe",
       "The same with a read(2) from a pipe into which a byte comes 1 ms after "
       "it was asked for."},
      {"BlockingCallSlowFile",
       "The same with a file of 64 KiB of its own that is opened, read and "
       "closed, in a file system that answers the read after 1 ms "
       "(bench/tasks/slow_files.h)."},
      {"BlockingCallColdFile",
       "The same with a file of 64 KiB of its own that is opened, read and "
       "closed, after the page cache was asked to forget it (file systems in "
       "memory can't). How long that takes the disk says."},
      {"BlockingCallCachedFile",
       "The same from the page cache: there is nothing to wait for, only what "
       "going to another thread and back costs."},
      {"FiberSkynet",
       "Boost.Fiber, every thread for itself: a tree of fibers with that many "
       "leaves, each fiber starting ten, channels in between. An operation is "
       "one fiber. Stacks of 16 KiB; freelist and protected_fixedsize_stack "
       "have a guard page."},
  };
  // FiberSkynet/1000
  const auto found = kTexts->find(group.substr(0, group.find('/')));
  return found == kTexts->end() ? "" : found->second;
}

}  // namespace parkway_bench
