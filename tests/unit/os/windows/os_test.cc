// SPDX-License-Identifier: Apache-2.0

// parkway/os/os.h and parkway/os/semaphore.h as Windows has them.
#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include "parkway/os/os.h"

#include <gtest/gtest.h>
#include <windows.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "parkway/os/derived/futex_by_semaphore.h"
#include "parkway/os/semaphore.h"
#include "parkway/os/windows/calls.h"
#include "parkway/stack/stack_freelist.h"
#include "tests/suites/fault_report.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

constexpr std::int64_t kMs = 1000000;
constexpr int kCallers = 1234567;

// Both ways to have futexes: the system's and that of older systems.
struct System {
  static bool sleep(std::atomic<std::uint32_t>* word, std::uint32_t expected,
                    std::int64_t deadline) {
    return os::futexsleep(word, expected, deadline);
  }
  static void wakeup(std::atomic<std::uint32_t>* word, std::uint32_t count) {
    os::futexwakeup(word, count);
  }
};
struct Derived {
  static bool sleep(std::atomic<std::uint32_t>* word, std::uint32_t expected,
                    std::int64_t deadline) {
    return os::derived::futexsleep(word, expected, deadline);
  }
  static void wakeup(std::atomic<std::uint32_t>* word, std::uint32_t count) {
    os::derived::futexwakeup(word, count);
  }
};
template <class T>
class Futex : public testing::Test {};
using Futexes = testing::Types<System, Derived>;
TYPED_TEST_SUITE(Futex, Futexes);

TEST(WindowsCalls, WaitOnAddressIsThere) {
  EXPECT_TRUE(os::windows::has_wait_on_address());
}

TYPED_TEST(Futex, AnotherValueIsNoReasonToSleep) {
  std::atomic<std::uint32_t> word{1};
  EXPECT_TRUE(TypeParam::sleep(&word, 2, os::kForever));
}

TYPED_TEST(Futex, TimesOutNotBeforeItsDeadline) {
  std::atomic<std::uint32_t> word{1};
  for (const std::int64_t time :
       {std::int64_t{0}, kMs / 10, 3 * kMs, 40 * kMs}) {
    const std::int64_t deadline = os::nanotime() + time;
    SetLastError(kCallers);
    while (TypeParam::sleep(&word, 1, deadline)) {
    }
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(kCallers));
    EXPECT_GE(os::nanotime(), deadline);
  }
  EXPECT_FALSE(TypeParam::sleep(&word, 1, -5));
}

