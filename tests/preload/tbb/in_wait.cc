// SPDX-License-Identifier: Apache-2.0

// What happens in the middle of a wait on a condition variable that the preload
// library does not leave to the libc: the waiter is queued there, and has let
// go of its mutex.
//
//   in_wait LIBRARY here|libc
//
// LIBRARY signals past the preload library; "here" if that takes waits over.
//
// The library releases the mutex by pthread_mutex_unlock(), which is the
// program's own; the libc's waits do not. So the waiter itself can do there
// what other threads would do, and nothing depends on when they run.
#include "tests/preload/tbb/in_wait.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "oneapi/tbb/parallel_for.h"

namespace {

using parkway_test::By;
using parkway_test::Meeting;
using parkway_test::SignalFunction;
using parkway_test::WaitFunction;

using Unlock = int(pthread_mutex_t*);

Unlock* system_unlock() {
  static auto* const function =
      reinterpret_cast<Unlock*>(dlsym(RTLD_NEXT, "pthread_mutex_unlock"));
  return function;
}

[[gnu::constructor]] void find_unlock() { system_unlock(); }

// What the calling thread's next release of `mutex` is to be: it has the mutex,
// and returns what pthread_mutex_unlock() shall return.
struct InWait {
  pthread_mutex_t* mutex;
  std::function<int()> act;
};
thread_local InWait* t_in_wait = nullptr;

}  // namespace

extern "C" int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
  InWait* const in_wait = t_in_wait;
  if (in_wait == nullptr || in_wait->mutex != mutex) {
    return system_unlock()(mutex);
  }
  t_in_wait = nullptr;
  return in_wait->act();
}

namespace {

// Long enough on any machine.
constexpr std::chrono::seconds kPatience{30};
constexpr int kRounds = 20;

template <class F>
auto locked(Meeting& meeting, F f) {
  pthread_mutex_lock(&meeting.mutex);
  auto result = f();
  pthread_mutex_unlock(&meeting.mutex);
  return result;
}

template <class F>
bool eventually(F holds) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    sched_yield();
  }
  return true;
}

// A thread that waits again and again, each time told by the libc, until the
// preload library has one of its waits, because the last was short. In that one
// it acts.
class Waiter {
 public:
  // `act` as in InWait.
  explicit Waiter(std::function<int(Waiter&)> act)
      : in_wait_{&meeting_.mutex, [this, act = std::move(act)] {
                   acts_ = true;
                   return act(*this);
                 }} {}

  Meeting& meeting() { return meeting_; }

  // Starts it, and tells it until it has acted and is out of its wait. False if
  // that does not come; then it is out of it now.
  bool finishes() {
    pthread_t thread;
    pthread_create(&thread, nullptr, &run, this);
    const bool finished = eventually([this] {
      const bool to_tell = locked(meeting_, [this] {
        const bool waits = meeting_.waiting && !meeting_.told && !acts_;
        if (waits) meeting_.told = true;
        return waits;
      });
      if (to_tell) pthread_cond_broadcast(&meeting_.changed);
      return over();
    });
    if (!finished) rescue();
    pthread_join(thread, nullptr);
    return finished;
  }

  // Without the preload library: acts from outside while it waits.
  template <class F>
  bool finishes_by(F from_outside) {
    pthread_t thread;
    pthread_create(&thread, nullptr, &run, this);
    bool acted = false;
    const bool finished = eventually([&] {
      const bool to_act = locked(meeting_, [&] {
        return meeting_.waiting && !std::exchange(acted, true);
      });
      if (to_act) from_outside(*this);
      return over();
    });
    if (!finished) rescue();
    pthread_join(thread, nullptr);
    return finished;
  }

  // What its last wait returned.
  int result() { return result_; }
  // Whether that came to return.
  bool returned() { return returned_; }

  // In act(), without the mutex: the change that it waits for.
  void change() {
    locked(meeting_, [this] { return last_ = meeting_.told = true; });
  }

