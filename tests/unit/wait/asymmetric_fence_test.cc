// SPDX-License-Identifier: Apache-2.0

// The fence on three kernels: this one, one that refuses membarrier, and one
// that refuses it from some moment on. Each in a child, where nothing is
// decided yet.
#include "parkway/wait/asymmetric_fence.h"

#include <errno.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <atomic>
#include <cstdint>
#include <vector>

#include "parkway/os/os.h"
#include "parkway/wait/address_wait_slow.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

constexpr int kNoFilter = 77;

// For the calling thread and those that it starts from now on.
bool RefuseMembarrier() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog program = {sizeof(code) / sizeof(code[0]), code};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

// Alone in its line, so that a store to it takes a while.
struct alignas(64) Flag {
  std::atomic<int> value{0};
};

// Two threads at once: each writes and looks at what the other writes. The
// number of rounds in which neither saw the other, of which there may be none.
int BothBlind() {
  const int rounds = Rounds(100000);
  Flag start[2];
  Flag written[2];
  std::vector<char> saw[2];
  const auto play = [&](int me, auto&& fence) {
    saw[me].resize(rounds + 1);
    Flag& mine = written[me];
    Flag& other = written[1 - me];
    for (int round = 1; round <= rounds; ++round) {
      start[me].value.store(round, std::memory_order_release);
      for (int polls = 0;
           start[1 - me].value.load(std::memory_order_acquire) < round;) {
        if (++polls % 1000 == 0) os::osyield();
      }
      mine.value.store(round, std::memory_order_relaxed);
      fence();
      saw[me][round] = other.value.load(std::memory_order_relaxed) >= round;
    }
  };
  std::atomic<bool> fenced{true};
  {
    Thread frequent(
        [&] { play(0, [] { Platform::asymmetric_fence().light(); }); });
    Thread rare([&] {
      play(1, [&] {
        if (!Platform::asymmetric_fence().heavy()) fenced = false;
      });
    });
  }
  int blind = fenced ? 0 : 1;
  for (int round = 1; round <= rounds; ++round) {
    blind += saw[0][round] == 0 && saw[1][round] == 0;
  }
  return blind;
}

// Two threads tell each other in turn, with plain stores, and nobody else is
// there to wake them: a lost notice hangs. Calls halfway() in the middle.
template <class Halfway>
int TellEachOther(Halfway&& halfway) {
  const int rounds = Rounds(20000);
  Flag told[2];
  const auto play = [&](int me) {
    Flag& mine = told[me];
    Flag& other = told[1 - me];
    for (int round = 1; round <= rounds; ++round) {
      if (round == rounds / 2) halfway();
      mine.value.store(round, std::memory_order_relaxed);
      if (AddressWaiter::may_have_waiters(&mine)) {
        AddressWaiter::wake_all(&mine);
      }
      while (other.value.load(std::memory_order_relaxed) < round) {
        AddressWaiter waiter(&other);
        waiter.prepare();
        if (other.value.load(std::memory_order_relaxed) >= round) break;
        if (!waiter.commit(os::kForever)) return;
      }
    }
  };
  {
    Thread first([&] { play(0); });
    Thread second([&] { play(1); });
  }
  return told[0].value == rounds && told[1].value == rounds ? 0 : 1;
}

class AsymmetricFenceTest : public testing::Test {
 protected:
  void SetUp() override {
    const bool filters = RunInChild([] {
                           if (!RefuseMembarrier()) return kNoFilter;
                           return os::process_barrier() ? kNoFilter : 0;
                         }) == 0;
    if (!filters) {
      GTEST_SKIP() << "this kernel does not let us filter system calls";
    }
  }
};

TEST_F(AsymmetricFenceTest, OneOfTwoSeesTheOther) {
  EXPECT_EQ(RunInChild([] { return BothBlind() == 0 ? 0 : 1; }), 0);
}

TEST_F(AsymmetricFenceTest, OneOfTwoSeesTheOtherWithoutMembarrier) {
  EXPECT_EQ(RunInChild([] {
              if (!RefuseMembarrier()) return kNoFilter;
              return BothBlind() == 0 ? 0 : 1;
            }),
            0);
}

TEST_F(AsymmetricFenceTest, NoNoticeIsLost) {
  EXPECT_EQ(RunInChild([] { return TellEachOther([] {}); }), 0);
}

TEST_F(AsymmetricFenceTest, NoNoticeIsLostWithoutMembarrier) {
  EXPECT_EQ(RunInChild([] {
              if (!RefuseMembarrier()) return kNoFilter;
              return TellEachOther([] {});
            }),
            0);
}

// Each of the two threads loses it, at a time of its own.
TEST_F(AsymmetricFenceTest, NoNoticeIsLostAsMembarrierIsTakenAway) {
  EXPECT_EQ(
      RunInChild([] { return TellEachOther([] { RefuseMembarrier(); }); }), 0);
}

// Both sides fence then, and there is nothing to look at again.
TEST_F(AsymmetricFenceTest, HoldsWithoutMembarrier) {
  EXPECT_EQ(RunInChild([] {
              if (!RefuseMembarrier()) return kNoFilter;
              for (int i = 0; i < 3; ++i) {
                if (!Platform::asymmetric_fence().heavy()) return 1;
                Platform::asymmetric_fence().light();
              }
              return 0;
            }),
            0);
}

TEST_F(AsymmetricFenceTest, SaysThatMembarrierWasTakenAway) {
  if (!os::process_barrier()) GTEST_SKIP() << "this kernel has no membarrier";
  EXPECT_EQ(RunInChild([] {
              for (int i = 0; i < 3; ++i) {
                if (!Platform::asymmetric_fence().heavy()) return 1;
              }
              if (!RefuseMembarrier()) return kNoFilter;
              for (int i = 0; i < 3; ++i) {
                if (Platform::asymmetric_fence().heavy()) return 2;
              }
              return 0;
            }),
            0);
}

// A wait that nobody ends returns to be looked at again; one that a lock keeps
// in step with its state, which needs no fence, does not.
TEST_F(AsymmetricFenceTest, AWaiterLooksAgainOnceMembarrierWasTakenAway) {
  if (!os::process_barrier()) GTEST_SKIP() << "this kernel has no membarrier";
  EXPECT_EQ(RunInChild([] {
              const char address = 0;
              AddressWaiter waiter(&address);
              waiter.prepare();
              waiter.cancel();
              if (!RefuseMembarrier()) return kNoFilter;
              for (int i = 0; i < 3; ++i) {
                waiter.prepare();
                if (!waiter.commit(os::kForever)) return 1;
                if (AddressWaiter::may_have_waiters(&address)) return 2;
              }
              constexpr std::int64_t kLonger = 5 * Platform::kRecheckNs;
              waiter.prepare_if([] { return true; });
              if (waiter.commit(os::nanotime() + kLonger)) return 3;
              return 0;
            }),
            0);
}

TEST_F(AsymmetricFenceTest, HoldsInTheChildOfAFork) {
  if (!os::process_barrier()) GTEST_SKIP() << "this kernel has no membarrier";
  EXPECT_EQ(RunInChild([] {
              if (!Platform::asymmetric_fence().heavy()) return 1;
              return RunInChild([] {
                if (!Platform::asymmetric_fence().heavy()) return 2;
                return TellEachOther([] {});
              });
            }),
            0);
}

}  // namespace
}  // namespace parkway::test
