// SPDX-License-Identifier: Apache-2.0

#include "parkway/stack/stack_freelist.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#if defined(__linux__)
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "parkway/stack/stack_class.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

using testing::AllOf;
using testing::Ge;
using testing::Le;

constexpr std::size_t kPage = 4096;

// Everything that the tests before have left behind is gone.
class StackFreelistTest : public testing::Test {
 protected:
  StackFreelistTest() {
    set_stack_limits(StackLimits());
    stack_trim();
  }
  ~StackFreelistTest() override { set_stack_limits(StackLimits()); }
};

void touch(void* stack, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; i += kPage) {
    static_cast<volatile char*>(stack)[i] = 1;
  }
  static_cast<volatile char*>(stack)[bytes - 1] = 1;
}

class StackSizes
    : public StackFreelistTest,
      public testing::WithParamInterface<std::tuple<std::size_t, StackGuard>> {
 protected:
  const std::size_t bytes_ = std::get<0>(GetParam());
  const StackGuard guard_ = std::get<1>(GetParam());
};
INSTANTIATE_TEST_SUITE_P(
    All, StackSizes,
    testing::Combine(testing::Values(1, 4096, 4097, 8192, 65536, 100000,
                                     1 << 20, 4 << 20, 16 << 20),
                     testing::Values(StackGuard::kPage, StackGuard::kNone)));

TEST_P(StackSizes, AreDistinctAndWritable) {
  const std::size_t size = stack_size(bytes_);
  EXPECT_THAT(size, AllOf(Ge(bytes_), Ge(kMinStackBytes), Le(kMaxStackBytes)));
  std::vector<char*> stacks;
  for (int i = 0; i < 70; ++i) {
    auto* const stack = static_cast<char*>(stack_alloc(bytes_, guard_));
    ASSERT_NE(stack, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(stack) % kPage, 0u);
    std::memset(stack, i, std::min<std::size_t>(size, 3 * kPage));
    std::memset(stack + size - kPage, i, kPage);
    stacks.push_back(stack);
  }
  std::vector<char*> sorted = stacks;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    const std::size_t room = guard_ == StackGuard::kPage ? size + kPage : size;
    EXPECT_GE(static_cast<std::size_t>(sorted[i] - sorted[i - 1]), room);
  }
  EXPECT_EQ(stack_stats(bytes_, guard_).in_use, 70 * size);
  for (int i = 0; i < 70; ++i) {
    EXPECT_EQ(stacks[i][0], i);
    EXPECT_EQ(stacks[i][size - 1], i);
    stack_free(stacks[i], bytes_, guard_);
  }
  EXPECT_EQ(stack_stats(bytes_, guard_).in_use, 0u);
}

TEST_P(StackSizes, ComeBackLastInFirstOut) {
  void* const first = stack_alloc(bytes_, guard_);
  void* const second = stack_alloc(bytes_, guard_);
  stack_free(first, bytes_, guard_);
  stack_free(second, bytes_, guard_);
  EXPECT_EQ(stack_alloc(bytes_, guard_), second);
  EXPECT_EQ(stack_alloc(bytes_, guard_), first);
  stack_free(first, bytes_, guard_);
  stack_free(second, bytes_, guard_);
}

TEST_P(StackSizes, TrimGivesEverythingBack) {
  std::vector<void*> stacks;
  for (int i = 0; i < 100; ++i) {
    stacks.push_back(stack_alloc(bytes_, guard_));
  }
  const StackStats full = stack_stats(bytes_, guard_);
  EXPECT_GE(full.from_system, full.in_use);
  for (void* stack : stacks) stack_free(stack, bytes_, guard_);
  const StackStats freed = stack_stats(bytes_, guard_);
  EXPECT_GE(freed.cached, 100 * stack_size(bytes_));
  EXPECT_EQ(stack_trim(), freed.cached);
  const StackStats none = stack_stats(bytes_, guard_);
  EXPECT_EQ(none.in_use, 0u);
  EXPECT_EQ(none.cached, 0u);
  EXPECT_EQ(none.unbacked, 0u);
  EXPECT_EQ(none.from_system, 0u);
  EXPECT_GE(none.peak, full.in_use);
}

