// SPDX-License-Identifier: Apache-2.0

// parkway/task/syscall.h: results and error numbers that belong to the call.
#include <gtest/gtest.h>
#if !defined(_WIN32)
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>
#endif

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "parkway/os/file.h"
#include "parkway/os/os.h"
#include "parkway/task/syscall.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

// Of the system: errno, or GetLastError(). That a file is none.
#if defined(_WIN32)
constexpr int kNoFile = 6;  // ERROR_INVALID_HANDLE
#else
constexpr int kNoFile = EBADF;
#endif

// A call that fails.
std::int64_t ReadNoFile() {
  char byte;
  return os::read_file(-1, &byte, 1);
}

// An error number that no call of these tests leaves.
constexpr int kCallers = EXDEV;

int Leave(int error, int result) {
  os::set_last_error(error);
  return result;
}

TEST(BlockingCall, GivesResultAndErrorNumber) {
  os::set_last_error(kCallers);
  const SyscallResult failed = blocking_call(ReadNoFile);
  EXPECT_EQ(failed.r1, -1);
  EXPECT_EQ(failed.r2, 0);
  EXPECT_EQ(failed.err, kNoFile);
  EXPECT_EQ(os::last_error(), kCallers);

  const SyscallResult cpus = blocking_call(os::ncpu);
  EXPECT_EQ(cpus.r1, os::ncpu());
  // Not the caller's.
  EXPECT_EQ(cpus.err, 0);
  EXPECT_EQ(os::last_error(), kCallers);
}

// A result is a value: the next call does not change it.
TEST(BlockingCall, ResultsAreApart) {
  const SyscallResult first = blocking_call(Leave, EINTR, 1);
  const SyscallResult second = blocking_call(Leave, EPIPE, 2);
  SyscallResult copy = first;
  EXPECT_EQ(copy.r1, 1);
  EXPECT_EQ(copy.err, EINTR);
  EXPECT_EQ(second.r1, 2);
  EXPECT_EQ(second.err, EPIPE);
}

TEST(BlockingCall, ANestedCallLeavesTheOutersAlone) {
  os::set_last_error(kCallers);
  int in_callback = 0;
  int after_callback = 0;
  SyscallResult inner;
  const SyscallResult outer = blocking_call([&] {
    // What a library does that has met an error and then calls back.
    os::set_last_error(EAGAIN);
    const auto callback = [&] {
      in_callback = os::last_error();
      inner = blocking_call(ReadNoFile);
    };
    callback();
    after_callback = os::last_error();
    return 7;
  });
  EXPECT_EQ(in_callback, EAGAIN);
  EXPECT_EQ(after_callback, EAGAIN);
  EXPECT_EQ(inner.r1, -1);
  EXPECT_EQ(inner.err, kNoFile);
  EXPECT_EQ(outer.r1, 7);
  EXPECT_EQ(outer.err, EAGAIN);
  EXPECT_EQ(os::last_error(), kCallers);
}

// A callback that the C library makes: bsearch() calls compare() amid its work.
TEST(BlockingCall, ACallbackOfTheCLibrary) {
  static int calls;
  static SyscallResult in_callback;
  calls = 0;
  const std::array<int, 5> sorted = {1, 2, 3, 5, 8};
  const int wanted = 5;
  const auto compare = [](const void* a, const void* b) {
    ++calls;
    in_callback = blocking_call(Leave, EIO, -1);
    return *static_cast<const int*>(a) - *static_cast<const int*>(b);
  };
  os::set_last_error(kCallers);
  const SyscallResult found = blocking_call(
      ::bsearch, &wanted, sorted.data(), sorted.size(), sizeof(int),
      static_cast<int (*)(const void*, const void*)>(compare));
  EXPECT_EQ(found.as<const int*>(), &sorted[3]);
  EXPECT_EQ(found.err, 0);
  EXPECT_EQ(in_callback.err, EIO);
  EXPECT_GT(calls, 0);
  EXPECT_EQ(os::last_error(), kCallers);
}

