// SPDX-License-Identifier: Apache-2.0

// Threads that count under a mutex, and a note that says when they are done.
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

#include "parkway/lock/futex_mutex.h"
#include "parkway/note.h"

int main() {
  constexpr int kThreads = 4, kTurns = 1000;
  parkway::FutexMutex mutex;
  parkway::Note done;
  long count = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < kTurns; ++turn) {
        const std::lock_guard<parkway::FutexMutex> lock(mutex);
        if (++count == kThreads * kTurns) done.wakeup();
      }
    });
  }
  done.sleep();
  for (std::thread& thread : threads) thread.join();
  std::printf("counted to %ld\n", count);
}
