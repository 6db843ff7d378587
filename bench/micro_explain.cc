#include <map>
#include <string>

#include "bench/micro.h"

namespace parkway_bench {

const char* ExplainGroup(const std::string& group) {
  static const auto* const kTexts = new std::map<std::string, const char*>{
      {"MutexUncontended", "Every thread locks and unlocks a lock of its own."},
      {"MutexContention",
       "All threads: lock, add one to a number beside the lock, unlock."},
      {"MutexContentionWork",
       "All threads: lock, 50 turns of a loop (about 1 ns each), unlock, 200 "
       "turns outside."},
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
      {"FrameAllocation",
       "Every thread takes eight coroutine frames of that many bytes, touches "
       "them and gives them back in reverse. An operation is one frame."},
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
