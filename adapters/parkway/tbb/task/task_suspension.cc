// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/task/task_suspension.h"

#include <atomic>
#include <cstdlib>
#include <new>
#include <optional>
#include <utility>

#include "oneapi/tbb/global_control.h"
#include "oneapi/tbb/task.h"
#include "oneapi/tbb/task_arena.h"
#include "oneapi/tbb/task_group.h"
#include "parkway/base/per_process.h"
#include "parkway/os/os.h"
#include "parkway/tbb/task/late_resumes.h"

namespace parkway {
namespace tbb {
namespace {

namespace host = ::tbb::detail::d1;

// What oneTBB's headers say of this platform.
#if __TBB_RESUMABLE_TASKS
constexpr bool kResumable = true;
using HostSuspension = ::tbb::task::suspend_point;
template <class Left>
void suspend(const Left& left) {
  ::tbb::task::suspend([&](HostSuspension suspension) { left(suspension); });
}
void resume(HostSuspension suspension) { ::tbb::task::resume(suspension); }
#else
constexpr bool kResumable = false;
using HostSuspension = void*;
template <class Left>
void suspend(const Left&) {}
void resume(HostSuspension) {}
#endif

// What is made once is made by PerProcess or without a guard: of a local static
// object that another thread is making while the process forks, the child would
// wait for ever.

// For tasks that nobody cancels, and that throw nothing.
struct OwnContext {
  ::tbb::task_group_context it{::tbb::task_group_context::isolated};
};
internal::PerProcess<OwnContext> g_own_context;
::tbb::task_group_context& own_context() { return g_own_context.get().it; }

// The calling thread's, as one of its own handles.
class Arena : public ::tbb::task_arena {
 public:
  Arena() : ::tbb::task_arena(::tbb::task_arena::attach{}) {}
  // Of the arena, not of the handle.
  const void* identity() const {
    return my_arena.load(std::memory_order_relaxed);
  }
  // Whether a worker can come to what a leaving thread leaves in it.
  bool has_workers() const {
    using Control = ::tbb::global_control;
    return my_max_concurrency > static_cast<int>(my_num_reserved_slots) &&
           Control::active_value(Control::max_allowed_parallelism) > 1;
  }
};

// Stacks that searches have left and that have not been gone back to. While the
// workers' queues are full each search adds one, and the next ones come through
// all of them (some 7 us each, with 1000 tasks in the queue). Beyond the limit
// tasks are resumed the ordinary way. In the child of a fork none are left at
// first; fewer than none, if it goes back to one of the parent's.
struct Left {
  std::atomic<int> stacks{0};
};
internal::PerProcess<Left> g_left;
constexpr int kMostLeft = 256;

// Tasks that were resumed and have not gone on yet, of one group of arenas, and
// since when none has. In the child of a fork as above.
struct Resumed {
  std::atomic<int> tasks{0};
  std::atomic<std::int64_t> since{0};

  // relaxed: hints, of use to no other access.
  void one_more() {
    if (tasks.fetch_add(1, std::memory_order_relaxed) <= 0) {
      since.store(os::nanotime(), std::memory_order_relaxed);
    }
  }
  void went_on() {
    if (tasks.fetch_sub(1, std::memory_order_relaxed) > 1) {
      since.store(os::nanotime(), std::memory_order_relaxed);
    }
  }
  // True for one caller of those that find it so.
  bool take_overdue() {
    if (tasks.load(std::memory_order_relaxed) <= 0) return false;
    std::int64_t last = since.load(std::memory_order_relaxed);
    const std::int64_t now = os::nanotime();
    return now - last > kOverdueNs &&
           since.compare_exchange_strong(last, now, std::memory_order_relaxed);
  }
};
struct AllResumed {
  // Of all groups together.
  std::atomic<int> tasks{0};
  Resumed groups[LateResume::kGroups];
};
internal::PerProcess<AllResumed> g_resumed;

// The process exits. Tasks go on while oneTBB's own globals are destroyed, and
// a look at its limits, or a thread that leaves it, would then call one that is
// no more.
std::atomic<bool> g_exits{false};

// Before the first suspension; handlers run before what was constructed earlier
// is destroyed.
void watch_exit() noexcept {
  // relaxed, here and where it is read: it orders nothing. A thread that has
  // read it a moment before has as long as the other handlers take.
  static std::atomic<bool> watched{false};
  // acquire: pairs with the release below. Two threads that are the first
  // register the handler twice, which does no harm.
  if (watched.load(std::memory_order_acquire)) return;
  std::atexit([] {
    g_exits.store(true, std::memory_order_relaxed);
    LateResume::stop();
  });
  watched.store(true, std::memory_order_release);
}

// Whether the calling thread is one that oneTBB knows already.
bool known_to_host() noexcept {
  return ::tbb::this_task_arena::current_thread_index() !=
         ::tbb::task_arena::not_initialized;
}

// One suspension. On the heap: who searches for its task may come when that is
// long gone.
class TbbSuspension final : private LateResume {
 public:
  // By the task.
  void suspend(Suspension& suspension) {
    tbb::suspend([&](HostSuspension host_suspension) {
      host_suspension_ = host_suspension;
      suspension.suspended(this);
    });
    go_on();
  }

