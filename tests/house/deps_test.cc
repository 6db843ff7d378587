// SPDX-License-Identifier: Apache-2.0

// Each dependency is the copy that the build selected: not one that happens to
// be in /usr/include, and not the other set's.
#include <string>

#include "parkway_hosts.h"

#if PARKWAY_HOSTS_ABSL_IN_BRACKETS
#include <absl/base/config.h>
#endif
#include <tbb/version.h>

#include "absl/base/config.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "benchmark/benchmark.h"
#include "gtest/gtest.h"
#include "oneapi/tbb/mutex.h"
#include "tbb/parallel_for.h"
#include "tbb/version.h"

// Abseil's head has no release.
#ifdef ABSL_LTS_RELEASE_VERSION
static_assert(ABSL_LTS_RELEASE_VERSION == PARKWAY_HOSTS_ABSL_LTS,
              "these are the headers of another Abseil");
#endif
static_assert(TBB_VERSION_MAJOR == PARKWAY_HOSTS_TBB_MAJOR &&
                  TBB_VERSION_MINOR == PARKWAY_HOSTS_TBB_MINOR,
              "these are the headers of another oneTBB");

namespace {

// The library that was linked, not just the headers.
TEST(Deps, TbbLibraryIsTheSelectedOne) {
  const std::string want = std::to_string(PARKWAY_HOSTS_TBB_MAJOR) + "." +
                           std::to_string(PARKWAY_HOSTS_TBB_MINOR);
  EXPECT_EQ(std::string(TBB_runtime_version()).substr(0, want.size()), want);
  EXPECT_EQ(TBB_runtime_interface_version(), TBB_INTERFACE_VERSION);
}

TEST(Deps, TbbRunsTasks) {
  tbb::mutex lock;
  long sum = 0;
  tbb::parallel_for(0, 1000, [&](int i) {
    tbb::mutex::scoped_lock hold(lock);
    sum += i;
  });
  EXPECT_EQ(sum, 499500);
}

TEST(Deps, AbseilLocks) {
  absl::Mutex lock;
  long sum = 0;
  {
    absl::MutexLock hold(&lock);
    sum += 1;
  }
  EXPECT_EQ(absl::StrCat("sum ", sum), "sum 1");
}

TEST(Deps, BenchmarkRuns) {
  int turns = 0;
  benchmark::RegisterBenchmark("turns", [&](benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(++turns);
  })->Iterations(10);
  EXPECT_EQ(benchmark::RunSpecifiedBenchmarks(), 1u);
  EXPECT_GE(turns, 10);
}

}  // namespace
