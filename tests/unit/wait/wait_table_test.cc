// SPDX-License-Identifier: Apache-2.0

// The queue of a key against a plain list: who stands where, and every link,
// run and count after each step.
#include "parkway/wait/wait_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "parkway/lock/rw_mutex.h"
#include "parkway/wait/worker.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

using W = RwWaiter<Platform>;

class Queue {
 public:
  // Where push() is to put it.
  std::size_t place_of(const W& w, bool passed) const {
    if (list_.empty() || w.priority <= list_.back()->priority) {
      return list_.size();
    }
    if (passed) {
      const bool first = !w.shared && w.unconditional() &&
                         w.priority > list_.front()->priority;
      return first ? 0 : list_.size();
    }
    return index_of(
        [&](const W& other) { return other.priority < w.priority; });
  }
  // Where push_again() is to.
  std::size_t place_again(const W& w, bool passed) const {
    if (passed) return 0;
    return index_of(
        [&](const W& other) { return other.priority <= w.priority; });
  }

  void push(W* w, bool passed) {
    insert(place_of(*w, passed), w);
    bucket_.push(key(), w, passed);
  }
  void push_again(W* w, bool passed) {
    insert(place_again(*w, passed), w);
    bucket_.push_again(key(), w, passed);
  }
  W* remove(std::size_t at) {
    W* const w = list_[at];
    list_.erase(list_.begin() + static_cast<std::ptrdiff_t>(at));
    bucket_.remove(bucket_.find(key()), w);
    return w;
  }

  std::size_t size() const { return list_.size(); }

  void check() {
    W* const head = bucket_.find(key());
    ASSERT_EQ(head, list_.empty() ? nullptr : list_.front());
    if (head == nullptr) return;
    ASSERT_EQ(head->queue.tail, list_.back());
    std::uint32_t writers = 0;
    std::uint32_t conditions = 0;
    const W* before = nullptr;
    const W* run = nullptr;
    for (const W* w : list_) {
      ASSERT_TRUE(w->queued);
      ASSERT_EQ(w->prev, before);
      if (before != nullptr) {
        ASSERT_EQ(before->next, w);
      }
      if (w->run_last != nullptr) {
        // A run begins where the last one has ended.
        if (run != nullptr) {
          ASSERT_EQ(run->run_last, before);
        }
        run = w;
        ASSERT_EQ(w->run_last->run_first, w);
      } else {
        ASSERT_NE(run, nullptr);
        ASSERT_NE(run->run_last, before);
        ASSERT_EQ(w->priority, run->priority);
        ASSERT_EQ(w->shared, run->shared);
        ASSERT_EQ(w->until.context, run->until.context);
        ASSERT_FALSE(w->unconditional());
      }
      if (!w->shared && w->unconditional()) ++writers;
      if (!w->unconditional()) ++conditions;
      before = w;
    }
    ASSERT_EQ(before->next, nullptr);
    ASSERT_EQ(run->run_last, before);
    ASSERT_EQ(head->queue.last_run, run);
    ASSERT_EQ(head->queue.writers, writers);
    ASSERT_EQ(head->queue.conditions, conditions);
  }

 private:
  const void* key() const { return this; }
  template <class Test>
  std::size_t index_of(const Test& test) const {
    return static_cast<std::size_t>(
        std::find_if(list_.begin(), list_.end(),
                     [&](const W* other) { return test(*other); }) -
        list_.begin());
  }
  void insert(std::size_t at, W* w) {
    list_.insert(list_.begin() + static_cast<std::ptrdiff_t>(at), w);
  }

  WaitBucket<Platform> bucket_;
  std::vector<W*> list_;
};

// Few kinds of waiters, so that many are alike.
void Choose(Random& random, W* w) {
  static const char conditions[2] = {};
  w->shared = random.OneIn(2);
  w->priority = static_cast<std::int32_t>(random.Below(3));
  w->until = {};
  if (!random.OneIn(3)) {
    w->until = {[](const void*) { return true; },
                [](const void* a, const void* b) { return a == b; },
                &conditions[random.Below(2)]};
  }
}

TEST(WaitTable, AQueueIsWhatAListWouldBe) {
  Random random = Random::Stream(1);
  for (int round = 0; round < Rounds(2000); ++round) {
    Queue queue;
    std::vector<std::unique_ptr<W>> all;
    for (int i = 0; i < 12; ++i) all.push_back(std::make_unique<W>());
    std::vector<W*> idle;
    for (const auto& w : all) idle.push_back(w.get());
    for (int step = 0; step < 60; ++step) {
      if (idle.empty() || (queue.size() > 0 && random.OneIn(3))) {
        idle.push_back(queue.remove(random.Below(queue.size())));
      } else {
        W* const w = idle.back();
        idle.pop_back();
        Choose(random, w);
        const bool passed = random.OneIn(4);
        if (random.OneIn(4)) {
          w->until = {};
          queue.push_again(w, passed);
        } else {
          queue.push(w, passed);
        }
      }
      queue.check();
      if (HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace parkway::test
