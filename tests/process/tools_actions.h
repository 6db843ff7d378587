// SPDX-License-Identifier: Apache-2.0

// Programs for the tools that look for races and for deadlocks: each with one
// fault, or none. In a namespace as a stranger's: suppressions for parkway's
// own functions (bazel/helgrind.supp) must not hide it.
#ifndef PARKWAY_TESTS_PROCESS_TOOLS_ACTIONS_H_
#define PARKWAY_TESTS_PROCESS_TOOLS_ACTIONS_H_

#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <functional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace tool_actions {

// Ends the program with a status of its own unless `right`.
inline void Demand(bool right, const char* what) {
  if (right) return;
  std::fprintf(stderr, "not so: %s\n", what);
  _exit(99);
}

// What the mutex type M has.
template <class M, class = void>
struct HasShared : std::false_type {};
template <class M>
struct HasShared<M, std::void_t<decltype(std::declval<M&>().lock_shared())>>
    : std::true_type {};
template <class M, class = void>
struct HasTimed : std::false_type {};
template <class M>
struct HasTimed<M, std::void_t<decltype(std::declval<M&>().try_lock_for(
                       std::chrono::microseconds(1)))>> : std::true_type {};
template <class M, class = void>
struct HasUpgrade : std::false_type {};
template <class M>
struct HasUpgrade<M, std::void_t<decltype(std::declval<M&>().try_upgrade())>>
    : std::true_type {};

// Puts one thread's steps behind another's, without the tool's knowledge: by
// system calls that are made past the libc.
class Baton {
 public:
  Baton() { Demand(pipe(ends_) == 0, "there is a pipe"); }
  ~Baton() {
    close(ends_[0]);
    close(ends_[1]);
  }
  Baton(const Baton&) = delete;
  Baton& operator=(const Baton&) = delete;
  void Pass() { Demand(syscall(SYS_write, ends_[1], "", 1) == 1, "passed"); }
  void Await() {
    char byte;
    Demand(syscall(SYS_read, ends_[0], &byte, 1) == 1, "awaited");
  }

 private:
  int ends_[2];
};

// The second after the first. Both threads live until the end: a later thread
// gets what parkway keeps for one that has ended, and comes after it.
inline void InTurn(const std::function<void()>& first,
                   const std::function<void()>& second) {
  Baton done;
  Baton all_done;
  std::thread one([&] {
    first();
    done.Pass();
    all_done.Await();
  });
  std::thread other([&] {
    done.Await();
    second();
    all_done.Pass();
  });
  one.join();
  other.join();
}

// One thread locks a, then b; then another one b, then a.
template <class M>
void LockInBothOrders() {
  M a;
  M b;
  const auto lock = [](M& outer, M& inner) {
    outer.lock();
    inner.lock();
    inner.unlock();
    outer.unlock();
  };
  InTurn([&] { lock(a, b); }, [&] { lock(b, a); });
}

// The same with two pairs, one after the other in the same memory: no fault.
// What is known of the first pair's order is nothing to the second.
template <class M>
[[gnu::noinline]] void LockAPair(int first) {
  M pair[2];
  pair[first].lock();
  pair[1 - first].lock();
  pair[1 - first].unlock();
  pair[first].unlock();
}
template <class M>
void LockTwoPairs() {
  LockAPair<M>(0);
  LockAPair<M>(1);
}

template <class M>
void UnlockWhatNobodyHolds() {
  M mutex;
  mutex.unlock();
}

template <class M>
void DestroyWhatIsLocked() {
  auto* mutex = new M;
  mutex->lock();
  delete mutex;
}

// Two threads write to one variable, each under another mutex.
template <class M>
void WriteUnderTwoMutexes() {
  M mutexes[2];
  long number = 0;
  const auto write = [&](M& mutex) {
    mutex.lock();
    ++number;
    mutex.unlock();
  };
  InTurn([&] { write(mutexes[0]); }, [&] { write(mutexes[1]); });
}

// Two readers write to it. They do not meet in the mutex: the unlock of one
// must not pass for an order between the two.
template <class M>
void WriteUnderSharedLock() {
  M mutex;
  long number = 0;
  const auto write = [&] {
    mutex.lock_shared();
    ++number;
    mutex.unlock_shared();
  };
  InTurn(write, write);
}

