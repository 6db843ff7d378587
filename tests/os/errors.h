// SPDX-License-Identifier: Apache-2.0

// Error numbers of the BSDs and Darwin which no calls.h names, because nobody
// expects them: <sys/errno.h> of each, where they are the same.
#ifndef PARKWAY_TESTS_OS_ERRORS_H_
#define PARKWAY_TESTS_OS_ERRORS_H_

namespace parkway::test::bsd {

inline constexpr int kEsrch = 3;
inline constexpr int kEinval = 22;
inline constexpr int kEdom = 33;
inline constexpr int kEnosys = 78;

}  // namespace parkway::test::bsd

#endif  // PARKWAY_TESTS_OS_ERRORS_H_
