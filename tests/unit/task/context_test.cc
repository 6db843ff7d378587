// SPDX-License-Identifier: Apache-2.0

#include "parkway/task/context/context.h"

#include <gtest/gtest.h>
#if !defined(_WIN32)
#include <pthread.h>
#include <signal.h>
#endif
#include <unwind.h>

#include <atomic>
#include <cfenv>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "parkway/stack/stack_freelist.h"
#include "tests/suites/fault_report.h"
#include "tests/suites/support.h"
#include "tests/unit/task/context_registers.h"

namespace parkway::test {
namespace {

constexpr std::size_t kStack = 64 * 1024;

// A function on a stack of its own, which runs piece by piece: from one
// suspend() to the next.
class Flow {
 public:
  explicit Flow(std::function<void(Flow&)> body)
      : body_(std::move(body)), stack_(stack_alloc(kStack)) {
    if (stack_ == nullptr) throw std::bad_alloc();
    flow_ = make_context(stack_, kStack, &Flow::run, this);
  }
  Flow(const Flow&) = delete;
  Flow& operator=(const Flow&) = delete;
  ~Flow() { stack_free(stack_, kStack); }

  // On any thread, one at a time. False when the body has returned.
  bool resume() {
    if (!done_) switch_context(&home_, flow_);
    return !done_;
  }
  // In the body.
  void suspend() { switch_context(&flow_, home_); }

  bool contains(const void* address) const {
    const char* const at = static_cast<const char*>(address);
    return static_cast<char*>(stack_) <= at &&
           at < static_cast<char*>(stack_) + kStack;
  }

 private:
  static void run(void* argument) {
    Flow* const flow = static_cast<Flow*>(argument);
    flow->body_(*flow);
    flow->done_ = true;
    flow->suspend();
  }

