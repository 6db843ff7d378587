// SPDX-License-Identifier: Apache-2.0

// Benchmarks whose threads wait for more than a lock.
#ifndef PARKWAY_BENCH_SCALE_SCENES_WAIT_H_
#define PARKWAY_BENCH_SCALE_SCENES_WAIT_H_

#include <cstdint>
#include <string>

#include "bench/scale/atomic.h"
#include "bench/scale/figures.h"
#include "bench/scale/scenes.h"
#include "bench/scale/world.h"

namespace parkway_bench::scale {

// A thread calls all others by a condition variable, each time that all have
// come. An operation is one that comes; its wait is that since the call.
template <class Lock, class Cond>
Figures Broadcast(const Setup& setup) {
  return Measure(setup, [=] {
    struct alignas(128) Shared {
      Lock lock;
      Cond called;
      Cond all_came;
      Number round;
      Number left;
      Number last;
      Time called_at = 0;  // beside the machine
    };
    auto* const shared = World::Get().Make<Shared>();
    const auto others = static_cast<std::uint64_t>(setup.threads - 1);
    const auto call = [=](Turn& turn) {
      for (bool last = false; !last;) {
        last = !turn.Goes();
        shared->lock.lock();
        shared->left.Set(others);
        shared->last.Set(last ? 1 : 0);
        shared->round.Add(1);
        shared->called_at = Turn::Now();
        shared->called.notify_all();
        while (!last && shared->left.Get() != 0) {
          shared->all_came.wait(shared->lock);
        }
        shared->lock.unlock();
      }
    };
    const auto come = [=](Turn& turn) {
      std::uint64_t seen = 0;
      for (bool last = false; !last;) {
        shared->lock.lock();
        while (shared->round.Get() == seen) shared->called.wait(shared->lock);
        seen = shared->round.Get();
        last = shared->last.Get() != 0;
        shared->left.Add(static_cast<std::uint64_t>(-1));
        if (shared->left.Get() == 0) shared->all_came.notify_one();
        shared->lock.unlock();
        turn.Waited(shared->called_at);
        turn.Done();
      }
    };
    Scene scene;
    scene.passive = 1;
    scene.body = [=](Turn& turn) {
      if (turn.index() == 0) {
        call(turn);
      } else {
        come(turn);
      }
    };
    scene.check = [=](std::uint64_t) -> std::string {
      return shared->left.now() == 0 ? "" : "somebody came twice or never";
    };
    return scene;
  });
}

// A bounded channel as in bench/locks/channel.h: a lock, a ring, two lists of
// waiters, each of which sleeps on a note of its own.
template <class Lock, class Note>
class SimChannel {
 public:
  SimChannel(std::uint64_t capacity, std::uint64_t senders)
      : capacity_(capacity), ring_(World::Get().MakeArray<Number>(capacity)) {
    open_.Set(senders);
  }

  void Send(std::uint64_t element) {
    lock_.lock();
    while (count_.Get() == capacity_) Wait(&senders_);
    std::uint64_t at = first_.Get();
    at += count_.Get();
    ring_[at % capacity_].Set(element);
    count_.Add(1);
    WakeOneAndUnlock(&receivers_);
  }
  // False: all senders have gone, and there is nothing left.
  bool Receive(std::uint64_t* element) {
    lock_.lock();
    while (count_.Get() == 0) {
      if (open_.Get() == 0) {
        lock_.unlock();
        return false;
      }
      Wait(&receivers_);
    }
    const std::uint64_t first = first_.Get();
    *element = ring_[first].Get();
    first_.Set((first + 1) % capacity_);
    count_.Add(static_cast<std::uint64_t>(-1));
    WakeOneAndUnlock(&senders_);
    return true;
  }
  // By each sender when it goes.
  void Leave() {
    lock_.lock();
    open_.Add(static_cast<std::uint64_t>(-1));
    const bool last = open_.Get() == 0;
    Waiter* waiter = nullptr;
    if (last) {
      waiter = receivers_.first;
      receivers_.first = nullptr;
    }
    lock_.unlock();
    while (waiter != nullptr) {
      Waiter* const next = waiter->next;
      waiter->note.wakeup();
      waiter = next;
    }
  }

 private:
  struct Waiter {
    Plain<Waiter*> next{nullptr};
    Note note;
  };
  struct WaitList {
    Plain<Waiter*> first{nullptr};
    Plain<Waiter*> last{nullptr};
  };

  void Wait(WaitList* list) {
    Waiter self;
    Waiter* const first = list->first;
    if (first == nullptr) {
      list->first = &self;
    } else {
      list->last->next = &self;
    }
    list->last = &self;
    lock_.unlock();
    self.note.sleep();
    lock_.lock();
  }
  void WakeOneAndUnlock(WaitList* list) {
    Waiter* const waiter = list->first;
    if (waiter != nullptr) list->first = waiter->next;
    lock_.unlock();
    if (waiter != nullptr) waiter->note.wakeup();
  }

  Lock lock_;
  Number first_;
  Number count_;
  const std::uint64_t capacity_;
  WaitList senders_;
  WaitList receivers_;
  Number open_;
  Number* const ring_;
};

// One half of the threads send, the other half receive; there is room for so
// few that all sleep now and then. An operation is one of either.
template <class Lock, class Note>
Figures ChannelWaits(const Setup& setup, int capacity, int work) {
  return Measure(setup, [=] {
    using Channel = SimChannel<Lock, Note>;
    struct Sums {
      std::uint64_t in = 0;
      std::uint64_t out = 0;
    };
    const int senders = setup.threads / 2;
    auto* const channel =
        World::Get().Make<Channel>(static_cast<std::uint64_t>(capacity),
                                   static_cast<std::uint64_t>(senders));
    auto* const sums = World::Get().Make<Sums>();
    const auto send = [=](Turn& turn) {
      std::uint64_t element = static_cast<std::uint64_t>(turn.index());
      while (turn.Goes()) {
        element += 1000;
        sums->in += element;
        turn.Metered([&] { channel->Send(element); });
        turn.Work(work);
        turn.Done();
      }
      channel->Leave();
    };
    const auto receive = [=](Turn& turn) {
      for (;;) {
        std::uint64_t element = 0;
        bool got = false;
        turn.Metered([&] { got = channel->Receive(&element); });
        if (!got) return;
        sums->out += element;
        turn.Work(work);
        turn.Done();
      }
    };
    Scene scene;
    scene.body = [=](Turn& turn) {
      if (turn.index() % 2 == 1) {
        send(turn);
      } else {
        receive(turn);
      }
    };
    scene.check = [=](std::uint64_t) -> std::string {
      return sums->in == sums->out ? "" : "what came out is not what went in";
    };
    return scene;
  });
}

}  // namespace parkway_bench::scale

#endif  // PARKWAY_BENCH_SCALE_SCENES_WAIT_H_