TEST_F(StackFreelistTest, SizeClasses) {
  EXPECT_EQ(stack_size(0), 4096u);
  EXPECT_EQ(stack_size(4096), 4096u);
  EXPECT_EQ(stack_size(4097), 8192u);
  EXPECT_EQ(stack_size(kMaxStackBytes), kMaxStackBytes);
  EXPECT_EQ(stack_size(SIZE_MAX), kMaxStackBytes);
  for (unsigned index = 0; index < internal::kStackClasses; ++index) {
    const StackGuard guard =
        index < internal::kStackSizes ? StackGuard::kPage : StackGuard::kNone;
    const std::size_t size = internal::class_bytes(index);
    EXPECT_EQ(internal::stack_class(size, guard), index);
    EXPECT_EQ(internal::stack_class(size / 2 + 1, guard), index);
  }
}

TEST_F(StackFreelistTest, TooLargeIsAnError) {
  errno = 0;
  EXPECT_EQ(stack_alloc(kMaxStackBytes + 1), nullptr);
  EXPECT_EQ(errno, EINVAL);
  errno = 0;
  EXPECT_EQ(stack_alloc(SIZE_MAX), nullptr);
  EXPECT_EQ(errno, EINVAL);
}

TEST_F(StackFreelistTest, LeavesErrnoAlone) {
  errno = 77;
  void* const stack = stack_alloc(1 << 18);
  stack_free(stack, 1 << 18);
  stack_trim();
  EXPECT_EQ(errno, 77);
}

void say(const char* what) {
  std::fputs(what, stderr);
  std::fflush(stderr);
}

// An access below the stack ends the program, however it comes about.
class StackGuards : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Sizes, StackGuards,
                         testing::Values(4096, 65536, 4 << 20));

TEST_P(StackGuards, FaultBelowTheStack) {
  EXPECT_DEATH(
      {
        std::vector<volatile char*> stacks;
        for (int i = 0; i < 40; ++i) {
          stacks.push_back(static_cast<char*>(stack_alloc(GetParam())));
        }
        // Also after the memory has been given back and taken again.
        for (volatile char* s : stacks) {
          stack_free(const_cast<char*>(s), GetParam());
        }
        StackLimits limits;
        limits.shared_bytes = 0;
        set_stack_limits(limits);
        stack_alloc(GetParam());
        stack_trim();
        auto* const stack =
            static_cast<volatile char*>(stack_alloc(GetParam()));
        stack[0] = 1;
        say("came to the guard");
        stack[-1] = 1;
      },
      "came to the guard");
}

// A recursion without end on such a stack is in the test of the context switch;
// here each page on the way down.
TEST_P(StackGuards, NoOtherAccessFaults) {
  void* const stack = stack_alloc(GetParam());
  touch(stack, GetParam());
  stack_free(stack, GetParam());
}

// The case that the 2011 list had no answer for: one thread allocates, another
// one frees.
TEST_F(StackFreelistTest, MemoryOfAProducerAndAConsumerStaysBounded) {
  constexpr std::size_t kBytes = 65536;
  std::mutex mutex;
  std::vector<void*> queue;
  std::atomic<bool> done{false};
  std::uint64_t most = 0;
  const int rounds = Rounds(100000);
  Thread consumer([&] {
    for (;;) {
      const bool last = done;
      std::vector<void*> some;
      {
        std::lock_guard<std::mutex> guard(mutex);
        some.swap(queue);
      }
      for (void* stack : some) stack_free(stack, kBytes);
      if (some.empty() && last) return;
      if (some.empty()) std::this_thread::yield();
    }
  });
  for (int i = 0; i < rounds; ++i) {
    void* const stack = stack_alloc(kBytes);
    ASSERT_NE(stack, nullptr);
    for (;;) {
      {
        std::lock_guard<std::mutex> guard(mutex);
        if (queue.size() < 50) {
          queue.push_back(stack);
          break;
        }
      }
      std::this_thread::yield();
    }
    if (i % 1000 == 0) {
      most = std::max(most, stack_stats(kBytes, StackGuard::kPage).from_system);
    }
  }
  done = true;
  consumer.Join();
  // 100 in flight, two magazines of 32 each in two threads, and one on its way.
  EXPECT_LE(most, (100 + 5 * 32 + 16) * (kBytes + kPage) + (2 << 20));
  const StackStats stats = stack_stats(kBytes, StackGuard::kPage);
  EXPECT_EQ(stats.in_use, 0u);
  EXPECT_GT(stats.spills, static_cast<std::uint64_t>(rounds) / 100);
  EXPECT_GT(stats.refills, static_cast<std::uint64_t>(rounds) / 100);
}

