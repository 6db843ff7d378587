// SPDX-License-Identifier: Apache-2.0

#include "parkway/tbb/preload/host/trial.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <ctime>

#include "parkway/os/os.h"
#include "parkway/tbb/preload/host/counters.h"
#include "parkway/tbb/preload/host/host_abi.h"

namespace parkway::preload {
namespace {

namespace r1 = ::tbb::detail::r1;

// A predicate that says `first`, and then the opposite: oneTBB asks before it
// waits, and would wait for ever if it took the answer for the other one.
class Predicate final : public ::tbb::detail::d1::delegate_base {
 public:
  explicit Predicate(bool first) : answer_(first) {}
  bool operator()() const override {
    asked_ = true;
    const bool answer = answer_;
    answer_ = !answer;
    return answer;
  }
  bool was_asked() const { return asked_; }

 private:
  mutable bool answer_;
  mutable bool asked_ = false;
};

// The copy's own functions: what they do is what ours have to do.
bool waits_work(const Copy& copy) noexcept {
  constexpr std::size_t kQueueBytes = 256;
  int word = 0;
  const Predicate there(true);
  host<decltype(r1::notify_by_address)>(copy, kNotifyByAddress)(&word, 0);
  host<decltype(r1::notify_by_address_one)>(copy, kNotifyByAddressOne)(&word);
  host<decltype(r1::notify_by_address_all)>(copy, kNotifyByAddressAll)(&word);
  host<decltype(r1::wait_on_address)>(copy, kWaitOnAddress)(
      &word, const_cast<Predicate&>(there), 0);
  std::uint8_t* const queue = host<decltype(r1::allocate_bounded_queue_rep)>(
      copy, kAllocateBoundedQueueRep)(kQueueBytes);
  if (queue == nullptr) return false;
  for (std::size_t i = 0; i < kQueueBytes; ++i) queue[i] = 0;
  auto* const monitors =
      reinterpret_cast<r1::concurrent_monitor*>(queue + kQueueBytes);
  for (std::size_t tag = 0; tag < 2; ++tag) {
    host<decltype(r1::notify_bounded_queue_monitor)>(
        copy, kNotifyBoundedQueueMonitor)(monitors, tag, 1);
    const Predicate is_full(false);
    host<decltype(r1::wait_bounded_queue_monitor)>(
        copy, kWaitBoundedQueueMonitor)(monitors, tag, 1,
                                        const_cast<Predicate&>(is_full));
    if (!is_full.was_asked()) return false;
  }
  host<decltype(r1::abort_bounded_queue_monitors)>(
      copy, kAbortBoundedQueueMonitors)(monitors);
  host<decltype(r1::deallocate_bounded_queue_rep)>(
      copy, kDeallocateBoundedQueueRep)(queue, kQueueBytes);
  void* const memory =
      host<void*(std::size_t)>(copy, kCacheAlignedAllocate)(kQueueBytes);
  if (memory == nullptr) return false;
  host<void(void*)>(copy, kCacheAlignedDeallocate)(memory);
  return there.was_asked();
}

const Copy* g_tried = nullptr;

void resume_at_once(void*, r1::suspend_point_type* point) {
  host<decltype(r1::resume)>(*g_tried, kResume)(point);
}

// A task leaves its stack and comes back to it. For that oneTBB starts to work:
// it asks for threads, and maps a stack.
bool suspends_and_resumes(const Copy& copy) noexcept {
  g_tried = &copy;
  volatile std::uintptr_t on_stack = reinterpret_cast<std::uintptr_t>(&copy);
  char nothing;
  host<decltype(r1::suspend)>(copy, kSuspend)(&resume_at_once, &nothing);
  return on_stack == reinterpret_cast<std::uintptr_t>(&copy);
}

std::uint64_t counted(Counter counter) noexcept {
  return internal::counters[counter].load();
}

// In the child.
bool works(const Copy& copy, Layers layer) noexcept {
  if (layer == kWaits) return waits_work(copy);
  const Copy& tried = internal::try_out(copy, layer);
  internal::counting.store(true);
  if (!suspends_and_resumes(tried)) return false;
  if (layer == kStacks) {
    return counted(kStacksServed) > 0 && counted(kContextSwitches) >= 2;
  }
  // The server's first thread works, finds no more, and says so.
  const std::int64_t deadline = os::nanotime() + kTrialNs / 2;
  while (counted(kServers) > 0 && counted(kThreadsStarted) > 0 &&
         os::nanotime() < deadline) {
    if (counted(kDemandsDown) > 0) return true;
    os::osyield();
  }
  return false;
}

// A child that nobody hears of: no signal at its end, no handlers of fork().
pid_t make_child() noexcept {
  return static_cast<pid_t>(
      syscall(SYS_clone, 0L, nullptr, nullptr, nullptr, nullptr));
}

// In the child: no handler of the program hears of its end, and no dump is
// left. It does not outlive its parent, nor spin for ever.
void let_it_end() noexcept {
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  constexpr rlim_t kSeconds = 2 * kTrialNs / 1'000'000'000;
  const rlimit limit = {kSeconds, kSeconds};
  setrlimit(RLIMIT_CPU, &limit);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  sigset_t deadly;
  sigemptyset(&deadly);
  for (const int crash : {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP}) {
    signal(crash, SIG_DFL);
    sigaddset(&deadly, crash);
  }
  sigprocmask(SIG_UNBLOCK, &deadly, nullptr);
}

// True if it has ended; `status` as waitpid() has it.
bool has_ended(pid_t child, int flags, int& status) noexcept {
  pid_t ended;
  do {
    ended = waitpid(child, &status, __WALL | flags);
  } while (ended == -1 && errno == EINTR);
  // Somebody else may have taken the status: then nobody knows.
  if (ended == -1) status = -1;
  return ended != 0;
}

}  // namespace

Trial::Trial() noexcept : deadline_(os::nanotime() + kTrialNs) {}

const char* Trial::why_not(const Copy& copy, Layers layer) noexcept {
  // Signals of the program are not for the child.
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  const pid_t child = make_child();
  if (child == 0) {
    let_it_end();
    syscall(SYS_exit_group, works(copy, layer) ? 0 : 1);
  }
  sigprocmask(SIG_SETMASK, &before, nullptr);
  if (child == -1) return "the system has no process to try it in";
  int status = 0;
  for (long long nap = 50'000; !has_ended(child, WNOHANG, status);
       nap = nap < 5'000'000 ? nap * 2 : nap) {
    if (os::nanotime() > deadline_) {
      kill(child, SIGKILL);
      has_ended(child, 0, status);
      return "in a trial it hung";
    }
    const timespec for_a_nap = {0, nap};
    nanosleep(&for_a_nap, nullptr);
  }
  if (WIFSIGNALED(status)) return "in a trial it crashed";
  return status == 0 ? nullptr : "a trial failed";
}

}  // namespace parkway::preload
