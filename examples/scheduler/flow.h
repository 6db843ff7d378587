// SPDX-License-Identifier: Apache-2.0

// parkway/task/context/context.h with the sanitizers told of each switch.
#ifndef PARKWAY_EXAMPLES_SCHEDULER_FLOW_H_
#define PARKWAY_EXAMPLES_SCHEDULER_FLOW_H_

#include <cstddef>

#include "parkway/base/sanitizers.h"
#include "parkway/task/context/context.h"

// Of <sanitizer/common_interface_defs.h> and <sanitizer/tsan_interface.h>,
// which compilers without sanitizers do not have.
extern "C" {
void __sanitizer_start_switch_fiber(void** frames, const void* bottom,
                                    std::size_t bytes);
void __sanitizer_finish_switch_fiber(void* frames, const void** old_bottom,
                                     std::size_t* old_bytes);
void* __tsan_get_current_fiber();
void* __tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void* fiber);
void __tsan_switch_to_fiber(void* fiber, unsigned flags);
}

namespace parkway::example {

using internal::kAsan;
using internal::kTsan;

// A thread's own flow of control, or one on a stack of its own. TSan takes each
// for a thread, and a switch for a release and an acquire; so two flows that
// one thread runs in turn do not race, and nothing else is ordered by it.
class Flow {
 public:
  // The calling thread's.
  Flow() {
    if constexpr (kTsan) tsan_fiber_ = __tsan_get_current_fiber();
  }
  // Runs body(argument) on that stack when it is first switched to. body() ends
  // with end().
  Flow(void* stack, std::size_t bytes, void (*body)(void*), void* argument)
      : body_(body), argument_(argument), stack_(stack), bytes_(bytes) {
    context_ = make_context(stack, bytes, &Flow::begin, this);
    if constexpr (kTsan) tsan_fiber_ = __tsan_create_fiber(0);
  }
  // Nobody may be in it.
  ~Flow() {
    if constexpr (kTsan) {
      if (body_ != nullptr) __tsan_destroy_fiber(tsan_fiber_);
    }
  }
  Flow(const Flow&) = delete;
  Flow& operator=(const Flow&) = delete;

  // In this flow: goes on with `to`. Returns when this one is switched to.
  void switch_to(Flow& to) { leave(to, &asan_frames_); }
  // The same for good.
  void end(Flow& to) { leave(to, nullptr); }

 private:
  static void begin(void* self) {
    Flow* const flow = static_cast<Flow*>(self);
    flow->arrive();
    flow->body_(flow->argument_);
  }

  void leave(Flow& to, void** asan_frames) {
    to.from_ = this;
    if constexpr (kAsan) {
      __sanitizer_start_switch_fiber(asan_frames, to.stack_, to.bytes_);
    }
    if constexpr (kTsan) __tsan_switch_to_fiber(to.tsan_fiber_, 0);
    switch_context(&context_, to.context_);
    arrive();
  }

  void arrive() {
    // Where a thread's own stack is, ASan says when it has been left.
    if constexpr (kAsan) {
      __sanitizer_finish_switch_fiber(asan_frames_, &from_->stack_,
                                      &from_->bytes_);
    }
  }

  Context context_;
  void (*const body_)(void*) = nullptr;
  void* const argument_ = nullptr;
  // Who has switched here.
  Flow* from_ = nullptr;
  const void* stack_ = nullptr;
  std::size_t bytes_ = 0;
  void* asan_frames_ = nullptr;
  void* tsan_fiber_ = nullptr;
};

}  // namespace parkway::example

#endif  // PARKWAY_EXAMPLES_SCHEDULER_FLOW_H_
