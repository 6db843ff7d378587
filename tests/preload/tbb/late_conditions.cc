// SPDX-License-Identifier: Apache-2.0

// Has threads that wait when its host comes by dlopen (argv[1], as for
// late_program), and others that wait from then on, on the same condition
// variables.
#include <dlfcn.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

namespace {

struct Waits {
  std::mutex mutex;
  std::condition_variable changed;
  int waiting = 0;
  int woken = 0;
  std::vector<std::thread> threads;

  int locked(const int& count) {
    const std::lock_guard<std::mutex> guard(mutex);
    return count;
  }
  void add() {
    const int before = locked(waiting);
    threads.emplace_back([this] {
      std::unique_lock<std::mutex> lock(mutex);
      ++waiting;
      changed.wait(lock);
      ++woken;
    });
    while (locked(waiting) == before) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  void join() {
    for (std::thread& thread : threads) thread.join();
  }
};

}  // namespace

int main(int argc, char** argv) {
  Waits each, all;
  for (Waits* waits : {&each, &all}) {
    waits->add();
    waits->add();
  }
  void* const library = argc == 2 ? dlopen(argv[1], RTLD_NOW) : nullptr;
  if (library == nullptr) {
    std::fprintf(stderr, "late_conditions: %s\n", dlerror());
    return 1;
  }
  reinterpret_cast<void (*)()>(dlsym(library, "parkway_test_use"))();
  for (Waits* waits : {&each, &all}) {
    waits->add();
    waits->add();
  }
  for (int i = 0; i < 4; ++i) each.changed.notify_one();
  all.changed.notify_all();
  each.join();
  all.join();
  std::printf("woken: %d, %d\n", each.woken, all.woken);
}