TEST_F(StackFreelistTest, ThreadExitGivesBack) {
  constexpr std::size_t kBytes = 1 << 20;
  std::set<void*> theirs;
  Thread thread([&] {
    void* stacks[5];
    for (void*& stack : stacks) theirs.insert(stack = stack_alloc(kBytes));
    for (void* stack : stacks) stack_free(stack, kBytes);
  });
  thread.Join();
  const std::uint64_t from_system =
      stack_stats(kBytes, StackGuard::kPage).from_system;
  int again = 0;
  std::vector<void*> mine;
  for (int i = 0; i < 5; ++i) {
    mine.push_back(stack_alloc(kBytes));
    again += static_cast<int>(theirs.count(mine.back()));
  }
  EXPECT_EQ(again, 5);
  EXPECT_EQ(stack_stats(kBytes, StackGuard::kPage).from_system, from_system);
  for (void* stack : mine) stack_free(stack, kBytes);
}

// A destructor that runs after the worker record was given back.
TEST_F(StackFreelistTest, WorksInThreadLocalDestructors) {
  struct Late {
    ~Late() {
      stack_free(stack, kPage);
      stack_free(stack_alloc(kPage), kPage);
    }
    void* stack = nullptr;
  };
  Thread thread([] {
    static thread_local Late late;
    late.stack = stack_alloc(kPage);
  });
  thread.Join();
  EXPECT_EQ(stack_stats(kPage, StackGuard::kPage).in_use, 0u);
}

TEST_F(StackFreelistTest, WhatIsBeyondTheLimitGoesBack) {
  constexpr std::size_t kBytes = 65536;
  StackLimits limits;
  limits.shared_bytes = 64 * (16 << 10);
  set_stack_limits(limits);
  std::vector<void*> stacks;
  for (int i = 0; i < 1000; ++i) {
    stacks.push_back(stack_alloc(kBytes));
    touch(stacks.back(), kBytes);
  }
  const std::size_t full = ResidentBytes();
  const std::uint64_t mapped =
      stack_stats(kBytes, StackGuard::kPage).from_system;
  for (void* stack : stacks) stack_free(stack, kBytes);
  const StackStats stats = stack_stats(kBytes, StackGuard::kPage);
  EXPECT_LE(stats.cached, (64 + 2 * 32) * kBytes);
  EXPECT_LT(stats.from_system, mapped / 2);
  EXPECT_GE(stats.returns, 1000u - 64 - 64);
  if (!kTsan && !kAsan) {
    EXPECT_LT(ResidentBytes() + 800 * kBytes, full);
  }
  EXPECT_EQ(stack_limits().shared_bytes, limits.shared_bytes);
}

TEST_F(StackFreelistTest, SharedOnesKeepTheirWarmPartOnly) {
  constexpr std::size_t kBytes = 1 << 20;
  StackLimits limits;
  limits.warm_bytes = 2 * kPage - 1;
  // One batch of eight, and not quite another one.
  limits.whole_bytes = 15 * kBytes;
  set_stack_limits(limits);
  EXPECT_EQ(stack_limits().warm_bytes, 2 * kPage);
  EXPECT_EQ(stack_limits().whole_bytes, 15 * kBytes);
  std::vector<unsigned char*> stacks;
  for (int i = 0; i < 40; ++i) {
    stacks.push_back(static_cast<unsigned char*>(stack_alloc(kBytes)));
    std::memset(stacks.back(), 0xee, kBytes);
  }
  for (unsigned char* stack : stacks) stack_free(stack, kBytes);
  // The last two magazines of eight are as they were, and the first one is.
  for (int i = 0; i < 40; ++i) {
    const bool shared = 8 <= i && i < 24;
    EXPECT_EQ(stacks[i][0], shared ? 0 : 0xee) << i;
    EXPECT_EQ(stacks[i][kBytes - 2 * kPage - 1], shared ? 0 : 0xee) << i;
    EXPECT_EQ(stacks[i][kBytes - 2 * kPage], 0xee) << i;
  }
}