// The program's frames take the place of those that parkway had on the stack: a
// waiter's record that the tool half knows would be found here.
[[gnu::noinline]] inline void UseStack() {
  volatile char frame[8192];
  for (auto& byte : frame) byte = 1;
}

// Some threads do all that a mutex is for, with waits, and nothing else.
template <class M>
class Everything {
 public:
  void Run() {
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([this, i] {
        for (int round = 0; round < kRounds; ++round) {
          Round(i + round);
          UseStack();
        }
      });
    }
    for (auto& thread : threads) thread.join();
    Demand(number_ == sum_ && number_ >= kThreads * kRounds,
           "each section was alone");
  }

 private:
  static constexpr int kThreads = 4;
  static constexpr int kRounds = 90;

  void Section(bool sleeps) {
    ++number_;
    // Long enough for the others to go to sleep.
    if (sleeps) std::this_thread::sleep_for(std::chrono::microseconds(300));
    ++sum_;
  }
  void Look() { Demand(number_ == sum_, "no reader was with a writer"); }

  void Round(int number) {
    mutex_.lock();
    Section(number % 30 == 0);
    mutex_.unlock();
    if (mutex_.try_lock()) {
      Section(false);
      mutex_.unlock();
    }
    if constexpr (HasTimed<M>::value) {
      if (mutex_.try_lock_for(std::chrono::microseconds(number % 200))) {
        Section(number % 31 == 0);
        mutex_.unlock();
      }
    }
    if constexpr (HasShared<M>::value) {
      mutex_.lock_shared();
      Look();
      mutex_.unlock_shared();
      if (mutex_.try_lock_shared()) {
        Look();
        mutex_.unlock_shared();
      }
    }
    if constexpr (HasShared<M>::value && HasTimed<M>::value) {
      if (mutex_.try_lock_shared_for(std::chrono::microseconds(number % 200))) {
        Look();
        mutex_.unlock_shared();
      }
    }
    if constexpr (HasUpgrade<M>::value) UpAndDown();
  }

  void UpAndDown() {
    mutex_.lock_shared();
    if (mutex_.try_upgrade()) {
      Section(false);
      mutex_.downgrade();
    }
    Look();
    mutex_.unlock_shared();
  }

  M mutex_;
  long number_ = 0;
  long sum_ = 0;
};

template <class M>
void DoEverything() {
  Everything<M>().Run();
}

// Threads hand a number on, each to the next: wait(mutex, condition) is called
// with the mutex held, wake() without.
template <class M, class Wait, class Wake>
void HandOn(const Wait& wait, const Wake& wake) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 30;
  M mutex;
  long number = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      const auto mine = [&number, i] { return number % kThreads == i; };
      for (int round = 0; round < kRounds; ++round) {
        mutex.lock();
        wait(mutex, mine);
        ++number;
        mutex.unlock();
        wake();
        UseStack();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  Demand(number == kThreads * kRounds, "each had its turns");
}

// One run of a program: of the mutex `lock`, with a fault or without.
struct Case {
  const char* lock;
  const char* fault;
  const char* report;  // what the tool has to say; empty: nothing
  void (*run)();
};

inline constexpr char kOrder[] = "lock-order-inversion";
inline constexpr char kUnheld[] = "unlock of an unlocked mutex";
inline constexpr char kRace[] = "data race";
inline constexpr char kLocked[] = "destroy of a locked mutex";
inline constexpr char kNothing[] = "";

template <class M>
void AddCases(std::vector<Case>& cases, const char* lock) {
  cases.push_back({lock, "order", kOrder, &LockInBothOrders<M>});
  cases.push_back({lock, "two pairs", kNothing, &LockTwoPairs<M>});
  cases.push_back({lock, "unheld", kUnheld, &UnlockWhatNobodyHolds<M>});
  cases.push_back({lock, "other mutex", kRace, &WriteUnderTwoMutexes<M>});
  if constexpr (HasShared<M>::value) {
    cases.push_back({lock, "shared", kRace, &WriteUnderSharedLock<M>});
  }
  cases.push_back({lock, "clean", kNothing, &DoEverything<M>});
}

// The program's main(): without arguments it writes its cases, one in a line,
// with LOCK FAULT it runs one of them.
int RunTools(const std::vector<Case>& cases, int argc, char** argv);

}  // namespace tool_actions

#endif  // PARKWAY_TESTS_PROCESS_TOOLS_ACTIONS_H_
