// SPDX-License-Identifier: Apache-2.0

// The parts of the soak: for each kind of primitive a few objects that come and
// go, and random steps on them whose invariants are checked on the way.
#ifndef PARKWAY_TESTS_STRESS_SOAK_PARTS_H_
#define PARKWAY_TESTS_STRESS_SOAK_PARTS_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "parkway/lock/queuing_mutex.h"
#include "parkway/lock/queuing_rw_mutex.h"
#include "parkway/stack/stack_freelist.h"
#include "parkway/task/park.h"
#include "tests/suites/support.h"

namespace parkway::test {

// A kind of thing to do. Step() is for any thread or task, as often as it
// likes. It waits for others only where Nudge() ends the wait, which the test
// calls again and again.
class SoakPart {
 public:
  explicit SoakPart(std::string name) : name_(std::move(name)) {}
  virtual ~SoakPart() = default;
  SoakPart(const SoakPart&) = delete;
  SoakPart& operator=(const SoakPart&) = delete;

  void Run(Random& random) {
    Step(random);
    ++steps_;
  }
  virtual void Nudge() {}
  // When nobody is in a step any more.
  virtual void Check() = 0;

  const std::string& name() const { return name_; }
  long steps() const { return steps_; }
  // Objects made so far.
  virtual long objects() const { return 0; }

 protected:
  virtual void Step(Random& random) = 0;

 private:
  const std::string name_;
  std::atomic<long> steps_{0};
};

inline void SoakPause(Random& random) {
  switch (random.Below(64)) {
    case 0:
      std::this_thread::yield();
      break;
    case 1:
      std::this_thread::sleep_for(random.Microseconds(100));
      break;
    case 2:
      Burn(random.Microseconds(20));
      break;
    default:
      break;
  }
}

// Objects on the heap, of which each is replaced by another one after a while:
// the last to use it destroys it, on whatever thread.
template <class Cell>
class Shelf {
 public:
  static constexpr std::size_t kCells = 3;

  std::shared_ptr<Cell> Take(Random& random) {
    const std::lock_guard<std::mutex> hold(mutex_);
    auto& cell = cells_[random.Below(kCells)];
    if (cell == nullptr || random.OneIn(32)) {
      cell = std::make_shared<Cell>();
      // Not everybody calls ForEach(), and each of these keeps memory.
      if (all_.size() >= kMostKnown) Prune();
      all_.push_back(cell);
      ++made_;
    }
    return cell;
  }

  // Each that somebody may be waiting on, also one that was replaced.
  template <class F>
  void ForEach(F&& f) {
    std::vector<std::shared_ptr<Cell>> alive;
    {
      const std::lock_guard<std::mutex> hold(mutex_);
      Prune();
      for (const auto& cell : all_) {
        if (auto held = cell.lock()) alive.push_back(std::move(held));
      }
    }
    for (const auto& cell : alive) f(*cell);
  }

  long made() const { return made_; }

 private:
  static constexpr std::size_t kMostKnown = 256;

  void Prune() {
    all_.erase(std::remove_if(all_.begin(), all_.end(),
                              [](const auto& cell) { return cell.expired(); }),
               all_.end());
  }

  std::mutex mutex_;
  std::shared_ptr<Cell> cells_[kCells];
  std::vector<std::weak_ptr<Cell>> all_;
  std::atomic<long> made_{0};
};

// A mutex with a condition variable.
template <class Mutex, class CondVar>
class MutexPart final : public SoakPart {
 public:
  using SoakPart::SoakPart;

  void Nudge() override {
    shelf_.ForEach([](Cell& cell) {
      cell.mutex.lock();
      ++cell.changes;
      cell.mutex.unlock();
      cell.changed.notify_all();
    });
  }

  void Check() override {
    shelf_.ForEach([](Cell& cell) {
      EXPECT_TRUE(cell.mutex.try_lock());
      EXPECT_EQ(cell.value, cell.mirror);
      EXPECT_EQ(cell.waiting, 0);
      cell.mutex.unlock();
    });
  }

  long objects() const override { return shelf_.made(); }