TEST(BlockingCall, DeepNesting) {
  const std::function<int(int)> down = [&down](int depth) {
    os::set_last_error(depth);
    if (depth < 100) {
      const SyscallResult below = blocking_call(down, depth + 1);
      EXPECT_EQ(below.r1, depth + 1);
      EXPECT_EQ(below.err, depth + 1);
    }
    return depth;
  };
  const SyscallResult all = blocking_call(down, 1);
  EXPECT_EQ(all.r1, 1);
  EXPECT_EQ(all.err, 1);
}

#if !defined(_WIN32)
std::atomic<int> g_signals{0};
std::atomic<int> g_wrong{0};

void OnSignal(int) {
  const SyscallResult result = blocking_call(Leave, EFAULT, -5);
  if (result.r1 != -5 || result.err != EFAULT) ++g_wrong;
  ++g_signals;
}

// A handler that makes calls of its own, in the middle of others.
TEST(BlockingCall, ASignalHandlersCall) {
  struct sigaction action = {};
  struct sigaction before;
  action.sa_handler = OnSignal;
  sigemptyset(&action.sa_mask);
  ASSERT_EQ(sigaction(SIGPROF, &action, &before), 0);
  const itimerval often = {{0, 200}, {0, 200}};
  const itimerval never = {};
  ASSERT_EQ(setitimer(ITIMER_PROF, &often, nullptr), 0);
  g_signals = 0;
  g_wrong = 0;
  os::set_last_error(kCallers);
  EXPECT_TRUE(Eventually([] {
    for (int i = 1; i < 5000; ++i) {
      os::set_last_error(kCallers);
      const SyscallResult result = blocking_call(Leave, i, i + 1);
      if (result.r1 != i + 1 || result.err != i ||
          os::last_error() != kCallers) {
        ++g_wrong;
      }
    }
    return g_signals >= 20 || g_wrong != 0;
  }));
  setitimer(ITIMER_PROF, &never, nullptr);
  sigaction(SIGPROF, &before, nullptr);
  EXPECT_EQ(g_wrong, 0);
}
#endif

TEST(BlockingCall, ThreadsDoNotMeet) {
  std::atomic<int> wrong{0};
  {
    std::vector<std::unique_ptr<Thread>> all;
    for (int t = 1; t <= 3; ++t) {
      all.push_back(std::make_unique<Thread>([t, &wrong] {
        for (int i = 0; i < Rounds(20000); ++i) {
          const SyscallResult result = blocking_call(Leave, t, 10 * t);
          if (result.r1 != 10 * t || result.err != t) ++wrong;
        }
      }));
    }
  }
  EXPECT_EQ(wrong, 0);
}

TEST(BlockingCall, AnExceptionPassesThrough) {
  os::set_last_error(kCallers);
  EXPECT_THROW(blocking_call([]() -> int {
                 os::set_last_error(EIO);
                 throw std::runtime_error("no");
               }),
               std::runtime_error);
  EXPECT_EQ(os::last_error(), kCallers);
  EXPECT_THROW(blocking_call([] { throw 1; }), int);
  EXPECT_EQ(os::last_error(), kCallers);
}

// The types.

enum Plain { kPlain = 12 };
enum class Scoped : std::int8_t { kNegative = -3 };
struct Two {
  char* first;
  bool second;
};

TEST(BlockingCall, Words) {
  EXPECT_EQ(blocking_call([] { return true; }).r1, 1);
  EXPECT_EQ(blocking_call([] { return false; }).r1, 0);
  EXPECT_EQ(blocking_call([] { return static_cast<signed char>(-1); }).r1, -1);
  EXPECT_EQ(blocking_call([] { return static_cast<unsigned char>(255); }).r1,
            255);
  EXPECT_EQ(blocking_call([] { return 4000000000u; }).r1, 4000000000);
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(blocking_call([] { return kMost; }).as<std::uint64_t>(), kMost);
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(blocking_call([] { return kLeast; }).r1, kLeast);
  EXPECT_EQ(blocking_call([] { return kPlain; }).as<Plain>(), kPlain);
  EXPECT_EQ(blocking_call([] { return Scoped::kNegative; }).r1, -3);
  EXPECT_EQ(blocking_call([] { return Scoped::kNegative; }).as<Scoped>(),
            Scoped::kNegative);
  EXPECT_EQ(blocking_call([] { return nullptr; }).r1, 0);
}

