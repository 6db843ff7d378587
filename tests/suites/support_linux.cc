// SPDX-License-Identifier: Apache-2.0

#include <dirent.h>
#if __has_include(<execinfo.h>)
#include <execinfo.h>
#endif
#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "parkway/os/os.h"
#include "tests/suites/support.h"
#include "tests/suites/support_system.h"

namespace parkway::test {
namespace {

// Where the calling thread is, as "program(+offset)" for addr2line.
void OnShowStack(int) {
#if __has_include(<execinfo.h>)  // not of musl
  void* frames[48];
  const int n = backtrace(frames, 48);
  backtrace_symbols_fd(frames, n, STDERR_FILENO);
#endif
}

void (*g_on_alarm)() = nullptr;

void OnAlarm(int) {
  // A report that hangs as well ends by the second alarm.
  signal(SIGALRM, SIG_DFL);
  alarm(10);
  g_on_alarm();
}

// What the kernel says of a thread of this process; "" if nothing.
std::string AboutThread(pid_t tid, const char* file) {
  char path[64];
  std::snprintf(path, sizeof(path), "/proc/self/task/%d/%s",
                static_cast<int>(tid), file);
  char text[256];
  std::size_t n = 0;
  if (std::FILE* opened = std::fopen(path, "r")) {
    n = std::fread(text, 1, sizeof(text), opened);
    std::fclose(opened);
  }
  return std::string(text, n);
}

bool Sleeps(pid_t tid) {
  const std::string stat = AboutThread(tid, "stat");
  const std::size_t end_of_name = stat.rfind(')');
  return end_of_name != std::string::npos &&
         stat.compare(end_of_name, 3, ") S") == 0;
}

// A pause that is no wait for anybody, as faults make them, is none.
bool SleepsInFutex(pid_t tid) {
  if (!Sleeps(tid)) return false;
  // Not every kernel says this; then the state must do. An emulator's number
  // is that of its own processor.
  const std::string call = AboutThread(tid, "syscall");
  if (call.empty() || Emulated()) return true;
  const long number = std::atol(call.c_str());
#ifdef SYS_futex_time64
  if (number == SYS_futex_time64) return true;
#endif
  return number == SYS_futex;
}

constexpr std::size_t kPageBytes = 4096;

}  // namespace

namespace internal {

// An alarm rather than a thread: tests fork.
void SetAlarm(unsigned seconds, void (*handler)()) {
  g_on_alarm = handler;
  if (seconds != 0) signal(SIGALRM, OnAlarm);
  alarm(seconds);
}

// One after the other. Nothing that a handler may do, but the program is at its
// end, and the second alarm ends it for sure.
void ShowStacks() {
  struct sigaction action = {};
  action.sa_handler = &OnShowStack;
  sigaction(SIGUSR2, &action, nullptr);
  DIR* const tasks = opendir("/proc/self/task");
  if (tasks == nullptr) return;
  while (const dirent* task = readdir(tasks)) {
    const long id = std::strtol(task->d_name, nullptr, 10);
    if (id == 0) continue;
    char line[64];
    const int n = std::snprintf(line, sizeof(line), "stack of %ld:\n", id);
    os::write_error(line, static_cast<std::size_t>(n));
    syscall(SYS_tgkill, getpid(), id, SIGUSR2);
    const timespec time = {0, 50000000};
    nanosleep(&time, nullptr);
  }
  closedir(tasks);
}

std::uint64_t ProcessNumber() { return static_cast<std::uint64_t>(getpid()); }

bool SleepsNow(ThreadNumber thread) {
  return SleepsInFutex(static_cast<pid_t>(thread));
}

bool OthersSleepNow() {
  const long me = syscall(SYS_gettid);
  DIR* const tasks = opendir("/proc/self/task");
  if (tasks == nullptr) return false;
  bool all = true;
  while (const dirent* task = readdir(tasks)) {
    const long tid = std::strtol(task->d_name, nullptr, 10);
    if (tid == 0 || tid == me) continue;
    all = all && Sleeps(static_cast<pid_t>(tid));
  }
  closedir(tasks);
  return all;
}

const int kLooks = 3;

}  // namespace internal

ThreadNumber CurrentThreadNumber() { return syscall(SYS_gettid); }

int CpuCount() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  return CPU_COUNT(&set);
}

bool PinToOneCpu() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return false;
  int first = 0;
  while (!CPU_ISSET(first, &set)) ++first;
  CPU_ZERO(&set);
  CPU_SET(first, &set);
  return sched_setaffinity(0, sizeof(set), &set) == 0;
}

std::size_t ResidentBytes() {
  std::size_t pages = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

Page::Page()
    : memory_(mmap(nullptr, kPageBytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
  if (memory_ == MAP_FAILED) std::abort();
}

Page::~Page() { munmap(memory_, kPageBytes); }

void Page::Revoke() {
  // Drops the contents too, and keeps the address from being taken.
  if (mmap(memory_, kPageBytes, PROT_NONE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != memory_) {
    std::abort();
  }
}

void Page::Restore() {
  if (mmap(memory_, kPageBytes, PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != memory_) {
    std::abort();
  }
}

namespace {

// Of the thread that forks.
struct ChildToBe {
  const std::function<void()>* first;
  int seconds;
};
thread_local const ChildToBe* t_child_to_be = nullptr;

void OnForkInChild() {
  if (t_child_to_be == nullptr) return;
  // Here, for a handler may hang.
  signal(SIGALRM, SIG_DFL);
  alarm(static_cast<unsigned>(t_child_to_be->seconds));
  if (t_child_to_be->first != nullptr) (*t_child_to_be->first)();
}

// Handlers in the child run in the order in which they were registered.
const bool g_handles_forks =
    pthread_atfork(nullptr, nullptr, &OnForkInChild) == 0;

int RunInChild(const ChildToBe& child, const std::function<int()>& body) {
  if (!g_handles_forks) return -1;
  std::fflush(stdout);
  const bool failed_before = testing::Test::HasFailure();
  t_child_to_be = &child;
  const pid_t pid = fork();
  if (pid == 0) {
    t_child_to_be = nullptr;
    const int result = body();
    const bool failed = !failed_before && testing::Test::HasFailure();
    _exit(result == 0 && failed ? kFailedInChild : result);
  }
  t_child_to_be = nullptr;
  if (pid < 0) return -1;
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

int RunInChild(const std::function<int()>& body, int seconds) {
  return RunInChild(ChildToBe{nullptr, seconds}, body);
}

int RunInChild(const std::function<void()>& first,
               const std::function<int()>& body, int seconds) {
  return RunInChild(ChildToBe{&first, seconds}, body);
}

}  // namespace parkway::test
