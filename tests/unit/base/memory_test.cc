// SPDX-License-Identifier: Apache-2.0

// Ten million mutexes and notes cost their bytes and nothing else.
#include <dirent.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

#include "parkway/lock/byte_mutex.h"
#include "parkway/lock/cond_var.h"
#include "parkway/mutex.h"
#include "parkway/note.h"
#include "tests/suites/support.h"

namespace {
std::atomic<long> g_allocations{0};
// Of the calling thread.
thread_local long t_allocations = 0;
}  // namespace

// GCC at -O1 takes free() in an inlined operator delete for a mismatch.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

void* operator new(std::size_t size) {
  ++g_allocations;
  ++t_allocations;
  void* p = std::malloc(size);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }

namespace parkway::test {
namespace {

// TSan only has the allocations to count.
constexpr std::size_t kMany = kTsan ? 1000000 : 10000000;

int OpenFiles() {
  int n = 0;
  if (DIR* dir = opendir("/proc/self/fd")) {
    while (readdir(dir) != nullptr) ++n;
    closedir(dir);
  }
  return n;
}

struct Usage {
  long allocations;
  int files;
  long virtual_bytes;
  long resident_bytes;
};

Usage Now() {
  Usage usage{};
  usage.allocations = g_allocations;
  usage.files = OpenFiles();
  long pages = 0;
  long resident = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld %ld", &pages, &resident) != 2) pages = 0;
    std::fclose(file);
  }
  usage.virtual_bytes = pages * sysconf(_SC_PAGESIZE);
  usage.resident_bytes = resident * sysconf(_SC_PAGESIZE);
  return usage;
}

template <class T>
void ExpectNothingBut(long bytes, const Usage& before, long allocations) {
  const Usage after = Now();
  EXPECT_EQ(after.allocations - before.allocations, allocations);
  EXPECT_EQ(after.files, before.files);
  // Sanitizers keep shadow memory and quarantines.
  if (kAsan || kTsan) return;
  constexpr long kSlack = 1 << 20;
  EXPECT_LE(after.virtual_bytes - before.virtual_bytes, bytes + kSlack);
  EXPECT_LE(after.resident_bytes - before.resident_bytes, bytes + kSlack);
  // That the numbers mean something: the bytes themselves are there.
  EXPECT_GE(after.resident_bytes - before.resident_bytes, bytes - kSlack);
}

template <class T>
class ManyMutexes : public testing::Test {};
using Mutexes = testing::Types<FutexMutex, SemaMutex, ByteMutex>;
TYPED_TEST_SUITE(ManyMutexes, Mutexes);

TYPED_TEST(ManyMutexes, CostTheirBytesOnly) {
  constexpr long kBytes = static_cast<long>(kMany * sizeof(TypeParam));
  Now();  // its own first allocations
  const Usage before = Now();
  std::unique_ptr<TypeParam[]> all(new TypeParam[kMany]);
  for (std::size_t i = 0; i < kMany; ++i) {
    all[i].lock();
    all[i].unlock();
  }
  ExpectNothingBut<TypeParam>(kBytes, before, 1);
}

// Waiting costs a record per thread, whatever the number of locks. Every
// kHeld-th lock is held until all three threads sleep on it.
TYPED_TEST(ManyMutexes, WaitingOnManyAllocatesNothing) {
  constexpr std::size_t kLocks = 1000;
  constexpr std::size_t kHeld = 64;
  std::unique_ptr<TypeParam[]> all(new TypeParam[kLocks]);
  for (std::size_t i = 0; i < kLocks; i += kHeld) all[i].lock();
  std::vector<int> counters(kLocks);
  std::atomic<int> ready{0};
  std::atomic<bool> go{false};
  std::atomic<long> allocations{0};
  const auto work = [&] {
    ++ready;
    while (!go) std::this_thread::yield();
    const long before = t_allocations;
    for (std::size_t i = 0; i < kLocks; ++i) {
      std::lock_guard<TypeParam> guard(all[i]);
      if (i % 16 == 0) usleep(20);  // the others may fall asleep
      ++counters[i];
    }
    allocations += t_allocations - before;
  };
  Thread one(work);
  Thread two(work);
  Thread three(work);
  while (ready < 3) std::this_thread::yield();
  go = true;
  for (std::size_t i = 0; i < kLocks; i += kHeld) {
    for (const Thread* const thread : {&one, &two, &three}) {
      EXPECT_TRUE(thread->WaitAsleep());
    }
    const long before = t_allocations;
    all[i].unlock();
    allocations += t_allocations - before;
  }
  one.Join();
  two.Join();
  three.Join();
  EXPECT_EQ(allocations, 0);
  for (const int counter : counters) ASSERT_EQ(counter, 3);
}

template <class T>
class ManyNotes : public testing::Test {};
using Notes = testing::Types<FutexNote, SemaNote>;
TYPED_TEST_SUITE(ManyNotes, Notes);

TYPED_TEST(ManyNotes, CostTheirBytesOnly) {
  constexpr long kBytes = static_cast<long>(kMany * sizeof(TypeParam));
  Now();
  const Usage before = Now();
  std::unique_ptr<TypeParam[]> all(new TypeParam[kMany]);
  for (std::size_t i = 0; i < kMany; ++i) {
    all[i].wakeup();
    all[i].sleep();
    all[i].clear();
  }
  ExpectNothingBut<TypeParam>(kBytes, before, 1);
}

}  // namespace
}  // namespace parkway::test
