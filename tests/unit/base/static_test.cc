// SPDX-License-Identifier: Apache-2.0

// What can be said of the types before anybody waits.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>

#include "parkway/lock/byte_mutex.h"
#include "parkway/lock/cond_var.h"
#include "parkway/mutex.h"
#include "parkway/note.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

static_assert(sizeof(FutexMutex) == 4 && alignof(FutexMutex) == 4);
static_assert(sizeof(FutexNote) == 4 && alignof(FutexNote) == 4);
static_assert(sizeof(ByteMutex) == 1 && alignof(ByteMutex) == 1);
// Also where a pointer has 32 bits.
static_assert(sizeof(SemaMutex) == 8 && alignof(SemaMutex) == 8);
static_assert(sizeof(SemaNote) == 8 && alignof(SemaNote) == 8);
static_assert(sizeof(CondVar) == 8);

template <class T>
constexpr bool Promises() {
  static_assert(std::is_trivially_destructible_v<T>);
  static_assert(std::is_standard_layout_v<T>);
  static_assert(std::is_nothrow_default_constructible_v<T>);
  static_assert(!std::is_copy_constructible_v<T>);
  static_assert(!std::is_move_constructible_v<T>);
  static_assert(!std::is_copy_assignable_v<T>);
  static_assert(!std::is_move_assignable_v<T>);
  // A constant expression can make one.
  constexpr bool kConstant = (static_cast<void>(T()), true);
  return kConstant;
}
static_assert(Promises<FutexMutex>() && Promises<SemaMutex>() &&
              Promises<ByteMutex>());
static_assert(Promises<FutexNote>() && Promises<SemaNote>());
static_assert(Promises<CondVar>());

// Namespace scope, constant-initialised. clang checks the word; the use below,
// before main, does for all.
#if defined(__clang__)
#define PARKWAY_TEST_CONSTINIT __attribute__((require_constant_initialization))
#else
#define PARKWAY_TEST_CONSTINIT
#endif

struct Globals {
  FutexMutex futex_mutex;
  SemaMutex sema_mutex;
  FutexNote futex_note;
  SemaNote sema_note;
  CondVar changed;
  long counter = 0;
};

// Contended use of everything.
bool Use(Globals& g) {
  long before = g.counter;
  {
    Thread other([&g] {
      for (int i = 0; i < 1000; ++i) {
        g.futex_mutex.lock();
        g.sema_mutex.lock();
        ++g.counter;
        g.sema_mutex.unlock();
        g.futex_mutex.unlock();
      }
      g.futex_note.wakeup();
      g.sema_note.wakeup();
      g.futex_mutex.lock();
      ++g.counter;
      g.changed.notify_one();
      g.futex_mutex.unlock();
    });
    for (int i = 0; i < 1000; ++i) {
      g.futex_mutex.lock();
      g.sema_mutex.lock();
      ++g.counter;
      g.sema_mutex.unlock();
      g.futex_mutex.unlock();
    }
    g.futex_note.sleep();
    g.sema_note.sleep();
    g.futex_mutex.lock();
    g.changed.wait(g.futex_mutex, [&] { return g.counter == before + 2001; });
    g.futex_mutex.unlock();
  }
  g.futex_note.clear();
  g.sema_note.clear();
  return g.counter == before + 2001;
}

// The user comes first in this file: with a constructor that runs before main,
// the object would be made again after it.
extern Globals g_used_before_main;
const bool g_good_before_main =
    Use(g_used_before_main) && g_used_before_main.futex_mutex.try_lock();
#ifdef PARKWAY_TSAN
// See docs/guide/limits.md.
Globals g_used_before_main{};
#else
PARKWAY_TEST_CONSTINIT Globals g_used_before_main;
#endif

TEST(Static, UsableBeforeMain) {
  EXPECT_TRUE(g_good_before_main);
  EXPECT_EQ(g_used_before_main.counter, 2001);
  // Still locked, as it was left.
  bool taken = true;
  Thread([&taken] {
    taken = g_used_before_main.futex_mutex.try_lock();
  }).Join();
  EXPECT_FALSE(taken);
  g_used_before_main.futex_mutex.unlock();
}

// During exit, and after static destructors of objects that were made later.
TEST(Static, UsableDuringExit) {
  const int status = RunInChild([] {
    static Globals late;
    static int destroyed = 0;
    // The first to be registered is the last to be called.
    std::atexit([] {
      if (!Use(late)) std::abort();
      _exit(destroyed == 1 ? 42 : 1);
    });
    struct AtExit {
      ~AtExit() {
        if (!Use(late)) std::abort();
        ++destroyed;
      }
    };
    static AtExit at_exit;
    std::exit(0);
    return 1;
  });
  EXPECT_EQ(status, 42);
}

template <class T>
struct ZeroedStorage {
  ZeroedStorage() { std::memset(bytes, 0, sizeof(bytes)); }
  T& object() { return *std::launder(reinterpret_cast<T*>(bytes)); }
  bool IsZero() const {
    for (const unsigned char byte : bytes) {
      if (byte != 0) return false;
    }
    return true;
  }
  alignas(T) unsigned char bytes[sizeof(T)];
};

template <class T>
class ZeroMutex : public testing::Test {};
using Mutexes = testing::Types<FutexMutex, SemaMutex, ByteMutex>;
TYPED_TEST_SUITE(ZeroMutex, Mutexes);

TYPED_TEST(ZeroMutex, AllBitsZeroIsUnlocked) {
  ZeroedStorage<TypeParam> storage;
  TypeParam& mutex = storage.object();
  ASSERT_TRUE(mutex.try_lock());
  EXPECT_FALSE(storage.IsZero());
  {
    std::unique_ptr<Thread> waiter;
    waiter = std::make_unique<Thread>([&mutex] {
      mutex.lock();
      mutex.unlock();
    });
    waiter->WaitAsleep();
    mutex.unlock();
  }
  EXPECT_TRUE(storage.IsZero());
  new (storage.bytes) TypeParam;
  EXPECT_TRUE(storage.IsZero());
}

template <class T>
class ZeroNote : public testing::Test {};
using Notes = testing::Types<FutexNote, SemaNote>;
TYPED_TEST_SUITE(ZeroNote, Notes);

TYPED_TEST(ZeroNote, AllBitsZeroIsClear) {
  ZeroedStorage<TypeParam> storage;
  TypeParam& note = storage.object();
  EXPECT_FALSE(note.sleep_for(std::chrono::milliseconds(1)));
  EXPECT_TRUE(storage.IsZero());
  note.wakeup();
  note.sleep();
  EXPECT_FALSE(storage.IsZero());
  note.clear();
  EXPECT_TRUE(storage.IsZero());
}

TEST(ZeroCondVar, AllBitsZeroHasNoWaiter) {
  ZeroedStorage<CondVar> storage;
  CondVar& changed = storage.object();
  changed.notify_one();
  changed.notify_all();
  EXPECT_TRUE(storage.IsZero());
  FutexMutex mutex;
  mutex.lock();
  EXPECT_FALSE(changed.wait_for(mutex, std::chrono::milliseconds(1)));
  mutex.unlock();
  EXPECT_TRUE(storage.IsZero());
}

}  // namespace
}  // namespace parkway::test
