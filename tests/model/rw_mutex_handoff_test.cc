// SPDX-License-Identifier: Apache-2.0

// RwMutex handed over by a reader, while another reader comes in beside it.
#include "tests/model/handoff_suite.h"

namespace parkway::model {
namespace {

// To a writer that was woken once and lost.
template <class P>
class ToWriter : public Handoff<ToWriter<P>, P, 3> {
 public:
  void thread(unsigned index) {
    if (index == kReader) return this->late_reader();
    if (index == kWriter) {
      this->await_step(1);
      return this->writer();
    }
    this->await_sleep_of(kReader);
    this->mutex_.lock();
    kernel.runs_from[kWriter] = 1;
    kernel.runs_from[kReader] = 2;
    this->reach(1);
    this->await_sleep_of(kWriter);
    this->flag_ = true;
    this->mutex_.unlock();
    this->changed_.notify_one();
    this->mutex_.lock();
    kernel.stage = 1;
    rl::yield(1, $);
    this->await_sleep_of(kWriter);
    this->mutex_.downgrade();
    kernel.stage = 2;
    this->read();
    this->mutex_.unlock_shared();
  }

 private:
  static constexpr int kReader = 1;
  static constexpr int kWriter = 2;
};

// To a reader that was woken once and lost, and came back to the queue while
// another's condition was evaluated.
template <class P>
class ToReader : public Handoff<ToReader<P>, P, 5> {
 public:
  void thread(unsigned index) {
    switch (index) {
      case 0:
        return holder();
      case kReader:
        return this->late_reader();
      case kLoser:
        this->await_step(1);
        this->mutex_.lock_shared();
        this->read();
        this->mutex_.unlock_shared();
        return;
      case kConditional:
        this->await_step(2);
        this->mutex_.lock_shared();
        RL_ASSERT(
            this->mutex_.await({&may_go, &same, this}, os::kForever, true));
        kernel.stage = 2;
        this->read();
        this->mutex_.unlock_shared();
        return;
      default:
        this->await_step(3);
        return this->writer();
    }
  }

 private:
  static constexpr int kReader = 1;
  static constexpr int kLoser = 2;
  static constexpr int kConditional = 3;
  static constexpr int kWriter = 4;

  void holder() {
    this->await_sleep_of(kReader);
    this->mutex_.lock();
    kernel.runs_from[kLoser] = 1;
    kernel.runs_from[kReader] = 2;
    this->reach(1);
    this->await_sleep_of(kLoser);
    this->flag_ = true;
    this->mutex_.unlock();
    this->changed_.notify_one();
    this->reach(2);
    this->await_sleep_of(kConditional);
    this->mutex_.lock();
    go_ = true;
    this->reach(3);
    this->await_sleep_of(kWriter);
    this->mutex_.downgrade();
    this->read();
    this->mutex_.unlock_shared();
  }

  static bool may_go(const void* self) {
    auto* const suite = static_cast<ToReader*>(const_cast<void*>(self));
    if (rl::thread_index() == 0 && suite->go_ && kernel.stage == 0) {
      kernel.stage = 1;
      rl::yield(1, $);
      suite->await_sleep_of(kLoser);
    }
    return suite->go_;
  }
  static bool same(const void* a, const void* b) { return a == b; }

  Plain<bool> go_{false};
};

template <class K>
void check_handoff() {
  using P = ModelPlatform<K>;
  check<ToWriter<P>>("to a writer", 300000);
  check<ToReader<P>>("to a reader", 100000);
  check_met("a thread slept", coverage.sleeps);
}

}  // namespace
}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_handoff<DelayedStore>();
  check_handoff<NoBarrier>();
  return finish();
}