TEST(BlockingCall, Pointers) {
  int object = 0;
  EXPECT_EQ(blocking_call([&] { return &object; }).as<int*>(), &object);
  EXPECT_EQ(blocking_call([&]() -> int& { return object = 5; }).r1, 5);
  using Function = int (*)(int, int);
  EXPECT_EQ(blocking_call([] { return &Leave; }).as<Function>(), &Leave);
}

#if !defined(_WIN32)
TEST(BlockingCall, PointersOfTheSystem) {
  const SyscallResult mapped = blocking_call(
      ::mmap, nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(mapped.as<void*>(), MAP_FAILED);
  EXPECT_EQ(*mapped.as<const char*>(), 0);
  EXPECT_EQ(blocking_call(::munmap, mapped.as<void*>(), 4096).r1, 0);
  const SyscallResult refused = blocking_call(
      ::mmap, nullptr, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  EXPECT_EQ(refused.as<void*>(), MAP_FAILED);
  EXPECT_EQ(refused.err, EINVAL);
}
#endif

TEST(BlockingCall, TwoResults) {
  const SyscallResult divided = blocking_call(::lldiv, -17, 5);
  EXPECT_EQ(divided.r1, -3);
  EXPECT_EQ(divided.r2, -2);
  char text[] = "x";
  const SyscallResult two = blocking_call([&] { return Two{text, true}; });
  EXPECT_EQ(two.as<char*>(), text);
  EXPECT_EQ(two.r2, 1);
  const SyscallResult pair =
      blocking_call([] { return std::make_pair(-1, 77u); });
  EXPECT_EQ(pair.r1, -1);
  EXPECT_EQ(pair.r2, 77);
  const SyscallResult tuple =
      blocking_call([] { return std::make_tuple('a', Scoped::kNegative); });
  EXPECT_EQ(tuple.r1, 'a');
  EXPECT_EQ(tuple.r2, -3);
  const SyscallResult array = blocking_call([] {
    return std::array<long, 2>{8, 9};
  });
  EXPECT_EQ(array.r1, 8);
  EXPECT_EQ(array.r2, 9);
}

TEST(BlockingCall, Nothing) {
  bool called = false;
  const SyscallResult result = blocking_call([&called] {
    called = true;
    os::set_last_error(EBUSY);
  });
  EXPECT_TRUE(called);
  EXPECT_EQ(result.r1, 0);
  EXPECT_EQ(result.r2, 0);
  EXPECT_EQ(result.err, EBUSY);
}

struct One {
  int only;
};
struct Three {
  int a, b, c;
};
struct NotAllWords {
  int a;
  double b;
};

// What a static_assert refuses.
static_assert(!internal::kIsSyscallResult<double>);
static_assert(!internal::kIsSyscallResult<std::string>);
static_assert(!internal::kIsSyscallResult<One>);
static_assert(!internal::kIsSyscallResult<Three>);
static_assert(!internal::kIsSyscallResult<NotAllWords>);
static_assert(!internal::kIsSyscallResult<std::pair<int, double>>);
static_assert(!internal::kIsSyscallResult<std::tuple<int, int, int>>);
static_assert(!internal::kIsSyscallResult<int One::*>);

// Arguments are passed on as they are: by reference, moved, to members.
TEST(BlockingCall, Arguments) {
  struct Counter {
    int add(int n) { return count += n; }
    int count = 0;
  };
  Counter counter;
  EXPECT_EQ(blocking_call(&Counter::add, counter, 3).r1, 3);
  EXPECT_EQ(blocking_call(&Counter::add, &counter, 4).r1, 7);
  auto owner = std::make_unique<int>(11);
  EXPECT_EQ(
      blocking_call([](std::unique_ptr<int> p) { return *p; }, std::move(owner))
          .r1,
      11);
  EXPECT_EQ(owner, nullptr);
  int changed = 0;
  blocking_call([](int& by_reference) { by_reference = 1; }, changed);
  EXPECT_EQ(changed, 1);
}

}  // namespace
}  // namespace parkway::test
