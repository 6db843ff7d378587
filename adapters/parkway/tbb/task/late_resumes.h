// SPDX-License-Identifier: Apache-2.0

// Resumes by threads that oneTBB does not know: the blocking pool's, the one
// for deadlines, any of the program's.
//
// Such a thread can put a task into the stream of resumed tasks, at whose end
// it waits while queues are full; only threads of oneTBB can submit what makes
// workers look there first (parkway/tbb/task/task_suspension.h), and submitting
// makes one of whoever does. oneTBB then counts on that thread: as long as it
// lives, or does not let go, tbb::finalize() fails. So one thread does it for
// all, for tasks that are late, and lets go before any of them goes on.
#ifndef PARKWAY_TBB_TASK_LATE_RESUMES_H_
#define PARKWAY_TBB_TASK_LATE_RESUMES_H_

#include <cstdint>

#include "parkway/lock/futex_note.h"

namespace parkway {
namespace tbb {

// One resume. From watch() to the return of went_on() it must stay. What was
// watched when the process was forked is not watched in the child.
class LateResume {
 public:
  // Just before the task is resumed. If it has not gone on kLateNs later, nor
  // has any other watched one of the same `arena` (an address, for comparison)
  // in that time, expedite() is called, once, on a thread of its own; up to
  // half a millisecond later still if others have gone on just before. Others
  // that go on mean that somebody looks at the stream of resumed tasks, in
  // which each has its turn. False if the system has no thread for that: the
  // resume is not watched then.
  bool watch(const void* arena) noexcept;

  // By the task, when it goes on; not if it is not watched. After it returns
  // there is no call of expedite() any more, and oneTBB does not know its
  // thread. Waits for that, some ten microseconds.
  void went_on() noexcept;

  // The process exits: from now on expedite() is not called, nor is oneTBB. To
  // be called by a handler that was registered before the first watch(): one
  // registered later, by a destructor of a static object, would run when
  // oneTBB's own globals may be gone. Waits for a call that is out.
  static void stop() noexcept;

  // Arenas are told apart by so many groups of their addresses: what is known
  // of one may be believed of another one.
  static constexpr unsigned kGroups = 16;
  static unsigned group_of(const void* arena) noexcept {
    const std::uint64_t address = reinterpret_cast<std::uintptr_t>(arena);
    return static_cast<unsigned>(address * 0x9e3779b97f4a7c15 >> 60) % kGroups;
  }

  // Much longer than a resume takes if there is a worker that looks for work,
  // and no longer than a task that runs has to be before others wait for it.
  static constexpr std::int64_t kLateNs = 100000;

 protected:
  LateResume() = default;
  ~LateResume() = default;

  // May call oneTBB. Must not wait for tasks.
  virtual void expedite() noexcept = 0;

 private:
  friend class LateResumes;

  enum class State {
    kNone,     // not watched, or no longer
    kWatched,  // in the list; the task or the thread takes it out
    kTaken,    // by the thread, which wakes done_ when it has let go of oneTBB
  };

  // Under the lock of the list.
  State state_ = State::kNone;
  // Where it is watched: parkway/os/fork_generation.h. Of the resume's owner.
  std::uint32_t process_ = 0;
  unsigned group_ = 0;
  std::int64_t since_ = 0;
  LateResume* next_ = nullptr;
  LateResume* previous_ = nullptr;

  FutexNote done_;
};

}  // namespace tbb
}  // namespace parkway

#endif  // PARKWAY_TBB_TASK_LATE_RESUMES_H_
