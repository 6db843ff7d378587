// SPDX-License-Identifier: Apache-2.0

// Runs suites under Relacy's schedulers, within bounds that do not depend on
// the speed of the machine.
#ifndef PARKWAY_TESTS_MODEL_MODEL_TEST_H_
#define PARKWAY_TESTS_MODEL_MODEL_TEST_H_

#include <signal.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <new>
#include <ostream>
#include <streambuf>
#include <type_traits>

#include "tests/model/model_platform.h"

namespace parkway::model {

// Keeps the end of a failed test's story without allocating (Relacy replaces
// operator new and would count it).
class Story : public std::streambuf {
 public:
  void clear() { length_ = 0; }
  void print() const { std::fwrite(text_, 1, length_, stdout); }

 protected:
  int_type overflow(int_type c) override {
    if (c != traits_type::eof() && length_ < sizeof(text_)) {
      text_[length_++] = static_cast<char>(c);
    }
    return traits_type::not_eof(c);
  }

 private:
  std::size_t length_ = 0;
  char text_[1 << 20];
};

struct Options {
  bool expect_failure = false;
  const char* filter = "";
  std::uint64_t first = 1;      // random schedule to start with: the seed
  std::uint64_t schedules = 0;  // 0: as many as the test says
};

struct Progress {
  std::uint64_t runs = 0;
  std::uint64_t limit = 0;
  Budget budget;
};

inline Options options;
inline Progress progress;
inline Story story;
inline int tests_run = 0;
inline int tests_failed = 0;  // Relacy reported something

// Base of all suites: kThreads threads, a worker each.
template <class Derived, class P, int kThreads>
class Suite : public rl::test_suite<Derived, kThreads> {
 public:
  using Platform = P;
  static_assert(kThreads <= kMaxThreads);

  Suite() {
    kernel.reset(progress.budget);
    for (int i = 0; i < kThreads; ++i) {
      new (P::worker(i)) typename P::Worker();
      P::worker(i)->index = static_cast<std::uint32_t>(i) + 1;
    }
    if constexpr (P::kFutexBySemaphore) {
      new (&P::sleepers()) typename P::Sleepers();
    }
    new (&P::slot()) typename P::Slot();
    new (&P::bucket(nullptr)) WaitBucket<P>();
    new (&P::address_bucket(nullptr)) AddressBucket<P>();
  }
  ~Suite() {
    using SleeperSlot = typename P::Slot;
    P::slot().~SleeperSlot();
    P::address_bucket(nullptr).~AddressBucket<P>();
    P::bucket(nullptr).~WaitBucket<P>();
    if constexpr (P::kFutexBySemaphore) {
      using Sleepers = typename P::Sleepers;
      P::sleepers().~Sleepers();
    }
    for (int i = 0; i < kThreads; ++i) {
      using Worker = typename P::Worker;
      P::worker(i)->~Worker();
    }
  }
  // Nobody may count as a sleeper after the run.
  void expect_no_sleepers() { RL_ASSERT(P::slot().count() == 0); }
  // Nor may anybody hold the mutex.
  template <class Mutex>
  void expect_free(Mutex& mutex) {
    expect_no_sleepers();
    RL_ASSERT(mutex.try_lock());
    mutex.unlock();
  }
  void before() {
    if (++progress.runs > progress.limit) rl::ctx().rl_until("limit", $);
    for (int i = 0; i < kThreads; ++i) {
      // The fair wake of SemaMutex is due at this thread's next slow unlock.
      if (rl::rand(2) == 1) P::worker(i)->slow_unlocks = 15;
    }
    if (P::kHasBarrier && rl::rand(2) == 1) P::slot().become_quiet();
  }
};

// A T that a thread may destroy while others might still touch it.
template <class T>
class Slot {
 public:
  Slot() { new (bytes_) T(); }
  ~Slot() {
    if (exists_) destroy();
  }
  void destroy() {
    exists_ = false;
    get()->~T();
  }
  T* get() { return reinterpret_cast<T*>(bytes_); }
  T* operator->() { return get(); }
  T& operator*() { return *get(); }

