// SPDX-License-Identifier: Apache-2.0

// The first fork of a process in which nobody has asked for a generation yet,
// and others that depend on what exactly the parent was doing. This process
// uses no lock; its children do, and theirs are looked at.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "parkway/lock/futex_note.h"
#include "parkway/lock/queuing_rw_mutex.h"
#include "parkway/lock/rw_mutex.h"
#include "parkway/os/fork_generation.h"
#include "tests/suites/handoff.h"
#include "tests/suites/support.h"

namespace parkway::test {
namespace {

// Of a waiter that is gone.
TEST(LockFork, WhatWasHandedOverIsForWhoTries) {
  if (const char* why = WhyNoFork(Others::kAsleep)) GTEST_SKIP() << why;
  using Mutex = BasicFutexMutex<HandoffPlatform>;
  EXPECT_EQ(RunInChild([] {
              Mutex mutex;
              mutex.lock();
              Thread waiter([&] {
                mutex.lock();
                mutex.unlock();
              });
              if (!waiter.WaitAsleep()) return 1;
              std::this_thread::sleep_for(
                  2 * std::chrono::nanoseconds(Platform::kStarvingNs));
              for (std::uint32_t i = 0; i < Platform::kStarvingLosses; ++i) {
                {
                  const LateWakes late;
                  mutex.unlock();
                  if (!mutex.try_lock()) return 2;
                }
                if (!waiter.WaitAsleep()) return 3;
              }
              // It has asked.
              const int child = RunInChild([&] {
                mutex.unlock();
                if (!mutex.try_lock()) return 4;
                mutex.unlock();
                return mutex.try_lock() ? 0 : 5;
              });
              mutex.unlock();
              return child;
            }),
            0);
}

// The child does not wait for a waiter of the parent's that was woken and had
// not come yet: it wakes its own.
TEST(LockFork, AWaiterOnItsWayIsNoneOfTheChilds) {
  if (const char* why = WhyNoFork(Others::kAsleep)) GTEST_SKIP() << why;
  using Mutex = BasicRwMutex<HandoffPlatform>;
  EXPECT_EQ(RunInChild([] {
              Mutex mutex;
              mutex.lock();
              Thread waiter([&] {
                mutex.lock();
                mutex.unlock();
              });
              if (!waiter.WaitAsleep()) return 1;
              const LateWakes late;
              mutex.unlock();
              return RunInChild([&] {
                HandoffPlatform::held_back = nullptr;
                if (!mutex.try_lock()) return 2;
                Thread own([&] {
                  mutex.lock();
                  mutex.unlock();
                });
                if (!own.WaitAsleep()) return 3;
                mutex.unlock();
                own.Join();
                return 0;
              });
            }),
            0);
}

// Nor is it a second one that sleeps, which checked builds complain of.
TEST(LockFork, ANoteOnWhichTheParentSleepsIsTheChildsToSleepOn) {
  if (const char* why = WhyNoFork(Others::kAsleep)) GTEST_SKIP() << why;
  EXPECT_EQ(RunInChild([] {
              FutexNote note;
              Thread sleeper([&] { note.sleep(); });
              if (!sleeper.WaitAsleep()) return 1;
              const int child = RunInChild([&] {
                Thread waker([&] { note.wakeup(); });
                note.sleep();
                return 0;
              });
              note.wakeup();
              return child;
            }),
            0);
}

template <class Mutex>
int ReadBesideTheForkingReader() {
  Mutex mutex;
  mutex.lock_shared();
  Thread writer([&] {
    mutex.lock();
    mutex.unlock();
  });
  if (!writer.WaitAsleep()) return 1;
  const int child = RunInChild([&] {
    // The writer is none of this process.
    if (!mutex.try_lock_shared()) return 2;
    mutex.unlock_shared();
    if (mutex.try_lock()) return 3;
    mutex.unlock_shared();
    if (!mutex.try_lock()) return 4;
    mutex.unlock();
    return 0;
  });
  mutex.unlock_shared();
  return child;
}

TEST(LockFork, ReadersComeInBesideAReaderThatForked) {
  if (const char* why = WhyNoFork(Others::kAsleep)) GTEST_SKIP() << why;
  EXPECT_EQ(RunInChild(&ReadBesideTheForkingReader<RwMutex>), 0);
  EXPECT_EQ(RunInChild(&ReadBesideTheForkingReader<QueuingRwMutex>), 0);
}

}  // namespace
}  // namespace parkway::test
