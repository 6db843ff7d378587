// SPDX-License-Identifier: Apache-2.0

// oneTBB's spin mutexes are words and nothing else, so programs put them into
// memory that processes share. Those that take their place work there, too:
// also when the one process sleeps while the other gives the mutex back.
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <new>

#include "parkway/tbb/spin_mutex.h"
#include "parkway/tbb/spin_rw_mutex.h"
#include "tests/process/child.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

constexpr int kProcesses = 2;
constexpr int kRounds = 200000;
// Of these so many are so long that the other process would rather sleep.
constexpr int kLongSections = 40;

template <class M>
struct InSharedMemory {
  M mutex;
  // Guarded by it.
  long sum = 0;
  long also_sum = 0;
  // Of each process: its id, and whether it is about to lock.
  std::atomic<int> ids[kProcesses] = {};
  std::atomic<bool> wants[kProcesses] = {};
};

template <class M>
class Mapped {
 public:
  Mapped()
      : memory_(mmap(nullptr, sizeof(InSharedMemory<M>), PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (ok()) new (memory_) InSharedMemory<M>;
  }
  ~Mapped() {
    if (ok()) munmap(memory_, sizeof(InSharedMemory<M>));
  }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;
  bool ok() const { return memory_ != MAP_FAILED; }
  InSharedMemory<M>& get() const {
    return *static_cast<InSharedMemory<M>*>(memory_);
  }

 private:
  void* const memory_;
};

bool SleepsNow(int process) {
  char path[64];
  std::snprintf(path, sizeof(path), "/proc/%d/stat", process);
  std::FILE* const file = std::fopen(path, "r");
  if (file == nullptr) return false;
  char text[512] = "";
  const std::size_t n = std::fread(text, 1, sizeof(text) - 1, file);
  std::fclose(file);
  text[n] = '\0';
  const char* const name_end = std::strrchr(text, ')');
  return name_end != nullptr && std::strncmp(name_end, ") S", 3) == 0;
}

// Returns when the other process sleeps in its lock, if it does that at all.
template <class M>
void LetTheOtherSleep(const InSharedMemory<M>& shared, int other) {
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
  while (std::chrono::steady_clock::now() < end) {
    if (shared.wants[other] && SleepsNow(shared.ids[other])) return;
    usleep(100);
  }
}

// Runs round(me, i, whether its section is to be long) in two processes.
template <class Round>
int RunInTwo(Round round, std::atomic<int> (&ids)[kProcesses]) {
  const auto run = [&](int me) {
    ids[me] = getpid();
    for (int i = 0; i < kRounds; ++i) {
      round(me, i, i % (kRounds / kLongSections) == 0);
    }
  };
  const pid_t second = fork();
  if (second < 0) return kNotHere;
  if (second == 0) {
    run(1);
    _exit(0);
  }
  Step("the first process takes the mutex, again and again");
  run(0);
  Step("the second process takes the mutex, again and again");
  int status = 0;
  return waitpid(second, &status, 0) == second ? status : kWrong;
}

// One section of `me`, which makes the sums larger by one.
template <class M>
void Write(InSharedMemory<M>& shared, int me, bool is_long) {
  ++shared.sum;
  if (is_long) LetTheOtherSleep(shared, 1 - me);
  ++shared.also_sum;
}
// One as a reader, in which they are equal.
template <class M>
void Read(const InSharedMemory<M>& shared, int me, bool is_long) {
  const long sum = shared.sum;
  if (is_long) LetTheOtherSleep(shared, 1 - me);
  Demand(shared.also_sum == sum, "a reader and a writer were in at a time");
}

// The sums must be right in the end.
template <class M>
void Expect(const InSharedMemory<M>& shared, const Outcome& outcome) {
  EXPECT_TRUE(EndedWell(outcome));
  EXPECT_EQ(shared.sum, long{kProcesses} * kRounds);
  EXPECT_EQ(shared.also_sum, shared.sum);
}

constexpr ChildOptions kProgram = {60, &fork};

TEST(SharedMemory, SpinMutex) {
  const Mapped<tbb::spin_mutex> mapped;
  ASSERT_TRUE(mapped.ok());
  auto& shared = mapped.get();
  Expect(shared, RunChild(
                     [&] {
                       return RunInTwo(
                           [&](int me, int, bool is_long) {
                             shared.wants[me] = true;
                             shared.mutex.lock();
                             shared.wants[me] = false;
                             Write(shared, me, is_long);
                             shared.mutex.unlock();
                           },
                           shared.ids);
                     },
                     kProgram));
}

// Holds up the thread that gets the signal.
std::atomic<bool> g_held_up{false};
void HoldUp(int /*signal*/) {
  g_held_up = true;
  for (;;) usleep(1000);
}

// A process gives the mutex back, wakes one of its own waiters, and ends before
// that one has come. Another process's waiter is not to wait for it.
TEST(SharedMemory, SpinRwMutexOfAProcessThatEndedWithAWaiterOnItsWay) {
  const Mapped<tbb::spin_rw_mutex> mapped;
  ASSERT_TRUE(mapped.ok());
  auto& shared = mapped.get();
  const auto owner = [&shared] {
    shared.mutex.lock();
    test::Thread waiter([&shared] { shared.mutex.lock(); });
    if (!waiter.WaitAsleep()) _exit(1);
    signal(SIGUSR1, &HoldUp);
    pthread_kill(waiter.handle(), SIGUSR1);
    while (!g_held_up) usleep(100);
    shared.ids[1] = getpid();
    // Until the other process sleeps, too.
    while (!shared.wants[0]) usleep(100);
    shared.mutex.unlock();
    _exit(0);
  };
  EXPECT_TRUE(EndedWell(RunChild(
      [&] {
        const pid_t second = fork();
        if (second < 0) return kNotHere;
        if (second == 0) owner();
        Step("the owner's own waiter is held up");
        while (shared.ids[1] == 0) usleep(100);
        test::Thread waiter([&shared] {
          shared.mutex.lock();
          shared.mutex.unlock();
        });
        Demand(waiter.WaitAsleep(), "nobody waited");
        shared.wants[0] = true;
        int status = 0;
        Demand(waitpid(second, &status, 0) == second && status == 0,
               "the owner did not end well");
        Step("the waiter of the process that is left");
        waiter.Join();
        return 0;
      },
      kProgram)));
}

// Writers and readers, and readers that become writers and back.
TEST(SharedMemory, SpinRwMutex) {
  const Mapped<tbb::spin_rw_mutex> mapped;
  ASSERT_TRUE(mapped.ok());
  auto& shared = mapped.get();
  const auto round = [&](int me, int i, bool is_long) {
    const bool begins_as_writer = i % 2 == 0;
    shared.wants[me] = true;
    tbb::spin_rw_mutex::scoped_lock lock(shared.mutex, begins_as_writer);
    shared.wants[me] = false;
    if (!begins_as_writer) {
      Read(shared, me, is_long);
      lock.upgrade_to_writer();
    }
    Write(shared, me, is_long);
    if (i % 3 == 0) {
      lock.downgrade_to_reader();
      Read(shared, me, is_long);
    }
  };
  Expect(shared,
         RunChild([&] { return RunInTwo(round, shared.ids); }, kProgram));
}

}  // namespace
}  // namespace parkway::test