 private:
  alignas(T) unsigned char bytes_[sizeof(T)];
  bool exists_ = true;
};

template <class S, class Scheduler>
rl::test_result_e simulate(rl::test_params& params) {
  rl::ostringstream state;
  const rl::test_result_e result =
      rl::run_test<S, Scheduler>(params, state, false);
  if (result != rl::test_result_success &&
      result != rl::test_result_until_condition_hit) {
    // Once more, with the story.
    const std::uint64_t runs = progress.runs;
    progress.limit = UINT64_MAX;
    params.initial_state = state.str();
    params.collect_history = true;
    rl::ostringstream unused;
    rl::run_test<S, Scheduler>(params, unused, true);
    progress.runs = runs;
  }
  return result;
}

// An ordinary run takes the first third of the random schedules that a test
// names, which were all explored once; --schedules=N takes N.
constexpr std::uint64_t kShareOfRandom = 3;

// As long as this lives, random explorations take one of `random` schedules of
// those that tests name, and searches one of `searches`: for suites that have
// run on another machine.
struct Shares {
  std::uint64_t random = 1;
  std::uint64_t searches = 1;
};
inline Shares shares;
class Shorter {
 public:
  Shorter(std::uint64_t random, std::uint64_t searches) {
    shares = {random, searches};
  }
  ~Shorter() { shares = {}; }
  Shorter(const Shorter&) = delete;
  Shorter& operator=(const Shorter&) = delete;
};

enum class Search { kRandom, kContextBound, kFull };

// Runs S until `runs` schedules are done or, in a search, until there are no
// more. Returns what Relacy says.
template <class S, Search kSearch>
rl::test_result_e explore(const char* name, std::uint64_t runs,
                          unsigned context_bound, const Budget& budget) {
  if (std::strstr(name, options.filter) == nullptr) {
    return rl::test_result_success;
  }
  ++tests_run;
  runs /= kSearch == Search::kRandom ? shares.random : shares.searches;
  story.clear();
  std::ostream out(&story);
  rl::test_params params;
  params.output_stream = &out;
  params.progress_stream = &out;
  params.execution_depth_limit = 20000;
  params.context_bound = context_bound;
  progress = {0, UINT64_MAX, budget};
  constexpr int kThreads = S::params::thread_count;
  const std::clock_t start = std::clock();
  rl::test_result_e result = rl::test_result_success;
  const char* how = "";
  if constexpr (kSearch == Search::kRandom) {
    how = "random";
    runs = options.schedules != 0 ? options.schedules : runs / kShareOfRandom;
    if (runs == 0) runs = 1;
    params.search_type = rl::sched_random;
    params.iteration_count = options.first + runs - 1;
    rl::ostringstream first;
    first << options.first << " ";
    params.initial_state = first.str();
    result = simulate<S, rl::random_scheduler<kThreads>>(params);
  } else {
    progress.limit = runs;
    if constexpr (kSearch == Search::kContextBound) {
      how = "bounded";
      params.search_type = rl::sched_bound;
      result = simulate<S, rl::context_bound_scheduler<kThreads>>(params);
    } else {
      how = "full";
      params.search_type = rl::sched_full;
      result = simulate<S, rl::full_search_scheduler<kThreads>>(params);
    }
  }
  const double seconds =
      static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  const char* end = "";
  if (kSearch != Search::kRandom) end = ", all of them";
  if (result == rl::test_result_until_condition_hit) {
    result = rl::test_result_success;
    --progress.runs;
    end = ", then stopped";
  }
  if (result != rl::test_result_success) end = "";
  std::printf("%-44s %-8s %9llu schedules%s, %.1f s: %s\n", name, how,
              static_cast<unsigned long long>(progress.runs), end, seconds,
              result == rl::test_result_success ? "nothing found"
                                                : rl::test_result_str(result));
  std::fflush(stdout);
  return result;
}

// A test of the right code. Of a mutant (--expect-failure) it may report.
template <class S, Search kSearch = Search::kRandom>
void check(const char* name, std::uint64_t runs, unsigned context_bound = 0,
           const Budget& budget = {}) {
  // One catch is enough.
  if (options.expect_failure && tests_failed > 0) return;
  const rl::test_result_e result =
      explore<S, kSearch>(name, runs, context_bound, budget);
  if (result == rl::test_result_success) return;
  ++tests_failed;
  if (!options.expect_failure) story.print();
}

// A mutant of the policy: Relacy has to report one of two things.
template <class S, Search kSearch = Search::kRandom>
void check_caught(const char* name, std::uint64_t runs, rl::test_result_e one,
                  rl::test_result_e other, unsigned context_bound = 0) {
  if (std::strstr(name, options.filter) == nullptr) return;
  const rl::test_result_e result =
      explore<S, kSearch>(name, runs, context_bound, {});
  if (result == one || result == other) return;
  ++tests_failed;
  story.print();
  std::printf("%s: not caught, or as something else\n", name);
}

// A case that the tests before must have met.
inline void check_met(const char* what, std::uint64_t times) {
  if (options.filter[0] != '\0' || options.expect_failure) return;
  std::printf("  met %llu times: %s\n", static_cast<unsigned long long>(times),
              what);
  if (times == 0) ++tests_failed;
}

// A mutant may be found by the harm that it does.
inline void report_crashes() {
  static char memory[1 << 16];
  stack_t stack = {};
  stack.ss_sp = memory;
  stack.ss_size = sizeof(memory);
  struct sigaction action = {};
  action.sa_handler = [](int) {
    constexpr char kMessage[] = "it crashes\nmutant caught\n";
    _exit(write(STDOUT_FILENO, kMessage, sizeof(kMessage) - 1) < 0);
  };
  action.sa_flags = SA_ONSTACK;
  if (sigaltstack(&stack, nullptr) != 0 ||
      sigaction(SIGSEGV, &action, nullptr) != 0) {
    std::abort();
  }
}

inline void start(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const char* arg = argv[i];
    if (std::strcmp(arg, "--expect-failure") == 0) {
      options.expect_failure = true;
    } else if (std::strncmp(arg, "--filter=", 9) == 0) {
      options.filter = arg + 9;
    } else if (std::strncmp(arg, "--first=", 8) == 0) {
      options.first = std::strtoull(arg + 8, nullptr, 10);
    } else if (std::strncmp(arg, "--schedules=", 12) == 0) {
      options.schedules = std::strtoull(arg + 12, nullptr, 10);
    } else {
      std::fprintf(stderr,
                   "usage: %s [--filter=PART_OF_NAME] [--first=N] "
                   "[--schedules=N] [--expect-failure]\n",
                   argv[0]);
      std::exit(2);
    }
  }
  if (options.expect_failure) report_crashes();
  std::printf("random schedules from number %llu on (--first)\n",
              static_cast<unsigned long long>(options.first));
}

// The exit status of main().
inline int finish() {
  if (tests_run == 0) {
    std::printf("no test has this name\n");
    return 2;
  }
  if (options.expect_failure) {
    std::printf(tests_failed > 0 ? "mutant caught\n" : "MUTANT NOT CAUGHT\n");
    return tests_failed > 0 ? 0 : 1;
  }
  std::printf("%d explorations, %d failed\n", tests_run, tests_failed);
  return tests_failed > 0 ? 1 : 0;
}

}  // namespace parkway::model

#endif  // PARKWAY_TESTS_MODEL_MODEL_TEST_H_
