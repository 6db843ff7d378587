// SPDX-License-Identifier: Apache-2.0

// What is asked of every note.
#ifndef PARKWAY_TESTS_MODEL_NOTE_SUITES_H_
#define PARKWAY_TESTS_MODEL_NOTE_SUITES_H_

#include <chrono>

#include "tests/model/model_test.h"

namespace parkway::model {

// A wakeup hands data over, and the sleeper destroys the note at once. With
// kTimed the sleeper gives up now and then before it sleeps for good. The
// second round, on another note, finds a wakeup that the first one left in the
// worker's semaphore.
template <class P, class Note, bool kTimed>
class HandOver : public Suite<HandOver<P, Note, kTimed>, P, 2> {
 public:
  void thread(unsigned index) {
    if (index == 0) {
      first_ = 1;
      note_[0]->wakeup();
      second_ = 2;
      note_[1]->wakeup();
    } else {
      receive(0);
      RL_ASSERT(first_ == 1);
      receive(1);
      RL_ASSERT(second_ == 2);
    }
  }

 private:
  void receive(int round) {
    Note& note = *note_[round];
    if (!kTimed || (!note.sleep_for(std::chrono::nanoseconds(1)) &&
                    !note.sleep_for(std::chrono::nanoseconds(0)))) {
      note.sleep();
    }
    note_[round].destroy();
  }

  Slot<Note> note_[2];
  Plain<int> first_{0};
  Plain<int> second_{0};
};

// Two threads hand a turn back and forth over two notes, cleared for reuse by
// the one who slept. A sleep on a signalled note returns at once, again and
// again.
template <class P, class Note>
class Reuse : public Suite<Reuse<P, Note>, P, 2> {
 public:
  void thread(unsigned index) {
    for (int round = 0; round < 2; ++round) {
      if (index == 1) {
        note_[1].sleep();
        note_[1].sleep();
        note_[1].clear();
      }
      RL_ASSERT(turn_ == 2 * round + static_cast<int>(index));
      ++turn_;
      note_[1 - index].wakeup();
      if (index == 0) {
        note_[0].sleep();
        RL_ASSERT(note_[0].sleep_for(std::chrono::nanoseconds(1)));
        note_[0].clear();
      }
    }
  }
  void after() { RL_ASSERT(turn_ == 4); }

 private:
  Note note_[2];
  Plain<int> turn_{0};
};

// A chain of three threads.
template <class P, class Note>
class Chain : public Suite<Chain<P, Note>, P, 3> {
 public:
  void thread(unsigned index) {
    if (index > 0) {
      if (index == 1) {
        note_[0]->sleep();
      } else {
        while (!note_[1]->sleep_for(std::chrono::nanoseconds(1))) {
        }
      }
      note_[index - 1].destroy();
      RL_ASSERT(data_ == static_cast<int>(index));
    }
    data_ = static_cast<int>(index) + 1;
    if (index < 2) note_[index]->wakeup();
  }

 private:
  Slot<Note> note_[2];
  Plain<int> data_{0};
};

// A wakeup without a sleeper makes no system call, be it that nobody came or
// that the one who came left on timeout.
template <class P, class Note>
class Quiet : public Suite<Quiet<P, Note>, P, 2> {
 public:
  void thread(unsigned index) {
    if (index == 0) {
      unused_.wakeup();
      RL_ASSERT(kernel.wake_calls == 0);
    } else if (!left_.sleep_for(std::chrono::nanoseconds(1))) {
      left_.wakeup();
      left_.sleep();
      RL_ASSERT(kernel.wake_calls == 0);
    }
  }

 private:
  Note unused_;
  Note left_;
};

template <class P, class Note>
void check_note() {
  constexpr Budget kCalm{0, 0, 0};
  check<HandOver<P, Note, false>>("data handed over, note destroyed", 1000000);
  check<HandOver<P, Note, true>>("the same, timed", 1000000);
  check<Reuse<P, Note>>("cleared and used again", 1000000);
  check<Chain<P, Note>>("chain of 3", 1000000);
  check<Quiet<P, Note>>("no sleeper, no system call", 300000);
  check_met("a thread slept", coverage.sleeps);
  check_met("a deadline came", coverage.timeouts);
  check<HandOver<P, Note, false>, Search::kFull>(
      "data handed over, note destroyed", 4000000);
  check<HandOver<P, Note, true>, Search::kFull>("the same, timed", 4000000, 0,
                                                kCalm);
  check<HandOver<P, Note, true>, Search::kContextBound>("the same, timed",
                                                        2000000, 5);
  check<Reuse<P, Note>, Search::kContextBound>("cleared and used again",
                                               4000000, 5, kCalm);
}

}  // namespace parkway::model

#endif  // PARKWAY_TESTS_MODEL_NOTE_SUITES_H_
