// SPDX-License-Identifier: Apache-2.0

// How often threads go to sleep, as the kernel counts it.
#ifndef PARKWAY_TESTS_PROCESS_SLEEPS_H_
#define PARKWAY_TESTS_PROCESS_SLEEPS_H_

#include <sys/resource.h>
#include <time.h>

namespace parkway::test {

// How often other threads than this one have gone to sleep.
inline long SleepsOfOthers() {
  rusage all = {};
  rusage own = {};
  getrusage(RUSAGE_SELF, &all);
  getrusage(RUSAGE_THREAD, &own);
  return all.ru_nvcsw - own.ru_nvcsw;
}

// This thread goes to sleep so many times, for a millisecond each. Whoever
// looks again every few milliseconds does that meanwhile, as slow as the
// machine may be.
inline void SleepRepeatedly() {
  for (int i = 0; i < 50; ++i) {
    constexpr timespec kMillisecond = {0, 1000000};
    nanosleep(&kMillisecond, nullptr);
  }
}

// Whether there comes a time in which none of the others wakes. They may have
// to fall asleep first.
inline bool AllSleepOn() {
  for (int attempt = 0; attempt < 40; ++attempt) {
    const long before = SleepsOfOthers();
    SleepRepeatedly();
    if (SleepsOfOthers() == before) return true;
  }
  return false;
}

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_PROCESS_SLEEPS_H_
