// SPDX-License-Identifier: Apache-2.0

#include "tests/process/trace.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <thread>

#include "tests/process/system_call_filter.h"

namespace parkway::test {
namespace {

using std::chrono::steady_clock;

// Numbers of calls that no system has: they fail, and the tracer has seen them.
constexpr long kSetWindow = kFirstMark;
constexpr long kAwaitOthers = kFirstMark + 1;

constexpr int kSeconds = 30;
// Often enough that it is no pause between two other things.
constexpr int kAsleepLooks = 3;

// The state that the kernel shows, or 0 if there is no such thread.
char StateOf(pid_t process, pid_t thread) {
  char path[64];
  std::snprintf(path, sizeof(path), "/proc/%d/task/%d/stat",
                static_cast<int>(process), static_cast<int>(thread));
  std::FILE* const file = std::fopen(path, "r");
  if (file == nullptr) return 0;
  char text[512];
  const std::size_t n = std::fread(text, 1, sizeof(text) - 1, file);
  std::fclose(file);
  text[n] = '\0';
  const char* const name_end = std::strrchr(text, ')');
  return name_end == nullptr || name_end[1] == '\0' ? 0 : name_end[2];
}

class Tracer {
 public:
  Tracer(pid_t child, Trace* trace) : child_(child), trace_(*trace) {}

  // False if the child has not ended in time.
  bool Run() {
    const auto end = steady_clock::now() + std::chrono::seconds(kSeconds);
    while (!ended_) {
      if (steady_clock::now() > end) return false;
      if (!HandleStops()) {
        if (waiting_ != 0) LookAtOthers();
        std::this_thread::sleep_for(std::chrono::microseconds(100));
      }
    }
    return true;
  }
  int status() const { return status_; }

 private:
  struct Thread {
    int window = kNoWindow;
    int seen_asleep = 0;
    bool started = false;
  };

  // Whether there were any.
  bool HandleStops() {
    int status = 0;
    const pid_t thread = waitpid(-child_, &status, WNOHANG | __WALL);
    if (thread <= 0) return false;
    if (!WIFSTOPPED(status)) {
      threads_.erase(thread);
      if (thread == child_) {
        ended_ = true;
        status_ = status;
      }
      return true;
    }
    Thread& stopped = threads_[thread];
    const bool first = !stopped.started;
    stopped.started = true;
    stopped.seen_asleep = 0;
    int signal = WSTOPSIG(status);
    if (status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8)) {
      if (HandleCall(thread, stopped)) return true;  // held
      signal = 0;
    } else if (signal == SIGTRAP || (first && signal == SIGSTOP)) {
      // An event of another kind, or a new thread's first stop.
      signal = 0;
    }
    Continue(thread, signal);
    return true;
  }

  // Whether the thread is to be held.
  bool HandleCall(pid_t thread, Thread& state) {
    __ptrace_syscall_info info = {};
    if (ptrace(static_cast<__ptrace_request>(PTRACE_GET_SYSCALL_INFO), thread,
               sizeof(info), &info) <= 0) {
      return false;
    }
    const auto number = static_cast<long>(info.seccomp.nr);
    if (number == kSetWindow) {
      state.window = static_cast<int>(info.seccomp.args[0]);
    } else if (number == kAwaitOthers) {
      waiting_ = thread;
      return true;
    } else if (state.window != kNoWindow) {
      trace_.calls.push_back({state.window, number, info.seccomp.args[0]});
    }
    return false;
  }

  void LookAtOthers() {
    bool all = true;
    for (auto& [thread, state] : threads_) {
      if (thread == waiting_ || state.window == kNoWindow) continue;
      state.seen_asleep =
          StateOf(child_, thread) == 'S' ? state.seen_asleep + 1 : 0;
      all = all && state.seen_asleep >= kAsleepLooks;
    }
    if (!all) return;
    const pid_t thread = waiting_;
    waiting_ = 0;
    for (auto& [id, state] : threads_) state.seen_asleep = 0;
    Continue(thread, 0);
  }

  static void Continue(pid_t thread, int signal) {
    ptrace(PTRACE_CONT, thread, nullptr, static_cast<long>(signal));
  }

  const pid_t child_;
  Trace& trace_;
  std::map<pid_t, Thread> threads_;
  pid_t waiting_ = 0;  // that thread is held
  bool ended_ = false;
  int status_ = 0;
};

[[noreturn]] void BeTraced(const std::function<int()>& body,
                           const std::vector<long>& calls) {
  signal(SIGALRM, SIG_DFL);
  setpgid(0, 0);
  if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(kNotHere);
  raise(SIGSTOP);
  if (!StopForTracer(calls)) _exit(kNotHere);
  _exit(body());
}

}  // namespace

Trace TraceChild(const std::function<int()>& body,
                 const std::vector<long>& calls) {
  Trace trace;
  Outcome& outcome = trace.outcome;
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) BeTraced(body, calls);
  if (child < 0) {
    outcome.number = errno;
    return trace;
  }
  // The same as in the child, whichever comes first.
  setpgid(child, child);
  int status = 0;
  bool stopped = waitpid(child, &status, __WALL) == child && WIFSTOPPED(status);
  if (stopped && ptrace(PTRACE_SETOPTIONS, child, nullptr,
                        PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE |
                            PTRACE_O_TRACESECCOMP) != 0) {
    kill(child, SIGKILL);
    waitpid(child, &status, __WALL);
    stopped = false;
    status = W_EXITCODE(kNotHere, 0);
  }
  if (stopped) {
    ptrace(PTRACE_CONT, child, nullptr, nullptr);
    Tracer tracer(child, &trace);
    if (!tracer.Run()) {
      kill(child, SIGKILL);
      while (waitpid(-child, &status, __WALL) > 0) {
      }
      outcome.end = Outcome::End::kHung;
      return trace;
    }
    status = tracer.status();
  }
  outcome.end =
      WIFEXITED(status) ? Outcome::End::kExited : Outcome::End::kSignalled;
  outcome.number = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
  return trace;
}

void SetWindow(int window) { syscall(kSetWindow, window); }

void AwaitOthersAsleep() { syscall(kAwaitOthers); }

std::string NameOfCall(long number) {
  static const std::map<long, const char*> names = {
      {SYS_membarrier, "membarrier"},
      {SYS_openat, "openat"},
      {SYS_nanosleep, "nanosleep"},
      {SYS_clock_nanosleep, "clock_nanosleep"},
      {SYS_futex, "futex"},
      {SYS_mmap, "mmap"},
      {SYS_madvise, "madvise"},
      {SYS_mprotect, "mprotect"},
      {SYS_brk, "brk"},
      {SYS_sched_getaffinity, "sched_getaffinity"},
      {SYS_sched_yield, "sched_yield"},
  };
  const auto found = names.find(number);
  return found != names.end() ? found->second : std::to_string(number);
}

}  // namespace parkway::test
