// SPDX-License-Identifier: Apache-2.0

// IdlePool. The workers' threads are started as a server would start them: by
// whoever took the worker first.
#include "parkway/wait/idle_pool.h"

#include "parkway/lock/futex_note_slow.h"
#include "tests/model/model_test.h"

namespace parkway::model {

// The common half: kWorkers workers, threads 0 to kWorkers - 1, and who wakes
// or starts them. Work is an item that a worker finds; after it the worker says
// that one worker less is wanted, as oneTBB's do.
template <class Derived, class P, int kWorkers, int kClients>
class Pool : public Suite<Derived, P, kWorkers + kClients> {
 public:
  using IdlePool = BasicIdlePool<P>;
  using Rest = typename IdlePool::Rest;

  void thread(unsigned index) {
    if (index < kWorkers) {
      work(static_cast<int>(index));
    } else {
      static_cast<Derived*>(this)->client(static_cast<int>(index) - kWorkers);
    }
  }

 protected:
  void rouse(typename IdlePool::Member* member) {
    if (member == nullptr) return;
    const auto index = member - members_;
    if (!started_[index].set) {
      started_[index].set = true;
      start_[index].wakeup();
    } else {
      IdlePool::wake(*member);
    }
  }

  // One more item.
  void offer() {
    // relaxed: adjust() publishes it.
    items_.fetch_add(1, std::memory_order_relaxed);
    pool_.adjust(1);
    rouse(pool_.take());
  }

  void close() {
    pool_.close([this](typename IdlePool::Member& member) { rouse(&member); });
  }

 private:
  void work(int me) {
    start_[me].sleep();
    do {
      rouse(pool_.take());
      if (take_item()) {
        static_cast<Derived*>(this)->item(me);
        pool_.adjust(-1);
      } else {
        P::yield();
      }
    } while (rest(me) != Rest::kClosed);
  }

  Rest rest(int me) {
    if (Derived::kTimed) {
      const Rest result = pool_.rest(members_[me], 1);
      if (result != Rest::kTimeout) return result;
      RL_ASSERT(IdlePool::resting(members_[me]));
    }
    return pool_.rest(members_[me], os::kForever);
  }

  bool take_item() {
    // relaxed: whether there is one is all.
    std::uint32_t items = items_.load(std::memory_order_relaxed);
    while (items != 0) {
      if (items_.compare_exchange_weak(items, items - 1,
                                       std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }

  typename IdlePool::Member members_[kWorkers];
  IdlePool pool_{members_, kWorkers};
  BasicFutexNote<P> start_[kWorkers];
  // Handed on with the member.
  struct Flag {
    Plain<bool> set{false};
  };
  Flag started_[kWorkers];
  typename P::template Atomic<std::uint32_t> items_{0};
};

// An item after the other, each when the one before is done: the worker falls
// asleep, or is about to, as it is wanted again.
template <class P, bool kTimed_>
class Rounds : public Pool<Rounds<P, kTimed_>, P, 1, 1> {
 public:
  static constexpr bool kTimed = kTimed_;

  void client(int) {
    for (int round = 0; round < 3; ++round) {
      data_ = round;
      this->offer();
      done_[round].sleep();
      RL_ASSERT(data_ == round + 10);
    }
    this->close();
  }
  void item(int) {
    const int round = data_;
    data_ = round + 10;
    done_[round].wakeup();
  }

 private:
  Plain<int> data_{0};
  BasicFutexNote<P> done_[3];
};

// Two items at once that need both workers: whoever is woken wakes the other.
template <class P, int kRounds, bool kTimed_>
class Chain : public Pool<Chain<P, kRounds, kTimed_>, P, 2, 1> {
 public:
  static constexpr bool kTimed = kTimed_;

  void client(int) {
    for (int round = 0; round < kRounds; ++round) {
      round_ = round;
      this->offer();
      this->offer();
      done_[round][0].sleep();
      done_[round][1].sleep();
    }
    this->close();
  }
  void item(int me) {
    const int round = round_;
    here_[round][me].wakeup();
    here_[round][1 - me].sleep();
    done_[round][me].wakeup();
  }

 private:
  Plain<int> round_{0};
  BasicFutexNote<P> here_[kRounds][2];
  BasicFutexNote<P> done_[kRounds][2];
};

// Two clients, each with items of its own, over two workers.
template <class P>
class Clients : public Pool<Clients<P>, P, 2, 2> {
 public:
  static constexpr bool kTimed = false;

  void client(int me) {
    this->offer();
    if (me == 0) this->offer();
    left_[me].wakeup();
    if (me == 0) {
      left_[1].sleep();
      for (auto& done : done_) done.sleep();
      this->close();
    }
  }
  void item(int) {
    done_[next_.fetch_add(1, std::memory_order_relaxed)].wakeup();
  }

 private:
  typename P::template Atomic<std::uint32_t> next_{0};
  BasicFutexNote<P> left_[2];
  BasicFutexNote<P> done_[3];
};

template <class K>
void check_idle_pool() {
  using P = ModelPlatform<K>;
  constexpr Budget kCalm{0, 0, 0};
  check<Rounds<P, false>>("one worker, three rounds", 100000);
  check<Rounds<P, true>>("one worker, three rounds, timed", 100000);
  check<Chain<P, 1, false>>("two at once", 100000);
  check<Chain<P, 2, false>>("two at once, twice", 100000);
  check<Chain<P, 2, true>>("two at once, twice, timed", 100000);
  check<Clients<P>>("two clients", 100000);
  check_met("a thread slept", coverage.sleeps);
  check_met("a deadline came", coverage.timeouts);
  check<Rounds<P, false>, Search::kContextBound>("one worker, three rounds",
                                                 500000, 3, kCalm);
  check<Rounds<P, true>, Search::kContextBound>(
      "one worker, three rounds, timed", 500000, 3, kCalm);
  check<Chain<P, 1, false>, Search::kContextBound>("two at once", 500000, 2,
                                                   kCalm);
}

}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_idle_pool<WeakMemory>();
  const Shorter shorter(3, 10);
  check_idle_pool<OnlySemaphoresNoBarrier>();
  return finish();
}
