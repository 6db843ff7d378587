// SPDX-License-Identifier: Apache-2.0

// Futexes that are made of semaphores, and FutexMutex and FutexNote over them.
#include "parkway/lock/futex_note_slow.h"
#include "tests/model/futex_mutex_suites.h"
#include "tests/model/note_suites.h"
#include "tests/model/worker_semaphore_suite.h"

namespace parkway::model {

// Two words in one queue. Each sleeper's word changes once, and it is woken
// once: the wake is for nobody else, and what was written before is seen.
template <class P>
class TwoWords : public Suite<TwoWords<P>, P, 4> {
 public:
  void thread(unsigned index) {
    const unsigned which = index % 2;
    auto& word = words_[which];
    if (index < 2) {
      // Hardly any random schedule has both sleepers there.
      if (rl::rand(2) == 0) {
        await([which] { return kernel.asleep_on[which + 2] != nullptr; });
      }
      data_[which] = 1;
      word.store(1, std::memory_order_release);
      P::futexwakeup(word, 1);
      return;
    }
    while (word.load(std::memory_order_acquire) == 0) {
      RL_ASSERT(P::futexsleep(word, 0, os::kForever));
    }
    RL_ASSERT(data_[which] == 1);
  }

 private:
  typename P::template Atomic<std::uint32_t> words_[2] = {0, 0};
  Plain<int> data_[2] = {0, 0};
};

// A wake for one, between a sleeper whose time may be up and one that stays. It
// counts for one of them: the first passes it on, if it is told of it. Nobody
// takes two sleepers out where one is asked for.
template <class P>
class OneWake : public Suite<OneWake<P>, P, 3> {
 public:
  void thread(unsigned index) {
    if (index == 0) {
      // Or it found no memory, and is gone.
      await([] { return kernel.asleep_on[2] != nullptr; });
      wake();
    } else if (index == 1) {
      if (P::futexsleep(word_, 0, P::now() + 1)) wake();
    } else {
      P::futexsleep(word_, 0, os::kForever);
    }
  }

 private:
  void wake() {
    ++wakes_;
    P::futexwakeup(word_, 1);
    RL_ASSERT(kernel.wake_calls <= wakes_);
  }

  typename P::template Atomic<std::uint32_t> word_{0};
  std::uint64_t wakes_ = 0;
};

// All that sleep, with kTimed among them one whose time may be up, and that
// sleeps once more after that.
template <class P, bool kTimed>
class AllAtOnce : public Suite<AllAtOnce<P, kTimed>, P, 4> {
 public:
  void thread(unsigned index) {
    if (index == 0) {
      word_.store(1, std::memory_order_relaxed);
      P::futexwakeup(word_, UINT32_MAX);
      return;
    }
    bool timed = kTimed && index == 1;
    while (word_.load(std::memory_order_relaxed) == 0) {
      if (!P::futexsleep(word_, 0, timed ? P::now() + 1 : os::kForever)) {
        RL_ASSERT(timed);
        timed = false;
      }
    }
  }

 private:
  typename P::template Atomic<std::uint32_t> word_{0};
};

template <class P>
void check_futex() {
  constexpr Budget kCalm{0, 0, 0};
  check<TwoWords<P>>("two words", 200000);
  check<OneWake<P>>("one wake", 200000);
  check<AllAtOnce<P, true>>("all at once", 200000);
  check_met("a thread slept", coverage.sleeps);
  check_met("a deadline came", coverage.timeouts);
  check<OneWake<P>, Search::kContextBound>("one wake", 200000, 2, kCalm);
  // Not timed: Relacy's searches lose track where all threads are blocked but
  // one whose time may be up.
  check<AllAtOnce<P, false>, Search::kContextBound>("all at once", 200000, 2,
                                                    kCalm);
}

}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway::model;
  using P = ModelPlatform<OnlySemaphoresNoBarrier>;
  start(argc, argv);
  check_futex<P>();
  const Shorter shorter(5, 50);
  check_worker_semaphore<P>();
  check_futex_mutex_random<OnlySemaphoresNoBarrier>();
  check_futex_mutex_random<OnlySemaphores>();
  check_futex_mutex_random<OnlySemaphoresDelayed>();
  check_futex_mutex_search<OnlySemaphoresNoBarrier>();
  check_note<P, parkway::BasicFutexNote<P>>();
  return finish();
}
