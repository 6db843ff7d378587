// SPDX-License-Identifier: Apache-2.0

// What upstream's benchmarks leave out: readers at more than one thread per
// CPU, and readers that have something to do. Ours, in upstream's manner: it
// knows absl::Mutex alone.

#include <cstdint>

#include "absl/synchronization/mutex.h"
#include "benchmark/benchmark.h"

namespace {

constexpr int kValues = 64;

struct Table {
  absl::Mutex mutex;
  std::uint64_t values[kValues] = {};
};

Table* TheTable() {
  static auto* const table = new Table;
  return table;
}

// A reader's lock and unlock, nothing inside.
void BM_Readers(benchmark::State& state) {
  Table* const table = TheTable();
  for (auto unused : state) {
    absl::ReaderMutexLock lock(&table->mutex);
  }
}
BENCHMARK(BM_Readers)->UseRealTime()->Threads(2)->Threads(4);

// The same around a look at 64 numbers.
void BM_ReadersWork(benchmark::State& state) {
  Table* const table = TheTable();
  for (auto unused : state) {
    absl::ReaderMutexLock lock(&table->mutex);
    std::uint64_t sum = 0;
    for (const std::uint64_t value : table->values) {
      benchmark::DoNotOptimize(sum += value);
    }
  }
}
BENCHMARK(BM_ReadersWork)->UseRealTime()->Threads(1)->Threads(2)->Threads(4);

// Every 64th section is a writer's.
void BM_ReadersAndWriter(benchmark::State& state) {
  Table* const table = TheTable();
  int turn = state.thread_index();
  for (auto unused : state) {
    if (++turn % kValues == 0) {
      absl::MutexLock lock(&table->mutex);
      ++table->values[0];
    } else {
      absl::ReaderMutexLock lock(&table->mutex);
      benchmark::DoNotOptimize(table->values[0]);
    }
  }
}
BENCHMARK(BM_ReadersAndWriter)
    ->UseRealTime()
    ->Threads(1)
    ->Threads(2)
    ->Threads(4)
    ->Threads(16);

}  // namespace
