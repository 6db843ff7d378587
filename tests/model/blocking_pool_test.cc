// SPDX-License-Identifier: Apache-2.0

// BlockingPool. The pool's threads are the model's first ones, each of which
// can be started once: what is asked for beyond them is a thread that the
// system does not have.
#include "parkway/lock/futex_mutex_slow.h"
#include "parkway/lock/futex_note_slow.h"
#include "parkway/task/blocking_pool_slow.h"
#include "tests/model/model_test.h"

namespace parkway::model {

// Who idles leaves when its time is up, at any time after the first nanosecond;
// or does not idle at all.
enum class Idle { kForAWhile, kNever };

template <class P, int kThreads, int kClients, int kRounds, Idle kIdle,
          int kMaxThreads>
class Pool
    : public Suite<Pool<P, kThreads, kClients, kRounds, kIdle, kMaxThreads>, P,
                   kThreads + kClients> {
 public:
  Pool() {
    self_ = this;
    kernel.start_thread = &start_thread;
  }
  ~Pool() { kernel.start_thread = nullptr; }

  void thread(unsigned index) {
    if (index < kThreads) {
      Start& start = starts_[index];
      start.note.sleep();
      if (start.function != nullptr) {
        Function const function = start.function;
        function(start.argument);
      }
    } else {
      client(static_cast<int>(index) - kThreads);
    }
  }

 private:
  using Request = BasicBlockingRequest<P>;
  using Function = void (*)(void*);

  // On its owner's stack.
  class Call : public Request {
   public:
    explicit Call(int question) : Request(&serve), question_(question) {}
    int answer() {
      served_.sleep();
      return answer_;
    }

   private:
    static void serve(Request& request) {
      Call& self = static_cast<Call&>(request);
      self.answer_ = self.question_ + 1;
      self.served_.wakeup();
    }

    Plain<int> question_;
    Plain<int> answer_{0};
    BasicFutexNote<P> served_;
  };

  struct Start {
    Plain<Function> function{nullptr};
    Plain<void*> argument{nullptr};
    BasicFutexNote<P> note;
  };

  static bool start_thread(Function function, void* argument) {
    // relaxed: the note publishes the rest.
    const std::uint32_t index =
        self_->started_.fetch_add(1, std::memory_order_relaxed);
    if (index >= kThreads) {
      ++refused;
      return false;
    }
    Start& start = self_->starts_[index];
    start.function = function;
    start.argument = argument;
    start.note.wakeup();
    return true;
  }

  void client(int me) {
    if (me == 0) {
      pool_.set_max_threads(kMaxThreads);
      pool_.set_idle_time(
          std::chrono::nanoseconds(kIdle == Idle::kNever ? 0 : 1));
    }
    for (int round = 0; round < kRounds; ++round) {
      Call call(10 * me + round);
      pool_.submit(call);
      RL_ASSERT(call.answer() == 10 * me + round + 1);
    }
    left_[me].wakeup();
    if (me != 0) return;
    for (auto& left : left_) left.sleep();
    const BlockingStats stats = pool_.stats();
    RL_ASSERT(stats.calls == kClients * kRounds);
    RL_ASSERT(stats.queued == 0);
    RL_ASSERT(stats.peak_threads <= kMaxThreads);
    // Those that were never started.
    for (std::uint32_t i =
             started_.fetch_add(kThreads, std::memory_order_relaxed);
         i < kThreads; ++i) {
      starts_[i].note.wakeup();
    }
  }

  static inline Pool* self_ = nullptr;

  BasicBlockingPool<P> pool_;
  Start starts_[kThreads];
  typename P::template Atomic<std::uint32_t> started_{0};
  BasicFutexNote<P> left_[kClients];

 public:
  static inline std::uint64_t refused = 0;
};

// A call made right after another one, so that it meets a thread that falls
// asleep or leaves.
template <class P, Idle kIdle>
using OneClient = Pool<P, 2, 1, 2, kIdle, 2>;
template <class P>
using OneClientThreeCalls = Pool<P, 1, 1, 3, Idle::kForAWhile, 1>;
template <class P, Idle kIdle>
using TwoClients = Pool<P, 2, 2, 1, kIdle, 2>;
// One thread for all.
template <class P, Idle kIdle>
using OneThread = Pool<P, 1, 2, 2, kIdle, 1>;
// Two may be had, and one is: as that leaves there is none.
template <class P, Idle kIdle>
using TooFew = Pool<P, 1, 2, 2, kIdle, 2>;

template <class K>
void check_blocking_pool() {
  using P = ModelPlatform<K>;
  constexpr Budget kCalm{0, 0, 0};
  check<OneClient<P, Idle::kForAWhile>>("one client, two calls", 60000);
  check<OneClientThreeCalls<P>>("one client, three calls, one thread", 60000);
  check<TwoClients<P, Idle::kForAWhile>>("two clients", 60000);
  check<TwoClients<P, Idle::kNever>>("two clients, nobody idles", 60000);
  check<OneThread<P, Idle::kForAWhile>>("two clients, one thread", 60000);
  check<TooFew<P, Idle::kForAWhile>>("two clients, too few threads", 60000);
  check<TooFew<P, Idle::kNever>>("two clients, too few threads, nobody idles",
                                 60000);
  check_met("a thread slept", coverage.sleeps);
  check_met("a thread's time was up", coverage.timeouts);
  check_met(
      "the system had no thread",
      TooFew<P, Idle::kNever>::refused + TooFew<P, Idle::kForAWhile>::refused);
  check<OneClient<P, Idle::kForAWhile>, Search::kContextBound>(
      "one client, two calls", 100000, 3, kCalm);
  check<TwoClients<P, Idle::kForAWhile>, Search::kContextBound>(
      "two clients", 100000, 2, kCalm);
  check<TooFew<P, Idle::kNever>, Search::kContextBound>(
      "two clients, too few threads, nobody idles", 100000, 2, kCalm);
}

}  // namespace parkway::model

int main(int argc, char** argv) {
  using namespace parkway::model;
  start(argc, argv);
  check_blocking_pool<WeakMemory>();
  const Shorter shorter(3, 3);
  check_blocking_pool<OnlySemaphoresNoBarrier>();
  return finish();
}
