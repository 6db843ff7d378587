// SPDX-License-Identifier: Apache-2.0

#include "parkway/absl/events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#if !defined(_WIN32)
#include <sys/wait.h>
#include <unistd.h>
#endif

#include <atomic>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/config.h"
#include "parkway/absl/namespace.h"
#include "tests/suites/regex.h"
#include "tests/suites/support.h"

PARKWAY_ABSL_NAMESPACE_BEGIN
namespace internal {
namespace {

using test::ContainsRegex;
using test::MatchesRegex;
using testing::HasSubstr;

constexpr EventKind kMutexKinds[] = {
    EventKind::kTryLockSucceeded,
    EventKind::kTryLockFailed,
    EventKind::kReaderTryLockSucceeded,
    EventKind::kReaderTryLockFailed,
    EventKind::kLockBlocking,
    EventKind::kLockReturning,
    EventKind::kReaderLockBlocking,
    EventKind::kReaderLockReturning,
    EventKind::kUnlock,
    EventKind::kReaderUnlock,
};
constexpr EventKind kCondVarKinds[] = {
    EventKind::kWait,
    EventKind::kWaitReturning,
    EventKind::kSignal,
    EventKind::kSignalAll,
};

// An address with an entry as long as the object lives.
class Object {
 public:
  explicit Object(const char* name, bool is_cv = false) {
    EnsureEvent(this, name, is_cv);
  }
  ~Object() { ForgetEvent(this); }
  std::string Name() const {
    char name[300];
    EventName(this, name, sizeof(name));
    return name;
  }
  std::string Post(EventKind kind) const {
    testing::internal::CaptureStderr();
    PostEvent(this, kind);
    return testing::internal::GetCapturedStderr();
  }
  std::string Address() const {
    char text[32];
    std::snprintf(text, sizeof(text), "%p", static_cast<const void*>(this));
    return text;
  }
};

void Count(void* counter) { ++*static_cast<int*>(counter); }

TEST(EventsTest, NamesBelongToAddresses) {
  char name[8] = "x";
  int unknown = 0;
  EXPECT_FALSE(EventName(&unknown, name, sizeof(name)));
  EXPECT_STREQ(name, "");
  Object a("Anton"), b("Berta"), none(nullptr);
  EXPECT_EQ(a.Name(), "Anton");
  EXPECT_EQ(b.Name(), "Berta");
  EXPECT_EQ(none.Name(), "");
  EXPECT_FALSE(EventName(&none, name, sizeof(name)));
  EXPECT_TRUE(EventName(&a, name, 4));
  EXPECT_STREQ(name, "Ant");
  // The name stays, unless it is none.
  EnsureEvent(&a, "Aurora", false);
  EnsureEvent(&none, "Nina", false);
  EXPECT_EQ(a.Name(), "Anton");
  EXPECT_EQ(none.Name(), "Nina");
  ForgetEvent(&a);
  ForgetEvent(&a);
  EXPECT_EQ(a.Name(), "");
  EXPECT_EQ(b.Name(), "Berta");
  EnsureEvent(&a, "Aurora", false);
  EXPECT_EQ(a.Name(), "Aurora");
  // A mutex where a condition variable was.
  SetLog(&a, true);
  EnsureEvent(&a, "Carla", true);
  EXPECT_EQ(a.Name(), "Carla");
  EXPECT_EQ(a.Post(EventKind::kSignal), "");
}

TEST(EventsTest, LogsWhatUpstreamLogs) {
  Object mutex("fido_mutex");
  EXPECT_EQ(mutex.Post(EventKind::kLockReturning), "");
  SetLog(&mutex, true);
  const char* const expected[] = {
      "TryLock succeeded %s fido_mutex \\(held\\)",
      "TryLock failed %s fido_mutex \\(not held\\)",
      "ReaderTryLock succeeded %s fido_mutex \\(held shared\\)",
      "ReaderTryLock failed %s fido_mutex \\(not held\\)",
      "Lock blocking %s fido_mutex \\(not held\\)",
      "Lock returning %s fido_mutex \\(held\\)",
      "ReaderLock blocking %s fido_mutex \\(not held\\)",
      "ReaderLock returning %s fido_mutex \\(held shared\\)",
      "Unlock %s fido_mutex \\(held\\)",
      "ReaderUnlock %s fido_mutex \\(held shared\\)",
  };
  for (std::size_t i = 0; i < std::size(kMutexKinds); ++i) {
    std::string line = expected[i];
    line.replace(line.find("%s"), 2, mutex.Address());
    EXPECT_THAT(mutex.Post(kMutexKinds[i]),
                MatchesRegex(".*RAW: " + line + "  @( (0x)?[0-9a-fA-F]+)+\n"));
  }
  SetLog(&mutex, false);
  EXPECT_EQ(mutex.Post(EventKind::kLockReturning), "");

  Object cv("rover_cv", true);
  SetLog(&cv, true);
  const char* const cv_expected[] = {"Wait on ", "Wait unblocked ",
                                     "Signal on ", "SignalAll on "};
  for (std::size_t i = 0; i < std::size(kCondVarKinds); ++i) {
    EXPECT_THAT(cv.Post(kCondVarKinds[i]),
                ContainsRegex(cv_expected[i] + cv.Address() +
                              " rover_cv  @ (0x)?[0-9a-fA-F]+"));
  }
}

TEST(EventsTest, LogsAnObjectWithoutAnEntry) {
  Object mutex("gone");
  ForgetEvent(&mutex);
  SetLog(&mutex, false);
  EXPECT_THAT(mutex.Post(EventKind::kUnlock),
              HasSubstr("Unlock " + mutex.Address() + "  (held)  @"));
}

TEST(EventsTest, InvariantsRunWhileTheMutexIsHeld) {
  int count = 0;
  Object mutex(nullptr);
  SetInvariant(&mutex, &Count, &count);
  for (const EventKind kind : kMutexKinds) {
    count = 0;
    EXPECT_EQ(mutex.Post(kind), "");
    const bool held = kind != EventKind::kTryLockFailed &&
                      kind != EventKind::kReaderTryLockFailed &&
                      kind != EventKind::kLockBlocking &&
                      kind != EventKind::kReaderLockBlocking;
    EXPECT_EQ(count, held ? 1 : 0) << static_cast<int>(kind);
  }
  // A name that comes later changes nothing else.
  EnsureEvent(&mutex, "named", false);
  count = 0;
  mutex.Post(EventKind::kUnlock);
  EXPECT_EQ(count, 1);
  SetInvariant(&mutex, nullptr, nullptr);
  mutex.Post(EventKind::kUnlock);
  EXPECT_EQ(count, 1);
}

struct Nested {
  const Object* self;
  const Object* other;
  int runs;
};

TEST(EventsTest, AnInvariantDoesNotRunInsideOfItself) {
  Object mutex("outer"), inner("inner");
  int inner_runs = 0;
  Nested nested{&mutex, &inner, 0};
  SetInvariant(&inner, &Count, &inner_runs);
  SetInvariant(
      &mutex,
      [](void* arg) {
        Nested& n = *static_cast<Nested*>(arg);
        ++n.runs;
        PostEvent(n.other, EventKind::kLockReturning);
        PostEvent(n.self, EventKind::kLockReturning);
      },
      &nested);
  PostEvent(&mutex, EventKind::kLockReturning);
  PostEvent(&mutex, EventKind::kUnlock);
  EXPECT_EQ(nested.runs, 2);
  EXPECT_EQ(inner_runs, 2);
}

int g_runner_calls = 0;
void RunInvariant(const void* obj, EventKind kind, void (*invariant)(void*),
                  void* arg) {
  EXPECT_NE(obj, nullptr);
  EXPECT_EQ(kind, EventKind::kReaderUnlock);
  ++g_runner_calls;
  invariant(arg);
}

TEST(EventsTest, TheMutexMayRunTheInvariant) {
  int count = 0;
  Object mutex(nullptr);
  PostEvent(&mutex, EventKind::kReaderUnlock, &RunInvariant);
  EXPECT_EQ(g_runner_calls, 0);
  SetInvariant(&mutex, &Count, &count);
  PostEvent(&mutex, EventKind::kReaderUnlock, &RunInvariant);
  EXPECT_EQ(g_runner_calls, 1);
  EXPECT_EQ(count, 1);
}

TEST(EventsTest, InvariantDebuggingIsOffAtFirst) {
  EXPECT_FALSE(InvariantDebuggingEnabled());
  EnableMutexInvariantDebugging(true);
  EXPECT_TRUE(InvariantDebuggingEnabled());
  EnableMutexInvariantDebugging(false);
  EXPECT_FALSE(InvariantDebuggingEnabled());
}

TEST(EventsTest, StartsAnewWhenThereAreTooMany) {
  const std::vector<char> places(120 << 10);
  testing::internal::CaptureStderr();
  for (const char& place : places) EnsureEvent(&place, "one of many", false);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("Accumulated 102400 Mutex debug objects"));
  char name[16];
  EXPECT_FALSE(EventName(&places.front(), name, sizeof(name)));
  EXPECT_TRUE(EventName(&places.back(), name, sizeof(name)));
  for (const char& place : places) ForgetEvent(&place);
  EXPECT_FALSE(EventName(&places.back(), name, sizeof(name)));
}

TEST(EventsTest, ThreadsMayDoAllOfThisAtOnce) {
  std::atomic<int> runs{0};
  std::vector<std::thread> threads;
  Object shared("shared");
  SetInvariant(
      &shared,
      [](void* arg) { static_cast<std::atomic<int>*>(arg)->fetch_add(1); },
      &runs);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&shared] {
      for (int i = 0; i < 2000; ++i) {
        Object own("own");
        EXPECT_EQ(own.Name(), "own");
        EXPECT_EQ(shared.Name(), "shared");
        PostEvent(&own, EventKind::kUnlock);
        PostEvent(&shared, EventKind::kUnlock);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(runs, 8000);
}

#if !defined(_WIN32)
TEST(EventsTest, AForkedChildKeepsTheTable) {
  if (const char* why =
          parkway::test::WhyNoFork(parkway::test::Others::kRunning)) {
    GTEST_SKIP() << why;
  }
  Object shared("shared");
  std::atomic<bool> done{false};
  std::atomic<bool> begun{false};
  std::thread busy([&] {
    while (!done) {
      PostEvent(&shared, EventKind::kUnlock);
      begun = true;
    }
  });
  while (!begun) std::this_thread::yield();
  for (int i = 0; i < 30; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(30);
      const Object own("own");
      _exit(shared.Name() == "shared" && own.Name() == "own" ? 0 : 1);
    }
    ASSERT_GT(child, 0);
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  done = true;
  busy.join();
}
#endif

std::int64_t g_cycles = 0;
std::string* g_traced = nullptr;

TEST(HookTest, TheRegisteredFunctionsAreCalled) {
  mutex_profiler(1);
  mutex_tracer("nobody", nullptr, 1);
  cond_var_tracer("nobody", nullptr);
  g_traced = new std::string;
  RegisterMutexProfiler([](std::int64_t cycles) { g_cycles += cycles; });
  RegisterMutexTracer([](const char* msg, const void*, std::int64_t cycles) {
    *g_traced += msg;
    g_cycles += cycles;
  });
  RegisterCondVarTracer([](const char* msg, const void*) { *g_traced += msg; });
  mutex_profiler(2);
  mutex_tracer("slow release,", nullptr, 5);
  cond_var_tracer("Wait", nullptr);
  EXPECT_EQ(g_cycles, 7);
  EXPECT_EQ(*g_traced, "slow release,Wait");
  delete g_traced;
}

int One() { return 1; }
int Two() { return 2; }

TEST(HookTest, TheFirstOneStays) {
  Hook<int()> hook;
  EXPECT_EQ(hook(), 0);
  EXPECT_EQ(hook.Load(), nullptr);
  EXPECT_FALSE(hook.TryStore(nullptr));
  EXPECT_TRUE(hook.TryStore(&One));
  EXPECT_TRUE(hook.TryStore(&One));
  EXPECT_FALSE(hook.TryStore(&Two));
  EXPECT_FALSE(hook.TryStore(nullptr));
  hook.Store(&One);
  EXPECT_EQ(hook(), 1);
  EXPECT_DEBUG_DEATH(hook.Store(&Two), "stored");
  EXPECT_EQ(hook(), 1);
}

#if defined(ABSL_LTS_RELEASE_VERSION) && ABSL_LTS_RELEASE_VERSION < 20230802
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
TEST(HookTest, OldVersionsHaveASymbolizer) {
  RegisterSymbolizer([](const void*, char*, int) { return false; });
}
#pragma GCC diagnostic pop
#endif

}  // namespace
}  // namespace internal
PARKWAY_ABSL_NAMESPACE_END