TEST_F(StackFreelistTest, LazyReleaseKeepsStacksUsable) {
  constexpr std::size_t kBytes = 1 << 20;
  StackLimits limits;
  limits.shared_bytes = 20 * (16 << 10);
  limits.lazily = true;
  set_stack_limits(limits);
  for (int round = 0; round < 3; ++round) {
    std::vector<void*> stacks;
    for (int i = 0; i < 100; ++i) {
      stacks.push_back(stack_alloc(kBytes));
      touch(stacks.back(), kBytes);
    }
    for (void* stack : stacks) stack_free(stack, kBytes);
  }
  EXPECT_EQ(stack_stats(kBytes, StackGuard::kPage).in_use, 0u);
}

TEST_F(StackFreelistTest, AChildOfAForkHasAll) {
  if (!kHasFork) GTEST_SKIP() << "this system has no fork()";
  void* const stack = stack_alloc(65536);
  touch(stack, 65536);
  EXPECT_EQ(RunInChild([&] {
              stack_free(stack, 65536);
              if (stack_alloc(65536) != stack) return 1;
              std::vector<void*> stacks;
              for (int i = 0; i < 200; ++i) {
                stacks.push_back(stack_alloc(65536));
              }
              for (void* s : stacks) stack_free(s, 65536);
              stack_free(stack, 65536);
              stack_trim();
              return stack_stats().from_system == 0 ? 0 : 2;
            }),
            0);
  stack_free(stack, 65536);
}

// From all threads at once while others allocate, free, exit and trim.
TEST_F(StackFreelistTest, StatisticsStopNobody) {
  std::atomic<bool> stop{false};
  std::vector<std::unique_ptr<Thread>> threads;
  for (int t = 0; t < 3; ++t) {
    threads.push_back(std::make_unique<Thread>([&stop, t] {
      Random random = Random::Stream(static_cast<std::uint64_t>(t));
      while (!stop) {
        Thread inner([&random] {
          void* stacks[60];
          const std::size_t bytes = kPage << random.Below(8);
          for (void*& stack : stacks) stack = stack_alloc(bytes);
          for (void* stack : stacks) stack_free(stack, bytes);
        });
        inner.Join();
        if (random.OneIn(8)) stack_trim();
      }
    }));
  }
  ASSERT_TRUE(Eventually([] { return stack_stats().peak > 0; }));
  for (int i = 0; i < Rounds(2000); ++i) {
    const StackStats stats = stack_stats();
    EXPECT_GE(stats.peak, kPage);
  }
  stop = true;
  for (auto& thread : threads) thread->Join();
  EXPECT_EQ(stack_stats().in_use, 0u);
}

#if defined(__linux__)

// Since Linux 6.13. Not every libc has its name.
constexpr int kGuardInstall = 102;

