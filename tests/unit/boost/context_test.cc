// SPDX-License-Identifier: Apache-2.0

// Boost.Context and Boost.Coroutine2 on stacks of the freelists.
#include <gtest/gtest.h>

#include <boost/context/fiber.hpp>
#include <boost/context/stack_context.hpp>
#include <boost/coroutine2/coroutine.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "parkway/boost/stack_allocator.h"
#include "parkway/stack/stack_class.h"
#include "parkway/stack/stack_freelist.h"
#include "tests/suites/support.h"

namespace {

using boost::context::fiber;
using boost::context::stack_context;
using parkway::stack_stats;
using parkway::StackGuard;
using freelist_stack = parkway::boost::freelist_stack<stack_context>;

static_assert(
    std::is_same_v<decltype(freelist_stack().allocate()), stack_context>);
static_assert(noexcept(std::declval<freelist_stack&>().deallocate(
    std::declval<stack_context&>())));

// Each stack that a test takes is back at its end.
class StackAllocatorTest : public testing::Test {
 protected:
  ~StackAllocatorTest() override { EXPECT_EQ(stack_stats().in_use, 0u); }
};

bool is_on(const stack_context& stack, const void* address) {
  const auto* const end = static_cast<const char*>(stack.sp);
  const auto* const at = static_cast<const char*>(address);
  return end - stack.size <= at && at < end;
}

// Remembers what it gave out.
class Recording {
 public:
  using traits_type = freelist_stack::traits_type;
  Recording(freelist_stack stacks, stack_context* last)
      : stacks_(stacks), last_(last) {}
  stack_context allocate() { return *last_ = stacks_.allocate(); }
  void deallocate(stack_context& stack) noexcept { stacks_.deallocate(stack); }

 private:
  freelist_stack stacks_;
  stack_context* last_;
};

// All of it but a few lines, a sixteenth at most.
void ExpectAlmost(std::size_t size, std::size_t whole) {
  EXPECT_LE(size, whole);
  EXPECT_GT(size, whole - whole / 16);
  EXPECT_EQ(size % 64, 0u);
}

TEST_F(StackAllocatorTest, GivesTheUpperEndAndAlmostTheWholeSize) {
  const freelist_stack stacks(100000);
  stack_context stack = stacks.allocate();
  ExpectAlmost(stack.size, std::size_t{128} << 10);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(stack.sp) % 64, 0u);
  EXPECT_EQ(stack_stats(100000, StackGuard::kPage).in_use,
            std::size_t{128} << 10);
  // A copy takes it back.
  freelist_stack copy = stacks;
  copy.deallocate(stack);
  EXPECT_EQ(stack_stats(100000, StackGuard::kPage).in_use, 0u);
}

TEST_F(StackAllocatorTest, DefaultsAreThoseOfBoostAndAGuard) {
  freelist_stack stacks;
  stack_context stack = stacks.allocate();
  const std::size_t whole = freelist_stack::traits_type::default_size();
  EXPECT_EQ(stack.size, whole);
  EXPECT_EQ(stack_stats(whole, StackGuard::kPage).in_use, whole);
  stacks.deallocate(stack);
}

// Their ends do not share the lines of one place of a page.
TEST_F(StackAllocatorTest, StacksEndAtDifferentLines) {
  const freelist_stack stacks(60 << 10);
  std::vector<stack_context> all(64);
  std::set<std::uintptr_t> lines;
  for (stack_context& stack : all) {
    stack = stacks.allocate();
    lines.insert(reinterpret_cast<std::uintptr_t>(stack.sp) % 4096);
  }
  EXPECT_GT(lines.size(), 16u);
  for (stack_context& stack : all) stacks.deallocate(stack);
}

// Who asks for a power of two gets it to the last byte.
TEST_F(StackAllocatorTest, NoneIsSmallerThanWasAskedFor) {
  for (const std::size_t bytes : {std::size_t{16} << 10, std::size_t{64} << 10,
                                  std::size_t{65000}, std::size_t{65472}}) {
    const freelist_stack stacks(bytes);
    std::vector<stack_context> all(40);
    for (stack_context& stack : all) {
      stack = stacks.allocate();
      EXPECT_GE(stack.size, bytes);
    }
    for (stack_context& stack : all) stacks.deallocate(stack);
  }
}

// The smallest have no lines to spare.
TEST_F(StackAllocatorTest, TheSmallestAreTakenBackToo) {
  const freelist_stack stacks(1);
  stack_context stack = stacks.allocate();
  ExpectAlmost(stack.size, 4096);
  stacks.deallocate(stack);
}

