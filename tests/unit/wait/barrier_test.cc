// SPDX-License-Identifier: Apache-2.0

// Waits that need a barrier, on three kernels: this one, one that refuses
// membarrier, and one that refuses it from some moment on. Each in a child.
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

#include "parkway/lock/futex_mutex.h"
#include "parkway/os/os.h"
#include "parkway/wait/address_wait_slow.h"
#include "parkway/wait/sleepers.h"
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

constexpr auto kKind = AddressKind::kHostAddress;

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
        AddressWaiter::wake_all(&mine, kKind);
      }
      while (other.value.load(std::memory_order_relaxed) < round) {
        AddressWaiter waiter(&other, kKind);
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

class BarrierTest : public testing::Test {
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

TEST_F(BarrierTest, NoNoticeIsLost) {
  EXPECT_EQ(RunInChild([] { return TellEachOther([] {}); }), 0);
}

TEST_F(BarrierTest, NoNoticeIsLostWithoutMembarrier) {
  EXPECT_EQ(RunInChild([] {
              if (!RefuseMembarrier()) return kNoFilter;
              return TellEachOther([] {});
            }),
            0);
}

// Each of the two threads loses it, at a time of its own.
TEST_F(BarrierTest, NoNoticeIsLostAsMembarrierIsTakenAway) {
  EXPECT_EQ(
      RunInChild([] { return TellEachOther([] { RefuseMembarrier(); }); }), 0);
}

// A slot that was quiet when it was taken away has its waiter look again, once;
// after that it waits for ever, as others do.
TEST_F(BarrierTest, AWaiterLooksAgainOnceMembarrierWasTakenAway) {
  if (!internal::barrier_works) GTEST_SKIP() << "this kernel has no membarrier";
  EXPECT_EQ(RunInChild([] {
              const char address = 0;
              // Nobody has waited there: so a look makes it quiet.
              AddressWaiter::may_have_waiters(&address);
              if (!internal::sleeper_slot(&address).quiet()) return 1;
              if (!RefuseMembarrier()) return kNoFilter;
              AddressWaiter waiter(&address, kKind);
              waiter.prepare();
              if (!waiter.commit(os::kForever)) return 2;
              if (internal::barrier_works) return 3;
              if (AddressWaiter::may_have_waiters(&address)) return 4;
              waiter.prepare();
              if (waiter.commit(os::nanotime() + 5 * Platform::kSettleNs))
                return 5;
              // Nor is anything quiet from then on.
              FutexMutex elsewhere;
              elsewhere.lock();
              elsewhere.unlock();
              return internal::sleeper_slot(&elsewhere).quiet() ? 6 : 0;
            }),
            0);
}

// A wait that a lock keeps in step with its state needs no barrier.
TEST_F(BarrierTest, AWaitUnderALockDoesNotLookAgain) {
  EXPECT_EQ(
      RunInChild([] {
        if (!RefuseMembarrier()) return kNoFilter;
        const char address = 0;
        AddressWaiter waiter(&address, kKind);
        waiter.prepare_if([](bool) { return true; });
        return waiter.commit(os::nanotime() + 5 * Platform::kSettleNs) ? 1 : 0;
      }),
      0);
}

TEST_F(BarrierTest, WorksInTheChildOfAFork) {
  if (!internal::barrier_works) GTEST_SKIP() << "this kernel has no membarrier";
  EXPECT_EQ(RunInChild([] {
              if (!os::process_barrier()) return 1;
              return RunInChild([] {
                if (!os::process_barrier()) return 2;
                return TellEachOther([] {});
              });
            }),
            0);
}

}  // namespace
}  // namespace parkway::test