 private:
  bool over() {
    return locked(meeting_, [this] { return over_; });
  }
  void rescue() {
    while (!over()) {
      change();
      pthread_cond_broadcast(&meeting_.changed);
      sched_yield();
    }
  }

  static void* run(void* self) {
    auto* const me = static_cast<Waiter*>(self);
    pthread_mutex_lock(&me->meeting_.mutex);
    pthread_cleanup_push(&end, self);
    while (!me->last_) {
      me->meeting_.told = false;
      me->meeting_.waiting = true;
      while (!me->meeting_.told && me->result_ == 0) {
        me->returned_ = false;
        t_in_wait = &me->in_wait_;
        me->result_ =
            pthread_cond_wait(&me->meeting_.changed, &me->meeting_.mutex);
        me->returned_ = true;
        t_in_wait = nullptr;
      }
      me->meeting_.waiting = false;
      if (me->result_ != 0) break;
    }
    pthread_cleanup_pop(1);
    return nullptr;
  }
  // Has the mutex.
  static void end(void* self) {
    auto* const me = static_cast<Waiter*>(self);
    t_in_wait = nullptr;
    me->over_ = true;
    pthread_mutex_unlock(&me->meeting_.mutex);
  }

  // Guarded by the mutex, all.
  Meeting meeting_;
  bool acts_ = false;
  bool last_ = false;
  bool over_ = false;
  bool returned_ = false;
  int result_ = 0;

  InWait in_wait_;
};

// Another one at the same condition variable. Waits until a time of day, which
// is always the libc's.
class LibcWaiter {
 public:
  explicit LibcWaiter(Meeting& meeting)
      : meeting_(meeting), thread_([this] {
          timespec later;
          clock_gettime(CLOCK_REALTIME, &later);
          later.tv_sec += 3600;
          locked(meeting_, [&] {
            waiting_ = true;
            while (!told_) {
              pthread_cond_timedwait(&meeting_.changed, &meeting_.mutex,
                                     &later);
            }
            return woken_ = true;
          });
        }) {
    eventually(
        [this] { return locked(meeting_, [this] { return waiting_; }); });
  }
  ~LibcWaiter() {
    locked(meeting_, [this] { return told_ = true; });
    pthread_cond_broadcast(&meeting_.changed);
    thread_.join();
  }

  // With the mutex.
  void change() { told_ = true; }

  bool wakes() {
    return eventually(
        [this] { return locked(meeting_, [this] { return woken_; }); });
  }

 private:
  Meeting& meeting_;
  bool waiting_ = false;
  bool told_ = false;
  bool woken_ = false;
  std::thread thread_;
};

struct Library {
  SignalFunction* signal;
  SignalFunction* broadcast;
  WaitFunction* wait;
  By by;
};

Library open(const char* file, const std::string& mode) {
  constexpr int kFlags = RTLD_NOW | RTLD_LOCAL;
  void* const handle = mode == "dlmopen" ? dlmopen(LM_ID_NEWLM, file, RTLD_NOW)
                       : mode == "deepbind"
                           ? dlopen(file, kFlags | RTLD_DEEPBIND)
                           : dlopen(file, kFlags);
  if (handle == nullptr) {
    std::fprintf(stderr, "in_wait: %s\n", dlerror());
    std::exit(1);
  }
  const auto find = [handle](const char* name) { return dlsym(handle, name); };
  return {reinterpret_cast<SignalFunction*>(find("parkway_test_signal")),
          reinterpret_cast<SignalFunction*>(find("parkway_test_broadcast")),
          reinterpret_cast<WaitFunction*>(find("parkway_test_wait")),
          mode == "handle" ? By::kHandle
          : mode == "next" ? By::kNext
                           : By::kLinking};
}

