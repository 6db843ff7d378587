// SPDX-License-Identifier: Apache-2.0

// A whole task scheduler whose tasks can park, in a page: what the author of
// another framework has to write. parkway/task/scheduler.h has the contract.
#ifndef PARKWAY_EXAMPLES_SCHEDULER_TINY_SCHEDULER_H_
#define PARKWAY_EXAMPLES_SCHEDULER_TINY_SCHEDULER_H_

#include <atomic>
#include <climits>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "examples/scheduler/flow.h"
#include "parkway/base/checks.h"
#include "parkway/stack/stack_freelist.h"
#include "parkway/task/context/context.h"
#include "parkway/task/scheduler.h"

namespace parkway::example {

// Workers take tasks from two queues, those that were resumed before those that
// are new. Each task has a stack, from its first step to its end; between two
// tasks a worker is on its own.
class TinyScheduler final : public Scheduler {
 public:
  // Starts the workers. They run for ever, and so must the scheduler be there.
  // No more than `most` tasks are suspended at a time.
  explicit TinyScheduler(int workers, int most = INT_MAX) : most_(most) {
    add_scheduler(*this);
    for (int i = 0; i < workers; ++i) std::thread([this] { work(); }).detach();
  }

  // Runs body() in a task. Any thread or task. body() must not throw.
  void spawn(std::function<void()> body) {
    const std::lock_guard<std::mutex> hold(mutex_);
    fresh_.push_back(new Task(std::move(body)));
    changed_.notify_one();
  }

  // Tasks that are suspended now, or on their way there or back, and how often
  // suspend() has refused.
  int suspended() const { return suspended_; }
  long refusals() const { return refusals_; }

  // ---- The four functions ----

  const char* name() const noexcept override { return "TinyScheduler"; }

  bool in_task() noexcept override {
    const Task* const task = running();
    return task != nullptr && task->scheduler == this;
  }

  // The task leaves its stack first; then its worker, which has told it to
  // begin, calls suspended() for it. So nobody can resume a task that is still
  // on its stack. That nobody runs it before suspended() has returned is what
  // the keys are for.
  bool suspend(Suspension& suspension) noexcept override {
    if (suspended_.fetch_add(1) >= most_ || shadow_stack_is_on()) {
      --suspended_;
      ++refusals_;
      return false;
    }
    Task& task = *running();
    task.suspension = &suspension;
    task.flow->switch_to(*task.worker);
    // Resumed, perhaps by another worker.
    --suspended_;
    return true;
  }

  void resume(void* task) noexcept override {
    turn_key(static_cast<Task*>(task));
  }

 private:
  struct Task {
    explicit Task(std::function<void()> to_run) : body(std::move(to_run)) {}

    const std::function<void()> body;
    TinyScheduler* scheduler = nullptr;
    // The worker that runs it.
    Flow* worker = nullptr;
    // Set when it leaves its stack to be suspended, not when it ends.
    Suspension* suspension = nullptr;
    // A suspended task has two keys. resume() turns one, the return from
    // suspended() the other; whoever is the second lets the task go on.
    std::atomic<int> keys{0};
    void* stack = nullptr;
    std::optional<Flow> flow;
  };

  static constexpr std::size_t kStackBytes = 256 * 1024;

  void turn_key(Task* task) {
    // release: what resume() comes after. acquire: the same, when suspended()
    // returns later. After the first key the task may be gone.
    if (task->keys.fetch_sub(1, std::memory_order_acq_rel) == 2) return;
    const std::lock_guard<std::mutex> hold(mutex_);
    resumed_.push_back(task);
    changed_.notify_one();
  }

  Task* next() {
    std::unique_lock<std::mutex> hold(mutex_);
    changed_.wait(hold,
                  [this] { return !resumed_.empty() || !fresh_.empty(); });
    std::deque<Task*>& queue = resumed_.empty() ? fresh_ : resumed_;
    Task* const task = queue.front();
    queue.pop_front();
    return task;
  }

  [[noreturn]] void work() {
    Flow self;
    for (;;) {
      Task* const task = next();
      if (!task->flow) begin(*task);
      task->worker = &self;
      set_running(task);
      self.switch_to(*task->flow);
      set_running(nullptr);
      if (task->suspension == nullptr) {
        end(task);
      } else {
        task->keys.store(2, std::memory_order_relaxed);
        std::exchange(task->suspension, nullptr)->suspended(task);
        turn_key(task);
      }
    }
  }

  void begin(Task& task) {
    task.scheduler = this;
    task.stack = stack_alloc(kStackBytes);
    if (task.stack == nullptr) {
      internal::fatal("TinyScheduler", this, "no memory for a task's stack");
    }
    const auto body = [](void* argument) {
      Task& self = *static_cast<Task*>(argument);
      self.body();
      self.flow->end(*self.worker);
    };
    task.flow.emplace(task.stack, kStackBytes, body, &task);
  }

  void end(Task* task) {
    stack_free(task->stack, kStackBytes);
    delete task;
  }

  // Calls of their own, which return no address: a compiler takes the address
  // of a thread-local variable, or pthread_self(), for the same before and
  // after a switch, but the task may have changed threads.
  [[gnu::noinline]] static Task* running() { return t_running; }
  [[gnu::noinline]] static void set_running(Task* task) { t_running = task; }
  static inline thread_local Task* t_running = nullptr;

  const int most_;
  std::atomic<int> suspended_{0};
  std::atomic<long> refusals_{0};

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task*> resumed_;
  std::deque<Task*> fresh_;
};

}  // namespace parkway::example

#endif  // PARKWAY_EXAMPLES_SCHEDULER_TINY_SCHEDULER_H_
