// SPDX-License-Identifier: Apache-2.0

#include "tests/suites/support.h"

#include <dirent.h>
#include <execinfo.h>
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

#include "parkway/os/os.h"

namespace parkway::test {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

std::uint64_t Number(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise
                                          : std::strtoull(text, nullptr, 0);
}

std::atomic<void (*)()> g_report{nullptr};
char g_test[256];

// Where the calling thread is, as "program(+offset)" for addr2line.
void OnShowStack(int) {
  void* frames[48];
  const int n = backtrace(frames, 48);
  backtrace_symbols_fd(frames, n, STDERR_FILENO);
}

// The stacks of all threads, one after the other. Nothing that a handler may
// do, but the program is at its end, and the second alarm ends it for sure.
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

void OnAlarm(int) {
  // A report that hangs as well ends by the second alarm.
  signal(SIGALRM, SIG_DFL);
  alarm(10);
  char line[512];
  const int n = std::snprintf(line, sizeof(line),
                              "watchdog: %s hangs; PARKWAY_SEED=%llu\n", g_test,
                              static_cast<unsigned long long>(Seed()));
  os::write_error(line, static_cast<std::size_t>(n));
  if (void (*report)() = g_report.load()) report();
  ShowStacks();
  std::abort();
}

// An alarm rather than a thread: tests fork.
class Watchdog : public testing::EmptyTestEventListener {
 public:
  void OnTestProgramStart(const testing::UnitTest&) override {
    std::printf("PARKWAY_SEED=%llu\n", static_cast<unsigned long long>(Seed()));
    std::fflush(stdout);
  }
  void OnTestStart(const testing::TestInfo& info) override {
    std::snprintf(g_test, sizeof(g_test), "%s.%s", info.test_suite_name(),
                  info.name());
    signal(SIGALRM, OnAlarm);
    alarm(static_cast<unsigned>(Number(
        "PARKWAY_TEST_LIMIT", 200 + 2 * Number("PARKWAY_STRESS_SECONDS", 0))));
  }
  void OnTestEnd(const testing::TestInfo&) override {
    alarm(0);
    g_report = nullptr;
  }
};

const bool g_installed = [] {
  testing::UnitTest::GetInstance()->listeners().Append(new Watchdog);
  return true;
}();

}  // namespace

std::uint64_t Seed() {
  static const std::uint64_t seed =
      Number("PARKWAY_SEED",
             (static_cast<std::uint64_t>(os::nanotime()) * 2654435761u ^
              static_cast<std::uint64_t>(getpid())) &
                 0xffffffffu);
  return seed;
}

nanoseconds StressTime(nanoseconds usual) {
  const std::uint64_t seconds = Number("PARKWAY_STRESS_SECONDS", 0);
  return seconds == 0 ? usual : std::chrono::seconds(seconds);
}

void SetStateReport(void (*report)()) { g_report = report; }

void Burn(nanoseconds time) {
  const auto end = steady_clock::now() + time;
  while (steady_clock::now() < end) {
  }
}

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

bool Eventually(const std::function<bool()>& condition) {
  const auto end = steady_clock::now() + std::chrono::minutes(1);
  while (!condition()) {
    if (steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  return true;
}

namespace {

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
  // Not every kernel says this; then the state must do.
  const std::string call = AboutThread(tid, "syscall");
  return call.empty() || std::atol(call.c_str()) == SYS_futex;
}

// Some looks one after the other: a thread on its way to a wait may sleep for
// a moment, for a lock inside malloc() or a sanitizer.
template <class Asleep, class GiveUp>
bool SeenAsleep(Asleep&& asleep, GiveUp&& give_up) {
  constexpr int kLooks = 3;
  int seen = 0;
  Eventually([&] {
    std::this_thread::sleep_for(std::chrono::microseconds(100));
    seen = asleep() ? seen + 1 : 0;
    return seen == kLooks || give_up();
  });
  return seen == kLooks;
}

constexpr std::size_t kPageBytes = 4096;

}  // namespace

bool WaitAsleep(pid_t tid) {
  return SeenAsleep([tid] { return SleepsInFutex(tid); }, [] { return false; });
}

bool WaitOthersAsleep() {
  const auto asleep = [] {
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
  };
  return SeenAsleep(asleep, [] { return false; });
}

void Thread::SetTid() { tid_ = static_cast<pid_t>(syscall(SYS_gettid)); }

bool Thread::WaitAsleep() const {
  return SeenAsleep(
      [this] {
        const pid_t tid = tid_;
        return tid > 0 && SleepsInFutex(tid);
      },
      [this] { return ended(); });
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
