// SPDX-License-Identifier: Apache-2.0

#include "parkway/std/coroutine_frame.h"

#include <gtest/gtest.h>
#if !defined(_WIN32)
#include <sys/resource.h>
#endif

#include <coroutine>
#include <cstddef>
#include <exception>
#include <new>
#include <stdexcept>
#include <utility>
#include <vector>

#include "parkway/stack/stack_class.h"
#include "parkway/stack/stack_freelist.h"
#include "tests/suites/support.h"

namespace parkway {
namespace {

// The handle of a coroutine that begins suspended and stays at its end.
template <class Promise>
class Owner {
 public:
  Owner() = default;
  explicit Owner(Promise& promise)
      : handle_(std::coroutine_handle<Promise>::from_promise(promise)) {}
  Owner(Owner&& other) noexcept
      : handle_(std::exchange(other.handle_, nullptr)) {}
  Owner& operator=(Owner&&) = delete;
  ~Owner() {
    if (handle_) handle_.destroy();
  }
  explicit operator bool() const { return handle_ != nullptr; }
  // Runs it to its next suspension. Throws what it threw.
  void resume() {
    handle_.resume();
    if (handle_.promise().thrown) {
      std::rethrow_exception(std::exchange(handle_.promise().thrown, nullptr));
    }
  }
  bool done() const { return handle_.done(); }
  unsigned value() const { return handle_.promise().value; }