  std::function<void(Flow&)> body_;
  void* const stack_;
  Context flow_;
  Context home_;
  bool done_ = false;
};

TEST(ContextTest, RunsOnTheStackItWasGiven) {
  bool there = false;
  Flow flow([&](Flow& self) {
    alignas(16) int local = 0;
    there = self.contains(&local) &&
            reinterpret_cast<std::uintptr_t>(&local) % 16 == 0;
  });
  EXPECT_FALSE(there);
  EXPECT_FALSE(flow.resume());
  EXPECT_TRUE(there);
}

TEST(ContextTest, AnyEndOfAStackWillDo) {
  // Not aligned to anything.
  std::vector<char> memory(kStack + 16);
  for (std::size_t odd = 0; odd < 16; ++odd) {
    struct State {
      Context flow, home;
      double value = 0;
    } state;
    state.flow = make_context(
        memory.data() + odd, kStack,
        [](void* argument) {
          State& in = *static_cast<State*>(argument);
          // Printing a double takes an aligned stack.
          char text[32];
          std::snprintf(text, sizeof text, "%.1f", 2.5);
          in.value = std::atof(text);
          switch_context(&in.flow, in.home);
        },
        &state);
    switch_context(&state.home, state.flow);
    EXPECT_EQ(state.value, 2.5);
  }
}

TEST(ContextTest, ManyFlowsInTurns) {
  constexpr int kFlows = 100;
  constexpr int kTurns = 200;
  std::vector<std::unique_ptr<Flow>> flows;
  std::vector<std::uint64_t> sums(kFlows);
  for (int i = 0; i < kFlows; ++i) {
    flows.push_back(std::make_unique<Flow>([i, &sums](Flow& self) {
      std::uint64_t sum = 0;
      for (int turn = 0; turn < kTurns; ++turn) {
        sum += static_cast<std::uint64_t>(i) * kTurns + turn;
        self.suspend();
      }
      sums[i] = sum;
    }));
  }
  int alive = kFlows;
  for (int turn = 0; turn <= kTurns; ++turn) {
    for (auto& flow : flows) alive -= !flow->resume();
  }
  EXPECT_EQ(alive, 0);
  for (std::uint64_t i = 0; i < kFlows; ++i) {
    EXPECT_EQ(sums[i], i * kTurns * kTurns + kTurns * (kTurns - 1) / 2);
  }
}

TEST(ContextTest, KeepsTheRegistersThatAFunctionMustKeep) {
  const auto resume = [](void* flow) { static_cast<Flow*>(flow)->resume(); };
  const auto suspend = [](void* flow) { static_cast<Flow*>(flow)->suspend(); };
  int lost_inside = 0;
  Flow flow([&](Flow& self) {
    for (int i = 0; i < 3; ++i) {
      lost_inside += parkway_test_registers_lost(suspend, &self, 1000);
    }
  });
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(parkway_test_registers_lost(resume, &flow, 2000), 0);
  }
  EXPECT_FALSE(flow.resume());
  EXPECT_EQ(lost_inside, 0);
}

// x86 has two units, and long double is the other one's. Elsewhere it has none,
// or it is made of instructions for integers, which need not round that way.
#if defined(__x86_64__) || defined(__i386__)
using OtherUnits = long double;
#else
using OtherUnits = double;
#endif

template <class Float>
bool rounds_up() {
  volatile Float one = 1;
  volatile Float three = 3;
  volatile Float third = one / three;
  volatile Float back = -third;
  volatile Float minus_third = -one / three;
  return back < minus_third;
}

TEST(ContextTest, EachFlowHasItsFloatingPointControl) {
  Flow upward([](Flow& self) {
    std::fesetround(FE_UPWARD);
    self.suspend();
    EXPECT_EQ(std::fegetround(), FE_UPWARD);
    EXPECT_TRUE(rounds_up<double>());
    EXPECT_TRUE(rounds_up<OtherUnits>());
  });
  upward.resume();
  EXPECT_EQ(std::fegetround(), FE_TONEAREST);
  EXPECT_FALSE(rounds_up<double>());
  EXPECT_FALSE(rounds_up<OtherUnits>());
  EXPECT_FALSE(upward.resume());
  EXPECT_EQ(std::fegetround(), FE_TONEAREST);
}

TEST(ContextTest, BeginsWithItsMakersFloatingPointControl) {
  std::fesetround(FE_DOWNWARD);
  int inside = -1;
  Flow flow([&](Flow&) { inside = std::fegetround(); });
  std::fesetround(FE_TONEAREST);
  flow.resume();
  EXPECT_EQ(inside, FE_DOWNWARD);
  EXPECT_EQ(std::fegetround(), FE_TONEAREST);
}

#if !defined(_WIN32)
bool blocked(int signal) {
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  return sigismember(&mask, signal) == 1;
}

TEST(ContextTest, TheSignalMaskIsTheThreads) {
  ASSERT_FALSE(blocked(SIGUSR1));
  Flow flow([](Flow& self) {
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &mask, nullptr);
    self.suspend();
    EXPECT_FALSE(blocked(SIGUSR1));
  });
  flow.resume();
  EXPECT_TRUE(blocked(SIGUSR1));
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGUSR1);
  pthread_sigmask(SIG_UNBLOCK, &mask, nullptr);
  EXPECT_FALSE(flow.resume());
}
#endif

[[gnu::noinline]] void throw_from_below(int depth) {
  volatile char frame[100] = {};
  if (depth == 0) throw std::runtime_error("from below");
  throw_from_below(depth - 1);
  frame[0] = frame[1];
}

TEST(ContextTest, ExceptionsInAFlow) {
  int caught = 0;
  std::vector<std::unique_ptr<Flow>> flows;
  for (int i = 0; i < 10; ++i) {
    flows.push_back(std::make_unique<Flow>([&](Flow& self) {
      for (int k = 0; k < 5; ++k) {
        try {
          self.suspend();
          throw_from_below(20);
        } catch (const std::runtime_error& error) {
          caught += std::string(error.what()) == "from below";
        }
        self.suspend();
      }
    }));
  }
  for (int turn = 0; turn < 11; ++turn) {
    for (auto& flow : flows) flow->resume();
    try {
      throw_from_below(3);
    } catch (const std::runtime_error&) {
    }
  }
  EXPECT_EQ(caught, 50);
}

_Unwind_Reason_Code count_frame(_Unwind_Context*, void* frames) {
  return ++*static_cast<int*>(frames) > 1000 ? _URC_NORMAL_STOP
                                             : _URC_NO_REASON;
}