 protected:
  void Step(Random& random) override {
    const auto cell = shelf_.Take(random);
    const auto choice = random.Below(8);
    if (choice == 0) {
      if (!cell->mutex.try_lock()) return;
    } else if (choice == 1) {
      if (!cell->mutex.try_lock_for(random.Microseconds(200))) return;
    } else {
      cell->mutex.lock();
    }
    EXPECT_EQ(cell->value, cell->mirror);
    ++cell->value;
    SoakPause(random);
    ++cell->mirror;
    if (choice == 2 || choice == 3) {
      const long before = cell->changes;
      ++cell->waiting;
      if (choice == 2) {
        cell->changed.wait_for(cell->mutex, random.Microseconds(300));
      } else {
        cell->changed.wait(cell->mutex,
                           [&] { return cell->changes != before; });
      }
      --cell->waiting;
    } else {
      ++cell->changes;
      random.OneIn(2) ? cell->changed.notify_one() : cell->changed.notify_all();
    }
    cell->mutex.unlock();
  }

 private:
  struct Cell {
    Mutex mutex;
    CondVar changed;
    long value = 0;
    long mirror = 0;
    long changes = 0;
    int waiting = 0;
  };

  Shelf<Cell> shelf_;
};

// A reader-writer mutex, by what all of them have.
template <class Mutex>
class SharedPart final : public SoakPart {
 public:
  using SoakPart::SoakPart;

  void Check() override {
    shelf_.ForEach([](Cell& cell) {
      EXPECT_TRUE(cell.mutex.try_lock());
      EXPECT_EQ(cell.value, cell.mirror);
      EXPECT_EQ(cell.readers, 0);
      cell.mutex.unlock();
    });
  }

  long objects() const override { return shelf_.made(); }

 protected:
  void Step(Random& random) override {
    const auto cell = shelf_.Take(random);
    if (random.OneIn(3)) {
      cell->mutex.lock();
      Write(*cell, random);
      if (random.OneIn(2)) return cell->mutex.unlock();
      cell->mutex.downgrade();
      Read(*cell, random);
      return cell->mutex.unlock_shared();
    }
    if (random.OneIn(4)) {
      if (!cell->mutex.try_lock_shared()) return;
    } else {
      cell->mutex.lock_shared();
    }
    Read(*cell, random);
    if (!random.OneIn(4) || !cell->mutex.try_upgrade()) {
      return cell->mutex.unlock_shared();
    }
    Write(*cell, random);
    cell->mutex.unlock();
  }

 private:
  struct Cell {
    Mutex mutex;
    long value = 0;
    long mirror = 0;
    std::atomic<int> readers{0};
  };

  static void Write(Cell& cell, Random& random) {
    EXPECT_EQ(cell.readers, 0);
    EXPECT_EQ(cell.value, cell.mirror);
    ++cell.value;
    SoakPause(random);
    ++cell.mirror;
  }
  static void Read(Cell& cell, Random& random) {
    ++cell.readers;
    EXPECT_EQ(cell.value, cell.mirror);
    SoakPause(random);
    EXPECT_EQ(cell.value, cell.mirror);
    --cell.readers;
  }

  Shelf<Cell> shelf_;
};

// RwMutex's conditions and its condition variables. RwMutex and RwCondVar, or
// those for tasks.
template <class Mutex, class CondVar>
class ConditionPart final : public SoakPart {
 public:
  using SoakPart::SoakPart;

  void Nudge() override {
    shelf_.ForEach([](Cell& cell) {
      cell.mutex.lock();
      ++cell.changes;
      cell.mutex.unlock();
      cell.changed.notify_all();
    });
  }

  void Check() override {
    shelf_.ForEach([](Cell& cell) {
      EXPECT_FALSE(cell.mutex.has_waiters());
      EXPECT_TRUE(cell.mutex.try_lock());
      cell.mutex.unlock();
    });
  }

  long objects() const override { return shelf_.made(); }