TEST_F(StackAllocatorTest, TooLargeIsBadAlloc) {
  freelist_stack stacks(freelist_stack::traits_type::maximum_size() + 1);
  EXPECT_THROW(stacks.allocate(), std::bad_alloc);
  EXPECT_THROW(fiber(std::allocator_arg, stacks,
                     [](fiber&& caller) { return std::move(caller); }),
               std::bad_alloc);
}

class ContextSizes
    : public StackAllocatorTest,
      public testing::WithParamInterface<std::tuple<std::size_t, StackGuard>> {
};
INSTANTIATE_TEST_SUITE_P(
    All, ContextSizes,
    testing::Combine(testing::Values(16 << 10, 128 << 10, 1 << 20, 16 << 20),
                     testing::Values(StackGuard::kPage, StackGuard::kNone)));

// Calls itself, with frames of about a page, until the next one might end below
// `lowest`. Returns how often.
[[gnu::noinline]] int recurse_down_to(std::uintptr_t lowest) {
  constexpr std::size_t kFrame = 4096;
  volatile char frame[kFrame];
  frame[0] = 1;
  const auto here = reinterpret_cast<std::uintptr_t>(&frame[0]);
  if (here - lowest < 2 * kFrame) return frame[0];
  return recurse_down_to(lowest) + frame[0];
}

std::uintptr_t lowest_of(const stack_context& stack) {
  return reinterpret_cast<std::uintptr_t>(stack.sp) - stack.size;
}

TEST_P(ContextSizes, ContextsRunOnThemDownToTheirEnd) {
  const auto [bytes, guard] = GetParam();
  stack_context stack;
  int frames = 0;
  bool on_it = false;
  fiber f(std::allocator_arg, Recording(freelist_stack(bytes, guard), &stack),
          [&](fiber&& caller) {
            int local = 0;
            on_it = is_on(stack, &local);
            frames = recurse_down_to(lowest_of(stack));
            return std::move(caller);
          });
  f = std::move(f).resume();
  EXPECT_FALSE(f);
  EXPECT_TRUE(on_it);
  // All but the context's own frames at the upper end and two pages below.
  EXPECT_GE(frames, static_cast<int>(bytes / 4096 / 2));
  EXPECT_EQ(stack_stats().in_use, 0u);
}

TEST_F(StackAllocatorTest, ExceptionsUnwindThem) {
  std::string caught;
  fiber f(std::allocator_arg, freelist_stack(), [&](fiber&& caller) {
    try {
      std::vector<int> owned(1000);
      throw std::runtime_error("thrown there");
    } catch (const std::exception& error) {
      caught = error.what();
    }
    return std::move(caller);
  });
  f = std::move(f).resume();
  EXPECT_EQ(caught, "thrown there");
}

TEST_F(StackAllocatorTest, ASuspendedContextThatIsDestroyedGivesBack) {
  bool destroyed = false;
  struct Owned {
    bool* destroyed;
    ~Owned() { *destroyed = true; }
  };
  {
    fiber f(std::allocator_arg, freelist_stack(), [&](fiber&& caller) {
      const Owned owned{&destroyed};
      caller = std::move(caller).resume();
      ADD_FAILURE() << "resumed";
      return std::move(caller);
    });
    f = std::move(f).resume();
    EXPECT_NE(stack_stats().in_use, 0u);
  }
  EXPECT_TRUE(destroyed);
}

TEST_F(StackAllocatorTest, Coroutine2) {
  using coroutine = boost::coroutines2::coroutine<int>;
  coroutine::pull_type squares(freelist_stack(32 << 10),
                               [](coroutine::push_type& out) {
                                 for (int i = 0; i < 10; ++i) out(i * i);
                               });
  int sum = 0;
  for (const int square : squares) sum += square;
  EXPECT_EQ(sum, 285);
}

// Made on one thread, run on a second, destroyed on a third.
TEST_F(StackAllocatorTest, AnyThreadGivesBack) {
  std::vector<fiber> fibers;
  for (int i = 0; i < 200; ++i) {
    fibers.emplace_back(std::allocator_arg, freelist_stack(16 << 10),
                        [](fiber&& caller) {
                          caller = std::move(caller).resume();
                          return std::move(caller);
                        });
  }
  parkway::test::Thread second([&] {
    for (fiber& f : fibers) f = std::move(f).resume();
  });
  second.Join();
  EXPECT_GE(stack_stats().in_use, 200u * (16 << 10));
  parkway::test::Thread third([&] { fibers.clear(); });
  third.Join();
}

TEST_F(StackAllocatorTest, OverflowFaults) {
  EXPECT_EXIT(
      {
        fiber f(std::allocator_arg, freelist_stack(16 << 10),
                [](fiber&& caller) {
                  recurse_down_to(0);
                  return std::move(caller);
                });
        f = std::move(f).resume();
      },
      testing::KilledBySignal(SIGSEGV), "");
}

}  // namespace
