// SPDX-License-Identifier: Apache-2.0

// TimerHeap against a list of what is in it, with its links looked at after
// each step.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "parkway/task/timer_heap.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/story.h"

namespace parkway::fuzz {
namespace {

constexpr unsigned kNodes = 24;
// Few, so that many are equal.
constexpr unsigned kDeadlines = 16;

class Heap {
 public:
  void Step(Input& input) {
    const unsigned which = input.Below(kNodes);
    const unsigned action = input.Byte();
    TimerNode& node = nodes_[which];
    if (action < 32) {
      // As the thread that serves the timers does it.
      TimerNode* const first = heap_.first();
      if (first != nullptr) Remove(*first);
    } else if (node.in_heap) {
      Remove(node);
    } else {
      node.deadline = action % kDeadlines;
      Tell("push " + Name(node) + " of " + std::to_string(node.deadline));
      heap_.push(node);
      in_heap_[which] = true;
    }
    Check();
  }

  // The rest comes out in order.
  void Empty() {
    std::int64_t last = -1;
    while (TimerNode* const first = heap_.first()) {
      Expect(first->deadline >= last, "a later one came before");
      last = first->deadline;
      Remove(*first);
      Check();
    }
  }

 private:
  std::string Name(const TimerNode& node) const {
    return std::to_string(&node - nodes_);
  }

  void Remove(TimerNode& node) {
    Tell("remove " + Name(node) + " of " + std::to_string(node.deadline));
    heap_.remove(node);
    in_heap_[&node - nodes_] = false;
  }

  void Check() const {
    std::size_t count = 0;
    const TimerNode* least = nullptr;
    for (unsigned i = 0; i < kNodes; ++i) {
      Expect(nodes_[i].in_heap == in_heap_[i], "in_heap is wrong");
      if (!in_heap_[i]) continue;
      ++count;
      if (least == nullptr || nodes_[i].deadline < least->deadline) {
        least = &nodes_[i];
      }
    }
    const TimerNode* const first = heap_.first();
    Expect((first == nullptr) == (least == nullptr), "the heap is not empty");
    if (first == nullptr) return;
    Expect(first->deadline == least->deadline, "the first is not the earliest");
    Expect(first->next == nullptr, "the first has a sibling");
    Expect(CountBelow(*first) == count, "the heap has lost some");
  }

  // Of a node and all below, by its links.
  std::size_t CountBelow(const TimerNode& top) const {
    std::size_t count = 0;
    std::vector<const TimerNode*> left = {&top};
    while (!left.empty()) {
      const TimerNode* const node = left.back();
      left.pop_back();
      Expect(++count <= kNodes, "the heap has a circle");
      const TimerNode* before = node;
      for (const TimerNode* child = node->child; child != nullptr;
           before = child, child = child->next) {
        Expect(child->deadline >= node->deadline, "a child is earlier");
        Expect(child->prev == before, "a link back is wrong");
        Expect(left.size() <= kNodes, "siblings in a circle");
        left.push_back(child);
      }
    }
    return count;
  }

  TimerHeap heap_;
  TimerNode nodes_[kNodes];
  bool in_heap_[kNodes] = {};
};

}  // namespace
}  // namespace parkway::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace parkway::fuzz;
  StartStory();
  Heap heap;
  for (Input input(data, size); !input.empty();) heap.Step(input);
  heap.Empty();
  return 0;
}
