// SPDX-License-Identifier: Apache-2.0

// Two threads pass an item back and forth through two bounded queues for one
// item each. Prints what that costs.
//
//   tbb_pingpong ROUNDS
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "bench/engine/pinning.h"
#include "oneapi/tbb/concurrent_queue.h"

namespace {

double cpu_us() { return 1e6 * parkway_bench::ProcessUsage().cpu_seconds; }

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc == 2 ? std::atoi(argv[1]) : 0;
  if (rounds < 1) {
    std::fprintf(stderr, "usage: tbb_pingpong ROUNDS\n");
    return 2;
  }
  tbb::concurrent_bounded_queue<int> there, back;
  there.set_capacity(1);
  back.set_capacity(1);
  const double cpu = cpu_us();
  const auto start = std::chrono::steady_clock::now();
  std::thread other([&] {
    int item;
    for (int i = 0; i < rounds; ++i) {
      there.pop(item);
      back.push(item + 1);
    }
  });
  int item = 0;
  for (int i = 0; i < rounds; ++i) {
    there.push(item);
    back.pop(item);
  }
  other.join();
  const std::chrono::duration<double, std::micro> took =
      std::chrono::steady_clock::now() - start;
  if (item != rounds) return 1;
  std::printf("round trip: %.3f us\n", took.count() / rounds);
  std::printf("CPU per round trip: %.3f us\n", (cpu_us() - cpu) / rounds);
}