  // By the task: the same, and is resumed at once, behind others that are.
  void give_way() {
    tbb::suspend([&](HostSuspension host_suspension) {
      host_suspension_ = host_suspension;
      resume(/*before_others=*/false);
    });
    go_on();
  }

  // By whoever readies the task. `before_others`: before tasks that have not
  // begun, from the first; else only once it is late.
  void resume(bool before_others) {
    AllResumed& resumed = g_resumed.get();
    resumed.tasks.fetch_add(1, std::memory_order_relaxed);
    resumed.groups[LateResume::group_of(arena_identity_)].one_more();
    // relaxed: the task has a share until it goes on.
    shares_.fetch_add(1, std::memory_order_relaxed);
    if (before_others && known_to_host()) {
      tbb::resume(host_suspension_);
      search();
      arena_.reset();
    } else {
      // The handle of an arena, too, keeps tbb::finalize() from its work, which
      // may be called as soon as the task has gone on.
      watched_ = watch(arena_identity_);
      if (!watched_) arena_.reset();
      tbb::resume(host_suspension_);
    }
    drop();
  }

 private:
  // As LateResume. The task has a share until its went_on() has returned.
  void expedite() noexcept override {
    search();
    arena_.reset();
  }

  // The thread that executes it leaves its stack for a resumed task, before it
  // executes anything of its queue.
  class Search {
   public:
    explicit Search(TbbSuspension& suspension) : suspension_(&suspension) {
      suspension.share();
    }

    host::task& first() { return look_; }

   private:
    // Critical: looked for after every task. What it returns is executed next,
    // and is not critical any more.
    class Look final : public host::task {
     public:
      explicit Look(Search& search) : search_(search) {}
      host::task* execute(host::execution_data&) override {
        return &search_.turn_;
      }
      host::task* cancel(host::execution_data&) override {
        return &search_.turn_;
      }

     private:
      Search& search_;
    };

    class Turn final : public host::task {
     public:
      explicit Turn(Search& search) : search_(search) {}
      host::task* execute(host::execution_data&) override {
        search_.run();
        delete &search_;
        return nullptr;
      }
      host::task* cancel(host::execution_data& data) override {
        return execute(data);
      }

     private:
      Search& search_;
    };

    // Who waits in isolation takes nothing but what is in the stream of resumed
    // tasks: it leaves this stack for it, and this stack becomes one of those
    // when the wait is over. So what it leaves for may be another such stack;
    // that one then goes on with the search.
    void run() {
      TbbSuspension* searched = suspension_;
      // This stack is that arena's. Not asked for: the handle that says where
      // a thread is keeps tbb::finalize() from its work, which may be called as
      // soon as all tasks have gone on, when searches are still about.
      const void* const arena = searched->arena_identity_;
      while (searched != nullptr) {
        if (searched->goes_on_.load(std::memory_order_relaxed)) {
          searched->drop();
          return;
        }
        searched->share();
        set_searched(searched);
        g_left.get().stacks.fetch_add(1, std::memory_order_relaxed);
        ::tbb::this_task_arena::isolate(
            [&] { host::wait(searched->resumed_, own_context()); });
        g_left.get().stacks.fetch_sub(1, std::memory_order_relaxed);
        searched->drop();
        searched = take_searched(arena);
      }
    }

    TbbSuspension* const suspension_;
    Look look_{*this};
    Turn turn_{*this};
  };

