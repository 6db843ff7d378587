// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/task/late_resumes.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <new>
#include <utility>

#include "oneapi/tbb/global_control.h"
#include "parkway/base/per_process.h"
#include "parkway/lock/futex_mutex.h"
#include "parkway/os/fork_generation.h"
#include "parkway/os/os.h"

namespace parkway {
namespace tbb {
namespace {

// oneTBB forgets the calling thread, which it knows since it has submitted
// something: finalize() begins with that, and with another handle about it does
// nothing else. What is left is what a program leaves that has a handle.
void leave_host() noexcept {
  const ::tbb::task_scheduler_handle other{::tbb::attach{}};
  ::tbb::task_scheduler_handle handle{::tbb::attach{}};
  ::tbb::finalize(handle, std::nothrow);
}

// LateResume::stop() was called, here or in a process that this one descends
// from. Under calls_host_.
bool g_stopped = false;

}  // namespace

// All that are watched in a process, oldest first, and the thread that looks
// after them. It is started by the first and stays.
class LateResumes {
 public:
  bool watch(LateResume& resume, const void* arena) noexcept {
    bool wake = false;
    {
      std::lock_guard<FutexMutex> hold(lock_);
      if (!runs_ && !start()) return false;
      resume.state_ = LateResume::State::kWatched;
      resume.process_ = process_;
      resume.group_ = LateResume::group_of(arena);
      resume.since_ = os::nanotime();
      resume.previous_ = last_;
      (last_ != nullptr ? last_->next_ : first_) = &resume;
      last_ = &resume;
      if (rests_) {
        rests_ = false;
        wake = true;
        // relaxed: serve() reads it under the lock, then the kernel compares
        // it.
        wakes_.fetch_add(1, std::memory_order_relaxed);
      }
    }
    if (wake) os::futexwakeup(&wakes_, 1);
    return true;
  }

  void went_on(LateResume& resume) noexcept {
    // The parent's thread is not here to wake anybody.
    if (resume.process_ != process_) return;
    {
      std::lock_guard<FutexMutex> hold(lock_);
      if (resume.state_ == LateResume::State::kNone) return;
      ++groups_[resume.group_].went_on;
      if (resume.state_ == LateResume::State::kWatched) {
        take_out(resume);
        return;
      }
    }
    resume.done_.sleep();
  }

  void stop() noexcept {
    std::lock_guard<FutexMutex> hold(calls_host_);
    g_stopped = true;
  }

 private:
  // Arenas of one group: a task of one may be taken for proof that another one
  // has workers that look. It waits as oneTBB has it then.
  struct Group {
    std::uint32_t went_on = 0;  // a count
    std::uint32_t seen = 0;     // what it was when the thread last looked
    std::int64_t none_late_before = 0;
  };
  // From a look that sees tasks go on to the next one: there is no hurry, and
  // each look takes a CPU from a worker.
  static constexpr std::int64_t kLookNs = 5 * LateResume::kLateNs;

  // With nothing to watch the thread looks so often before it has to be woken,
  // which costs those that resume a system call.
  static constexpr int kLooks = 3;
  // How many of those that are watched it looks at.
  static constexpr int kAtOnce = 64;
  // Of so many nanoseconds it spends one in oneTBB at most.
  static constexpr std::int64_t kShare = 10;

  bool start() noexcept {
    runs_ = os::start_thread(
        [](void* self) { static_cast<LateResumes*>(self)->serve(); }, this);
    return runs_;
  }

  [[noreturn]] void serve() noexcept {
    int looks = 0;
    std::int64_t not_before = 0;
    for (;;) {
      LateResume* late = nullptr;
      std::int64_t until;
      std::uint32_t wakes;
      {
        std::lock_guard<FutexMutex> hold(lock_);
        wakes = wakes_.load(std::memory_order_relaxed);
        const std::int64_t now = os::nanotime();
        look_at_groups(now);
        if (first_ == nullptr) {
          rests_ = ++looks > kLooks;
          until = rests_ ? os::kForever : now + kLookNs;
        } else {
          looks = 0;
          until = not_before;
          if (until <= now) late = take_late(now, &until);
        }
      }
      if (late == nullptr) {
        os::futexsleep(&wakes_, wakes, until);
        continue;
      }
      const std::int64_t begun = os::nanotime();
      expedite(late);
      const std::int64_t ended = os::nanotime();
      not_before = ended + (ended - begun) * (kShare - 1);
    }
  }

  void look_at_groups(std::int64_t now) noexcept {
    for (Group& group : groups_) {
      if (group.seen == group.went_on) continue;
      group.seen = group.went_on;
      // With nobody to watch, those that come are compared with nobody else.
      group.none_late_before =
          now + (first_ != nullptr ? kLookNs : LateResume::kLateNs);
    }
  }

  // Those that are late, in a list by next_, or when to look again.
  LateResume* take_late(std::int64_t now, std::int64_t* again) noexcept {
    LateResume* late = nullptr;
    *again = os::kForever;
    int looks = 0;
    LateResume* next;
    for (LateResume* r = first_; r != nullptr && looks < kAtOnce; r = next) {
      next = r->next_;
      ++looks;
      const std::int64_t at = std::max(r->since_ + LateResume::kLateNs,
                                       groups_[r->group_].none_late_before);
      if (at > now) {
        *again = std::min(*again, at);
        continue;
      }
      take_out(*r);
      r->state_ = LateResume::State::kTaken;
      r->next_ = late;
      late = r;
    }
    return late;
  }

  void take_out(LateResume& resume) noexcept {
    LateResume* const next = std::exchange(resume.next_, nullptr);
    LateResume* const previous = std::exchange(resume.previous_, nullptr);
    (previous != nullptr ? previous->next_ : first_) = next;
    (next != nullptr ? next->previous_ : last_) = previous;
    resume.state_ = LateResume::State::kNone;
  }

  void expedite(LateResume* late) noexcept {
    {
      std::lock_guard<FutexMutex> hold(calls_host_);
      if (!g_stopped) {
        for (LateResume* r = late; r != nullptr; r = r->next_) r->expedite();
        leave_host();
      }
    }
    for (LateResume* next; late != nullptr; late = next) {
      next = late->next_;
      late->done_.wakeup();
    }
  }

  std::uint32_t process_ = internal::fork_generation();

  FutexMutex lock_;
  LateResume* first_ = nullptr;
  LateResume* last_ = nullptr;
  Group groups_[LateResume::kGroups];
  bool runs_ = false;
  // The thread sleeps until wakes_ is changed.
  bool rests_ = false;
  std::atomic<std::uint32_t> wakes_{0};

  FutexMutex calls_host_;
};

namespace {
internal::PerProcess<LateResumes> g_late_resumes;
}  // namespace

bool LateResume::watch(const void* arena) noexcept {
  return g_late_resumes.get().watch(*this, arena);
}
void LateResume::went_on() noexcept { g_late_resumes.get().went_on(*this); }
void LateResume::stop() noexcept { g_late_resumes.get().stop(); }

}  // namespace tbb
}  // namespace parkway