// Of this kernel: whether a guard can do without a mapping of its own.
bool has_guard_install() {
  void* const page = mmap(nullptr, kPage, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  const bool has = madvise(page, kPage, kGuardInstall) == 0;
  munmap(page, kPage);
  return has;
}

std::size_t mappings() {
  std::ifstream maps("/proc/self/maps");
  std::string line;
  std::size_t n = 0;
  while (std::getline(maps, line)) ++n;
  return n;
}

TEST_F(StackFreelistTest, GuardsDoNotSplitMappings) {
  if (Emulated()) GTEST_SKIP() << "qemu-user says yes to advice it ignores";
  if (!has_guard_install()) {
    GTEST_SKIP() << "this kernel has no MADV_GUARD_INSTALL";
  }
  void* const probe = stack_alloc(kPage);
  const std::size_t before = mappings();
  std::vector<void*> stacks;
  for (int i = 0; i < 2000; ++i) stacks.push_back(stack_alloc(kPage));
  const std::size_t more = mappings() - before;
  for (void* stack : stacks) stack_free(stack, kPage);
  stack_free(probe, kPage);
  EXPECT_LE(more, 400u);
}

// No memory: an error, and everything as before.
TEST_F(StackFreelistTest, RunningOutIsAnErrorAndLosesNothing) {
  if (kTsan || kAsan) GTEST_SKIP() << "a sanitizer needs its address space";
  if (Emulated()) GTEST_SKIP() << "qemu-user has no RLIMIT_AS";
  const int status = RunInChild([] {
    void* const first = stack_alloc(4 << 20);
    stack_free(first, 4 << 20);
    rlimit limit;
    getrlimit(RLIMIT_AS, &limit);
    limit.rlim_cur = std::size_t{2} << 30;
    setrlimit(RLIMIT_AS, &limit);
    std::vector<void*> stacks;
    for (;;) {
      errno = 0;
      void* const stack = stack_alloc(4 << 20);
      if (stack == nullptr) break;
      touch(static_cast<char*>(stack) + (4 << 20) - kPage, kPage);
      stacks.push_back(stack);
    }
    if (errno != ENOMEM) return 1;
    if (stacks.size() < 300) return 2;
    if (stack_stats(4 << 20, StackGuard::kPage).failures != 1) return 3;
    if (stack_stats(4 << 20, StackGuard::kPage).in_use !=
        stacks.size() * (4 << 20)) {
      return 4;
    }
    // The way out: what is freed can be had again, in another size, too.
    for (int i = 0; i < 40; ++i) {
      stack_free(stacks.back(), 4 << 20);
      stacks.pop_back();
    }
    void* const other = stack_alloc(1 << 20, StackGuard::kNone);
    if (other == nullptr) return 5;
    stack_free(other, 1 << 20, StackGuard::kNone);
    for (void* stack : stacks) stack_free(stack, 4 << 20);
    stack_trim();
    return stack_stats().from_system == 0 ? 0 : 6;
  });
  EXPECT_EQ(status, 0);
}

// From now on the kernel is an older one, without MADV_GUARD_INSTALL: each
// guard takes a mapping of its own, of which a process may have so many.
bool without_guard_install() {
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_madvise, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[2])),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, std::uint32_t{kGuardInstall}, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program = {sizeof filter / sizeof filter[0], filter};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST_F(StackFreelistTest, RunningOutOfMappingsIsAnErrorAndLosesNothing) {
  if (kTsan || kAsan) GTEST_SKIP() << "a sanitizer needs its mappings";
  constexpr int kNotHere = 99;
  constexpr std::size_t kMany = 300000;
  std::size_t limit = 0;
  std::ifstream("/proc/sys/vm/max_map_count") >> limit;
  if (limit == 0 || limit > kMany) {
    GTEST_SKIP() << "no limit that a test can reach";
  }
  const int status = RunInChild([] {
    stack_free(stack_alloc(kPage), kPage);
    if (!without_guard_install()) return kNotHere;
    std::vector<void*> stacks;
    stacks.reserve(kMany);
    while (stacks.size() < kMany) {
      errno = 0;
      void* const stack = stack_alloc(kPage);
      if (stack == nullptr) break;
      stacks.push_back(stack);
    }
    if (stacks.size() == kMany) return 6;  // guards that take no mapping
    if (errno != ENOMEM) return 1;
    if (stacks.size() < 1000) return 2;
    if (stack_stats(kPage, StackGuard::kPage).in_use != stacks.size() * kPage) {
      return 3;
    }
    // Without a guard there is room.
    void* const segment = stack_alloc(kPage, StackGuard::kNone);
    if (segment != nullptr) stack_free(segment, kPage, StackGuard::kNone);
    for (void* stack : stacks) stack_free(stack, kPage);
    if (stack_alloc(kPage) == nullptr) return 4;
    stack_free(stacks.back(), kPage);
    stack_trim();
    return stack_stats().from_system == 0 ? 0 : 5;
  });
  if (status == kNotHere) GTEST_SKIP() << "no seccomp here";
  EXPECT_EQ(status, 0);
}

TEST_F(StackFreelistTest, GuardsOfTheirOwnFaultAsWell) {
  // Also in a build whose sanitizer would make a report of the fault.
  static volatile sig_atomic_t at_guard = 0;
  constexpr int kNotHere = 99;
  constexpr int kFaulted = 98;
  const int status = RunInChild([] {
    if (!without_guard_install()) return kNotHere;
    signal(SIGSEGV, [](int) { _exit(at_guard != 0 ? kFaulted : 1); });
    auto* const stack = static_cast<volatile char*>(stack_alloc(1 << 16));
    stack[0] = 1;
    at_guard = 1;
    stack[-1] = 1;
    return 0;
  });
  if (status == kNotHere) GTEST_SKIP() << "no seccomp here";
  EXPECT_EQ(status, kFaulted);
}

#endif

}  // namespace
}  // namespace parkway::test