  // For whom the calling thread has left the stack that it was on; a share of
  // it. Calls of their own: a stack changes threads. Where oneTBB's coroutines
  // are threads themselves, which they are under sanitizers, the next stack
  // knows of no search, and a task that is late may wait until the queues are
  // empty.
  struct Searched {
    TbbSuspension* suspension = nullptr;
    ~Searched() {
      if (suspension != nullptr) suspension->drop();
    }
  };
  static Searched& searched() {
    static thread_local Searched searched;
    return searched;
  }
  [[gnu::noinline]] static void set_searched(TbbSuspension* suspension) {
    if (TbbSuspension* const before =
            std::exchange(searched().suspension, suspension)) {
      before->drop();
    }
  }
  // Null if that was in another arena. The search there is given up: here it
  // would find nothing, and nobody would do what else is to be done here.
  [[gnu::noinline]] static TbbSuspension* take_searched(const void* arena) {
    TbbSuspension* const suspension =
        std::exchange(searched().suspension, nullptr);
    if (suspension == nullptr || suspension->arena_identity_ == arena) {
      return suspension;
    }
    suspension->drop();
    return nullptr;
  }

  void go_on() {
    // relaxed: a hint.
    goes_on_.store(true, std::memory_order_relaxed);
    AllResumed& resumed = g_resumed.get();
    resumed.tasks.fetch_sub(1, std::memory_order_relaxed);
    resumed.groups[LateResume::group_of(arena_identity_)].went_on();
    if (watched_) {
      went_on();
      arena_.reset();
    }
    resumed_.release();
    // A search for another one has found this one.
    if (TbbSuspension* const other = take_searched(arena_identity_)) {
      if (!other->goes_on_.load(std::memory_order_relaxed)) {
        Arena arena;
        other->search_in(arena);
      }
      other->drop();
    }
    drop();
  }

  // In the arena where the task is.
  void search() {
    // relaxed: a guard against too many, not an exact count.
    if (g_left.get().stacks.load(std::memory_order_relaxed) < kMostLeft) {
      search_in(*arena_);
    }
  }

  // Not without workers: a stack that was left last stays so when its only
  // thread leaves the arena, and the arena with it: memory that nobody frees,
  // and tbb::finalize() waits for ever. With some, an arena in which a search
  // has not begun is not empty: one comes.
  void search_in(Arena& arena) {
    if (g_exits.load(std::memory_order_relaxed)) return;  // an ordinary resume
    if (!arena.has_workers()) return;
    auto* const search = new (std::nothrow) Search(*this);
    if (search == nullptr) return;  // an ordinary resume, then
    submit(search->first(), arena, own_context(), /*as_critical=*/true);
  }

  // relaxed: who shares has a share.
  void share() { shares_.fetch_add(1, std::memory_order_relaxed); }
  void drop() {
    // acq_rel: what others did with it comes before its end.
    if (shares_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  // Where the task is. Of who resumes it; if that is watched, of who ends that.
  std::optional<Arena> arena_{std::in_place};
  const void* const arena_identity_ = arena_->identity();
  HostSuspension host_suspension_ = nullptr;
  // Written before the task is resumed.
  bool watched_ = false;
  std::atomic<bool> goes_on_{false};
  host::wait_context resumed_{1};
  std::atomic<int> shares_{1};
};

}  // namespace

bool suspend_task(Suspension& suspension) noexcept {
  watch_exit();
  TbbSuspension* const made = new (std::nothrow) TbbSuspension;
  if (made != nullptr) made->suspend(suspension);
  return made != nullptr;
}

void resume_task(void* task) noexcept {
  static_cast<TbbSuspension*>(task)->resume(/*before_others=*/true);
}

bool others_are_overdue() noexcept {
  AllResumed& resumed = g_resumed.get();
  if (resumed.tasks.load(std::memory_order_relaxed) <= 0) return false;
  if (g_exits.load(std::memory_order_relaxed)) return false;
  // Without workers nobody would look for them first, see search_in(): the
  // thread would begin all of its queue, and leave a stack for each.
  const Arena arena;
  return arena.has_workers() &&
         resumed.groups[LateResume::group_of(arena.identity())].take_overdue();
}

void give_way_to_others() noexcept {
  watch_exit();
  TbbSuspension* const made = new (std::nothrow) TbbSuspension;
  if (made != nullptr) made->give_way();
}

bool in_suspendable_task() noexcept {
  // The first look keeps a thread that oneTBB does not know unknown to it.
  return kResumable && known_to_host() &&
         ::tbb::task::current_context() != nullptr;
}

}  // namespace tbb
}  // namespace parkway
