// SPDX-License-Identifier: Apache-2.0

// The names that Abseil has deprecated since 20260107: the capitals of Mutex's
// lock and unlock, and the scoped locks' pointers. Both spellings are there
// with every Abseil, and nothing is said of it; -DPARKWAY_DEPRECATIONS=1 for
// who wants to hear what a program has still to change.
#ifndef PARKWAY_ABSL_DEPRECATED_H_
#define PARKWAY_ABSL_DEPRECATED_H_

#if defined(PARKWAY_DEPRECATIONS) && PARKWAY_DEPRECATIONS
#define PARKWAY_ABSL_DEPRECATED(why) [[deprecated(why)]]
#else
#define PARKWAY_ABSL_DEPRECATED(why)
#endif

#endif  // PARKWAY_ABSL_DEPRECATED_H_