// The library signals; how many waiters it has not told.
int lost_by(SignalFunction* signal, By by, bool here) {
  int lost = 0;
  for (int round = 0; round < kRounds && lost == 0; ++round) {
    if (here) {
      Waiter waiter([=](Waiter& self) {
        system_unlock()(&self.meeting().mutex);
        self.change();
        return signal(&self.meeting().changed, by);
      });
      lost += !waiter.finishes();
    } else {
      Waiter waiter([](Waiter&) {
        std::puts("a wait was taken over");
        std::_Exit(1);
        return 0;
      });
      lost += !waiter.finishes_by([=](Waiter& self) {
        self.change();
        signal(&self.meeting().changed, by);
      });
    }
  }
  return lost;
}

// The library waits, and the program signals. Whoever is lost there can't be
// told by anybody: the test ends.
void all_there(WaitFunction* wait, By by) {
  for (int round = 0; round < kRounds; ++round) {
    Meeting meeting;
    std::thread waiter([&] { wait(&meeting, by); });
    eventually(
        [&] { return locked(meeting, [&] { return meeting.waiting; }); });
    locked(meeting, [&] { return meeting.told = true; });
    pthread_cond_signal(&meeting.changed);
    if (!eventually([&] {
          return locked(meeting, [&] { return !meeting.waiting; });
        })) {
      std::puts("a waiter of the library is lost");
      std::_Exit(1);
    }
    waiter.join();
  }
}

// The mutex is not the waiter's, as far as it is told, when the program's
// signal has chosen it: the signal is for the other one.
void failing_unlock() {
  int lost = 0, refused = 0;
  for (int round = 0; round < kRounds && lost == 0; ++round) {
    LibcWaiter* other = nullptr;
    Waiter waiter([&](Waiter& self) {
      other->change();
      pthread_cond_signal(&self.meeting().changed);
      return EPERM;
    });
    LibcWaiter libcs(waiter.meeting());
    other = &libcs;
    waiter.finishes();
    refused += waiter.result() == EPERM;
    lost += !libcs.wakes();
  }
  std::printf("unlock fails: %d refused, %d lost\n", refused, lost);
}

// It is cancelled when a signal has chosen it. Either it uses the signal and is
// cancelled later, or the signal is for the other one.
void cancelled() {
  int lost = 0;
  for (int round = 0; round < kRounds && lost == 0; ++round) {
    LibcWaiter* other = nullptr;
    Waiter waiter([&](Waiter& self) {
      system_unlock()(&self.meeting().mutex);
      self.change();
      locked(self.meeting(), [&] {
        other->change();
        return true;
      });
      pthread_cond_signal(&self.meeting().changed);
      pthread_cancel(pthread_self());
      return 0;
    });
    LibcWaiter libcs(waiter.meeting());
    other = &libcs;
    waiter.finishes();
    if (!waiter.returned()) lost += !libcs.wakes();
  }
  std::printf("cancelled: %d lost\n", lost);
}

// Nobody has told it anything: it comes back all the same, and is cancelled
// with its mutex, or waits again where everybody finds it.
void cancelled_in_vain() {
  int cancelled = 0;
  for (int round = 0; round < kRounds; ++round) {
    Waiter waiter([&](Waiter& self) {
      const int result = system_unlock()(&self.meeting().mutex);
      pthread_cancel(pthread_self());
      return result;
    });
    cancelled += waiter.finishes() && !waiter.returned();
  }
  std::printf("cancelled in vain: %d\n", cancelled);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  // A test that hangs shall say where.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const bool here = std::string(argv[2]) == "here";
  // From here on oneTBB is in use.
  tbb::parallel_for(0, 100, [](int) {});
  for (const char* mode : {"deepbind", "handle", "next", "dlmopen"}) {
    const Library library = open(argv[1], mode);
    const int signals = lost_by(library.signal, library.by, here);
    const int broadcasts = lost_by(library.broadcast, library.by, here);
    std::printf("%s: %d signals, %d broadcasts lost\n", mode, signals,
                broadcasts);
    all_there(library.wait, library.by);
  }
  if (!here) return 0;
  failing_unlock();
  cancelled();
  cancelled_in_vain();
}