 private:
  std::coroutine_handle<Promise> handle_;
};

template <class Return>
struct Promise {
  Return get_return_object() {
    return Return(*static_cast<typename Return::promise_type*>(this));
  }
  std::suspend_always initial_suspend() noexcept { return {}; }
  std::suspend_always final_suspend() noexcept { return {}; }
  void return_value(unsigned v) { value = v; }
  void unhandled_exception() { thrown = std::current_exception(); }
  unsigned value = 0;
  std::exception_ptr thrown;
};

struct TaskPromise;
struct Task : Owner<TaskPromise> {
  using promise_type = TaskPromise;
  using Owner::Owner;
};
struct TaskPromise : Promise<Task>, coroutine_frame {};

struct EmptyTaskPromise;
struct EmptyTask : Owner<EmptyTaskPromise> {
  using promise_type = EmptyTaskPromise;
  using Owner::Owner;
};
struct EmptyTaskPromise : Promise<EmptyTask>,
                          coroutine_frame_or_empty<EmptyTask> {};

// Its frame holds kBytes, of which it writes the first, the last, and one that
// the compiler does not know: of an array whose bytes it all knows Clang keeps
// those alone. And a frame whose coroutine it sees as a whole it puts among the
// caller's locals.
template <class Return, std::size_t kBytes>
[[gnu::noinline]] Return holds(unsigned result) {
  volatile char local[kBytes];
  local[result % kBytes] = 0;
  local[0] = 1;
  local[kBytes - 1] = 2;
  co_await std::suspend_always();
  co_return result + static_cast<unsigned>(local[0] + local[kBytes - 1]);
}

template <class Return>
[[gnu::noinline]] Return throws(std::size_t index) {
  volatile char local[3000];
  local[index] = 0;
  local[0] = 1;
  co_await std::suspend_always();
  throw std::runtime_error("thrown there");
  co_return static_cast<unsigned>(local[0]);
}

class CoroutineFrameTest : public testing::Test {
 protected:
  ~CoroutineFrameTest() override { EXPECT_EQ(stack_stats().in_use, 0u); }
};

template <class T>
class CoroutineFrames : public CoroutineFrameTest {};
using Tasks = testing::Types<Task, EmptyTask>;
TYPED_TEST_SUITE(CoroutineFrames, Tasks);

TYPED_TEST(CoroutineFrames, LargeOnesComeFromTheFreelists) {
  {
    TypeParam task = holds<TypeParam, 5000>(39);
    ASSERT_TRUE(task);
    EXPECT_EQ(stack_stats(5000, StackGuard::kNone).in_use, 8192u);
    EXPECT_EQ(stack_stats().in_use, 8192u);
    task.resume();
    EXPECT_FALSE(task.done());
    task.resume();
    EXPECT_TRUE(task.done());
    EXPECT_EQ(task.value(), 42u);
  }
  EXPECT_EQ(stack_stats().in_use, 0u);
}

TYPED_TEST(CoroutineFrames, SmallOnesComeFromOperatorNew) {
  TypeParam task = holds<TypeParam, 1000>(39);
  EXPECT_EQ(stack_stats().in_use, 0u);
  task.resume();
  task.resume();
  EXPECT_EQ(task.value(), 42u);
}

TYPED_TEST(CoroutineFrames, ThatAreDestroyedHalfwayGiveBack) {
  TypeParam task = holds<TypeParam, 5000>(0);
  task.resume();
  EXPECT_NE(stack_stats().in_use, 0u);
}

TYPED_TEST(CoroutineFrames, OfExceptionsGiveBack) {
  TypeParam task = throws<TypeParam>(7);
  EXPECT_EQ(stack_stats().in_use, 4096u);
  task.resume();
  EXPECT_THROW(task.resume(), std::runtime_error);
}

TYPED_TEST(CoroutineFrames, MoveBetweenThreads) {
  std::vector<TypeParam> tasks;
  for (unsigned i = 0; i < 300; ++i) {
    tasks.push_back(holds<TypeParam, 3000>(i));
  }
  test::Thread second([&] {
    for (TypeParam& task : tasks) task.resume();
  });
  second.Join();
  test::Thread third([&] {
    for (unsigned i = 0; i < 300; ++i) {
      tasks[i].resume();
      EXPECT_EQ(tasks[i].value(), i + 3);
    }
    tasks.clear();
  });
  third.Join();
}

// As a coroutine would ask for a frame of more than there is.
constexpr std::size_t kTooLarge = std::size_t{1} << 60;

TEST_F(CoroutineFrameTest, NoMemoryIsBadAllocOrNull) {
  if (test::kTsan || test::kAsan) GTEST_SKIP() << "a sanitizer ends there";
  if (test::Emulated()) GTEST_SKIP() << "qemu-user has no RLIMIT_AS";
  EXPECT_THROW(TaskPromise::operator new(kTooLarge), std::bad_alloc);
  EXPECT_EQ(EmptyTaskPromise::operator new(kTooLarge), nullptr);
}

#if !defined(_WIN32)
// A coroutine that finds no memory for its frame.
template <class Body>
int with_no_memory_left(Body body) {
  return test::RunInChild([&] {
    rlimit limit;
    getrlimit(RLIMIT_AS, &limit);
    limit.rlim_cur = 0;
    setrlimit(RLIMIT_AS, &limit);
    return body();
  });
}

TEST_F(CoroutineFrameTest, NoMemoryThrowsWhereTheCoroutineStarts) {
  if (test::kTsan || test::kAsan) GTEST_SKIP() << "needs its address space";
  if (test::Emulated()) GTEST_SKIP() << "qemu-user has no RLIMIT_AS";
  EXPECT_EQ(with_no_memory_left([] {
              try {
                Task task = holds<Task, 8 << 20>(0);
                return 1;
              } catch (const std::bad_alloc&) {
                return 0;
              }
            }),
            0);
}

TEST_F(CoroutineFrameTest, NoMemoryReturnsAnEmptyObject) {
  if (test::kTsan || test::kAsan) GTEST_SKIP() << "needs its address space";
  if (test::Emulated()) GTEST_SKIP() << "qemu-user has no RLIMIT_AS";
  EXPECT_EQ(with_no_memory_left([] {
              EmptyTask task = holds<EmptyTask, 8 << 20>(0);
              return task ? 1 : 0;
            }),
            0);
}
#endif

}  // namespace
}  // namespace parkway
