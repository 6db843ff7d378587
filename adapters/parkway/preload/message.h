// SPDX-License-Identifier: Apache-2.0

// One line on standard error, without allocation.
#ifndef PARKWAY_PRELOAD_MESSAGE_H_
#define PARKWAY_PRELOAD_MESSAGE_H_

namespace parkway::preload {

// Adds "parkway: " in front and a newline.
[[gnu::format(printf, 1, 2)]] void say(const char* format, ...) noexcept;

}  // namespace parkway::preload

#endif  // PARKWAY_PRELOAD_MESSAGE_H_
