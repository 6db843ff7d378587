// SPDX-License-Identifier: Apache-2.0

// The flags that all programs here have.

#ifndef SETTINGS_SETTINGS_H_
#define SETTINGS_SETTINGS_H_

#include <string>

#include "absl/flags/declare.h"

ABSL_DECLARE_FLAG(int, threads);
ABSL_DECLARE_FLAG(std::string, separators);

#endif  // SETTINGS_SETTINGS_H_
