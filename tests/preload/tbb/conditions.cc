// SPDX-License-Identifier: Apache-2.0

// Waits on condition variables in every way that the preload library takes over
// or leaves to the libc. What it prints is the same in every mode.
#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <queue>
#include <thread>
#include <utility>
#include <vector>

#include "oneapi/tbb/global_control.h"
#include "oneapi/tbb/parallel_for.h"
#include "oneapi/tbb/task.h"

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

// Long enough on any machine.
constexpr std::chrono::seconds kPatience{30};

template <class F>
bool eventually(F holds) {
  const auto until = steady_clock::now() + kPatience;
  while (!holds()) {
    if (steady_clock::now() > until) return false;
    std::this_thread::sleep_for(milliseconds(1));
  }
  return true;
}

// A condition variable and its mutex, with attributes.
struct Condition {
  explicit Condition(clockid_t clock = CLOCK_REALTIME,
                     int shared = PTHREAD_PROCESS_PRIVATE,
                     int kind = PTHREAD_MUTEX_DEFAULT,
                     int robust = PTHREAD_MUTEX_STALLED) {
    pthread_condattr_t its;
    pthread_condattr_init(&its);
    pthread_condattr_setclock(&its, clock);
    pthread_condattr_setpshared(&its, shared);
    pthread_cond_init(&changed, &its);
    pthread_condattr_destroy(&its);
    pthread_mutexattr_t of_mutex;
    pthread_mutexattr_init(&of_mutex);
    pthread_mutexattr_setpshared(&of_mutex, shared);
    pthread_mutexattr_settype(&of_mutex, kind);
    pthread_mutexattr_setrobust(&of_mutex, robust);
    pthread_mutex_init(&mutex, &of_mutex);
    pthread_mutexattr_destroy(&of_mutex);
  }
  ~Condition() {
    pthread_cond_destroy(&changed);
    pthread_mutex_destroy(&mutex);
  }
  template <class F>
  auto locked(F f) {
    pthread_mutex_lock(&mutex);
    auto result = f();
    pthread_mutex_unlock(&mutex);
    return result;
  }
  void signal() { pthread_cond_signal(&changed); }
  void broadcast() { pthread_cond_broadcast(&changed); }

  pthread_cond_t changed;
  pthread_mutex_t mutex;
};

timespec after(clockid_t clock, long ms) {
  timespec time;
  clock_gettime(clock, &time);
  time.tv_sec += ms / 1000;
  time.tv_nsec += ms % 1000 * 1000000;
  if (time.tv_nsec >= 1000000000) {
    ++time.tv_sec;
    time.tv_nsec -= 1000000000;
  }
  return time;
}

bool has_passed(clockid_t clock, const timespec& time) {
  const timespec now = after(clock, 0);
  return std::pair(now.tv_sec, now.tv_nsec) >=
         std::pair(time.tv_sec, time.tv_nsec);
}

// Each signal wakes one thread, which waits without a predicate.
void signals() {
  Condition condition;
  int waiting = 0;
  std::atomic<int> woken{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      condition.locked([&] {
        ++waiting;
        pthread_cond_wait(&condition.changed, &condition.mutex);
        return ++woken;
      });
    });
  }
  bool one_each = eventually(
      [&] { return condition.locked([&] { return waiting; }) == 6; });
  for (int i = 1; i <= 4; ++i) {
    condition.signal();
    one_each = eventually([&] { return woken == i; }) && one_each;
    std::this_thread::sleep_for(milliseconds(2));
    one_each = one_each && woken == i;
  }
  condition.broadcast();
  for (std::thread& thread : threads) thread.join();
  // Nobody waits: forgotten.
  condition.signal();
  condition.broadcast();
  std::printf("signals: %d, one each: %s\n", woken.load(),
              one_each ? "yes" : "no");
}

