// SPDX-License-Identifier: Apache-2.0

#ifndef PARKWAY_TESTS_UNIT_OS_WINDOWS_HANDLE_COUNT_H_
#define PARKWAY_TESTS_UNIT_OS_WINDOWS_HANDLE_COUNT_H_

namespace parkway::test {

// How many handles this process has. Exact, under Wine as well.
long HandleCount();

}  // namespace parkway::test

#endif  // PARKWAY_TESTS_UNIT_OS_WINDOWS_HANDLE_COUNT_H_