TYPED_TEST(Futex, WakesAsManyAsItIsTold) {
  constexpr int kThreads = 6;
  std::atomic<std::uint32_t> word{0};
  std::atomic<int> woken{0};
  std::vector<std::unique_ptr<Thread>> all;
  for (int i = 0; i < kThreads; ++i) {
    all.push_back(std::make_unique<Thread>([&] {
      TypeParam::sleep(&word, 0, os::kForever);
      ++woken;
    }));
  }
  for (auto& thread : all) ASSERT_TRUE(thread->WaitAsleep());
  SetLastError(kCallers);
  TypeParam::wakeup(&word, 0);
  TypeParam::wakeup(&word, 2);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(kCallers));
  EXPECT_TRUE(Eventually([&] { return woken == 2; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(woken, 2);
  TypeParam::wakeup(&word, UINT32_MAX);
  EXPECT_TRUE(Eventually([&] { return woken == kThreads; }));
}

TYPED_TEST(Futex, TheMemoryMayBeGoneAtAWake) {
  Page page;
  auto* const word = new (page.memory()) std::atomic<std::uint32_t>(0);
  page.Revoke();
  TypeParam::wakeup(word, 1);
  TypeParam::wakeup(word, UINT32_MAX);
  page.Restore();
}

TEST(ThreadSemaphore, AWakeupBeforeTheFirstSleep) {
  os::ThreadSemaphore semaphore;
  os::semawakeup(&semaphore);
  EXPECT_TRUE(os::semasleep(&semaphore, os::kForever));
  EXPECT_FALSE(os::semasleep(&semaphore, 0));
  // Nothing of the system's was made for that.
  EXPECT_EQ(semaphore.handle, 0u);
}

TEST(ThreadSemaphore, TimesOutAndCountsAgain) {
  os::ThreadSemaphore semaphore;
  SetLastError(kCallers);
  const std::int64_t deadline = os::nanotime() + 20 * kMs;
  EXPECT_FALSE(os::semasleep(&semaphore, deadline));
  EXPECT_GE(os::nanotime(), deadline);
  EXPECT_NE(semaphore.handle, 0u);
  os::semawakeup(&semaphore);
  EXPECT_TRUE(os::semasleep(&semaphore, 0));
  EXPECT_FALSE(os::semasleep(&semaphore, 0));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(kCallers));
  os::semaclose(&semaphore);
  EXPECT_EQ(semaphore.handle, 0u);
  os::semawakeup(&semaphore);
  EXPECT_TRUE(os::semasleep(&semaphore, os::kForever));
}

// New ones each time, so that the first sleep meets the first wakeup.
TEST(ThreadSemaphore, TheFirstSleepRacesTheWakeup) {
  const int rounds = Rounds(3000);
  std::vector<os::ThreadSemaphore> all(static_cast<std::size_t>(rounds));
  std::atomic<int> turn{-1};
  std::int64_t shared = 0;
  Thread waker([&] {
    Random random = Random::Stream(1);
    for (int i = 0; i < rounds; ++i) {
      while (turn != i) std::this_thread::yield();
      Burn(std::chrono::nanoseconds(random.Below(20000)));
      shared = i + 1;
      os::semawakeup(&all[static_cast<std::size_t>(i)]);
    }
  });
  for (int i = 0; i < rounds; ++i) {
    turn = i;
    ASSERT_TRUE(os::semasleep(&all[static_cast<std::size_t>(i)], os::kForever));
    ASSERT_EQ(shared, i + 1);
  }
  waker.Join();
  for (auto& semaphore : all) os::semaclose(&semaphore);
}

TEST(Clock, IsMonotonicInNanoseconds) {
  const auto there = std::chrono::steady_clock::now();
  const std::int64_t here = os::nanotime();
  std::int64_t last = here;
  for (int i = 0; i < 100000; ++i) {
    const std::int64_t now = os::nanotime();
    ASSERT_GE(now, last);
    last = now;
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const std::int64_t took = os::nanotime() - here;
  const std::int64_t took_there =
      std::chrono::nanoseconds(std::chrono::steady_clock::now() - there)
          .count();
  EXPECT_GE(took, 100 * kMs);
  EXPECT_LE(took, took_there);
  EXPECT_LE(os::coarse_nanotime(), os::nanotime());
  EXPECT_GE(os::coarse_nanotime(), last);
}

TEST(Cpus, AreThoseOfTheProcess) {
  DWORD_PTR own = 0;
  DWORD_PTR all = 0;
  ASSERT_TRUE(GetProcessAffinityMask(GetCurrentProcess(), &own, &all));
  int bits = 0;
  for (DWORD_PTR mask = own; mask != 0; mask &= mask - 1) ++bits;
  EXPECT_EQ(os::ncpu(), bits);
  if (bits < 2) GTEST_SKIP() << "one CPU";
  ASSERT_TRUE(PinToOneCpu());
  EXPECT_EQ(os::ncpu(), 1);
  ASSERT_TRUE(SetProcessAffinityMask(GetCurrentProcess(), own));
  EXPECT_EQ(os::ncpu(), bits);
}

DWORD ProtectionOf(const void* address) {
  MEMORY_BASIC_INFORMATION about;
  if (VirtualQuery(address, &about, sizeof(about)) == 0) return 0;
  return about.State == MEM_COMMIT ? about.Protect : 0;
}

TEST(StackMemory, IsAlignedZeroedAndGuarded) {
  constexpr std::size_t kAlign = std::size_t{1} << 20;
  const std::size_t page = os::page_bytes();
  std::vector<char*> maps;
  for (int i = 0; i < 20; ++i) {
    const std::size_t bytes = kAlign * (1 + static_cast<std::size_t>(i) % 3);
    char* const memory = static_cast<char*>(os::map_stacks(bytes, kAlign));
    ASSERT_NE(memory, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % kAlign, 0u);
    for (std::size_t at = 0; at < bytes; at += page) {
      ASSERT_EQ(memory[at], 0);
      memory[at] = 1;
    }
    maps.push_back(memory);
    // Something in between, so that the next one is not aligned by itself.
    os::sysalloc(page);
  }
  SetLastError(kCallers);
  ASSERT_TRUE(os::guard_stack(maps[0], page));
  EXPECT_EQ(ProtectionOf(maps[0]), static_cast<DWORD>(PAGE_NOACCESS));
  EXPECT_EQ(ProtectionOf(maps[0] + page), static_cast<DWORD>(PAGE_READWRITE));
  os::release_stack(maps[1], 2 * page, false);
  EXPECT_EQ(maps[1][0], 0);
  EXPECT_EQ(maps[1][page], 0);
  EXPECT_EQ(maps[1][2 * page], 1);
  maps[1][0] = 5;
  // What is reset may be read as it was, or as zeroes; it can be written.
  os::release_stack(maps[2], 2 * page, true);
  EXPECT_TRUE(maps[2][0] == 0 || maps[2][0] == 1);
  maps[2][0] = 5;
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(kCallers));
  for (int i = 0; i < 20; ++i) {
    os::unmap_stacks(maps[i], kAlign * (1 + static_cast<std::size_t>(i) % 3));
    EXPECT_EQ(ProtectionOf(maps[i]), 0u);
  }
}

TEST(StackMemoryDeathTest, BelowAStackIsAFault) {
  EXPECT_EXIT(
      {
        volatile char* const stack = static_cast<char*>(stack_alloc(65536));
        stack[0] = 1;
        stack[-1] = 1;
      },
      Faulted, "");
}

// After the destructors of thread_local variables; a registration that is made
// by one of them counts.
TEST(ThreadExit, IsLateAndCanBeRegisteredAnew) {
  static std::vector<int> order;
  struct Local {
    ~Local() {
      order.push_back(1);
      os::at_thread_exit(
          [](void* what) { order.push_back(*static_cast<int*>(what)); },
          &third);
    }
    int touched = 0;
    int second = 2;
    int third = 3;
  };
  Thread([] {
    static thread_local Local local;
    local.touched = 1;
    os::at_thread_exit([](void*) { order.push_back(9); }, nullptr);
    os::at_thread_exit(
        [](void* what) { order.push_back(*static_cast<int*>(what)); },
        &local.second);
  }).Join();
  EXPECT_EQ(order, (std::vector<int>{1, 3}));
}

TEST(ProcessBarrier, IsWhatTheSystemHas) {
  const bool wine = GetProcAddress(GetModuleHandleW(L"ntdll.dll"),
                                   "wine_get_version") != nullptr;
  // Wine's does nothing.
  EXPECT_EQ(os::prepare_process_barrier(), !wine);
  EXPECT_EQ(os::process_barrier(), !wine);
}

TEST(StartThread, RunsAndLeavesTheErrorAlone) {
  std::atomic<bool> ran{false};
  SetLastError(kCallers);
  ASSERT_TRUE(os::start_thread(
      [](void* flag) { *static_cast<std::atomic<bool>*>(flag) = true; }, &ran));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(kCallers));
  EXPECT_TRUE(Eventually([&] { return ran.load(); }));
}

TEST(LastError, IsTheSystems) {
  SetLastError(77);
  EXPECT_EQ(os::last_error(), 77);
  os::set_last_error(78);
  EXPECT_EQ(GetLastError(), 78u);
}

}  // namespace
}  // namespace parkway::test