// Consumers that wait in each way, some with times that are soon up.
void queue() {
  std::mutex mutex;
  std::condition_variable not_empty, not_full;
  std::deque<int> items;
  constexpr int kItems = 20000;
  constexpr int kProducers = 2;
  int left = kProducers * kItems;
  long sum = 0;
  std::vector<std::thread> threads;
  for (int p = 0; p < kProducers; ++p) {
    threads.emplace_back([&] {
      for (int i = 1; i <= kItems; ++i) {
        std::unique_lock<std::mutex> lock(mutex);
        not_full.wait(lock, [&] { return items.size() < 8; });
        items.push_back(i);
        if (i % 2 == 0) lock.unlock();
        not_empty.notify_one();
      }
    });
  }
  for (int c = 0; c < 4; ++c) {
    threads.emplace_back([&, c] {
      for (;;) {
        std::unique_lock<std::mutex> lock(mutex);
        while (items.empty() && left > 0) {
          const std::chrono::microseconds soon(left % 200);
          if (c == 0) {
            not_empty.wait_for(lock, soon);
          } else if (c == 1) {
            not_empty.wait_until(lock, system_clock::now() + soon);
          } else {
            not_empty.wait(lock);
          }
        }
        if (items.empty()) return;
        sum += items.front();
        items.pop_front();
        const bool last = --left == 0;
        lock.unlock();
        not_full.notify_one();
        if (last) not_empty.notify_all();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::printf("queue: %ld\n", sum);
}

int timed_wait(Condition& condition, int way, const timespec& time) {
  return way == 0 ? pthread_cond_timedwait(&condition.changed, &condition.mutex,
                                           &time)
                  : pthread_cond_clockwait(
                        &condition.changed, &condition.mutex,
                        way == 1 ? CLOCK_REALTIME : CLOCK_MONOTONIC, &time);
}

clockid_t clock_of(int way, clockid_t own) {
  return way == 0 ? own : way == 1 ? CLOCK_REALTIME : CLOCK_MONOTONIC;
}

void times() {
  int in_time = 0, refused = 0, notified = 0;
  for (const clockid_t own : {CLOCK_REALTIME, CLOCK_MONOTONIC}) {
    for (int way = 0; way < 3; ++way) {
      Condition condition(own);
      const clockid_t clock = clock_of(way, own);
      for (const long ms : {-1000L, 0L, 20L}) {
        const timespec time = after(clock, ms);
        in_time += condition.locked([&] {
          return timed_wait(condition, way, time) == ETIMEDOUT &&
                 has_passed(clock, time) &&
                 pthread_mutex_trylock(&condition.mutex) == EBUSY;
        });
      }
      in_time += condition.locked([&] {
        return timed_wait(condition, way, {-1, 0}) == ETIMEDOUT;
      });
      for (const long ns : {-1L, 1000000000L}) {
        refused += condition.locked([&] {
          return timed_wait(condition, way, {after(clock, 0).tv_sec + 100, ns});
        }) == EINVAL;
      }
      // Notified in time, also where the time is as far as it goes.
      for (const timespec& time :
           {after(clock, 1000000), timespec{INT64_MAX / 2, 0}}) {
        bool waiting = false;
        int result = -1;
        std::thread waiter([&] {
          condition.locked([&] {
            waiting = true;
            return result = timed_wait(condition, way, time);
          });
        });
        eventually([&] { return condition.locked([&] { return waiting; }); });
        condition.signal();
        waiter.join();
        notified += result == 0;
      }
    }
  }
  std::printf("times: %d in time, %d refused, %d notified\n", in_time, refused,
              notified);
}

// Waiters of all kinds at one condition variable: as many signals as waiters
// wake them all.
void mixed() {
  int woken = 0;
  for (int round = 0; round < 20; ++round) {
    Condition condition;
    int waiting = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i) {
      threads.emplace_back([&, i] {
        condition.locked([&, i] {
          ++waiting;
          const int result =
              i % 3 == 0
                  ? pthread_cond_wait(&condition.changed, &condition.mutex)
                  : timed_wait(condition, i % 3,
                               after(clock_of(i % 3, 0), 60000));
          return woken += result == 0;
        });
      });
      const int all = i + 1;
      eventually(
          [&] { return condition.locked([&] { return waiting; }) == all; });
    }
    if (round % 2 == 0) {
      for (int i = 0; i < 6; ++i) condition.signal();
    } else {
      condition.broadcast();
    }
    for (std::thread& thread : threads) thread.join();
  }
  std::printf("mixed: %d\n", woken);
}

// Waits that are left to the libc beside waits on other condition variables,
// which may be in the same place of the library's table.
void neighbours() {
  constexpr int kOthers = 8;
  std::vector<Condition> others(kOthers);
  std::vector<std::thread> threads;
  int waiting = 0;
  for (Condition& other : others) {
    threads.emplace_back([&] {
      other.locked([&] {
        ++waiting;
        return pthread_cond_wait(&other.changed, &other.mutex);
      });
    });
    const int all = static_cast<int>(threads.size());
    eventually([&] { return other.locked([&] { return waiting; }) == all; });
  }
  int woken = 0;
  std::vector<Condition> conditions(1000);
  for (Condition& condition : conditions) {
    bool waits = false;
    std::thread waiter([&] {
      condition.locked([&] {
        waits = true;
        return woken +=
               timed_wait(condition, 1, after(CLOCK_REALTIME, 60000)) == 0;
      });
    });
    eventually([&] { return condition.locked([&] { return waits; }); });
    condition.signal();
    waiter.join();
  }
  for (Condition& other : others) other.signal();
  for (std::thread& thread : threads) thread.join();
  std::printf("neighbours: %d\n", woken);
}

// Between processes.
void shared() {
  struct Both {
    Condition condition{CLOCK_MONOTONIC, PTHREAD_PROCESS_SHARED};
    int turn = 0;
  };
  void* const memory = mmap(nullptr, sizeof(Both), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) std::abort();
  Both& both = *new (memory) Both;
  const auto play = [&](int me) {
    for (int turn = me; turn < 2000; turn += 2) {
      both.condition.locked([&] {
        while (both.turn != turn) {
          pthread_cond_wait(&both.condition.changed, &both.condition.mutex);
        }
        return ++both.turn;
      });
      both.condition.signal();
    }
  };
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    play(1);
    _exit(0);
  }
  play(0);
  int status = -1;
  waitpid(child, &status, 0);
  std::printf("shared: %d turns\n", status == 0 ? both.turn : -1);
}

// ---- Cancellation.

struct Cancelled {
  Condition condition{CLOCK_REALTIME, PTHREAD_PROCESS_PRIVATE,
                      PTHREAD_MUTEX_ERRORCHECK};
  bool waiting = false;
  bool timed = false;
  bool disabled = false;
  std::atomic<bool> go{true};
  std::atomic<bool> returned{false};
  std::atomic<bool> had_mutex{false};

  static void clean_up(void* self) {
    auto* const me = static_cast<Cancelled*>(self);
    // An error-checking mutex knows its owner.
    me->had_mutex = pthread_mutex_unlock(&me->condition.mutex) == 0;
  }
  static void* run(void* self) {
    auto* const me = static_cast<Cancelled*>(self);
    if (me->disabled) pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, nullptr);
    while (!me->go) sched_yield();
    pthread_mutex_lock(&me->condition.mutex);
    pthread_cleanup_push(&clean_up, self);
    me->waiting = true;
    if (me->timed) {
      timed_wait(me->condition, 2, after(CLOCK_MONOTONIC, 60000));
    } else if (me->disabled) {
      while (me->waiting) {
        pthread_cond_wait(&me->condition.changed, &me->condition.mutex);
      }
    } else {
      pthread_cond_wait(&me->condition.changed, &me->condition.mutex);
    }
    me->returned = true;
    pthread_cleanup_pop(1);
    return nullptr;
  }
  bool waits() {
    return condition.locked([this] { return waiting; });
  }
};

bool was_cancelled(pthread_t thread) {
  void* result = nullptr;
  pthread_join(thread, &result);
  return result == PTHREAD_CANCELED;
}

void cancels() {
  int cancelled = 0, with_mutex = 0;
  for (int round = 0; round < 60; ++round) {
    Cancelled it;
    it.timed = round % 2 == 0;
    // One third waits already, one is about to, and one has it coming.
    const int when = round % 3;
    it.go = when != 2;
    pthread_t thread;
    pthread_create(&thread, nullptr, &Cancelled::run, &it);
    if (when == 0) {
      eventually([&] { return it.waits(); });
      // Most are asleep.
      if (round < 30) std::this_thread::sleep_for(milliseconds(1));
    }
    pthread_cancel(thread);
    it.go = true;
    cancelled += was_cancelled(thread);
    with_mutex += !it.returned && it.had_mutex;
  }
  Cancelled it;
  it.disabled = true;
  pthread_t thread;
  pthread_create(&thread, nullptr, &Cancelled::run, &it);
  eventually([&] { return it.waits(); });
  pthread_cancel(thread);
  std::this_thread::sleep_for(milliseconds(5));
  const bool waited_on = !it.returned;
  it.condition.locked([&] { return it.waiting = false; });
  it.condition.signal();
  const bool ended = was_cancelled(thread);
  std::printf("cancels: %d, %d with the mutex; disabled: %s\n", cancelled,
              with_mutex,
              waited_on && !ended && it.returned ? "waited on" : "cancelled");
}

// A signal and a cancellation at one time: whoever is cancelled has not used
// the signal up.
void cancel_races_signal() {
  int lost = 0;
  for (int round = 0; round < 400; ++round) {
    Cancelled it;
    pthread_t first;
    pthread_create(&first, nullptr, &Cancelled::run, &it);
    eventually([&] { return it.waits(); });
    bool second_waits = false;
    std::atomic<bool> second_woken{false};
    std::thread second([&] {
      it.condition.locked([&] {
        second_waits = true;
        pthread_cond_wait(&it.condition.changed, &it.condition.mutex);
        return true;
      });
      second_woken = true;
    });
    eventually(
        [&] { return it.condition.locked([&] { return second_waits; }); });
    std::thread canceller([&] { pthread_cancel(first); });
    if (round % 2 == 0) sched_yield();
    it.condition.signal();
    const bool cancelled = was_cancelled(first);
    canceller.join();
    if (cancelled) {
      lost += !eventually([&] { return second_woken.load(); });
    }
    it.condition.broadcast();
    second.join();
  }
  std::printf("cancelled or signalled: %d lost\n", lost);
}

// ---- Mutexes with more to say than "locked".

void mutexes() {
  Condition checked(CLOCK_REALTIME, PTHREAD_PROCESS_PRIVATE,
                    PTHREAD_MUTEX_ERRORCHECK);
  const int not_owned = pthread_cond_wait(&checked.changed, &checked.mutex);

  Condition recursive(CLOCK_REALTIME, PTHREAD_PROCESS_PRIVATE,
                      PTHREAD_MUTEX_RECURSIVE);
  const int timed_out = recursive.locked(
      [&] { return timed_wait(recursive, 2, after(CLOCK_MONOTONIC, 2)); });

  // Its owner ends while the waiter comes back from its wait.
  Condition robust(CLOCK_REALTIME, PTHREAD_PROCESS_PRIVATE,
                   PTHREAD_MUTEX_DEFAULT, PTHREAD_MUTEX_ROBUST);
  bool waiting = false;
  int owner_died = 0;
  std::thread waiter([&] {
    pthread_mutex_lock(&robust.mutex);
    waiting = true;
    owner_died = pthread_cond_wait(&robust.changed, &robust.mutex);
    if (owner_died == EOWNERDEAD) pthread_mutex_consistent(&robust.mutex);
    pthread_mutex_unlock(&robust.mutex);
  });
  eventually([&] { return robust.locked([&] { return waiting; }); });
  std::thread([&] {
    pthread_mutex_lock(&robust.mutex);
    pthread_cond_signal(&robust.changed);
    std::this_thread::sleep_for(milliseconds(5));
  }).join();
  waiter.join();
  std::printf("mutexes: %s, %s, %s\n",
              not_owned == EPERM ? "EPERM" : "no error",
              timed_out == ETIMEDOUT ? "ETIMEDOUT" : "no error",
              owner_died == EOWNERDEAD ? "EOWNERDEAD" : "no error");
}

// The memory goes away as soon as the last waiter is notified.
void destroys() {
  int done = 0;
  for (int round = 0; round < 300; ++round) {
    const std::size_t page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    auto* const changed =
        static_cast<pthread_cond_t*>(mmap(nullptr, page, PROT_READ | PROT_WRITE,
                                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (changed == MAP_FAILED) std::abort();
    *changed = PTHREAD_COND_INITIALIZER;
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    int waiting = 0;
    std::vector<std::thread> waiters;
    for (int i = 0; i < 2; ++i) {
      waiters.emplace_back([&] {
        pthread_mutex_lock(&mutex);
        ++waiting;
        pthread_cond_wait(changed, &mutex);
        ++done;
        pthread_mutex_unlock(&mutex);
      });
    }
    eventually([&] {
      pthread_mutex_lock(&mutex);
      const bool all = waiting == 2;
      pthread_mutex_unlock(&mutex);
      return all;
    });
    pthread_cond_broadcast(changed);
    pthread_cond_destroy(changed);
    munmap(changed, page);
    for (std::thread& waiter : waiters) waiter.join();
  }
  std::printf("destroys: %d\n", done);
}

// A child has none of its parent's waiters, and may wait itself.
void forks() {
  static std::mutex mutex;
  static std::condition_variable changed;
  bool waiting = false;
  bool end = false;
  std::thread waiter([&] {
    std::unique_lock<std::mutex> lock(mutex);
    waiting = true;
    changed.wait(lock, [&] { return end; });
  });
  eventually([&] {
    const std::lock_guard<std::mutex> guard(mutex);
    return waiting;
  });
  std::fflush(stdout);
  mutex.lock();
  const pid_t child = fork();
  mutex.unlock();
  if (child == 0) {
    std::condition_variable own;
    bool there = false;
    std::thread other([&] {
      {
        const std::lock_guard<std::mutex> guard(mutex);
        there = true;
      }
      own.notify_one();
    });
    {
      std::unique_lock<std::mutex> lock(mutex);
      own.wait(lock, [&] { return there; });
    }
    other.join();
    _exit(7);
  }
  int status = 0;
  waitpid(child, &status, 0);
  {
    const std::lock_guard<std::mutex> guard(mutex);
    end = true;
  }
  changed.notify_one();
  waiter.join();
  std::printf("fork: %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

// Threads that resume the tasks that others suspend, as most programs do it.
void tasks() {
  std::mutex mutex;
  std::condition_variable changed;
  std::queue<tbb::task::suspend_point> points;
  std::atomic<int> done{0};
  std::vector<std::thread> resumers;
  for (int i = 0; i < 3; ++i) {
    resumers.emplace_back([&] {
      for (;;) {
        tbb::task::suspend_point point;
        {
          std::unique_lock<std::mutex> lock(mutex);
          changed.wait(lock, [&] { return !points.empty(); });
          point = points.front();
          points.pop();
        }
        if (point == nullptr) return;
        tbb::task::resume(point);
      }
    });
  }
  const auto submit = [&](tbb::task::suspend_point point) {
    const std::lock_guard<std::mutex> guard(mutex);
    points.push(point);
    changed.notify_one();
  };
  tbb::parallel_for(0, 2000, [&](int) {
    tbb::task::suspend(submit);
    ++done;
  });
  for (std::size_t i = 0; i < resumers.size(); ++i) submit(nullptr);
  for (std::thread& resumer : resumers) resumer.join();
  std::printf("tasks: %d\n", done.load());
}

}  // namespace

// With an argument, nothing but to load oneTBB.
int main(int argc, char**) {
  if (argc > 1) return 0;
  // A test that hangs shall say where.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  forks();
  shared();
  tbb::global_control four(tbb::global_control::max_allowed_parallelism, 4);
  tasks();
  signals();
  queue();
  times();
  mixed();
  neighbours();
  cancels();
  cancel_races_signal();
  mutexes();
  destroys();
}
