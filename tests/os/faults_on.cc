// SPDX-License-Identifier: Apache-2.0

// The suites run with faults: one call in eight has one.
#include "tests/os/kernel.h"

namespace parkway::test {
namespace {

const bool g_set = [] {
  kernel::SetFaults(8);
  return true;
}();

}  // namespace
}  // namespace parkway::test