 protected:
  void Step(Random& random) override {
    const auto cell = shelf_.Take(random);
    const bool shared = random.OneIn(2);
    const bool timed = random.OneIn(2);
    const std::chrono::nanoseconds time = random.Microseconds(300);
    const std::int64_t deadline =
        timed ? os::nanotime() + time.count() : os::kForever;
    shared ? cell->mutex.lock_shared() : cell->mutex.lock();
    if (random.OneIn(3)) {
      const Goal goal = {cell.get(), cell->changes + 1};
      const bool reached = cell->mutex.await(
          {&Goal::Reached, &Goal::Same, &goal}, deadline, shared);
      EXPECT_EQ(reached, Goal::Reached(&goal));
      EXPECT_TRUE(reached || timed);
    } else if (random.OneIn(2)) {
      const long before = cell->changes;
      while (cell->changes == before) {
        if (cell->changed.wait(cell->mutex, shared, deadline)) continue;
        EXPECT_TRUE(timed);
        break;
      }
    } else if (!shared) {
      ++cell->changes;
      cell->changed.notify_one();
    }
    SoakPause(random);
    shared ? cell->mutex.unlock_shared() : cell->mutex.unlock();
  }

 private:
  struct Cell {
    Mutex mutex;
    CondVar changed;
    long changes = 0;
  };
  struct Goal {
    const Cell* cell;
    long changes;
    static bool Reached(const void* me) {
      const auto* const goal = static_cast<const Goal*>(me);
      return goal->cell->changes >= goal->changes;
    }
    static bool Same(const void* one, const void* other) {
      return static_cast<const Goal*>(one)->changes ==
             static_cast<const Goal*>(other)->changes;
    }
  };

  Shelf<Cell> shelf_;
};

class QueuingPart final : public SoakPart {
 public:
  using SoakPart::SoakPart;

  void Check() override {
    shelf_.ForEach([](Cell& cell) {
      QueuingMutex::Node node;
      EXPECT_TRUE(cell.mutex.try_lock(node));
      EXPECT_EQ(cell.value, cell.mirror);
      cell.mutex.unlock(node);
    });
  }

  long objects() const override { return shelf_.made(); }

 protected:
  void Step(Random& random) override {
    const auto cell = shelf_.Take(random);
    QueuingMutex::Node node;
    cell->mutex.lock(node);
    EXPECT_EQ(cell->value, cell->mirror);
    ++cell->value;
    SoakPause(random);
    ++cell->mirror;
    cell->mutex.unlock(node);
  }

 private:
  struct Cell {
    QueuingMutex mutex;
    long value = 0;
    long mirror = 0;
  };

  Shelf<Cell> shelf_;
};

template <class Semaphore>
class SemaphorePart final : public SoakPart {
 public:
  using SoakPart::SoakPart;

  void Check() override {
    shelf_.ForEach([](Cell& cell) {
      EXPECT_EQ(cell.inside, 0);
      for (int i = 0; i < kPermits; ++i) {
        EXPECT_TRUE(cell.semaphore.try_acquire());
      }
      EXPECT_FALSE(cell.semaphore.try_acquire());
      cell.semaphore.release(kPermits);
    });
  }

  long objects() const override { return shelf_.made(); }

 protected:
  void Step(Random& random) override {
    const auto cell = shelf_.Take(random);
    if (random.OneIn(4)) {
      if (!cell->semaphore.try_acquire_for(random.Microseconds(200))) return;
    } else {
      cell->semaphore.acquire();
    }
    EXPECT_LE(++cell->inside, kPermits);
    SoakPause(random);
    --cell->inside;
    cell->semaphore.release();
  }

 private:
  static constexpr int kPermits = 2;
  struct Cell {
    Semaphore semaphore{kPermits};
    std::atomic<int> inside{0};
  };

  Shelf<Cell> shelf_;
};

// Sleepers with a note each, on their stack, woken by whoever comes by.
template <class Note>
class NotePart final : public SoakPart {
 public:
  using SoakPart::SoakPart;

  void Nudge() override { WakeOne(); }
  void Check() override { EXPECT_TRUE(sleepers_.empty()); }