TEST(ContextTest, UnwindingEndsWithTheFlow) {
  int frames = 0;
  _Unwind_Reason_Code end = _URC_NO_REASON;
  Flow flow([&](Flow& self) {
    self.suspend();
    end = _Unwind_Backtrace(&count_frame, &frames);
  });
  flow.resume();
  flow.resume();
  EXPECT_EQ(end, _URC_END_OF_STACK);
  EXPECT_GE(frames, 2);
  EXPECT_LE(frames, 20);
}

// Each thread has a queue, and passes every flow that it has run for a while to
// the next thread's.
TEST(ContextTest, FlowsMoveBetweenThreads) {
  constexpr int kThreads = 4;
  constexpr int kFlows = 50;
  const int turns = Rounds(2000);
  struct Moving {
    std::unique_ptr<Flow> flow;
    std::uint64_t sum = 0;
    int moves = 0;
    std::thread::id last;
  };
  struct Queue {
    std::mutex mutex;
    std::deque<Moving*> ready;
  };
  std::vector<Moving> all(kFlows);
  Queue queues[kThreads];
  std::atomic<int> left{kFlows};
  for (Moving& moving : all) {
    moving.flow = std::make_unique<Flow>([&moving](Flow& self) {
      std::uint64_t sum = 0;
      double half = 0;
      for (int i = 0; i < turns; ++i) {
        sum += i;
        half += 0.5;
        self.suspend();
      }
      moving.sum = sum + static_cast<std::uint64_t>(half);
    });
    queues[0].ready.push_back(&moving);
  }
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      Queue& from = queues[t];
      Queue& to = queues[(t + 1) % kThreads];
      while (left > 0) {
        Moving* mine = nullptr;
        {
          const std::lock_guard<std::mutex> lock(from.mutex);
          if (!from.ready.empty()) {
            mine = from.ready.front();
            from.ready.pop_front();
          }
        }
        if (mine == nullptr) {
          std::this_thread::yield();
          continue;
        }
        mine->moves += mine->last != std::this_thread::get_id();
        mine->last = std::this_thread::get_id();
        if (mine->flow->resume()) {
          const std::lock_guard<std::mutex> lock(to.mutex);
          to.ready.push_back(mine);
        } else {
          --left;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto n = static_cast<std::uint64_t>(turns);
  for (const Moving& moving : all) {
    EXPECT_EQ(moving.sum, n * (n - 1) / 2 + n / 2);
    // Every time, the last one included, in which it ended.
    EXPECT_EQ(moving.moves, turns + 1);
  }
}

// Not more than the sanitizers' own tricks, which are not here.
TEST(ContextDeathTest, AnOverflowHitsTheGuardPage) {
#if defined(_WIN32)
  // tests/unit/os/windows has one that does not run out of stack.
  GTEST_SKIP() << "the fault can't be reported on a stack without room";
#endif
  EXPECT_EXIT(
      {
        struct Deep {
          [[gnu::noinline]] static int call(int n) {
            volatile char frame[512];
            frame[0] = static_cast<char>(n);
            return n == 0 ? 0 : call(n - 1) + frame[0];
          }
        };
        Flow flow([](Flow&) { Deep::call(1 << 20); });
        flow.resume();
      },
      Faulted, "");
}

TEST(ContextDeathTest, AnEntryThatReturns) {
  EXPECT_DEATH(
      {
        static char stack[kStack];
        Context home;
        switch_context(&home, make_context(
                                  stack, kStack, [](void*) {}, nullptr));
      },
      "");
}

TEST(ContextDeathTest, AnExceptionThatNobodyCatches) {
  EXPECT_EXIT(
      {
        Flow flow([](Flow&) { throw_from_below(3); });
        try {
          flow.resume();
        } catch (...) {
        }
      },
      Aborted, "from below");
}

TEST(ContextTest, SaysWhetherThereIsAShadowStack) {
  // The tests above would not have come this far with one.
  EXPECT_FALSE(shadow_stack_is_on());
}

}  // namespace
}  // namespace parkway::test
