// SPDX-License-Identifier: Apache-2.0

// StackMagazines over a StackDepot, with lists of one or two stacks: no stack
// is had by two, none is lost, and what one did to it the next one sees.
#include "parkway/stack/stack_depot.h"

#include "parkway/lock/futex_note_slow.h"
#include "parkway/stack/free_stack.h"
#include "parkway/stack/stack_magazines.h"
#include "tests/model/model_test.h"

namespace parkway::model {

template <class Derived, class P, int kThreads, std::uint32_t kCapacity,
          std::uint32_t kLimit>
class Stacks : public Suite<Derived, P, kThreads> {
 public:
  using Stack = FreeStack<P>;
  static constexpr std::uint32_t kMost = 8;
  // So that there are some of both kinds.
  static constexpr std::uint32_t kWhole = 1;

  // Where every stack is in the end.
  void after() {
    for (auto& mine : magazines_) {
      while (Stack* const batch = mine.drain()) count(batch);
    }
    const std::uint32_t said = depot_.stacks();
    RL_ASSERT(depot_.whole() <= kWhole);
    RL_ASSERT(depot_.warm() <= kLimit);
    std::uint32_t in_depot = 0;
    while (Stack* const batch = depot_.get()) in_depot += count(batch);
    RL_ASSERT(in_depot == said);
    for (std::uint32_t i = 0; i < made_.load(std::memory_order_relaxed); ++i) {
      RL_ASSERT(found_[i] == 1);
    }
  }

 protected:
  // As stack_alloc().
  Stack* alloc(unsigned me) {
    auto& mine = magazines_[me];
    Stack* stack = mine.take();
    if (stack == nullptr && !mine.exchange_empty()) {
      Stack* batch = depot_.get();
      if (batch == nullptr) batch = make();
      mine.refill(batch);
    }
    if (stack == nullptr) stack = mine.take();
    RL_ASSERT(stack != nullptr);
    const auto i = stack - stacks_;
    used_[i].times = used_[i].times + 1;
    return stack;
  }

  // As stack_free().
  void free(unsigned me, Stack* stack) {
    const auto i = stack - stacks_;
    used_[i].times = used_[i].times + 1;
    auto& mine = magazines_[me];
    if (mine.put(stack, kCapacity)) return;
    Stack* const batch = mine.exchange_full();
    const bool done = mine.put(stack, kCapacity);
    RL_ASSERT(done);
    if (batch != nullptr && !depot_.put_whole(batch, kWhole) &&
        !depot_.put_warm(batch, kLimit)) {
      returned(batch);
    }
  }

 private:
  Stack* make() {
    const std::uint32_t i = made_.fetch_add(1, std::memory_order_relaxed);
    RL_ASSERT(i < kMost);
    stacks_[i].next = nullptr;
    stacks_[i].count = 1;
    return &stacks_[i];
  }

  // The system has them: nobody gets them again.
  void returned(Stack* batch) { count(batch); }

  std::uint32_t count(Stack* batch) {
    std::uint32_t n = 0;
    const std::uint32_t said = batch->count;
    for (Stack* s = batch; s != nullptr; s = s->next) {
      ++found_[s - stacks_];
      RL_ASSERT(++n <= said);
    }
    RL_ASSERT(n == said);
    return n;
  }

  BasicStackMagazines<P> magazines_[kThreads];
  BasicStackDepot<P> depot_;
  Stack stacks_[kMost];
  // What a user does to the memory: a race if two have it.
  struct Used {
    Plain<int> times{0};
  };
  Used used_[kMost];
  int found_[kMost] = {};
  typename P::template Atomic<std::uint32_t> made_{0};
};

// Everybody takes some and gives them back, twice.
template <class P, int kThreads, std::uint32_t kCapacity, std::uint32_t kLimit>
class Everybody : public Stacks<Everybody<P, kThreads, kCapacity, kLimit>, P,
                                kThreads, kCapacity, kLimit> {
 public:
  void thread(unsigned me) {
    FreeStack<P>* mine[2 * kCapacity + 1];
    for (int round = 0; round < 2; ++round) {
      const std::uint32_t n =
          8 / kThreads < 2 * kCapacity + 1 ? 8 / kThreads : 2 * kCapacity + 1;
      for (std::uint32_t i = 0; i < n; ++i) mine[i] = this->alloc(me);
      for (std::uint32_t i = 0; i < n; ++i) this->free(me, mine[i]);
    }
  }
};

// One takes, the other gives back; a third does both.
template <class P, int kThreads>
class Handed : public Stacks<Handed<P, kThreads>, P, kThreads, 1, 8> {
 public:
  static constexpr int kRounds = 3;

  void thread(unsigned me) {
    if (me == 2) {
      for (int i = 0; i < 2; ++i) this->free(me, this->alloc(me));
      return;
    }
    for (int i = 0; i < kRounds; ++i) {
      if (me == 0) {
        at_[i].stack = this->alloc(me);
        ready_[i].wakeup();
      } else {
        ready_[i].sleep();
        this->free(me, at_[i].stack);
      }
    }
  }

 private:
  struct Place {
    Plain<FreeStack<P>*> stack{nullptr};
  };
  Place at_[kRounds];
  BasicFutexNote<P> ready_[kRounds];
};

}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway::model;
  using P = ModelPlatform<WeakMemory>;
  constexpr Budget kCalm{0, 0, 0};
  start(argc, argv);
  check<Everybody<P, 2, 1, 8>>("two threads", 50000);
  check<Everybody<P, 2, 1, 1>>("two threads, a small depot", 50000);
  check<Everybody<P, 3, 1, 8>>("three threads", 50000);
  check<Everybody<P, 1, 2, 8>>("one thread", 10);
  check<Handed<P, 2>>("one for another", 50000);
  check<Handed<P, 3>>("one for another, and a third", 50000);
  check<Everybody<P, 2, 1, 8>, Search::kContextBound>("two threads", 200000, 3,
                                                      kCalm);
  check<Everybody<P, 2, 1, 1>, Search::kContextBound>(
      "two threads, a small depot", 200000, 3, kCalm);
  check<Handed<P, 3>, Search::kContextBound>("one for another, and a third",
                                             200000, 2, kCalm);
  return finish();
}