 protected:
  void Step(Random& random) override {
    if (random.OneIn(2)) return WakeOne();
    Note note;
    {
      const std::lock_guard<std::mutex> hold(mutex_);
      sleepers_.push_back(&note);
    }
    if (random.OneIn(2)) return note.sleep();
    if (note.sleep_for(random.Microseconds(300))) return;
    {
      const std::lock_guard<std::mutex> hold(mutex_);
      const auto mine = std::find(sleepers_.begin(), sleepers_.end(), &note);
      if (mine != sleepers_.end()) {
        sleepers_.erase(mine);
        return;
      }
    }
    // Somebody has taken it, to wake it under the mutex.
    EXPECT_TRUE(note.sleep_for(std::chrono::nanoseconds(0)));
  }

 private:
  void WakeOne() {
    const std::lock_guard<std::mutex> hold(mutex_);
    if (sleepers_.empty()) return;
    Note* const note = sleepers_.front();
    sleepers_.erase(sleepers_.begin());
    note->wakeup();
  }

  std::mutex mutex_;
  std::vector<Note*> sleepers_;
};

// park() and ready(), also with a limit.
class ParkPart final : public SoakPart {
 public:
  using SoakPart::SoakPart;

  void Nudge() override { WakeOne(); }
  void Check() override { EXPECT_TRUE(parked_.empty()); }

 protected:
  void Step(Random& random) override {
    if (random.OneIn(2)) return WakeOne();
    Waiter self;
    {
      const std::lock_guard<std::mutex> hold(mutex_);
      parked_.push_back(&self);
    }
    if (random.OneIn(2)) return park(self);
    if (park_for(self, random.Microseconds(300))) return;
    if (!TakeBack(&self)) park(self);
  }

 private:
  void WakeOne() {
    const std::lock_guard<std::mutex> hold(mutex_);
    if (parked_.empty()) return;
    Waiter* const waiter = parked_.front();
    parked_.erase(parked_.begin());
    ready(*waiter);
  }
  bool TakeBack(Waiter* waiter) {
    const std::lock_guard<std::mutex> hold(mutex_);
    const auto mine = std::find(parked_.begin(), parked_.end(), waiter);
    if (mine == parked_.end()) return false;
    parked_.erase(mine);
    return true;
  }

  std::mutex mutex_;
  std::vector<Waiter*> parked_;
};

// Stacks that wander between threads.
class StackPart final : public SoakPart {
 public:
  using SoakPart::SoakPart;

  void Check() override {
    for (const Piece& piece : pieces_) Free(piece);
    pieces_.clear();
    EXPECT_EQ(clashes_, 0);
  }

 protected:
  void Step(Random& random) override {
    // What is free goes back to the system, so that there is always new memory.
    if (random.OneIn(64)) stack_trim();
    Piece piece;
    if (random.OneIn(2) && Take(random, &piece)) return Free(piece);
    piece.bytes = kMinStackBytes << random.Below(5);
    piece.guard = random.OneIn(4) ? StackGuard::kNone : StackGuard::kPage;
    piece.stack =
        static_cast<std::uint64_t*>(stack_alloc(piece.bytes, piece.guard));
    ASSERT_NE(piece.stack, nullptr);
    piece.stack[0] = reinterpret_cast<std::uintptr_t>(piece.stack);
    const std::lock_guard<std::mutex> hold(mutex_);
    pieces_.push_back(piece);
    if (pieces_.size() <= kMostPieces) return;
    Free(pieces_.front());
    pieces_.erase(pieces_.begin());
  }

 private:
  static constexpr std::size_t kMostPieces = 100;

  struct Piece {
    std::uint64_t* stack = nullptr;
    std::size_t bytes = 0;
    StackGuard guard = StackGuard::kPage;
  };

  void Free(const Piece& piece) {
    if (piece.stack[0] != reinterpret_cast<std::uintptr_t>(piece.stack)) {
      ++clashes_;
    }
    stack_free(piece.stack, piece.bytes, piece.guard);
  }
  bool Take(Random& random, Piece* piece) {
    const std::lock_guard<std::mutex> hold(mutex_);
    if (pieces_.empty()) return false;
    std::swap(pieces_[random.Below(pieces_.size())], pieces_.back());
    *piece = pieces_.back();
    pieces_.pop_back();
    return true;
  }

  std::mutex mutex_;
  std::vector<Piece> pieces_;
  std::atomic<int> clashes_{0};
};

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_STRESS_SOAK_PARTS_H_
