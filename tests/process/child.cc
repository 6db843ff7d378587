// SPDX-License-Identifier: Apache-2.0

#include "tests/process/child.h"

#include <dlfcn.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <sstream>
#include <thread>

namespace parkway::test {
namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

constexpr std::size_t kStepBytes = 256;

// Shared by the process that runs and the one that watches it.
char* g_step = nullptr;
bool g_watched = false;

// In the parent, as long as the child lives.
class StepPage {
 public:
  StepPage() : outer_(g_step) {
    void* const page = mmap(nullptr, kStepBytes, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    g_step = page == MAP_FAILED ? nullptr : static_cast<char*>(page);
  }
  ~StepPage() {
    if (g_step != nullptr) munmap(g_step, kStepBytes);
    g_step = outer_;
  }
  StepPage(const StepPage&) = delete;
  StepPage& operator=(const StepPage&) = delete;
  std::string text() const { return g_step == nullptr ? "" : g_step; }

 private:
  char* const outer_;
};

// Whether the child ends by itself. It is not reaped: until then its number is
// nobody else's.
bool AwaitEnd(pid_t child, int seconds) {
  constexpr microseconds kLongestPause{1000};
  microseconds pause{20};
  const auto end = steady_clock::now() + std::chrono::seconds(seconds);
  while (steady_clock::now() < end) {
    siginfo_t info = {};
    if (waitid(P_PID, static_cast<id_t>(child), &info,
               WEXITED | WNOHANG | WNOWAIT) == 0 &&
        info.si_pid == child) {
      return true;
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
  return false;
}

[[noreturn]] void BeTheChild(const std::function<int()>& body, bool first) {
  // The suites' own watchdog would report for the parent.
  signal(SIGALRM, SIG_DFL);
  if (first) setpgid(0, 0);
  g_watched = true;
  _exit(body());
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  switch (outcome.end) {
    case Outcome::End::kExited:
      if (outcome.number == kWrong) {
        out << "found wrong";
      } else {
        out << "exited with " << outcome.number;
      }
      break;
    case Outcome::End::kSignalled:
      out << "was ended by signal " << outcome.number << " ("
          << strsignal(outcome.number) << ")";
      break;
    case Outcome::End::kHung:
      out << "hung";
      break;
    case Outcome::End::kNotStarted:
      out << "could not be started: " << strerror(outcome.number);
      break;
  }
  if (!outcome.step.empty()) out << ": " << outcome.step;
  return out;
}

testing::AssertionResult EndedWell(const Outcome& outcome) {
  if (outcome.ok()) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "the child " << outcome;
}

Outcome RunChild(const std::function<int()>& body,
                 const ChildOptions& options) {
  const bool first = !g_watched;
  const StepPage page;
  Outcome outcome;
  std::fflush(stdout);
  const pid_t child = options.make();
  if (child == 0) BeTheChild(body, first);
  if (child < 0) {
    outcome.number = errno;
    return outcome;
  }
  const bool in_time = AwaitEnd(child, options.seconds);
  // With those of the group that it has made, if it came to that.
  if (first) kill(-child, SIGKILL);
  if (!in_time) kill(child, SIGKILL);
  int status = W_EXITCODE(kWrong, 0);
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  outcome.step = page.text();
  if (!in_time) {
    outcome.end = Outcome::End::kHung;
  } else if (WIFEXITED(status)) {
    outcome.end = Outcome::End::kExited;
    outcome.number = WEXITSTATUS(status);
  } else {
    outcome.end = Outcome::End::kSignalled;
    outcome.number = WTERMSIG(status);
  }
  return outcome;
}

void Step(const char* what) {
  if (g_step == nullptr) return;
  std::size_t i = 0;
  for (; what[i] != '\0' && i + 1 < kStepBytes; ++i) g_step[i] = what[i];
  g_step[i] = '\0';
}

void Demand(bool right, const char* what) {
  if (right) return;
  Step(what);
  // A program that was started anew has no parent that would say it.
  if (g_step == nullptr) std::fprintf(stderr, "found wrong: %s\n", what);
  _exit(kWrong);
}

bool Report(const Outcome& outcome, const char* of_what) {
  if (outcome.ok()) return true;
  std::ostringstream line;
  line << of_what << ": " << outcome << "\n";
  std::fputs(line.str().c_str(), stderr);
  return false;
}

pid_t BareClone() {
  // All of the arguments are 0 but the signal: their order, which is not the
  // same on all processors, does not matter.
  return static_cast<pid_t>(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}

Fork ForkWithoutHandlers() {
  return reinterpret_cast<Fork>(dlsym(RTLD_DEFAULT, "_Fork"));
}

}  // namespace parkway::test
