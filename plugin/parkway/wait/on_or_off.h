// SPDX-License-Identifier: Apache-2.0

// A switch in the environment.
#ifndef PARKWAY_WAIT_ON_OR_OFF_H_
#define PARKWAY_WAIT_ON_OR_OFF_H_

namespace parkway::internal {

// Whether the variable is not there, or is "on". Anything else is "off"; what
// is neither is said on standard error. When the library is loaded.
bool on_or_off(const char* variable) noexcept;

}  // namespace parkway::internal

#endif  // PARKWAY_WAIT_ON_OR_OFF_H_
