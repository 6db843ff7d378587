// SPDX-License-Identifier: Apache-2.0

// What the tests of the profile share.
#ifndef PARKWAY_TESTS_UNIT_PROFILE_PROFILED_H_
#define PARKWAY_TESTS_UNIT_PROFILE_PROFILED_H_

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>

#include "parkway/profile.h"
#include "parkway/profile/sites.h"
#include "parkway/profile/watches.h"
#include "tests/suites/support.h"

namespace parkway::test {

// All that the profile writes.
inline std::string Written(ProfileFormat format) {
  std::string text;
  const auto add = [](void* context, const char* piece, std::size_t length) {
    static_cast<std::string*>(context)->append(piece, length);
    return true;
  };
  return write_profile(format, add, &text) ? text : "not written";
}

// Of all sites of that lock, added up; the stacks are those of the last.
inline internal::Site SiteOf(const void* lock) {
  const std::unique_ptr<internal::Notes> notes(internal::copy_notes());
  internal::Site all = {};
  if (notes == nullptr) return all;
  for (const internal::Site& site : notes->sites) {
    if (site.count == 0 || site.lock != lock) continue;
    const auto count = all.count + site.count;
    const auto slept = all.slept + site.slept;
    const auto nanoseconds = all.nanoseconds + site.nanoseconds;
    all = site;
    all.count = count;
    all.slept = slept;
    all.nanoseconds = nanoseconds;
  }
  return all;
}

// Runs `wait` on another thread, and `end`, which ends it, when that one waits
// for `lock`, its wait is to be noted, and it sleeps: whoever ends it finds it
// where it has queued.
template <class Wait, class End>
void WaitOnce(const void* lock, Wait&& wait, End&& end) {
  std::atomic<ThreadNumber> number{0};
  Thread waiter([&] {
    number = CurrentThreadNumber();
    wait();
  });
  const bool sleeps = Eventually([&] { return internal::is_watched(lock); }) &&
                      WaitAsleep(number);
  end();
  waiter.Join();
  if (!sleeps) std::abort();
}

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_UNIT_PROFILE_PROFILED_H_
