// SPDX-License-Identifier: Apache-2.0

// Calls that block, made from tasks.
#include "parkway/tbb/task/blocking_call.h"

#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "parkway/task/blocking_pool.h"
#include "parkway/tbb/task/file_calls.h"
#include "parkway/tbb/task/task_note.h"
#include "parkway/tbb/task/task_scheduler.h"
#include "parkway/tbb/task/task_suspension.h"
#include "tests/suites/support.h"
#include "tests/unit/tbb/end_workers.h"

namespace parkway {
namespace {

using std::chrono::milliseconds;
using test::Eventually;
using test::RunInChild;

constexpr int kWorkers = 2;

class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe(ends_), 0); }
  ~Pipe() {
    close(ends_[0]);
    close(ends_[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  SyscallResult Read(char* byte) {
    return tbb::blocking_call(::read, ends_[0], byte, 1);
  }
  void Write(char byte) { EXPECT_EQ(write(ends_[1], &byte, 1), 1); }

 private:
  int ends_[2];
};

void Nap() {
  const timespec time = {0, 1000000};
  nanosleep(&time, nullptr);
}

// How many are inside at once.
class Crowd {
 public:
  void Enter() {
    const int now = ++inside_;
    int most = most_;
    while (now > most && !most_.compare_exchange_weak(most, now)) {
    }
  }
  void Leave() { --inside_; }
  int inside() const { return inside_; }
  int most() const { return most_; }

 private:
  std::atomic<int> inside_{0};
  std::atomic<int> most_{0};
};

class BlockingCallTest : public testing::Test {
 protected:
  BlockingCallTest() { blocking_pool().set_idle_time(milliseconds(50)); }
  ~BlockingCallTest() override {
    blocking_pool().set_max_threads(BlockingPool::kDefaultMaxThreads);
    blocking_pool().set_idle_time(std::chrono::seconds(1));
  }

  // Runs body() as a task of an arena of `workers`, and waits for all tasks.
  template <class Body>
  void InTask(int workers, Body body) {
    ::tbb::task_arena arena(workers);
    arena.execute([&] {
      ::tbb::task_group group;
      group.run([&] { body(group); });
      group.wait();
    });
  }
  template <class Body>
  void ForEach(int n, Body body) {
    ::tbb::task_arena arena(kWorkers);
    arena.execute(
        [&] { ::tbb::parallel_for(0, n, body, ::tbb::simple_partitioner()); });
  }

  const ::tbb::global_control workers_{
      ::tbb::global_control::max_allowed_parallelism, kWorkers};
};

// The one worker there is must run the second task for the first to go on.
TEST_F(BlockingCallTest, TheWorkerIsFreeMeanwhile) {
  Pipe pipe;
  char byte = 0;
  SyscallResult result;
  InTask(1, [&](::tbb::task_group& group) {
    group.run([&] { pipe.Write('x'); });
    result = pipe.Read(&byte);
  });
  EXPECT_EQ(result.r1, 1);
  EXPECT_EQ(result.err, 0);
  EXPECT_EQ(byte, 'x');
}

TEST_F(BlockingCallTest, RunsOnAThreadOfThePool) {
  const std::uint64_t calls = blocking_pool().stats().calls;
  std::thread::id task, call;
  InTask(1, [&](::tbb::task_group&) {
    task = std::this_thread::get_id();
    tbb::blocking_call([&] { call = std::this_thread::get_id(); });
  });
  EXPECT_NE(call, std::thread::id());
  EXPECT_NE(call, task);
  EXPECT_EQ(blocking_pool().stats().calls, calls + 1);
}

TEST_F(BlockingCallTest, OutsideOfATaskItIsAPlainCall) {
  const std::uint64_t calls = blocking_pool().stats().calls;
  std::thread::id call;
  errno = ENOTNAM;
  const SyscallResult result = tbb::blocking_call([&] {
    call = std::this_thread::get_id();
    errno = EPIPE;
    return -1;
  });
  EXPECT_EQ(call, std::this_thread::get_id());
  EXPECT_EQ(result.r1, -1);
  EXPECT_EQ(result.err, EPIPE);
  EXPECT_EQ(errno, ENOTNAM);
  std::thread other([&] {
    tbb::run_blocking([&] { call = std::this_thread::get_id(); });
    EXPECT_EQ(call, std::this_thread::get_id());
  });
  other.join();
  EXPECT_EQ(blocking_pool().stats().calls, calls);
}

TEST_F(BlockingCallTest, TheErrorNumberComesWithTheResult) {
  std::atomic<int> wrong{0};
  ForEach(200, [&](int i) {
    const SyscallResult result = tbb::blocking_call([i] {
      errno = 1 + i % 100;
      return i;
    });
    if (result.r1 != i || result.err != 1 + i % 100) ++wrong;
  });
  EXPECT_EQ(wrong, 0);
  SyscallResult result;
  InTask(1, [&](::tbb::task_group&) {
    char byte;
    result = tbb::blocking_call(::read, -1, &byte, 1);
  });
  EXPECT_EQ(result.r1, -1);
  EXPECT_EQ(result.err, EBADF);
}

// A call on a thread of the pool that makes another one.
TEST_F(BlockingCallTest, ANestedCallStaysOnItsThread) {
  std::thread::id outer, inner;
  SyscallResult outers, inners;
  InTask(1, [&](::tbb::task_group&) {
    outers = tbb::blocking_call([&] {
      outer = std::this_thread::get_id();
      errno = EAGAIN;
      inners = tbb::blocking_call([&] {
        inner = std::this_thread::get_id();
        errno = EIO;
        return 2;
      });
      return 1;
    });
  });
  EXPECT_EQ(inner, outer);
  EXPECT_EQ(inners.r1, 2);
  EXPECT_EQ(inners.err, EIO);
  EXPECT_EQ(outers.r1, 1);
  EXPECT_EQ(outers.err, EAGAIN);
}

TEST_F(BlockingCallTest, AnyResult) {
  InTask(kWorkers, [&](::tbb::task_group&) {
    const std::unique_ptr<int> owned =
        tbb::run_blocking([] { return std::make_unique<int>(42); });
    EXPECT_EQ(*owned, 42);
    int object = 0;
    int& reference = tbb::run_blocking([&]() -> int& { return object; });
    EXPECT_EQ(&reference, &object);
    const std::string text =
        tbb::run_blocking([]() -> const std::string { return "text"; });
    EXPECT_EQ(text, "text");
    bool called = false;
    tbb::run_blocking([&] { called = true; });
    EXPECT_TRUE(called);
    struct NoDefault {
      explicit NoDefault(int n) : number(n) {}
      int number;
    };
    EXPECT_EQ(tbb::run_blocking([] { return NoDefault(3); }).number, 3);
  });
}

// Neither fn nor an argument is copied or moved.
TEST_F(BlockingCallTest, EverythingStaysWhereItIs) {
  struct Pinned {
    Pinned() = default;
    Pinned(const Pinned&) = delete;
    const Pinned* operator()(const Pinned& argument) {
      EXPECT_EQ(&argument, expected);
      return this;
    }
    const Pinned* expected = nullptr;
  };
  InTask(kWorkers, [&](::tbb::task_group&) {
    Pinned fn, argument;
    fn.expected = &argument;
    EXPECT_EQ(tbb::blocking_call(fn, argument).as<const Pinned*>(), &fn);
    const auto use = [](std::unique_ptr<int> p) { return *p; };
    EXPECT_EQ(tbb::blocking_call(use, std::make_unique<int>(9)).r1, 9);
  });
}

struct Custom : std::runtime_error {
  using runtime_error::runtime_error;
};

TEST_F(BlockingCallTest, WhatItThrowsReachesTheTask) {
  int caught = 0;
  InTask(kWorkers, [&](::tbb::task_group&) {
    try {
      tbb::run_blocking([]() -> int { throw Custom("one"); });
    } catch (const Custom& e) {
      EXPECT_STREQ(e.what(), "one");
      ++caught;
    }
    try {
      tbb::blocking_call([](int n) { throw n; }, 5);
    } catch (int n) {
      EXPECT_EQ(n, 5);
      ++caught;
    }
  });
  EXPECT_EQ(caught, 2);
  // Not caught in the task: as oneTBB has it, the wait throws.
  EXPECT_THROW(InTask(kWorkers,
                      [&](::tbb::task_group&) {
                        tbb::run_blocking([] { throw Custom("two"); });
                      }),
               Custom);
}

// In a handler: the exception that is being handled is the task's, before and
// after.
TEST_F(BlockingCallTest, WithinAHandler) {
  std::atomic<int> right{0};
  ForEach(50, [&](int i) {
    try {
      throw i;
    } catch (int) {
      tbb::blocking_call(Nap);
      try {
        throw;
      } catch (int n) {
        if (n == i) ++right;
      }
    }
  });
  EXPECT_EQ(right, 50);
}

TEST_F(BlockingCallTest, FourHundredCallsOfTwoWorkers) {
  Crowd crowd;
  std::atomic<int> done{0};
  // The first of them wait for more than the workers could make.
  std::atomic<bool> crowded{false};
  ForEach(400, [&](int i) {
    const SyscallResult result = tbb::blocking_call([&] {
      crowd.Enter();
      if (!crowded) {
        Eventually([&] { return crowded || crowd.most() > 2 * kWorkers; });
        crowded = true;
      }
      Nap();
      crowd.Leave();
      return i;
    });
    if (result.r1 == i) ++done;
  });
  EXPECT_EQ(done, 400);
  EXPECT_GT(crowd.most(), 2 * kWorkers);
  EXPECT_LE(crowd.most(), static_cast<int>(BlockingPool::kDefaultMaxThreads));
}

TEST_F(BlockingCallTest, Files) {
  constexpr int kFiles = 100;
  const auto path = [](int i) {
    return testing::TempDir() + "blocking_call_" + std::to_string(i);
  };
  const auto content = [](int i) {
    return std::string(static_cast<std::size_t>(i) * 331 + 1,
                       static_cast<char>('a' + i % 26));
  };
  for (int i = 0; i < kFiles; ++i) std::ofstream(path(i)) << content(i);
  std::atomic<int> right{0};
  ForEach(kFiles, [&](int i) {
    // By the calls for files where the number is odd.
    const SyscallResult file =
        i % 2 == 0
            ? tbb::blocking_call(::open, path(i).c_str(), O_RDONLY | O_CLOEXEC)
            : tbb::open_file(path(i).c_str(), O_RDONLY);
    ASSERT_GE(file.r1, 0) << file.err;
    std::string text;
    std::array<char, 4096> buffer;
    for (;;) {
      const SyscallResult got =
          i % 2 == 0
              ? tbb::blocking_call(::read, file.as<int>(), buffer.data(),
                                   buffer.size())
              : tbb::read_file(file.as<int>(), buffer.data(), buffer.size());
      ASSERT_GE(got.r1, 0) << got.err;
      if (got.r1 == 0) break;
      text.append(buffer.data(), got.as<std::size_t>());
    }
    char first = 0;
    EXPECT_EQ(tbb::pread_file(file.as<int>(), &first, 1, 0).r1, 1);
    EXPECT_EQ(first, content(i).front());
    EXPECT_EQ(tbb::blocking_call(::close, file.as<int>()).r1, 0);
    if (text == content(i)) ++right;
    unlink(path(i).c_str());
  });
  EXPECT_EQ(right, kFiles);
  const std::string missing = path(kFiles);
  InTask(1, [&](::tbb::task_group&) {
    const SyscallResult file =
        tbb::blocking_call(::open, missing.c_str(), O_RDONLY);
    EXPECT_EQ(file.r1, -1);
    EXPECT_EQ(file.err, ENOENT);
  });
}

// Every worker has a task that never waits and does not end before another one
// has gone on, which was resumed: those that call for files give way.
TEST_F(BlockingCallTest, LongTasksGiveWay) {
  bool suspends = false;
  InTask(1, [&](::tbb::task_group&) { suspends = tbb::in_suspendable_task(); });
  if (!suspends) GTEST_SKIP() << "no resumable tasks here";
  const std::string path = testing::TempDir() + "blocking_call_long";
  std::ofstream(path) << "in memory";
  for (const bool by_pool : {false, true}) {
    Pipe pipe;
    tbb::task_note note;
    std::atomic<int> busy{0};
    std::atomic<bool> went_on{false};
    std::atomic<int> gave_up{0};
    const auto be_busy = [&] {
      const bool first = busy++ == 0;
      const bool all = Eventually([&] { return busy == kWorkers; });
      if (first && by_pool) pipe.Write('x');
      if (first && !by_pool) note.wakeup();
      std::string text;
      const bool other = Eventually([&] {
        EXPECT_EQ(tbb::read_whole_file(path.c_str(), &text).r1, 9);
        return went_on.load();
      });
      if (!all || !other) ++gave_up;
    };
    InTask(kWorkers, [&](::tbb::task_group& group) {
      for (int i = 0; i < kWorkers; ++i) group.run(be_busy);
      char byte;
      if (by_pool) {
        pipe.Read(&byte);
      } else {
        note.sleep();
      }
      went_on = true;
    });
    EXPECT_EQ(gave_up, 0) << by_pool;
    EXPECT_EQ(tbb::task_stats().suspended, 0u);
  }
  unlink(path.c_str());
}

// Each task waits for the one before: all but one call block at once.
TEST_F(BlockingCallTest, AChainOfPipes) {
  constexpr int kLinks = 40;
  std::vector<Pipe> pipes(kLinks);
  char last = 0;
  InTask(kWorkers, [&](::tbb::task_group& group) {
    for (int i = 1; i < kLinks; ++i) {
      group.run([&, i] {
        char byte = 0;
        EXPECT_EQ(pipes[i - 1].Read(&byte).r1, 1);
        pipes[i].Write(static_cast<char>(byte + 1));
      });
    }
    group.run([&] { EXPECT_EQ(pipes[kLinks - 1].Read(&last).r1, 1); });
    group.run([&] { pipes[0].Write(0); });
  });
  EXPECT_EQ(last, kLinks - 1);
}

TEST_F(BlockingCallTest, MoreCallsThanThreads) {
  blocking_pool().set_max_threads(3);
  EXPECT_TRUE(Eventually([] { return blocking_pool().stats().threads <= 3; }));
  Crowd crowd;
  std::atomic<int> done{0};
  ForEach(100, [&](int) {
    tbb::blocking_call([&] {
      crowd.Enter();
      Nap();
      crowd.Leave();
    });
    ++done;
  });
  EXPECT_EQ(done, 100);
  EXPECT_LE(crowd.most(), 3);
  EXPECT_EQ(blocking_pool().stats().queued, 0u);
}

TEST_F(BlockingCallTest, ThePoolGrowsAndShrinks) {
  blocking_pool().set_idle_time(milliseconds(5));
  constexpr int kCalls = 30;
  for (int round = 0; round < 2; ++round) {
    Crowd crowd;
    ForEach(kCalls, [&](int) {
      tbb::blocking_call([&] {
        crowd.Enter();
        EXPECT_TRUE(Eventually([&] { return crowd.inside() == kCalls; }));
      });
    });
    EXPECT_EQ(crowd.most(), kCalls);
    EXPECT_GE(blocking_pool().stats().peak_threads,
              static_cast<std::uint64_t>(kCalls));
    EXPECT_TRUE(
        Eventually([] { return blocking_pool().stats().threads == 0; }));
  }
}

// oneTBB does not stop a task that has begun.
TEST_F(BlockingCallTest, CancellationLetsTheCallRunToItsEnd) {
  Pipe pipe;
  std::atomic<bool> out{false};
  std::atomic<bool> finished{false};
  std::atomic<int> others{0};
  char byte = 0;
  SyscallResult result;
  ::tbb::task_arena arena(kWorkers);
  arena.execute([&] {
    ::tbb::task_group group;
    group.run([&] {
      result = tbb::blocking_call([&] {
        out = true;
        char got = 0;
        return pipe.Read(&got).r1 == 1 ? got : '\0';
      });
      byte = static_cast<char>(result.r1);
      EXPECT_TRUE(::tbb::is_current_task_group_canceling());
      // The next one as well.
      EXPECT_EQ(tbb::blocking_call([] { return 5; }).r1, 5);
      finished = true;
    });
    // The call is out before the group is cancelled, which it is by a task of
    // another one.
    ::tbb::task_group canceller;
    canceller.run_and_wait([&] {
      tbb::run_blocking(
          [&] { EXPECT_TRUE(Eventually([&] { return out.load(); })); });
      group.cancel();
      group.run([&] { ++others; });
      pipe.Write('c');
    });
    EXPECT_EQ(group.wait(), ::tbb::canceled);
  });
  EXPECT_TRUE(finished);
  EXPECT_EQ(byte, 'c');
  EXPECT_EQ(others, 0);
}

TEST_F(BlockingCallTest, NestedParallelism) {
  std::atomic<int> done{0};
  ForEach(8, [&](int) {
    ::tbb::parallel_for(0, 8, [&](int) {
      tbb::blocking_call(Nap);
      ++done;
    });
    tbb::blocking_call(Nap);
  });
  EXPECT_EQ(done, 64);
}

TEST_F(BlockingCallTest, NestedParallelismAndIsolation) {
  std::atomic<int> done{0};
  ForEach(8, [&](int) {
    ::tbb::this_task_arena::isolate([&] {
      ::tbb::parallel_for(0, 8, [&](int) {
        tbb::blocking_call(Nap);
        ++done;
      });
    });
    tbb::blocking_call(Nap);
  });
  EXPECT_EQ(done, 64);
}

// fn may use oneTBB itself; its thread is one from outside.
TEST_F(BlockingCallTest, AParallelAlgorithmWithinTheCall) {
  std::atomic<int> done{0};
  ForEach(4, [&](int) {
    tbb::run_blocking(
        [&] { ::tbb::parallel_for(0, 10, [&](int) { ++done; }); });
  });
  EXPECT_EQ(done, 40);
}

TEST_F(BlockingCallTest, BeyondTheLimitOfSuspendedTasks) {
  const std::size_t limit = tbb::max_suspended_tasks();
  const std::uint64_t parked = tbb::task_stats().parked_threads;
  tbb::set_max_suspended_tasks(0);
  std::atomic<int> done{0};
  std::atomic<bool> suspendable{false};
  ForEach(20, [&](int i) {
    if (tbb::in_suspendable_task()) suspendable = true;
    // Not over before its task waits for it.
    const auto call = [&] {
      if (i == 0 && suspendable) {
        EXPECT_TRUE(Eventually(
            [&] { return tbb::task_stats().parked_threads > parked; }));
      }
      return i;
    };
    if (tbb::blocking_call(call).r1 == i) ++done;
  });
  tbb::set_max_suspended_tasks(limit);
  EXPECT_EQ(done, 20);
  EXPECT_EQ(tbb::task_stats().parked_threads > parked, suspendable);
}

// Makes every start of a thread fail.
bool ForbidThreads() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAGAIN),
  };
  sock_fprog program = {sizeof(code) / sizeof(code[0]), code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

// In the child of a fork, where the pool has no threads.
TEST_F(BlockingCallTest, WithoutThreadsTheTaskMakesTheCall) {
  if (test::kTsan || test::kAsan) {
    GTEST_SKIP() << "oneTBB's coroutines are threads under sanitizers";
  }
  tbb::EndWorkers();
  constexpr int kNoFilter = 77;
  const int status = RunInChild([&] {
    if (!ForbidThreads()) return kNoFilter;
    std::thread::id task, call;
    InTask(1, [&](::tbb::task_group&) {
      task = std::this_thread::get_id();
      tbb::blocking_call([&] { call = std::this_thread::get_id(); });
    });
    const BlockingStats stats = blocking_pool().stats();
    if (call != task) return 1;
    return stats.calls == 1 && stats.direct == 1 ? 0 : 2;
  });
  if (status == kNoFilter) {
    GTEST_SKIP() << "this kernel does not let us filter system calls";
  }
  EXPECT_EQ(status, 0);
}

TEST_F(BlockingCallTest, TheChildOfAForkHasAPoolOfItsOwn) {
  // oneTBB's workers have ended, which is not the pool's threads.
  if (const char* why = test::WhyNoFork(test::Others::kAsleep)) {
    GTEST_SKIP() << why;
  }
  ForEach(20, [](int) { tbb::blocking_call(Nap); });
  EXPECT_GT(blocking_pool().stats().calls, 0u);
  tbb::EndWorkers();
  EXPECT_EQ(RunInChild([&] {
              if (blocking_pool().stats().calls != 0) return 1;
              std::atomic<int> right{0};
              InTask(1, [&](::tbb::task_group& group) {
                for (int i = 0; i < 10; ++i) {
                  group.run([&, i] {
                    if (tbb::blocking_call([i] { return i; }).r1 == i) ++right;
                  });
                }
              });
              if (right != 10) return 2;
              return blocking_pool().stats().calls == 10 ? 0 : 3;
            }),
            0);
}

}  // namespace
}  // namespace parkway
